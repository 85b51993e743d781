"""The Transform protocol and what every transform guarantees.

A transform is a frozen dataclass: its fields are the parameters that a rule file gives (policy
validates them by these very annotations), `traits` says what it accepts and guarantees, and
`apply` works on a flat Arrow array: the engine unwraps lists and structs. A transform is used
through :func:`transformed`, which holds it to its guarantees.

Guarantees, tested for every transform: the result has the length of the input; null stays null;
the same value under the same key gives the same result where `deterministic`; a value that cannot
be handled is reported in `Outcome.failed` and null in `Outcome.array`, never passed through.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as hidden_field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import Place, TransformError
from scrubber.model.direction import Directions
from scrubber.transform.keys import RootKey


class Strictness(IntEnum):
    """The strength of an action; the order that Cover and `diff` use (more is stricter).

    From TOKEN on, an action `consumes`: it leaves nothing of the value and cannot be undone by it.
    """

    KEEP = 0
    PARTLY = 3  # extremes, rare or listed values only; most may stay
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
    EMPTY = 75
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


Scope = Literal["dataset", "document", "none"]
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

    `pseudonym`: another name for each value, which a text can show as the column does; equal values
    get equal ones within `scope`. `realistic`: the pseudonym is of the value's kind, that of a name
    part by part. `entity` is what the values are, where the transform implies it; `needs_entity`:
    it must know, and its parameters do not say. `leaves` is how many code points of a value stay
    readable at most, where it covers the others. `empties`: a value may become null on purpose.
    `unbiased` says how to estimate from results with random noise, which the key holder can undo.
    """

    accepts: frozenset[Kind]
    technique: str
    deterministic: bool = True
    reversible: bool = False
    unique: bool = False
    linkable: bool = False
    needs_key: bool = False
    consumes: bool = False
    pseudonym: bool = False
    scope: Scope = "dataset"
    realistic: bool = False
    entity: str | None = None
    needs_entity: bool = False
    leaves: float = 0
    empties: bool = False
    unbiased: str | None = None


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
    worked out for it. `beside`, aligned with the array too, holds the values of the column that the
    transform needs (see :class:`Beside`).
    """

    field: str
    key: RootKey | None = None
    label: str | None = None
    document: pa.Array | None = hidden_field(default=None, repr=False)
    subject: pa.Array | None = hidden_field(default=None, repr=False)
    record: pa.Array | None = hidden_field(default=None, repr=False)
    beside: pa.Array | None = hidden_field(default=None, repr=False)
    names: Mapping[bytes, Mapping[str, str]] = hidden_field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    worked_out: dict[Hashable, pa.Array] = hidden_field(default_factory=dict, repr=False)

    def taken(self, places: pa.Array) -> Context:
        """The context of the values at `places`."""

        def part(array: pa.Array | None) -> pa.Array | None:
            return None if array is None else array.take(places)

        return replace(
            self,
            document=part(self.document),
            subject=part(self.subject),
            record=part(self.record),
            beside=part(self.beside),
            worked_out={},
        )


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
    "->", with ``{domain}`` where equal values stay equal within one. A part in brackets holds
    parameters by name, and is left out where the manifest does not state them.
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


class PerSubject(ABC):
    """A transform that must know whose a value is, so it takes whole fields only."""

    __slots__ = ()
    name: ClassVar[str]

    @abstractmethod
    def subject_field(self) -> str | None:
        """The field that holds the subject; None: the `subject` of the rule file."""


class Beside(ABC):
    """A transform that may need the value of another column of the record, as
    :attr:`Context.beside`."""

    __slots__ = ()
    name: ClassVar[str]

    @abstractmethod
    def beside_field(self) -> str | None:
        """The column that it needs; None if it needs none."""


class FromFile(ABC):
    """A transform that reads a table of ancestors, which the compiler of a rule file gives it.

    `line` says what a line of the file holds. The parameter that names the file is a ``path``.
    """

    __slots__ = ()
    line: ClassVar[str] = "each line: leaf;level 1;...;*"

    @abstractmethod
    def file_name(self) -> str | None:
        """The file, relative to the rule file; None if the rule needs none."""

    @abstractmethod
    def with_rows(self, rows: Sequence[tuple[str, ...]]) -> Transform:
        """The transform with the lines of its file: leaf, level 1, ...

        Raises: ValueError, with a text for the author, where the file does not have what it needs.
        """


def for_findings(kind: type[Transform]) -> bool:
    """True if a transform may replace a finding in a text: it asks for no subject, takes something
    away from every value, and leaves a text."""
    return not issubclass(kind, PerSubject) and makes_text(kind)


def makes_text(kind: type[Transform]) -> bool:
    """True if a transform of a text takes something away from every one, and leaves a text."""
    return Strictness.PERTURB <= kind.strictness <= Strictness.REDACT


def transformed(transform: Transform, array: pa.Array, context: Context) -> Outcome:
    """``transform.apply``, held to its guarantees: the only way in which a run uses a transform.

    Raises: TransformError ``transform-broken`` where the length, the type or a null is not as
    promised. A row that is lost, or a null that became a value, would be a wrong record.
    """
    outcome = transform.apply(array, context)
    fault = _broken(array, outcome, transform.output_type(array.type), transform.traits.empties)
    if fault is not None:
        place = Place(field=context.field)
        text = f"the transform {transform.name} {fault}"
        raise TransformError("transform-broken", text, place=place, hint="a fault of the program")
    return outcome


def _broken(before: pa.Array, outcome: Outcome, expected: pa.DataType, empties: bool) -> str | None:
    """The guarantee that does not hold, in words."""
    after, failed = outcome.array, outcome.failed
    if len(after) != len(before):
        return "changed the number of values"
    if after.type != expected:
        return "gave values of another type than it declares"
    if failed is None:
        if after.null_count == before.null_count == 0:
            return None
        nulls = _flags(before.is_null())
    elif len(failed) != len(before) or failed.null_count or not pa.types.is_boolean(failed.type):
        return "did not say of each value if it failed"
    else:
        nulls = _flags(pc.or_(before.is_null(), failed))
    empty = _flags(after.is_null())
    if (nulls & ~empty).any():
        return "gave a value for a null or for one that failed"
    return "lost a value" if not empties and (empty & ~nulls).any() else None


def _flags(array: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flags: np.ndarray[tuple[int], np.dtype[np.bool_]] = array.to_numpy(zero_copy_only=False)
    return flags
