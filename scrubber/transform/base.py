"""The Transform protocol and what every transform guarantees.

A transform is a frozen dataclass: its fields are the parameters that a rule file gives (policy
validates them by these very annotations), `traits` says what it accepts and guarantees, and
`apply` works on a flat Arrow array: the engine unwraps lists and structs.

Guarantees, tested for every transform: the result has the length of the input; null stays null;
the same value under the same key gives the same result where `deterministic`; a value that cannot
be handled is reported in `Outcome.failed` and null in `Outcome.array`, never passed through.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from dataclasses import field as hidden_field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import ClassVar, Protocol, runtime_checkable

import pyarrow as pa

from scrubber.model.direction import Directions
from scrubber.transform.keys import RootKey


class Strictness(IntEnum):
    """The strength of an action; the order that Cover and `diff` use (more is stricter).

    From TOKEN on, an action `consumes`: it leaves nothing of the value and cannot be undone by it.
    """

    KEEP = 0
    PERTURB = 10
    GENERALIZE = 20
    SHIFT = 25
    MASK = 30
    ENCRYPT = 40
    TOKEN = 50
    SURROGATE = 55
    UNLINKABLE = 57  # a pseudonym of this occurrence alone
    REPLACE = 60
    REDACT = 70
    DROP = 80


class Kind(StrEnum):
    """The kinds of Arrow type that a transform may accept."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    BINARY = "binary"
    OTHER = "other"


ANY = frozenset(Kind)
NUMBERS = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL})
DATES = frozenset({Kind.DATE, Kind.TIMESTAMP})


def kind_of(type_: pa.DataType) -> Kind:
    """The Kind of an Arrow type; a dictionary counts as its values, an extension as its storage."""
    t = pa.types
    if isinstance(type_, pa.BaseExtensionType):
        return kind_of(type_.storage_type)
    if t.is_dictionary(type_):
        return kind_of(type_.value_type)
    tests: tuple[tuple[Callable[[pa.DataType], bool], Kind], ...] = (
        (t.is_string, Kind.TEXT),
        (t.is_large_string, Kind.TEXT),
        (t.is_string_view, Kind.TEXT),
        (t.is_integer, Kind.INTEGER),
        (t.is_floating, Kind.FLOAT),
        (t.is_decimal, Kind.DECIMAL),
        (t.is_boolean, Kind.BOOLEAN),
        (t.is_date, Kind.DATE),
        (t.is_timestamp, Kind.TIMESTAMP),
        (t.is_time, Kind.TIME),
        (t.is_binary, Kind.BINARY),
        (t.is_large_binary, Kind.BINARY),
        (t.is_binary_view, Kind.BINARY),
        (t.is_fixed_size_binary, Kind.BINARY),
    )
    return next((kind for test, kind in tests if test(type_)), Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Traits:
    """The properties of a transform with its parameters; lints and the manifest read it.

    `technique` is the ISO/IEC 20889 term, with the keyed scheme in brackets. `consumes`: nothing of
    the value is left and it cannot be got back, so the action may swallow findings inside it.
    `linkable`: equal inputs stay equal, so records can be joined or counted by the result.
    `needs_key`: a keyed function.
    """

    accepts: frozenset[Kind]
    technique: str
    deterministic: bool = True
    reversible: bool = False
    unique: bool = False
    linkable: bool = False
    needs_key: bool = False
    consumes: bool = False


@dataclass(frozen=True)
class Context:
    """The context of a transform beside the values.

    `field` is the path of the field, `label` the entity where spans of text are transformed,
    `key` the root key (None if the rule file names none). `document` and `subject` are aligned with
    the array: an opaque id (binary, never null) of the document that a value stands in, and the
    subject whose data it is (any type, may be null); None where the rules ask for neither. So is
    `record`: an id of the record that a value is in, which no other record of the run has, though
    it be the same in all its values.
    `names` holds, for documents by their id, the stand-ins that parts of names have in the record's
    own columns, by the folded part. `worked_out` keeps what transforms of the same `subject` have
    worked out for it.
    """

    field: str
    key: RootKey | None = None
    label: str | None = None
    document: pa.Array | None = hidden_field(default=None, repr=False)
    subject: pa.Array | None = hidden_field(default=None, repr=False)
    record: pa.Array | None = hidden_field(default=None, repr=False)
    names: Mapping[bytes, Mapping[str, str]] = hidden_field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    worked_out: dict[Hashable, pa.Array] = hidden_field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Outcome:
    """The transformed array (same length, nulls kept) and which values could not be handled.

    `failed` is a boolean array without nulls, or None where every value was handled; `array` is
    null wherever `failed` is true. `why` is a short reason for the message, without any value.
    """

    array: pa.Array = hidden_field(repr=False)
    failed: pa.Array | None = hidden_field(default=None, repr=False)
    why: str = ""


@runtime_checkable
class Transform(Protocol):
    """One way to change the values of a field. Implementations are frozen dataclasses.

    `strictness` is how much it takes away, whatever its parameters; `directions` says of each
    parameter in which direction it takes away more; `sentence` describes it in a manifest, after
    "->", with ``{domain}`` where equal values stay equal within one.
    """

    name: ClassVar[str]
    strictness: ClassVar[Strictness]
    directions: ClassVar[Directions]
    sentence: ClassVar[str]

    @property
    def traits(self) -> Traits: ...

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """The type of the result for an accepted `input_type`; a dictionary type is never passed
        (the engine decodes and encodes again)."""
        ...

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        """Transform a flat array of an accepted type; see the module's guarantees."""
        ...
