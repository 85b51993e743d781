"""The audit of a dataset: a verdict on each field with its evidence, without values of the data."""

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
"""The ``detect:`` part used by an audit and written to a drafted rule file."""

_SMALL = 10
_PERSONAL = frozenset({FieldClass.DIRECT_IDENTIFIER, FieldClass.QUASI_IDENTIFIER})


@dataclass(frozen=True, slots=True)
class FieldAudit:
    """The verdict on a field.

    `name` is its path, `type` its Arrow type, `kind` its concept, `field_class` and `entity` follow
    from it. `confidence` is in 0..1, `evidence` lists claims in words. `missing` is the share of
    sampled cells that are null, blank or marked as missing ("N/A"). `distinct` is the number of
    distinct values, an estimate unless `exact`. `personal` is the share of sampled cells with
    personal data. `findings` are the detectors' counts in `looked_at` cells, and `unmeasured`
    counts those of them in each unmeasured language or script.
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
    unmeasured: tuple[tuple[str, int], ...] = ()

    @property
    def doubtful(self) -> bool:
        """True if the verdict is a guess."""
        return self.confidence < 0.5

    @property
    def personal_said(self) -> str:
        """The share of personal cells in words that reveal nothing about few of them."""
        return share_said(self.personal, self.cells)

    @property
    def missing_said(self) -> str:
        """The share of missing cells in such words."""
        return share_said(self.missing, self.cells)

    @property
    def evidence_said(self) -> str:
        """The evidence and the findings on one line; small counts are banded."""
        said = list(self.evidence)
        if self.findings:
            found = ", ".join(f"{entity} {banded(count)}" for entity, count in self.findings)
            said.append(f"in {banded(self.looked_at)} cells: {found}")
        if self.unmeasured:
            found = ", ".join(f"{name} {banded(count)}" for name, count in self.unmeasured)
            said.append(f"unmeasured languages and scripts: {found}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class TableAudit:
    """The fields of a dataset; `sampled` of its `records` (None: unknown) were examined.

    `passed_over` records of the sample were malformed. `refusal` is the error of a run for the
    first of them, unless ``on_error: drop_row`` rejects it.
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
        """A warning about skipped records, or None."""
        return passed_over_said(self.passed_over, self.refusal) if self.passed_over else None


@dataclass(frozen=True, slots=True)
class Audit:
    """The verdicts on the fields of a dataset, by table; `seed` and `rows` determine the sample."""

    tables: tuple[TableAudit, ...]
    rows: int
    seed: int

    @property
    def complete(self) -> bool:
        """True if all sampled records were readable."""
        return not any(table.passed_over for table in self.tables)

    @property
    def exit_code(self) -> int:
        """1 if malformed records were skipped, else 0."""
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
    """Classify each field of `data` from its name, its type and a sample of its values.

    `data` is a frame, a path or several paths, as for :func:`scrubber.scrub`. About `rows` records
    of each table are sampled; `seed` makes the sample reproducible. `detect` is the ``detect:``
    part of a rule file. The result contains no value of the data.

    Raises: InputError; RuleError for an invalid `detect`.
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
    """A publishable count: 1 to 10 could describe a few people.

    >>> banded(0), banded(3), banded(1200)
    ('0', '1-10', '1,200')
    """
    return f"1-{_SMALL}" if 1 <= count <= _SMALL else f"{count:,}"


def passed_over_said(count: int, refusal: InputError | None) -> str:
    """A text about skipped records, with the reason and a remedy."""
    said = f"{banded(count)} records were skipped; a run refuses them: {refusal}"
    return f"{said}; correct them, or reject them with on_error: drop_row"


def share_said(share: float, cells: int) -> str:
    """A share of `cells` in words that reveal nothing about few of them.

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
        unmeasured=one.looked.unmeasured if verdict.field_class is FieldClass.TEXT else (),
    )


def _distinct(counts: Mapping[str, int], table: ExaminedTable) -> tuple[int, bool]:
    """The number of distinct values in the whole dataset.

    From a sample of n of N values: sqrt(N / n) times the values seen once, plus the others
    (Charikar et al. 2000, the guaranteed-error estimator), to two digits.
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
        "unmeasured": {e: banded(n) if n <= _SMALL else n for e, n in one.unmeasured},
    }
