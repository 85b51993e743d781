"""scrub_batch: from a batch to its scrubbed batch and Fragment; pure, on any executor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.anonymize.apply_levels import SUPPRESSED, Generalized, generalize
from scrubber.anonymize.labels import Flags
from scrubber.anonymize.recoding import Recoding
from scrubber.assess.leaks.prints import Fingerprinter, Prints, index_key
from scrubber.detect import DetectSpec
from scrubber.detect.base import PATIENCE, TIMEOUT, Detector
from scrubber.detect.linked.consistency import Consistency
from scrubber.detect.patterns_only import PatternsOnly
from scrubber.detect.shared import detector_for
from scrubber.errors import DetectionError, Place, ScrubberError, TransformError, printable
from scrubber.manifest.ledger import Fragment
from scrubber.model.batch import Batch
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import as_before, count_equal
from scrubber.model.opened import Leaf, NullRefused, Opened, Rows
from scrubber.model.tally import Tally
from scrubber.model.views import without_views
from scrubber.pipeline.choices import OTHERWISE, choose
from scrubber.pipeline.derived import FAILED, not_derived
from scrubber.pipeline.detection import GaveUp, Looked, linked_fields, look
from scrubber.pipeline.documents import (
    Subjects,
    beside_column,
    document_ids,
    record_ids,
    subject_column,
)
from scrubber.pipeline.languages import unmeasured_of
from scrubber.pipeline.linked import LinkedField, Shown
from scrubber.pipeline.offsets import pointing
from scrubber.pipeline.realign import Rewritten, realigned
from scrubber.pipeline.removed import Removed
from scrubber.pipeline.rescan import Rescanned, rescan
from scrubber.pipeline.rewriting import Scrubbed, TextOperators, scrub_texts
from scrubber.pipeline.schema import output_schema
from scrubber.pipeline.tokens import spread, tokens_of
from scrubber.policy.derive.computing import with_derived
from scrubber.policy.plan import (
    Apply,
    Disposition,
    Drop,
    FieldPlan,
    Format,
    Generalize,
    Keep,
    Linked,
    OnError,
    Plan,
    Realign,
    ScrubText,
    TablePlan,
    Unmeasured,
    field_type,
    linked_of,
    on_errors,
    transforms_in,
)
from scrubber.policy.records.judging import judge
from scrubber.policy.row_filter import Judged
from scrubber.transform.base import Context, Outcome, transformed
from scrubber.transform.keys import RootKey

UNJUDGED = "row-rule-failed"
FOREIGN = "language-unmeasured"
OFFSET = "offset-kept"
DETECT = "detect"
"""The id of the part of the rules that drops records in unmeasured languages."""


@dataclass(frozen=True)
class Tools:
    """The tools that a worker builds once: the resolved key, the detector, and the levels chosen
    for quasi-identifiers, if any. `second` is the detector of the rescan, and `prints` those of a
    leak index."""

    key: RootKey | None = None
    detector: Detector | None = field(default=None, repr=False)
    recoding: Recoding | None = field(default=None, repr=False)
    second: Detector | None = field(default=None, repr=False)
    prints: Fingerprinter | None = field(default=None, repr=False)


def tools_for(plan: Plan, key: RootKey | None, recoding: Recoding | None = None) -> Tools:
    """The key and the detectors for `plan`; a detector is built once per process."""
    first, second = (
        _detector(spec, plan.unmeasured) if spec is not None else None
        for spec in (plan.detect, plan.rescan)
    )
    indexed = plan.leak_index is not None and key is not None
    prints = Fingerprinter(index_key(key)) if indexed and key is not None else None
    return Tools(key, first, recoding, second, prints)


def _detector(spec: DetectSpec, unmeasured: Unmeasured) -> Detector:
    made = detector_for(spec)
    return PatternsOnly(made) if unmeasured is Unmeasured.PATTERNS_ONLY else made


@dataclass(frozen=True)
class ScrubbedBatch:
    """The scrubbed records, their counts, and the fingerprints for a leak index, if any."""

    table: pa.Table = field(repr=False)
    fragment: Fragment
    prints: Prints | None = field(default=None, compare=False, repr=False)


def scrub_batch(plan: Plan, batch: Batch, tools: Tools) -> ScrubbedBatch:
    """Apply `plan` to `batch`.

    Row order is kept. Records in classes that ``privacy:`` suppresses are dropped. Records in an
    unmeasured language are dropped, quarantined or counted, as the plan requires.

    Raises: TransformError ``transform-failed`` (with file, row and field) and DetectionError if
    ``on_error`` is ``fail``. With ``null`` the value becomes null; with ``drop_row`` the record is
    quarantined. A record for which a row rule fails (``row-rule-failed``) stops the run or is
    quarantined, since no single value could become null.
    """
    table_plan = plan.table(batch.ref.source)
    computed = with_derived(batch.table, table_plan.derived, plan.run_day)
    batch = replace(batch, table=computed.table)
    judged = judge(plan, batch, tools.key)
    if judged.unjudged.any() and plan.on_error is OnError.FAIL:
        raise _unjudged(batch, judged)
    underived = not_derived(plan, table_plan, computed, batch.ref, judged.kept)
    records = _Records.of(batch, np.flatnonzero(judged.kept & ~underived))
    generalized = generalize(
        records.opened,
        batch.ref.source,
        table_plan,
        tools.recoding,
        tools.key,
        plan.on_error,
    )
    suppressed = int(generalized.gone.sum())
    if suppressed:
        records = records.only(~generalized.gone)
        generalized = generalized.only(~generalized.gone)
    foreign = unmeasured_of(records.opened, plan, table_plan)
    aside = 0
    if plan.unmeasured in (Unmeasured.DROP, Unmeasured.QUARANTINE) and any(foreign):
        measured = np.array([one is None for one in foreign], dtype=np.bool_)
        aside = int((~measured).sum())
        records, foreign = records.only(measured), [None] * int(measured.sum())
        generalized = generalized.only(measured)
    quarantined = 0
    while True:
        sweep = _Sweep(plan, table_plan, batch, records, generalized, tools)
        if not sweep.bad.any():
            break
        # Each record's result depends on that record only, so the good ones stay the same.
        quarantined += int(sweep.bad.sum())
        records = records.only(~sweep.bad)
        generalized = generalized.only(~sweep.bad)
        foreign = [one for one, bad in zip(foreign, sweep.bad.tolist(), strict=True) if not bad]
    dropped = aside if plan.unmeasured is Unmeasured.DROP else 0
    rescanned = (
        sweep.rescan(tools.second, every=plan.gates.every)
        if tools.second is not None
        else Rescanned()
    )
    fragment = Fragment(
        ref=batch.ref,
        output_digest="",  # the file of all batches has one
        rows_in=batch.ref.rows + batch.rejected,
        rows_out=sweep.table.num_rows,
        dropped=judged.dropped + Tally({SUPPRESSED: suppressed, DETECT: dropped}),
        quarantined=Tally(
            {
                FAILED: quarantined + int(underived.sum()),
                UNJUDGED: int(judged.unjudged.sum()),
                FOREIGN: aside - dropped,
                "unreadable": batch.rejected,
            }
        ),
        fields=sweep.fields,
        findings=sweep.findings,
        rescanned=rescanned.rows,
        residual=rescanned.residual,
        inner=sweep.inner,
        languages=Tally((one, 1) for one in foreign if one is not None),
    )
    return ScrubbedBatch(sweep.table, fragment, sweep.prints)


def _removed(plan: Plan, tools: Tools) -> Removed | None:
    if tools.prints is None or plan.leak_index is None:
        return None
    return Removed(tools.prints, verbatim=plan.leak_index.verbatim)


def _unjudged(batch: Batch, judged: Judged) -> TransformError:
    row = batch.ref.first_row + int(np.flatnonzero(judged.unjudged)[0])
    return TransformError(
        UNJUDGED,
        "a row rule cannot be evaluated for a record",
        place=Place(batch.ref.source, row),
        hint="use TRY_CAST in the rule, or set on_error: drop_row to quarantine such records",
    )


@dataclass(frozen=True)
class _Records:
    """Records of a batch, opened once for all steps, and their positions in it from 0."""

    opened: Opened
    places: Rows

    @classmethod
    def of(cls, batch: Batch, places: Rows) -> _Records:
        whole = Opened(without_views(batch.table))
        return cls(whole if len(places) == batch.ref.rows else whole.take(places), places)

    def only(self, kept: Flags) -> _Records:
        """Restrict to the marked records."""
        return _Records(self.opened.take(np.flatnonzero(kept)), self.places[kept])


class _Sweep:
    """One pass over the leaves of records: the new table, the counts, and the bad records."""

    def __init__(
        self,
        plan: Plan,
        table_plan: TablePlan,
        batch: Batch,
        records: _Records,
        generalized: Generalized,
        tools: Tools,
    ) -> None:
        self._plan, self._table_plan, self._batch, self._tools = plan, table_plan, batch, tools
        self._records, self._generalized = records, generalized
        opened = records.opened
        _refuse_kept(opened, table_plan, batch)
        self._decided = {f.path: f for f in table_plan.fields}
        self._chosen = choose(opened, table_plan, plan.run_day)
        self._subjects = Subjects(opened)
        linked = linked_fields(opened, table_plan)
        self._documents = document_ids(opened, table_plan, tools.key, linked.values())
        self._tokens = {
            one.path: tokens_of(opened.leaf(one.path))
            for one in table_plan.fields
            if isinstance(one.disposition, ScrubText) and one.disposition.format is Format.TOKENS
        }
        self._looked = self._look(linked)
        self._shown = {
            path: Shown([linked[one] for one in links], self._decided, self._context)
            for path, links in _links(table_plan).items()
        }
        self._scrubbed: dict[FieldPath, Scrubbed] = {}
        self._moving = frozenset(
            one.disposition.text
            for one in table_plan.fields
            if isinstance(one.disposition, Realign)
        )
        self._removed = _removed(plan, tools)
        self._counts: list[tuple[tuple[str, str], int]] = []
        self._found: list[tuple[tuple[str, str, str, str], int]] = []
        self.bad = np.zeros(opened.num_rows, dtype=bool)
        schema = output_schema(batch.table.schema, table_plan)
        try:
            self.table = opened.closed(map(self._scrub, opened.leaves), schema)
            self._check_nulls(schema)
        except NullRefused as refused:
            if not self.bad.any():  # otherwise it is the null of an omitted record
                raise TransformError(
                    "null-not-allowed",
                    "a value became null where null is not allowed (a map's key, a required field)",
                    place=Place(batch.ref.source, field=str(refused.path)),
                    hint="on_error: drop_row, or drop the field",
                ) from None
        self.fields = Tally(self._counts)
        self.findings = Tally(self._found)
        self.inner = Tally(opened.inner_counts())
        self.prints: Prints | None = None
        if self._removed is not None and not self.bad.any():
            self._removed.names(opened, table_plan)
            self.prints = self._removed.total()

    def _look(self, linked: Mapping[Linked, LinkedField]) -> Mapping[FieldPath, Looked]:
        if self._tools.detector is None or self._plan.detect is None:
            return {}
        texts = [f for f in self._table_plan.fields if isinstance(f.disposition, ScrubText)]
        stops = all((f.on_error or self._plan.on_error) is OnError.FAIL for f in texts)
        patience = 1 if stops else PATIENCE
        consistency = Consistency(self._plan.detect)
        try:
            return look(
                self._records.opened,
                self._table_plan,
                self._tools.detector,
                consistency,
                linked,
                patience,
                {path: self._left(path) for path in self._chosen}
                | {path: tokens.leaf for path, tokens in self._tokens.items()},
            )
        except GaveUp as gave_up:
            raise self._hopeless(gave_up) from None

    def rescan(self, detector: Detector, *, every: bool) -> Rescanned:
        """Rescan the resulting records."""
        opened, ref = self._records.opened, self._batch.ref
        return rescan(opened, self.table, self._table_plan, ref, detector, every=every)

    def _check_nulls(self, schema: pa.Schema) -> None:
        """Refuse nulls in a column declared not nullable, which Arrow itself permits."""
        empties = any(
            transform.traits.empties
            for field in self._table_plan.fields
            for transform in transforms_in(field)
        )
        ways = {one for f in self._table_plan.fields for one in on_errors(self._plan, f)}
        if ways <= {OnError.FAIL} and not empties:  # then no value became null
            return
        for declared, column in zip(schema, self.table.columns, strict=True):
            if not declared.nullable and column.null_count:
                raise NullRefused(FieldPath((declared.name,)))

    def _scrub(self, leaf: Leaf) -> pa.Array | None:
        """The resulting values of a leaf; None for a dropped one."""
        field_plan, values = self._decided[leaf.path], leaf.values
        name, present = str(leaf.path), len(values) - values.null_count
        self._counts.append(((name, "in"), present))
        chosen = self._chosen.get(leaf.path)
        if chosen is None:
            return self._treated(field_plan, field_plan.disposition, leaf, field_plan.on_error)
        type_ = field_type(field_plan, chosen.values.type)
        assert type_ is not None, "a field with conditions stays"
        ways: list[tuple[int, Disposition, OnError | None]] = [
            (OTHERWISE, field_plan.disposition, field_plan.on_error),
            *((at, case.disposition, case.on_error) for at, case in enumerate(field_plan.cases)),
        ]
        indices, filled = np.zeros(len(chosen.values), np.int64), np.zeros(len(chosen.values), bool)
        made: list[pa.Array] = []
        begin = 0
        for number, disposition, on_error in ways:
            places = chosen.places(number)
            if isinstance(disposition, ScrubText):  # texts are scanned with those around them
                part = self._typed(field_plan, disposition, self._left(leaf.path), on_error, type_)
                part = part.take(pa.array(places))
            else:
                decided = Leaf(leaf.path, chosen.values, leaf.rows).at(places)
                part = self._typed(field_plan, disposition, decided, on_error, type_)
            if part.null_count < len(part):
                indices[places] = np.arange(begin, begin + len(part))
                filled[places] = True
                made.append(part)
                begin += len(part)
        if not made:
            return as_before(pa.nulls(len(indices), type_), values.type)
        order = pa.array(indices, mask=None if filled.all() else ~filled)
        return as_before(pa.concat_arrays(made).take(order), values.type)

    def _left(self, path: FieldPath) -> Leaf:
        """The values of a leaf that no condition decides."""
        rows = self._records.opened.leaf(path).rows
        return Leaf(path, self._chosen[path].others, rows)

    def _typed(
        self,
        field_plan: FieldPlan,
        disposition: Disposition,
        leaf: Leaf,
        on_error: OnError | None,
        type_: pa.DataType,
    ) -> pa.Array:
        """The values of a leaf under one of several treatments, in their common type."""
        made = self._treated(field_plan, disposition, leaf, on_error)
        assert made is not None, "under a condition, values are emptied"
        nothing = made.null_count == len(made)
        return pa.nulls(len(made), type_) if nothing else made.cast(type_)

    def _treated(
        self,
        field_plan: FieldPlan,
        disposition: Disposition,
        leaf: Leaf,
        on_error: OnError | None,
    ) -> pa.Array | None:
        """The values of a leaf under a treatment; None for a dropped one."""
        values, rows, name = leaf.values, leaf.rows, str(leaf.path)
        if self._removed is not None and isinstance(disposition, Drop | Apply | Generalize):
            self._removed.column(field_plan, leaf)
        match disposition:
            case Keep():
                return values
            case Drop():
                self._counts.append(((name, "removed"), len(values) - values.null_count))
                return None
            case Apply(transform):
                outcome = transformed(transform, leaf.plain, self._context(field_plan, rows))
            case Generalize():
                outcome = self._generalized.outcomes[leaf.path]
            case ScrubText():
                scrubbed = self._text(leaf.path)
                self._found.extend(((name, *key), n) for key, n in scrubbed.counts.items())
                outcome = scrubbed.outcome
                if self._removed is not None:
                    self._removed.texts(outcome.array)
                if leaf.path in self._tokens:
                    outcome = spread(leaf, self._tokens[leaf.path], outcome, scrubbed.offsets)
            case Realign(text, positions):
                texts = self._text(text)
                before = self._records.opened.leaf(text)
                moved = Rewritten(before, texts.outcome.array, texts.offsets)
                outcome = realigned(self._records.opened, leaf.path, positions, moved)
        chosen = on_error or self._plan.on_error
        return as_before(self._finish(field_plan, leaf.plain, outcome, rows, chosen), values.type)

    def _text(self, path: FieldPath) -> Scrubbed:
        """The rewritten texts of a field, worked out once; of tokens, one text a list."""
        if path not in self._scrubbed:
            field_plan = self._decided[path]
            text = field_plan.disposition
            assert isinstance(text, ScrubText), "nothing else is scrubbed as text"
            looked, operators = self._looked[path], TextOperators.of(text.default, text.operators)
            if self._removed is not None:
                self._removed.findings(looked, operators.keeps)
            self._scrubbed[path] = scrub_texts(
                looked,
                operators,
                self._context(field_plan, looked.rows),
                self._shown.get(path),
                moves=path in self._moving or path in self._tokens,
            )
        return self._scrubbed[path]

    def _context(self, field_plan: FieldPlan, rows: Rows) -> Context:
        documents = self._documents
        if documents is not None:
            documents = documents.take(pa.array(rows))
        column, beside = subject_column(self._table_plan, field_plan), beside_column(field_plan)
        subject = self._subjects.of(column, rows) if column is not None else None
        return Context(
            field=str(field_plan.path),
            key=self._tools.key,
            document=documents,
            subject=subject.values if subject is not None else None,
            record=record_ids(field_plan, self._batch.ref, self._records.places[rows]),
            beside=self._subjects.of(beside, rows).values if beside is not None else None,
            worked_out=subject.worked_out if subject is not None else {},
        )

    def _finish(
        self,
        field_plan: FieldPlan,
        before: pa.Array,
        outcome: Outcome,
        rows: Rows,
        on_error: OnError,
    ) -> pa.Array:
        """Handle failed values according to `on_error`, and count."""
        name, after, nulled = str(field_plan.path), outcome.array, 0
        if outcome.failed is not None and pc.any(outcome.failed).as_py():
            failed = rows[outcome.failed.to_numpy(zero_copy_only=False)]
            match on_error:
                case OnError.FAIL:
                    raise self._failure(field_plan, outcome.why, int(failed[0]))
                case OnError.NULL:
                    nulled = len(failed)
                case OnError.DROP_ROW:
                    self.bad[failed] = True
        same = 0
        if after.type.equals(before.type):
            same = count_equal(after, before)
        changed = len(before) - before.null_count - nulled - same
        self._counts += [((name, "changed"), changed), ((name, "nulled"), nulled)]
        return after

    def _failure(self, field_plan: FieldPlan, why: str | None, index: int) -> TransformError:
        return TransformError(
            FAILED,
            why or "a value could not be transformed",
            place=self._place(field_plan.path, index),
            hint=f"rule {field_plan.rule.mark}; or set on_error: null or drop_row",
        )

    def _hopeless(self, gave_up: GaveUp) -> ScrubberError:
        """The error for `gave_up`: a failed record, or failed rules."""
        field_plan = self._decided[gave_up.path]
        if (field_plan.on_error or self._plan.on_error) is OnError.FAIL:
            return self._failure(self._decided[gave_up.path], gave_up.error.text, gave_up.row)
        return DetectionError(
            TIMEOUT,
            f"{gave_up.error.text}, the last of {PATIENCE} in one batch",
            place=self._place(gave_up.path, gave_up.row),
            hint="on_error is for single records: make the regex simpler",
        )

    def _place(self, path: FieldPath, index: int) -> Place:
        row = self._batch.ref.first_row + int(self._records.places[index])
        return Place(self._batch.ref.source, row, str(path))


def _refuse_kept(opened: Opened, plan: TablePlan, batch: Batch) -> None:
    """Refuse kept positions in a text that is scrubbed: they would point elsewhere afterwards.

    Raises: TransformError ``offset-kept``.
    """
    texts = [
        one.path
        for one in plan.fields
        if isinstance(one.disposition, ScrubText) and one.disposition.format is not Format.TOKENS
    ]
    kept = {one.path for one in plan.fields if isinstance(one.disposition, Keep) and not one.cases}
    if not texts or not kept:
        return
    leaves = [(leaf.path, leaf.plain.type) for leaf in opened.leaves]
    fields = [
        (path, kind) for path, kind in leaves if path in kept or not pa.types.is_integer(kind)
    ]
    for path, realign in pointing(opened, texts, fields):
        if path in kept and path != realign.positions.copy:
            raise TransformError(
                OFFSET,
                f"a kept position points into {printable(str(realign.text))}, which changes",
                place=Place(batch.ref.source, field=str(path)),
                hint=f"name it under realign: in the rule of {printable(str(realign.text))}, "
                "or drop it",
            )


def _links(plan: TablePlan) -> dict[FieldPath, tuple[Linked, ...]]:
    """The linked fields of each text field."""
    return {field.path: linked_of(field) for field in plan.fields if linked_of(field)}
