"""Plan: the treatment of each field. Total, hashable, picklable, and without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

import pyarrow as pa

from scrubber.detect.spec import DetectSpec
from scrubber.model.aggregates import Aggregate, Budget
from scrubber.model.counts import SMALLEST
from scrubber.model.entities import entity
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import value_type
from scrubber.model.tables import in_table
from scrubber.policy.record_rules import Expected, RecordPlan, Selection
from scrubber.policy.references import RuleRef as RuleRef
from scrubber.privacy.models import PrivacyModel
from scrubber.transform.base import Beside, PerSubject, Transform
from scrubber.transform.crypto.canonical import text_type
from scrubber.transform.steps import steps_of

_NO_RULES = RecordPlan()
_NO_SELECTION = Selection()


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


class Format(StrEnum):
    """The way in which a text field is read."""

    JSON = "json"
    CODE = "code"
    LOG = "log"
    AUTO = "auto"
    TOKENS = "tokens"


class Unit(StrEnum):
    """The unit of positions in a text."""

    CODE_POINTS = "code_points"
    BYTES = "bytes"
    UTF16 = "utf16"


class KeySource(StrEnum):
    ENV = "env"
    FILE = "file"
    KEYRING = "keyring"
    EXEC = "exec"


@dataclass(frozen=True, slots=True)
class KeyRef:
    """The reference of the key, never the key itself. `id` is the id that the key must have, if the
    rules state one."""

    source: KeySource
    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the field unchanged, for a recorded reason. `unsafe` marks fields kept by ``on_unlisted:
    keep``."""

    reason: str
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove the field."""


@dataclass(frozen=True)
class Apply:
    """Apply `transform` to each value of the field."""

    transform: Transform


@dataclass(frozen=True, slots=True)
class Linked:
    """A field whose values are searched for in the text of their record, and their entity as a
    column (such as FIRST_NAME, which is a PERSON in text)."""

    path: FieldPath
    entity: str


@dataclass(frozen=True)
class ScrubText:
    """Apply to each finding the operator of its entity, and keep the rest of the text.

    `operators` maps an entity to a transform, or to Keep for recorded findings that stay. `linked`
    are the fields of the record that are searched for in addition. `format` is the way in which the
    text is read; None for prose.
    """

    default: Transform | Keep
    operators: tuple[tuple[str, Transform | Keep], ...] = ()
    linked: tuple[Linked, ...] = ()
    format: Format | None = None

    def operator(self, label: str) -> Transform | Keep:
        """The operator for an entity: its own, or that of the entity that it is called in text (a
        name in a field of names is a person's) unless that keeps, or the default."""
        given = dict(self.operators)
        called = given.get(entity(label).label or label, self.default)
        return given.get(label, self.default if isinstance(called, Keep) else called)


@dataclass(frozen=True)
class Levels:
    """The levels of a quasi-identifier: the `rows` of a hierarchy file (leaf, level 1, ...), or
    `steps`, transforms of the value. Without either: the value, and ``*``."""

    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    steps: tuple[Transform, ...] = ()


@dataclass(frozen=True)
class Generalize:
    """A quasi-identifier whose level ``privacy:`` chooses, after the transform `first`, if any, and
    up to the level `highest`, if given.

    `level` is None until it is chosen; then it is one of `height` levels, 0 being the value itself,
    or LOCAL for class-specific generalization (Mondrian).
    """

    first: Transform | None = None
    levels: Levels = Levels()
    highest: int | None = None
    level: int | None = None
    height: int = 0


@dataclass(frozen=True)
class PrivacyRules:
    """The requirements for every class; `models` name a sensitive field, or None for all of them.

    `hierarchies`, `weights` and `max_levels` are by quasi-identifier.
    """

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
    `unicity` limits the share of persons that up to four fields single out.
    """

    max_residual_rate: float | None = None
    min_k: int | None = None
    every: bool = False
    languages: bool = False
    unicity: float | None = None


@dataclass(frozen=True, slots=True)
class LeakIndexRules:
    """The leak index of a run: its `file`, and the last day on which that may exist. `verbatim`:
    with the runs of words of scrubbed texts."""

    file: str
    delete_by: date
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """The protection of counts in the manifest: those from 1 to ``min_cell - 1`` are withheld,
    others are rounded to a multiple of `base`."""

    base: int = 1
    min_cell: int = SMALLEST


@dataclass(frozen=True, slots=True)
class Positions:
    """The fields that point into a text: a `start` and an `end`, or a `pair` of both in a list, and
    a `copy` of the words there. With `inclusive`, an end is the last position, not the one
    behind it."""

    start: FieldPath | None = None
    end: FieldPath | None = None
    pair: FieldPath | None = None
    copy: FieldPath | None = None
    unit: Unit = Unit.CODE_POINTS
    inclusive: bool = False

    def role(self, path: FieldPath) -> str:
        """The part that the field `path` has: start, end, pair or copy."""
        return next(name for name in _ROLES if getattr(self, name) == path)


@dataclass(frozen=True, slots=True)
class Realign:
    """Move the field along with the text field `text`, which it points into."""

    text: FieldPath
    positions: Positions


LOCAL = -1

Disposition = Keep | Drop | Apply | ScrubText | Generalize | Realign


@dataclass(frozen=True)
class Case:
    """The treatment of values for which the Polars SQL `expression` is true. `columns` maps its
    names to fields: fields beside the value in its list element, or top-level columns.
    `public`: the manifest may show its words."""

    expression: str
    columns: tuple[tuple[str, FieldPath], ...]
    disposition: Apply | Keep
    rule: RuleRef
    on_error: OnError | None = None
    public: bool = False


@dataclass(frozen=True)
class FieldPlan:
    """The treatment of one leaf: `type_in` and `type_out` are Arrow types as text; `type_out` is
    None for a dropped field.

    The first of `cases` whose condition holds decides a value, else `disposition`. If a condition
    is unknown, the strictest treatment decides: case number `strictest`, or `disposition` for -1.

    `on_error` is the field's own treatment of failed values, if any. `entity` is that of its
    values, where the rules tell.
    """

    path: FieldPath
    type_in: str
    type_out: str | None
    field_class: FieldClass | None
    disposition: Disposition
    rule: RuleRef
    cases: tuple[Case, ...] = ()
    strictest: int = -1
    on_error: OnError | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class RowRule:
    """Records for which the Polars SQL `expression` is true, or unknown (null), are dropped.
    `public`: the manifest may show its words.

    With `follow` ``subject``, all records of their subjects are dropped; ``record`` states that the
    others stay. `tables` restricts the rule (empty: all).
    """

    expression: str
    reason: str
    rule: RuleRef
    public: bool = False
    follow: Literal["subject", "record"] | None = None
    tables: tuple[str, ...] = ()
    expected: Expected | None = None

    def is_for(self, alias: str) -> bool:
        """True if the rule is for the source `alias`."""
        return not self.tables or any(in_table(table, alias) for table in self.tables)


@dataclass(frozen=True)
class Derived:
    """A new column `name` of type `type_`, computed from other columns of its record.

    `kind` is ``years_between``, ``months_between`` or ``days_between`` of two `inputs` (columns,
    ISO 8601 dates or ``run_day``), ``user_agent`` of one, or ``sql``: the Polars SQL `expression`,
    which reads the `inputs`. `format` is that of dates in text.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    type_: pa.DataType
    rule: RuleRef
    expression: str = ""
    format: str | None = None


@dataclass(frozen=True)
class TablePlan:
    """The treatments for each source with this schema, in the order of its leaves.

    `row_rules` holds the rules whose columns this table has, `records` the other rules about its
    records. `derived` are its new columns, in the order of their computation; they follow the
    columns of the source.
    """

    fields: tuple[FieldPlan, ...]
    row_rules: tuple[RowRule, ...] = ()
    subject: FieldPath | None = None
    derived: tuple[Derived, ...] = ()
    records: RecordPlan = _NO_RULES

    @property
    def quasi(self) -> tuple[FieldPlan, ...]:
        """The fields whose level ``privacy:`` chooses."""
        return tuple(f for f in self.fields if isinstance(f.disposition, Generalize))

    @property
    def sensitive(self) -> tuple[FieldPlan, ...]:
        """The sensitive fields that l and t apply to: one value per record, with equal values
        staying equal."""
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
    """The author's declarations about the dataset, kept apart from measurements.

    `facts` is the ``dataset:`` part of the rule file as canonical JSON text.
    """

    facts: str = "{}"


@dataclass(frozen=True)
class Plan:
    """All actions of a run, for each schema of its sources.

    `tables` maps the alias of each source to its TablePlan. `digest` is the SHA-256 of the rule
    files' canonical content, which identifies the policy in the manifest. `rescan` configures the
    detectors of the rescan; None without a rescan. `run_day` is the day of ``as_of``.
    """

    tables: tuple[tuple[str, TablePlan], ...]
    detect: DetectSpec | None
    key: KeyRef | None
    on_unlisted: str
    on_error: OnError
    digest: str
    declared: Declared
    privacy: PrivacyRules | None = None
    aggregates: tuple[Aggregate, ...] = ()
    budget: Budget | None = None
    gates: GateRules = GateRules()
    disclosure: DisclosureRules = DisclosureRules()
    rescan: DetectSpec | None = None
    unmeasured: Unmeasured = Unmeasured.STOP
    run_day: date | None = None
    selection: Selection = _NO_SELECTION
    leak_index: LeakIndexRules | None = None

    def table(self, source: str) -> TablePlan:
        return self._by_source[source]

    @cached_property
    def _by_source(self) -> dict[str, TablePlan]:
        return dict(self.tables)

    def __getstate__(self) -> dict[str, object]:
        return {name: part for name, part in vars(self).items() if name in _STATED}

    @cached_property
    def kinds(self) -> dict[TablePlan, tuple[str, ...]]:
        """The sources grouped by treatment, in order: shards share one plan."""
        found: dict[int, tuple[TablePlan, list[str]]] = {}
        for source, table in self.tables:  # by identity, since hashing many plans takes long
            found.setdefault(id(table), (table, []))[1].append(source)
        merged: dict[TablePlan, list[str]] = {}
        for table, sources in found.values():
            merged.setdefault(table, []).extend(sources)
        return {table: tuple(sources) for table, sources in merged.items()}

    @property
    def needs_key(self) -> bool:
        indexed = self.leak_index is not None
        return (
            indexed
            or any(table.records.needs_key for table in self.kinds)
            or any(
                transform.traits.needs_key
                for table in self.kinds
                for field in table.fields
                for transform in transforms_in(field)
            )
        )


_STATED = frozenset(one.name for one in fields(Plan))
_ROLES = ("start", "end", "pair", "copy")


def on_errors(plan: Plan, field: FieldPlan) -> frozenset[OnError]:
    """The treatments of failed values of a field."""
    own = (field.on_error, *(case.on_error for case in field.cases))
    return frozenset(one or plan.on_error for one in own)


def with_on_error(plan: Plan, on_error: OnError) -> Plan:
    """`plan` with one treatment of failed values for all fields."""

    def changed(one: FieldPlan) -> FieldPlan:
        cases = tuple(replace(case, on_error=None) for case in one.cases)
        return replace(one, cases=cases, on_error=None)

    changed_tables = {
        table: replace(table, fields=tuple(map(changed, table.fields))) for table in plan.kinds
    }
    by_source = {alias: changed_tables[t] for t, aliases in plan.kinds.items() for alias in aliases}
    tables = tuple((alias, by_source[alias]) for alias, _ in plan.tables)
    return replace(plan, tables=tables, on_error=on_error)


def linked_of(field: FieldPlan) -> tuple[Linked, ...]:
    """The fields that a text field links to."""
    return field.disposition.linked if isinstance(field.disposition, ScrubText) else ()


def treatments(field: FieldPlan) -> tuple[Disposition, ...]:
    """All treatments of a field: its own, then those of its cases."""
    return (field.disposition, *(case.disposition for case in field.cases))


def beside_fields(dispositions: Iterable[Disposition]) -> tuple[str, ...]:
    """The different columns whose values the transforms of these treatments need."""
    steps = (step for one in dispositions for step in transforms_of(one))
    named = (step.beside_field() for step in steps if isinstance(step, Beside))
    return tuple(dict.fromkeys(name for name in named if name is not None))


def transforms_in(field: FieldPlan) -> tuple[Transform, ...]:
    """All transforms that a field's values may pass through."""
    return tuple(step for one in treatments(field) for step in transforms_of(one))


def field_type(field: FieldPlan, kind: pa.DataType) -> pa.DataType | None:
    """The resulting Arrow type of a leaf of type `kind`. Treatments under conditions give one type,
    except for those that empty values."""
    if not field.cases:
        return output_type(field.disposition, kind)
    made = [output_type(one, kind) for one in treatments(field)]
    plain = value_type(kind)
    values = [value_type(one) for one in made if one is not None]
    changed = next((one for one in values if not one.equals(plain)), plain)
    return kind if changed.equals(plain) and pa.types.is_dictionary(kind) else changed


def output_type(disposition: Disposition, kind: pa.DataType) -> pa.DataType | None:
    """The resulting Arrow type of a leaf of type `kind`; None for a dropped one.

    A dictionary stays one if its values keep their type; an extension type becomes its storage if
    its values are transformed.
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
    """True if equal values of a field get equal results in all records; shifts depend on the
    subject."""
    return all(
        step.traits.deterministic and not isinstance(step, PerSubject)
        for step in steps_of(transform)
    )


def transforms_of(disposition: Disposition) -> tuple[Transform, ...]:
    """All transforms that a disposition may apply."""
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
