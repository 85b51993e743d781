"""Plan: what will happen, field by field. Total, hashable, picklable, and without any secret."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Literal

import pyarrow as pa

from scrubber.detect.spec import DetectSpec
from scrubber.errors import Mark
from scrubber.model.counts import SMALLEST
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import value_type
from scrubber.privacy.models import PrivacyModel
from scrubber.transform.base import PerSubject, Transform
from scrubber.transform.crypto.canonical import text_type
from scrubber.transform.steps import steps_of


class OnError(StrEnum):
    """The treatment of a value (or record) that cannot be read, scanned or transformed."""

    FAIL = "fail"
    NULL = "null"
    DROP_ROW = "drop_row"


class Unmeasured(StrEnum):
    """The treatment of a record with a text in a language or script that was not measured."""

    STOP = "stop"
    DROP = "drop"
    QUARANTINE = "quarantine"
    PATTERNS_ONLY = "patterns_only"


class KeySource(StrEnum):
    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"
    EXEC = "exec"


@dataclass(frozen=True, slots=True)
class KeyRef:
    """The reference of the key, never the key itself."""

    source: KeySource
    name: str


@dataclass(frozen=True, slots=True)
class RuleRef:
    """Which rule decided: a stable id such as ``fields[3]`` or ``on_unlisted``, and its place."""

    id: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Keep:
    """Unchanged, and on record why. `unsafe` marks what ``on_unlisted: keep`` let through."""

    reason: str
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """The field is gone."""


@dataclass(frozen=True)
class Apply:
    """Every value of the field goes through `transform`."""

    transform: Transform


@dataclass(frozen=True, slots=True)
class Linked:
    """A field whose values are looked for in the text of their row, and the entity that they are
    (as a column: FIRST_NAME, say, which is a PERSON in text)."""

    path: FieldPath
    entity: str


@dataclass(frozen=True)
class ScrubText:
    """Apply to each finding the operator of its entity; the rest of the text stays.

    `operators` maps an entity to a transform, or to Keep where a finding is left on record.
    `linked` are the fields of the row that are looked for beside what detectors find.
    """

    default: Transform | Keep
    operators: tuple[tuple[str, Transform | Keep], ...] = ()
    linked: tuple[Linked, ...] = ()

    def operator(self, label: str) -> Transform | Keep:
        return dict(self.operators).get(label, self.default)


@dataclass(frozen=True)
class Levels:
    """The levels of a quasi-identifier: from the `rows` of a hierarchy file (leaf, level 1, ...),
    or by `steps`, transforms of the value itself. Neither: the value, and ``*``."""

    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    steps: tuple[Transform, ...] = ()


@dataclass(frozen=True)
class Generalize:
    """A quasi-identifier whose level ``privacy:`` chooses, after `first` if it has a transform, and
    no higher than `highest`, if that is given.

    `level` is None until it is chosen, and then one of `height` levels, the value itself being 0;
    LOCAL where each class has generalizations of its own (Mondrian).
    """

    first: Transform | None = None
    levels: Levels = Levels()
    highest: int | None = None
    level: int | None = None
    height: int = 0


@dataclass(frozen=True)
class PrivacyRules:
    """The requirements for every class; `models` name a sensitive field, or None for every one.
    `hierarchies`, `weights` and `max_levels` are by the names of quasi-identifiers."""

    k: int
    suppression_limit: float = 0.0
    hierarchies: tuple[tuple[str, Levels], ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    max_levels: tuple[tuple[str, int], ...] = ()
    models: tuple[tuple[str | None, PrivacyModel], ...] = ()
    method: Literal["lattice", "mondrian"] = "lattice"
    time_limit: float = 60.0


@dataclass(frozen=True, slots=True)
class GateRules:
    """Limits for a result; nothing is published beyond them.

    `max_residual_rate` limits the residuals per rescanned record (a sample, or `every` record), and
    `min_k` the size of classes. `languages` refuses texts in languages without a measurement.
    """

    max_residual_rate: float | None = None
    min_k: int | None = None
    every: bool = False
    languages: bool = False


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """The protection of counts in the manifest: those from 1 to ``min_cell - 1`` are withheld, and
    the others rounded to a multiple of `base`."""

    base: int = 1
    min_cell: int = SMALLEST


LOCAL = -1

Disposition = Keep | Drop | Apply | ScrubText | Generalize


@dataclass(frozen=True)
class Case:
    """The treatment of the values for which the Polars SQL `expression` is true. `columns` maps its
    names to fields: beside the value in its element of a list, or top-level columns."""

    expression: str
    columns: tuple[tuple[str, FieldPath], ...]
    disposition: Apply | Keep
    rule: RuleRef


@dataclass(frozen=True)
class FieldPlan:
    """The decision for one leaf: `type_in` and `type_out` are Arrow types as text, `type_out` None
    where the field is dropped.

    The first of `cases` whose condition holds decides a value, else `disposition`. Where one is
    unknown, the strictest of all decides: the case of the number `strictest`, or -1 for
    `disposition`.
    """

    path: FieldPath
    type_in: str
    type_out: str | None
    field_class: FieldClass | None
    disposition: Disposition
    rule: RuleRef
    cases: tuple[Case, ...] = ()
    strictest: int = -1


@dataclass(frozen=True, slots=True)
class RowRule:
    """Records for which the Polars SQL `expression` is true, or unknown (null), are dropped."""

    expression: str
    reason: str
    rule: RuleRef


@dataclass(frozen=True)
class TablePlan:
    """The decisions for every source with this schema, in the schema's order of leaves.

    `row_rules` holds those rules whose columns this table has.
    """

    fields: tuple[FieldPlan, ...]
    row_rules: tuple[RowRule, ...] = ()
    subject: FieldPath | None = None

    @property
    def quasi(self) -> tuple[FieldPlan, ...]:
        """The fields whose level ``privacy:`` chooses."""
        return tuple(f for f in self.fields if isinstance(f.disposition, Generalize))

    @property
    def sensitive(self) -> tuple[FieldPlan, ...]:
        """The sensitive fields that l and t can speak of: one value a record, and equal values
        stay equal."""
        return tuple(
            f
            for f in self.fields
            if f.field_class is FieldClass.SENSITIVE
            and not f.path.nested
            and not f.cases
            and isinstance(f.disposition, Keep | Apply)
            and all(map(repeats, transforms_of(f.disposition)))
        )

    def field(self, path: FieldPath) -> FieldPlan:
        return next(f for f in self.fields if f.path == path)


@dataclass(frozen=True)
class Declared:
    """The author's declarations about the dataset; kept apart from what is measured.

    `facts` is the ``dataset:`` part of the rule file as canonical JSON text.
    """

    facts: str = "{}"


@dataclass(frozen=True)
class Plan:
    """All actions of a run, for each schema of its sources.

    `tables` maps the alias of each source to its TablePlan. `digest` is the SHA-256 of the rule
    files' canonical content, which identifies the policy in the manifest. `rescan` configures the
    detectors of the rescan; None without a rescan.
    """

    tables: tuple[tuple[str, TablePlan], ...]
    detect: DetectSpec | None
    key: KeyRef | None
    on_unlisted: str
    on_error: OnError
    digest: str
    declared: Declared
    privacy: PrivacyRules | None = None
    gates: GateRules = GateRules()
    disclosure: DisclosureRules = DisclosureRules()
    rescan: DetectSpec | None = None
    unmeasured: Unmeasured = Unmeasured.STOP

    def table(self, source: str) -> TablePlan:
        return self._by_source[source]

    @cached_property
    def _by_source(self) -> dict[str, TablePlan]:
        return dict(self.tables)

    def __getstate__(self) -> dict[str, object]:
        return {name: part for name, part in vars(self).items() if name in _STATED}

    @cached_property
    def kinds(self) -> dict[TablePlan, tuple[str, ...]]:
        """The sources by what is decided for them, in their order: shards share one plan."""
        found: dict[int, tuple[TablePlan, list[str]]] = {}
        for source, table in self.tables:  # by identity: to hash as many plans takes long
            found.setdefault(id(table), (table, []))[1].append(source)
        merged: dict[TablePlan, list[str]] = {}
        for table, sources in found.values():
            merged.setdefault(table, []).extend(sources)
        return {table: tuple(sources) for table, sources in merged.items()}

    @property
    def needs_key(self) -> bool:
        return any(
            transform.traits.needs_key
            for table in self.kinds
            for field in table.fields
            for transform in transforms_in(field)
        )


_STATED = frozenset(one.name for one in fields(Plan))


def linked_of(field: FieldPlan) -> tuple[Linked, ...]:
    """The fields that a field of text links to."""
    return field.disposition.linked if isinstance(field.disposition, ScrubText) else ()


def treatments(field: FieldPlan) -> tuple[Disposition, ...]:
    """All treatments of a field: its own, then those of its cases."""
    return (field.disposition, *(case.disposition for case in field.cases))


def transforms_in(field: FieldPlan) -> tuple[Transform, ...]:
    """Every transform that a field's values may go through."""
    return tuple(step for one in treatments(field) for step in transforms_of(one))


def field_type(field: FieldPlan, kind: pa.DataType) -> pa.DataType | None:
    """The Arrow type of a leaf of type `kind` afterwards. Treatments under conditions give one type
    of value, whatever empties values aside."""
    if not field.cases:
        return output_type(field.disposition, kind)
    made = [output_type(one, kind) for one in treatments(field)]
    plain = value_type(kind)
    values = [value_type(one) for one in made if one is not None]
    changed = next((one for one in values if not one.equals(plain)), plain)
    return kind if changed.equals(plain) and pa.types.is_dictionary(kind) else changed


def output_type(disposition: Disposition, kind: pa.DataType) -> pa.DataType | None:
    """The Arrow type that a leaf of type `kind` has afterwards; None where it is dropped.

    A dictionary stays one where its values keep their type; an extension type gives way to its
    storage as soon as its values are transformed.
    """
    match disposition:
        case Drop():
            return None
        case Apply(transform):
            plain = value_type(kind)
            changed = transform.output_type(plain)
            if changed.equals(plain) and pa.types.is_dictionary(kind):
                return kind
            return changed
        case Generalize(first, level=level):
            before = output_type(Apply(first), kind) if first is not None else kind
            assert before is not None
            return text_type(value_type(before)) if level else before
        case _:
            return kind


def repeats(transform: Transform) -> bool:
    """True if equal values of a field get equal results in all records: a shift is the subject's
    own."""
    return all(
        step.traits.deterministic and not isinstance(step, PerSubject)
        for step in steps_of(transform)
    )


def transforms_of(disposition: Disposition) -> tuple[Transform, ...]:
    """Every transform that a disposition may apply."""
    match disposition:
        case Apply(transform):
            return steps_of(transform)
        case Generalize(first) if first is not None:
            return steps_of(first)
        case ScrubText(default, operators):
            every = (default, *(operator for _, operator in operators))
            return tuple(t for t in every if not isinstance(t, Keep))
        case _:
            return ()
