"""The shape of a rule tree checked against the models, in words for its author."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import fields, replace
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from scrubber.errors import printable
from scrubber.policy.schema import RuleFile
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.settings import TAGS, VERSION
from scrubber.policy.syntax.source import Path_, Tree
from scrubber.transform import TRANSFORMS

Model = TypeVar("Model", bound=BaseModel)
RULE_KEYS = frozenset(RuleFile.model_fields)
"""The keys that a rule file may have at its top."""

# Parts whose keys and nulls are not the rule language's.
_FOREIGN: tuple[Path_, ...] = (("detect", "recognizers"), ("detect", "ner"), ("tests",))
_VERSION: Path_ = ("version",)
# Parameters of transforms in which null is a word of the language, or a value of a mapping.
_NULLS: dict[Path_, str] = {
    (name, field.name): field.metadata["null"]
    for name, kind in TRANSFORMS.items()
    for field in fields(kind)  # type: ignore[arg-type]  # a dataclass
    if "null" in field.metadata
}
_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_LIMITS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}
# A word that is not one of a few: the code by its key.
_WORDS = {"class": "unknown-class"}


def check_shape(report: Report) -> RuleFile:
    """The rule file by its model; every key, type and fixed word of the tree that is not the rule
    language's is reported and left out."""
    tree = report.tree
    gone = list(_nulls((), tree.data))
    for path in gone:
        report.value(path, "no-value", f"{_name(path)} has no value", "give one or remove the key")
    explained = False
    while True:
        tree = _without(tree, gone)
        report.leave_out(gone)
        try:
            return RuleFile.model_validate(tree.data)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=True, include_input=True)
        if not explained:
            for fault in faults:
                _explain(report, fault)
            explained = True
        gone = [_there(tree, _spelt(fault["loc"], report, ())) for fault in faults]


def validated(report: Report, path: Path_, model: type[Model], given: Any) -> Model | None:
    """The setting at `path` as its `model`; None where a problem was reported."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=True, include_input=True):
            _explain(report, detail, path, model)
        return None


def _there(tree: Tree, path: Path_) -> Path_:
    """`path`, or where nothing stands there, what cannot be without it."""
    while path not in ((), _VERSION) and tree.at(path) is None:
        path = path[:-1]
    return path


def _without(tree: Tree, paths: Sequence[Path_]) -> Tree:
    """A copy of `tree` in which nothing stands at `paths`: a key is gone, an item of a list is
    None. The version of the language is never missing."""
    left = replace(tree, data=deepcopy(tree.data)) if paths else tree
    for path in paths:
        if not path:
            left.data.clear()
        if path in ((), _VERSION):
            left.data.update(version=VERSION)
            continue
        holder = left.at(path[:-1])
        if isinstance(holder, dict):
            holder.pop(str(path[-1]), None)
        elif isinstance(holder, list):
            holder[int(path[-1])] = None
    return left


def _explain(
    report: Report, detail: Any, base: Path_ = (), model: type[BaseModel] = RuleFile
) -> None:
    loc, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    path = (*base, *_spelt(loc, report, base))
    name = _name(path)
    if kind != "extra_forbidden" and not report.is_whole(path):
        return
    if kind == "too_short" and detail["input"]:
        return  # of its items none is right
    if kind == "extra_forbidden":
        known = _keys_at(model, loc[:-1])
        hint = did_you_mean(str(loc[-1]), known) or f"there are {', '.join(sorted(known))}"
        hint = _below_transform(report, path) or hint
        report.key(path, "unknown-key", f"{name} is not a key of {_owner(path)}", hint)
    elif kind == "missing":
        owner = model.__name__ if base and len(loc) == 1 else _owner(path)
        hint = f"add version: {VERSION}" if path == _VERSION else ""
        report.value(path[:-1], "missing-key", f"{owner} needs {name}", hint)
    elif kind == "literal_error":
        words = _literal_words(model, loc)
        known = [str(word) for word in words]
        code = _WORDS.get(name, "unknown-value")
        if name == "version":
            code = "unknown-version"
        hint = did_you_mean(detail["input"], known) if isinstance(detail["input"], str) else ""
        text = f"{name} takes {' | '.join(known)}"
        report.value(path, code, text, hint)
    elif name == "keep" and kind == "string_too_short":
        report.value(path, "keep-without-reason", "a kept field needs a reason", 'keep: "why"')
    elif kind in _TYPES or kind in ("string_too_short", "too_short"):
        wanted = _TYPES.get(kind, "something that is not empty")
        report.value(path, "wrong-type", f"{name} takes {wanted}", _example(path))
    elif kind in _LIMITS:
        report.value(path, "out-of-range", f"{name} is {_LIMITS[kind].format(**context)}")
    elif "-" in kind:
        report.value(path, kind, detail["msg"])
    else:
        report.value(path, "wrong-type", f"{name} has a value of the wrong type")


def _below_transform(report: Report, path: Path_) -> str:
    """The advice for a key beside `transform` that belongs below it."""
    if len(path) != 3 or path[0] != "fields":
        return ""
    key, transform = str(path[2]), report.tree.at((*path[:2], "transform"))
    if key in TRANSFORMS:
        return f"write transform: {{{key}: {{...}}}}"
    kind = TRANSFORMS.get(transform) if isinstance(transform, str) else None
    if kind is not None and key in {one.name.rstrip("_") for one in fields(kind)}:  # type: ignore[arg-type]
        return f"write transform: {{{kind.name}: {{{key}: ...}}}}"
    return ""


def _example(path: Path_) -> str:
    """The way to write what often has the wrong type."""
    if path == ("fields",) or (path[:1] == ("fields",) and len(path) == 2):
        return "one rule a line: - {name: a, transform: drop}"
    if path[:1] == ("fields",) and path[-1] == "keep":
        return 'write the reason: keep: "why"'
    return ""


def _spelt(loc: Sequence[Any], report: Report, base: Path_) -> Path_:
    """The path of the tree behind a location of pydantic, which adds steps for unions and keys."""
    path: Path_ = ()
    for step in loc:
        if step == "[key]" or step in TAGS:
            continue
        parent = report.tree.at((*base, *path))
        if isinstance(parent, dict | list) or step == loc[-1]:
            path = (*path, step)
    return path


def _owner(path: Path_) -> str:
    above = [step for step in path[:-1] if isinstance(step, str)]
    if not above:
        return "a rule file"
    within_list = isinstance(path[-2], int)
    return f"an item of {printable(above[-1])}" if within_list else printable(above[-1])


def _name(path: Path_) -> str:
    names = [step for step in path if isinstance(step, str)]
    word = printable(names[-1]) if names else "the rule file"
    return f"an item of {word}" if path and isinstance(path[-1], int) else word


def _nulls(path: Path_, value: Any) -> Iterator[Path_]:
    if _may_be_null(path):
        return
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _nulls((*path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nulls((*path, index), item)


def _may_be_null(path: Path_) -> bool:
    """True if null means something at `path`."""
    if any(path[: len(foreign)] == foreign and path != foreign for foreign in _FOREIGN):
        return True
    words = (_NULLS.get(path[-2:]), "the word"), (_NULLS.get(path[-3:-1]), "an item")
    return any(meant == word for meant, word in words)


def _annotation_at(model: type[BaseModel], loc: Sequence[Any]) -> Any:
    """The annotation of what stands at `loc` under `model`, or None."""
    here: Any = model
    for step in loc:
        here = _bare(here)
        if step in TAGS:
            here = next(one for one in get_args(here) if Tag(step) in get_args(one))
        elif isinstance(here, type) and issubclass(here, BaseModel):
            by_key = {field.alias or name: field for name, field in here.model_fields.items()}
            here = by_key[step].annotation if step in by_key else None
        elif get_origin(here) in (list, tuple):
            here = get_args(here)[0]
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        else:
            return None
    return _bare(here)


def _bare(annotation: Any) -> Any:
    """Without Annotated and ``| None``."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            left = [one for one in get_args(annotation) if one is not type(None)]
            if len(left) != 1:
                return annotation
            annotation = left[0]
        else:
            return annotation


def _keys_at(model: type[BaseModel], loc: Sequence[Any]) -> list[str]:
    found = _annotation_at(model, loc)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


def _literal_words(model: type[BaseModel], loc: Sequence[Any]) -> tuple[Any, ...]:
    found = _annotation_at(model, loc)
    return get_args(found) if get_origin(found) is typing.Literal else ()
