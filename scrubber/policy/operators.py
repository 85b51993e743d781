"""From ``transform: {name: {parameters}}`` to a Transform, and back to its public parameters."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from inspect import getdoc
from pathlib import PurePath
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Strict,
    TypeAdapter,
    WithJsonSchema,
    create_model,
)
from pydantic import Field as ModelField
from pydantic_core import PydanticCustomError

from scrubber.errors import printable
from scrubber.policy.plan import Drop, Keep
from scrubber.policy.shape import validated
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.settings import AS_WRITTEN, Part, Setting
from scrubber.policy.syntax.source import Path_
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Kind, Transform, for_findings
from scrubber.transform.presidio import translate

_SHOWN_LENGTH = 64


def read_operator(
    report: Report, path: Path_, setting: Setting, *, in_text: bool
) -> Transform | Keep | Drop | None:
    """The transform or disposition of the setting at `path`; None if a problem was reported."""
    name = setting.name
    params = {} if setting.given is None else setting.given
    here = path if setting.given is None else (*path, name)
    if name == "keep":
        return _keep(report, here, params, in_text)
    if name == "drop":
        return _drop(report, here, params, in_text)
    if not isinstance(params, Mapping):
        report.value(here, "wrong-type", f"{name} takes its parameters by name", f"{name}: {{...}}")
        return None
    try:
        ours, given = translate(name, params)
    except ValueError as error:  # this text is meant for the author of the rules
        report.key(here, "bad-parameter", str(error))
        return None
    if ours not in TRANSFORMS:
        known = [*TRANSFORMS, "drop", "keep"]
        hint = did_you_mean(name, known) or f"there are {', '.join(sorted(known))}"
        report.key(here, "unknown-transform", f"unknown transform {_short(name)}", hint)
        return None
    return _transform(report, here, ours, given, in_text)


def _keep(report: Report, path: Path_, reason: Any, in_text: bool) -> Keep | None:
    if not in_text:
        hint = 'write keep: "why" instead of transform: keep'
        report.key(path, "keep-without-reason", "a kept field needs a reason", hint)
        return None
    if not isinstance(reason, str) or not reason.strip():
        hint = 'write {keep: "why"}'
        report.key(path, "keep-without-reason", "a kept entity needs a reason", hint)
        return None
    return Keep(reason)


def _drop(report: Report, path: Path_, params: Any, in_text: bool) -> Drop | None:
    if in_text:
        hint = "redact writes {LABEL}; to write nothing: {redact: {with: ''}}"
        report.key(path, "not-for-text", "drop takes a whole field, not a part of a text", hint)
        return None
    if params:
        report.value(path, "unknown-key", "drop has no parameters")
        return None
    return Drop()


def _transform(
    report: Report, path: Path_, name: str, given: Mapping[str, Any], in_text: bool
) -> Transform | None:
    kind = TRANSFORMS[name]
    written = validated(report, path, parameters_model(kind), dict(given))
    if written is None:
        return None
    try:
        transform = kind(**_values(kind, written))
    except ValueError as error:  # texts of __post_init__ are meant for the author of the rules
        if report.is_whole(path):
            report.value(path, "bad-parameter", f"{name}: {error}")
        return None
    if in_text and not (for_findings(kind) and Kind.TEXT in transform.traits.accepts):
        text = f"{name} takes a whole field, not a part of a text"
        report.key(path, "not-for-text", text, "surrogate or redact what is found")
        return None
    if not in_text and transform.traits.needs_entity:
        report.key(path, "missing-key", f"{name} needs entity for a field: what its values are")
        return None
    return transform


def _values(kind: type[Transform], written: BaseModel) -> dict[str, Any]:
    """The given parameters, by the names of the transform's fields."""
    return {
        field.name: getattr(written, f"p_{key}")
        for key, field in parameters(kind).items()
        if f"p_{key}" in written.model_fields_set
    }


def parameters(kind: type[Transform]) -> dict[str, Field[Any]]:
    """The parameters that a rule file may give, by their key."""
    return {
        field.name.removesuffix("_"): field
        for field in fields(kind)  # type: ignore[arg-type]  # every Transform is a dataclass
        if not field.metadata.get("internal")
    }


@cache
def parameters_model(kind: type[Transform]) -> type[BaseModel]:
    """A strict model of the parameters, from the transform's own annotations."""
    hints = get_type_hints(kind)
    definitions: dict[str, Any] = {}
    for key, field in parameters(kind).items():
        required = field.default is MISSING and field.default_factory is MISSING
        default = ... if required else field.default
        annotation = _written(field, _strict(hints[field.name]))
        definitions[f"p_{key}"] = (annotation, ModelField(default, alias=key))
    summary = (getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
    return create_model(kind.name, __base__=Part, __doc__=summary, **definitions)


def _written(field: Field[Any], annotation: Any) -> Any:
    """The annotation of a parameter, with the notation given in its metadata."""
    read = field.metadata.get("read")
    if read is not None:

        def checked(value: Any) -> Any:
            try:
                return read(value)
            except ValueError as error:  # meant for the author of the rules
                raise PydanticCustomError("bad-parameter", "{why}", {"why": str(error)}) from None

        return Annotated[Any, AfterValidator(checked), WithJsonSchema(field.metadata["shape"])]
    if field.metadata.get("null") == "the word":
        words = {"enum": [*get_args(annotation), None]}
        word = BeforeValidator(lambda value: "null" if value is None else value)
        return Annotated[annotation, word, WithJsonSchema(words)]
    return annotation


def _strict(annotation: Any) -> Any:
    """The annotation in terms of YAML: a list for a tuple, a number for int | float, and no null
    beside other types."""
    if get_origin(annotation) in (Union, types.UnionType):
        left = [one for one in get_args(annotation) if one is not type(None)]
        if set(left) == {int, float}:
            return Annotated[float, AS_WRITTEN]
        lists = [one for one in left if get_origin(one) is tuple]
        if len(left) == 2 and lists and get_args(lists[0])[0] in left:
            return _one_or_more(get_args(lists[0])[0])
        return _strict(left[0]) if len(left) == 1 else Union[tuple(map(_strict, left))]  # noqa: UP007
    if get_origin(annotation) is tuple:
        item = _strict(get_args(annotation)[0])
        return Annotated[tuple[item, ...], Strict(False)]  # type: ignore[valid-type]
    return annotation


def _one_or_more(item: Any) -> Any:
    """One item, or a list of them, which stays a tuple."""
    shape = TypeAdapter(item).json_schema()
    either = {"anyOf": [shape, {"type": "array", "minItems": 1, "items": shape}]}
    listed = BeforeValidator(lambda value: value if isinstance(value, list) else [value])
    return Annotated[tuple[item, ...], Strict(False), listed, WithJsonSchema(either)]


def public_parameters(transform: Transform) -> dict[str, Any]:
    """The parameters of `transform` that a manifest may show, as JSON values.

    These are parameters set by the author (not defaults), without internal fields. Replacement
    texts may be words of the data, so they are omitted, and so are long texts. Files are given by
    name only.
    """
    shown: dict[str, Any] = {}
    for key, field in parameters(type(transform)).items():
        value = getattr(transform, field.name)
        if value == field.default or field.metadata.get("withheld"):
            continue
        if field.metadata.get("path"):
            value = PurePath(value).name if isinstance(value, str) else f"{len(value)} listed"
        if isinstance(value, str) and len(value) > _SHOWN_LENGTH:
            continue
        shown[key] = list(value) if isinstance(value, tuple) else value
    return shown


def _short(name: str) -> str:
    return printable(name[:_SHOWN_LENGTH])
