"""The audit of a dataset: what each field is, and why, without a value of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrubber.detect.shared import detector_for
from scrubber.errors import InputError
from scrubber.frames import paths_of
from scrubber.model.fieldclass import FieldClass
from scrubber.policy import detect_spec
from scrubber.profiling.examine import Examined, ExaminedTable, examine, sampled

ROWS, SEED = 10_000, 0
DETECT: Mapping[str, Any] = {"ner": "builtin"}
"""The ``detect:`` part that an audit looks with, and that a drafted rule file gets."""

_SMALL = 10
_PERSONAL = frozenset({FieldClass.DIRECT_IDENTIFIER, FieldClass.QUASI_IDENTIFIER})


@dataclass(frozen=True, slots=True)
class FieldAudit:
    """The verdict on a field.

    `name` is its path and `type` its Arrow type; `kind` says what it is taken for, `field_class`
    and `entity` what follows; `confidence` lies in 0..1, `evidence` are claims in words. `missing`
    is the share of sampled cells that are null, blank or say so ("N/A"); `distinct` the number of
    different values, an estimate unless `exact`. `personal` is the share of sampled cells that are
    personal data or hold some. `findings` counts what the detectors found in `looked_at` cells.
    """

    name: str
    type: str
    kind: str
    field_class: FieldClass
    entity: str | None
    confidence: float
    evidence: tuple[str, ...]
    missing: float
    distinct: int
    exact: bool
    personal: float
    looked_at: int
    findings: tuple[tuple[str, int], ...]
    cells: int

    @property
    def doubtful(self) -> bool:
        """True if the verdict is a guess."""
        return self.confidence < 0.5

    @property
    def personal_said(self) -> str:
        """The share of personal cells, in words that tell nothing about few of them."""
        return share_said(self.personal, self.cells)

    @property
    def missing_said(self) -> str:
        """The share of missing cells, likewise."""
        return share_said(self.missing, self.cells)

    @property
    def evidence_said(self) -> str:
        """The evidence and the findings in one line; small counts are banded."""
        said = list(self.evidence)
        if self.findings:
            found = ", ".join(f"{entity} {banded(count)}" for entity, count in self.findings)
            said.append(f"in {banded(self.looked_at)} cells looked through: {found}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class TableAudit:
    """A dataset's fields; `sampled` of its `records` (None: not known) were looked at.

    `passed_over` records of the sample could not be read; `refusal` is the error for which a run
    refuses the first such record, unless ``on_error: drop_row`` rejects it.
    """

    name: str
    shards: int
    records: int | None
    sampled: int
    fields: tuple[FieldAudit, ...]
    passed_over: int = 0
    refusal: InputError | None = None

    @property
    def warning(self) -> str | None:
        """That records were passed over and why, or None."""
        return passed_over_said(self.passed_over, self.refusal) if self.passed_over else None


@dataclass(frozen=True, slots=True)
class Audit:
    """The verdicts on the fields of a dataset, by table; `seed` and `rows` chose the sample."""

    tables: tuple[TableAudit, ...]
    rows: int
    seed: int

    @property
    def complete(self) -> bool:
        """True if all records that were drawn could be read."""
        return not any(table.passed_over for table in self.tables)

    @property
    def exit_code(self) -> int:
        """0, or 1 where records were passed over."""
        return 0 if self.complete else 1

    def to_json(self) -> dict[str, Any]:
        """The audit as plain values; counts from 1 to 10 are the text ``1-10``."""
        return {
            "rows": self.rows,
            "seed": self.seed,
            "tables": [
                {
                    "name": table.name,
                    "shards": table.shards,
                    "records": table.records,
                    "sampled": table.sampled,
                    "passed_over": banded(table.passed_over),
                    "refusal": str(table.refusal) if table.refusal is not None else None,
                    "fields": [_field_json(one) for one in table.fields],
                }
                for table in self.tables
            ],
        }


def audit(
    data: object,
    *,
    rows: int = ROWS,
    seed: int = SEED,
    detect: Mapping[str, Any] | None = None,
) -> Audit:
    """Say for every field of `data` what it is, from its name, its type and a sample of its values.

    `data` is what :func:`scrubber.scrub` takes: a frame, or a path or several. About `rows` records
    of each table are looked at; the same `seed` chooses the same ones. `detect` is the ``detect:``
    part of a rule file. The result holds no value of the data.

    Raises: InputError, RuleError for a `detect` that is not valid.
    """
    return audit_of(tuple(examined_tables(data, rows=rows, seed=seed, detect=detect)), rows, seed)


def examined_tables(
    data: object,
    *,
    rows: int = ROWS,
    seed: int = SEED,
    detect: Mapping[str, Any] | None = None,
) -> tuple[ExaminedTable, ...]:
    """The tables behind :func:`audit`, values included; for internal use."""
    if rows < 1:
        raise ValueError("rows must be 1 or more")
    detector = detector_for(detect_spec(DETECT if detect is None else detect))
    return tuple(examine(sampled(data, paths_of(data), rows, seed), detector))


def audit_of(tables: Sequence[ExaminedTable], rows: int, seed: int) -> Audit:
    """The audit of examined tables."""
    return Audit(
        tuple(
            TableAudit(
                table.sample.name,
                table.sample.shards,
                table.sample.records,
                table.sample.table.num_rows,
                tuple(_field(one, table) for one in table.fields),
                table.sample.passed_over,
                table.sample.refusal,
            )
            for table in tables
        ),
        rows,
        seed,
    )


def banded(count: int) -> str:
    """A count as it may be shown: one from 1 to 10 could be about a few people.

    >>> banded(0), banded(3), banded(1200)
    ('0', '1-10', '1,200')
    """
    return f"1-{_SMALL}" if 1 <= count <= _SMALL else f"{count:,}"


def passed_over_said(count: int, refusal: InputError | None) -> str:
    """That records were passed over, why, and what to do."""
    said = f"{banded(count)} records were passed over; a run refuses them: {refusal}"
    return f"{said}; mend them, or reject them with on_error: drop_row"


def share_said(share: float, cells: int) -> str:
    """A share of `cells` in words that tell nothing about few of them.

    >>> share_said(0.0, 500), share_said(0.01, 500), share_said(0.5, 500), share_said(1.0, 500)
    ('none', 'few', '50 %', 'all')
    """
    count = round(share * cells)
    if not count:
        return "none"
    if count == cells:
        return "all"
    if count <= _SMALL:
        return "few"
    return "nearly all" if cells - count <= _SMALL else f"{max(1, min(99, round(share * 100)))} %"


def _field(one: Examined, table: ExaminedTable) -> FieldAudit:
    profile, verdict = one.profile, one.verdict
    distinct, exact = _distinct(profile.counts, table)
    present = profile.present / profile.cells if profile.cells else 0.0
    holding = one.looked.with_findings / one.looked.cells if one.looked.cells else 0.0
    personal = present if verdict.field_class in _PERSONAL else present * holding
    return FieldAudit(
        name=str(one.path),
        type=str(one.type),
        kind=verdict.concept.said,
        field_class=verdict.field_class,
        entity=verdict.entity,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
        missing=profile.missing / profile.cells if profile.cells else 0.0,
        distinct=distinct,
        exact=exact,
        personal=personal,
        looked_at=one.looked.cells,
        findings=one.looked.findings if verdict.field_class not in _PERSONAL else (),
        cells=profile.cells,
    )


def _distinct(counts: Mapping[str, int], table: ExaminedTable) -> tuple[int, bool]:
    """The number of distinct values in the whole dataset.

    From a sample of n of N values: sqrt(N / n) times the values seen once, and the others once each
    (Charikar et al. 2000, the guaranteed-error estimator); to two digits.
    """
    sample, records = table.sample.table.num_rows, table.sample.records
    if records is None or sample == 0:
        return len(counts), False
    if sample == records:
        return len(counts), True
    once = sum(1 for count in counts.values() if count == 1)
    scale = records / sample
    if once >= 0.98 * max(sum(counts.values()), 1):
        estimate = len(counts) * scale
    else:
        estimate = math.sqrt(scale) * once + len(counts) - once
    if estimate < 100:
        return round(estimate), False
    digits = 10 ** (len(str(int(estimate))) - 2)
    return int(round(estimate / digits) * digits), False


def _field_json(one: FieldAudit) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": one.type,
        "kind": one.kind,
        "class": one.field_class.value,
        "entity": one.entity,
        "confidence": one.confidence,
        "doubtful": one.doubtful,
        "evidence": list(one.evidence),
        "missing": one.missing_said,
        "distinct": one.distinct,
        "distinct_is_exact": one.exact,
        "personal": one.personal_said,
        "looked_at": one.looked_at,
        "findings": {e: banded(n) if n <= _SMALL else n for e, n in one.findings},
    }
