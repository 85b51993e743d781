"""Rules about records that look at more than one record, or need the key.

A rule file lists them under ``rows:`` beside the rules that drop records by a condition
(:class:`~scrubber.policy.plan.RowRule`). Conditions and samples judge each record alone. The other
rules apply to the remaining records, in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scrubber.model.fieldpath import FieldPath
from scrubber.model.tables import in_table
from scrubber.policy.references import RuleRef

MISSING = " missing"
"""Behind the id of a rule: records of subjects that no record says anything about."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Drop all records of the subjects for which some record fulfils the condition of the row rule
    `rule`. Subjects without a record in a table that has its columns are dropped too, unless
    `keep_missing`."""

    rule: RuleRef
    expression: str
    keep_missing: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Keep a keyed draw: the records whose value of `by` is drawn with the probability `share`."""

    rule: RuleRef
    share: float
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """Keep at most `n` records per value of `per`, a keyed draw."""

    rule: RuleRef
    per: str
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Keep at most `keep` of the records that are equal in the fields `of`, or whose texts there
    have a Jaccard similarity of at least `near`."""

    rule: RuleRef
    of: tuple[str, ...]
    near: float | None = None
    keep: int = 1
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Write the records of each file in a keyed random order."""

    rule: RuleRef


Selecting = Follow | Limit | Repeats
"""The rules that need a pass over all records."""
RecordRule = Follow | Sample | Limit | Repeats | Shuffle


@dataclass(frozen=True, slots=True)
class Expected:
    """The share of records or values that a rule is expected to affect."""

    min_share: float = 0.0
    max_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Written:
    """A rule about records as the file has it, restricted to `tables` (empty: all)."""

    index: int
    rule: RecordRule
    tables: tuple[str, ...] = ()
    expected: Expected | None = None

    def is_for(self, alias: str) -> bool:
        """True if the rule is for the source `alias`."""
        return not self.tables or any(in_table(table, alias) for table in self.tables)


@dataclass(frozen=True, slots=True)
class Here:
    """A rule of :data:`Selecting` applied to one table: `fields` are the leaves that it reads, and
    `judges` is true if the table has the columns of a condition to follow."""

    number: int
    fields: tuple[FieldPath, ...]
    judges: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample of one table, by the values of `by`, or by whole records without it."""

    rule: Sample
    by: FieldPath | None = None


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """The rules about the records of one table. `selecting` refers to :attr:`Selection.rules`;
    `draws` is true if one of these draws records."""

    samples: tuple[Drawn, ...] = ()
    selecting: tuple[Here, ...] = ()
    shuffle: Shuffle | None = None
    draws: bool = False

    @property
    def needs_key(self) -> bool:
        """True if a keyed draw decides; to follow a subject needs none."""
        return bool(self.samples) or self.shuffle is not None or self.draws

    @property
    def judges(self) -> bool:
        """True if rules read the records' values."""
        return bool(self.samples or self.selecting)


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that need a pass over all records, in order, and the codes of their verdicts.

    The code of a record is 0 if it stays; the others are positions in `ids`, from 1 on.
    """

    rules: tuple[Selecting, ...] = field(default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the parts of rules that drop records."""
        return tuple(
            one
            for rule in self.rules
            for one in (
                (rule.rule.id, rule.rule.id + MISSING)
                if isinstance(rule, Follow)
                else (rule.rule.id,)
            )
        )

    def code(self, number: int, *, missing: bool = False) -> int:
        """The code of the records that rule `number` drops."""
        before = sum(2 if isinstance(rule, Follow) else 1 for rule in self.rules[:number])
        return before + 1 + missing
