"""The publishable content of a rule file, and its digests.

Anyone who guesses a name on a deny list could test it against a digest of the file. So the
published digest covers the content without literals; the digest of all content is keyed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from scrubber.policy.detection import canonical_json
from scrubber.policy.operators import parameters
from scrubber.policy.sql import fault_of, without_literals
from scrubber.transform import TRANSFORMS

_ANY: Final = "*"
# Texts of a rule file that are not literals: words of the language, names of fields, entities and
# files, and texts that the manifest contains anyway. A path includes everything below it.
_NAMES: Final = (
    ("version",),
    ("include",),
    ("dataset",),
    ("key",),
    ("read",),
    ("on_unlisted",),
    ("on_error",),
    ("subject",),
    ("as_of",),
    ("derive", _ANY, "name"),
    ("derive", _ANY, "years_between"),
    ("derive", _ANY, "months_between"),
    ("derive", _ANY, "days_between"),
    ("derive", _ANY, "user_agent"),
    ("derive", _ANY, "format"),
    ("derive", _ANY, "in"),
    ("gates",),
    ("disclosure",),
    ("detect", "languages"),
    ("detect", "countries"),
    ("detect", "entities"),
    ("detect", "consistency"),
    ("detect", "recognizers", _ANY, "name"),
    ("detect", "recognizers", _ANY, "supported_entity"),
    ("detect", "recognizers", _ANY, "type"),
    ("detect", "rules", _ANY, "entity"),
    ("detect", "rules", _ANY, "exclude", "entity"),
    ("fields", _ANY, "name"),
    ("fields", _ANY, "in"),
    ("fields", _ANY, "type"),
    ("fields", _ANY, "class"),
    ("fields", _ANY, "keep"),
    ("fields", _ANY, "linked"),
    ("fields", _ANY, "linked_as"),
    ("fields", _ANY, "reason"),
    ("fields", _ANY, "on_error"),
    ("rows", _ANY, "reason"),
    *(("aggregate", _ANY, key) for key in ("name", "from", "by", "metrics", "subject")),
    ("budget",),
    ("leak_index",),
    ("rows", _ANY, "in"),
    ("rows", _ANY, "follow"),
    ("rows", _ANY, "missing"),
    ("rows", _ANY, "sample"),
    ("rows", _ANY, "limit"),
    ("rows", _ANY, "repeats"),
)
_WORDS: Final = (  # single words: a transform by its name alone
    ("detect", "ner"),
    ("fields", _ANY, "transform"),
    ("fields", _ANY, "transform", _ANY),
    ("fields", _ANY, "entities", _ANY),
    ("fields", _ANY, "entities", _ANY, "keep"),
    ("privacy", "hierarchies", _ANY),
    ("privacy", "hierarchies", _ANY, _ANY),
    ("privacy", "method"),
    ("privacy", "metric"),
)
_PARAMETERS: Final = frozenset(
    {"domain", "scope", "entity", "file", "locale", "unit", "to", "context", "kind", "hash_type"}
)
_CONDITIONS: Final = (
    ("rows", _ANY, "drop"),
    ("fields", _ANY, "when"),
    ("derive", _ANY, "sql"),
)
_OF_COLUMNS: Final = frozenset({"locale", "per"})  # parameters that name a column
_FILES: Final = (("map", "values"),)  # the name of a file, or its content
_Path = tuple[str, ...]


def published(content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` (a composed rule tree) with all literals blanked: words of lists, regexes,
    replacements, literals of row rules, and the file's own tests."""
    return {key: _published((key,), value) for key, value in content.items() if key != "tests"}


def published_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of the published content."""
    return sha256(canonical_json(published(content)).encode("utf-8", "surrogatepass")).hexdigest()


def has_literals(content: Mapping[str, Any]) -> bool:
    """True if any part of `content` is withheld, apart from its tests."""
    whole = {key: value for key, value in content.items() if key != "tests"}
    return canonical_json(published(content)) != canonical_json(whole)


def _published(path: _Path, value: Any) -> Any:
    if path[-2:] in _FILES and not isinstance(value, str):
        return ""  # the keys of a mapping are values of the data
    if isinstance(value, Mapping):
        open_ = value.get("public") is True
        return {
            key: inner if open_ and (*path, key) in _CONDITIONS else _published((*path, key), inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        kept = [_published((*path, _ANY), inner) for inner in value]
        return kept if any(one != "" for one in kept) or not kept else [""]
    if not isinstance(value, str) or _is_name(path):
        return value
    if path in _CONDITIONS and fault_of(value) is None:
        return without_literals(value)
    return ""


def _is_name(path: _Path) -> bool:
    if any(_fits(known, path[: len(known)]) for known in _NAMES):
        return True
    if any(_fits(known, path) for known in _WORDS):
        return True
    operator = path[:1] in (("fields",), ("privacy",)) and len(path) > 3
    named = path[:-1] if path[-1] == _ANY else path  # an item of a list
    return operator and (
        path[-2:] in _FILES
        or path[-1] in _PARAMETERS
        or path[-2] in _OF_COLUMNS
        or named[-2:] in _fixed_words()
    )


@cache
def _fixed_words() -> frozenset[_Path]:
    """The parameters of transforms whose values are words of the language."""
    return frozenset(
        (name, key)
        for name, kind in TRANSFORMS.items()
        for key, field in parameters(kind).items()
        if not set(_types(get_type_hints(kind)[field.name])) - {Literal}
    )


def _types(annotation: Any) -> Iterator[Any]:
    """The types of an annotation, without its unions, tuples and None."""
    inner = [one for one in get_args(annotation) if one not in (type(None), ...)]
    if get_origin(annotation) in (Union, UnionType, tuple):
        for one in inner:
            yield from _types(one)
    else:
        yield get_origin(annotation) or annotation


def _fits(known: _Path, path: _Path) -> bool:
    return len(known) == len(path) and all(
        k in (_ANY, step) for k, step in zip(known, path, strict=True)
    )
