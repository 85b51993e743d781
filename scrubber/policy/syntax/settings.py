"""The kinds of values in a rule file: texts, lists, names with parameters; as pydantic types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from scrubber.transform.base import Kind

# Tags of unions, which pydantic puts into locations; a key of a rule file is never spelt so.
VERSION = 1
ONE, BY_FIELD = "<one value>", "<by field>"
LISTED, MAPPED = "<list>", "<mapping>"
TAGS = frozenset({ONE, BY_FIELD, LISTED, MAPPED})
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Texts = Annotated[tuple[Text, ...], Strict(False), Field(min_length=1)]
Lines = Annotated[tuple[str, ...], Strict(False)]
Names = Annotated[tuple[Text, ...], Strict(False)]
Window = Annotated[int, Field(ge=0, le=1000)]
T = TypeVar("T")
Items = Annotated[tuple[T | None, ...], Strict(False)]
"""A list of parts; None takes the place of one that is at fault (:func:`numbered`)."""
AS_WRITTEN = WrapValidator(lambda value, check: (check(value), value)[1])
"""Keeps a whole number where any number fits, so that it is shown as it was written."""


def numbered(items: Iterable[T | None]) -> Iterator[tuple[int, T]]:
    """The items of a list that have the right shape, each with its index."""
    return ((index, item) for index, item in enumerate(items) if item is not None)


@dataclass(frozen=True, slots=True)
class Setting:
    """A transform or operator as it is written: its name, and what stands behind the name; `given`
    is None for a bare name."""

    name: str
    given: Any = None


def _setting(value: Any) -> Setting:
    """A bare name, or a name with its parameters (checked by :mod:`~scrubber.policy.operators`)."""
    if isinstance(value, str) and value:
        return Setting(value)
    if isinstance(value, dict) and len(value) == 1:
        return Setting(*next(iter(value.items())))
    if isinstance(value, dict) and len(value) > 1:
        raise PydanticCustomError(
            "wrong-type", "this names several; transforms in order are a list, each with its own -"
        )
    raise PydanticCustomError(
        "wrong-type", "expected a name, or one name with its parameters: {name: {...}}"
    )


def _steps(value: Any) -> tuple[Setting, ...]:
    """One transform, or several in order."""
    if isinstance(value, list) and value:
        return tuple(map(_setting, value))
    return (_setting(value),)


def _texts(value: Any) -> str | tuple[str, ...]:
    """One text, or a list of them."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise PydanticCustomError("wrong-type", "expected a text or a list of texts")
    return tuple(items) if isinstance(value, list) else str(value)


def _between(value: Any) -> tuple[str, ...]:
    """The first and the last of two dates."""
    right = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if not right or len(value) != 2:
        raise PydanticCustomError(
            "wrong-type", "expected the first and the last date: [birth_date, visit_date]"
        )
    return tuple(value)


def _kinds(value: Any) -> tuple[Kind, ...]:
    """One type of fields, or a list of them."""
    items = value if isinstance(value, list) else [value]
    words = {str(kind): kind for kind in Kind}
    if not items or not all(isinstance(item, str) and item in words for item in items):
        known = " | ".join(sorted(words))
        raise PydanticCustomError("unknown-value", "type takes {known}", {"known": known})
    return tuple(words[item] for item in items)


def _levels(value: Any) -> str | tuple[Setting, ...]:
    """A file name, or a list of transforms, one for each level between the values and ``*``."""
    if isinstance(value, list):
        return tuple(map(_setting, value))
    if not isinstance(value, str) or not value:
        raise PydanticCustomError(
            "wrong-type", "expected a CSV file, or a list with a transform for each level"
        )
    return value


def one_or_by_field(value: Any) -> str:
    return BY_FIELD if isinstance(value, dict) else ONE


def listed_or_mapped(value: Any) -> str:
    return MAPPED if isinstance(value, dict) else LISTED


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise PydanticCustomError("wrong-type", "expected a mapping")
    return value


def _ner(value: Any) -> str | Mapping[str, Any]:
    if not isinstance(value, str | dict) or not value:
        raise PydanticCustomError(
            "wrong-type",
            "expected none, builtin, spacy:<package or path>, onnx:<folder>, or a mapping",
        )
    return value


OneOrMore = Annotated[
    str | tuple[str, ...],
    PlainValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
TransformSetting = Annotated[
    tuple[Setting, ...],
    PlainValidator(_steps),
    WithJsonSchema(
        {
            "anyOf": [
                {"x-ref": "Transform"},
                {"type": "array", "minItems": 1, "items": {"x-ref": "Transform"}},
            ]
        }
    ),
]
OperatorSetting = Annotated[
    Setting, PlainValidator(_setting), WithJsonSchema({"x-ref": "Operator"})
]
HierarchySetting = Annotated[
    str | tuple[Setting, ...],
    PlainValidator(_levels),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"x-ref": "Transform"}},
            ]
        }
    ),
]
KindNames = Annotated[
    tuple[Kind, ...],
    PlainValidator(_kinds),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": sorted(Kind)},
                {"type": "array", "minItems": 1, "items": {"enum": sorted(Kind)}},
            ]
        }
    ),
]
Between = Annotated[
    tuple[str, ...],
    PlainValidator(_between),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "string", "minLength": 1},
        }
    ),
]
AnyMapping = Annotated[
    Mapping[str, Any], PlainValidator(_mapping), WithJsonSchema({"type": "object"})
]
DROPPED = "dropped"


def _dropped_or_mapping(value: Any) -> str | Mapping[str, Any]:
    if value == DROPPED:
        return DROPPED
    if not isinstance(value, dict):
        raise PydanticCustomError("wrong-type", "expected a mapping, or the word dropped")
    return value


DroppedOrMapping = Annotated[
    str | Mapping[str, Any],
    PlainValidator(_dropped_or_mapping),
    WithJsonSchema({"anyOf": [{"const": DROPPED}, {"type": "object"}]}),
]
Ner = Annotated[
    str | Mapping[str, Any],
    PlainValidator(_ner),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^(none|builtin|(spacy|onnx):.+)$"},
                {"type": "object", "minProperties": 1},
            ]
        }
    ),
]


class Part(BaseModel):
    """A mapping of the rule language: its keys are fixed, its values are not converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
