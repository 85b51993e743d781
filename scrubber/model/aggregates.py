"""Aggregates as the rules ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scrubber.errors import Mark
from scrubber.model.tables import in_table


class Measure(StrEnum):
    """A figure of a group: its records, its subjects, or the sum or mean of a field."""

    COUNT = "count"
    SUBJECTS = "subjects"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure called `name`. Values of the `field` are moved into the range from `lower` to
    `upper` first, if given."""

    name: str
    measure: Measure
    field: str | None = None
    lower: float | None = None
    upper: float | None = None

    def __str__(self) -> str:
        text = f"{self.name}: {self.measure}"
        if self.field is not None:
            text += f" of {self.field}"
        if self.lower is not None:
            text += f" from {self.lower:g}"
        if self.upper is not None:
            text += f" to {self.upper:g}"
        return text


@dataclass(frozen=True, slots=True)
class Private:
    """Noise on an aggregate: (`epsilon`, `delta`)-differential privacy of the subjects.

    A subject is in at most `max_groups` groups. `groups` lists the possible values of each field
    of `by`, if they are public; otherwise small noisy groups are withheld.
    """

    epsilon: float
    delta: float
    max_groups: int
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A table of groups: the records of the table `of` (None: of all tables) by the published
    values of the fields `by`, with `metrics`. `rule` and `mark` say who asks for it.

    Only groups of at least `min_group` distinct subjects are published; without a `subject` each
    record is one. Of a subject at most `max_rows` records count.
    """

    name: str
    of: str | None
    by: tuple[str, ...]
    metrics: tuple[Metric, ...]
    subject: str | None
    max_rows: int | None
    min_group: int
    rule: str
    mark: Mark
    private: Private | None = None

    def is_of(self, alias: str) -> bool:
        """True if the records of the source `alias` count."""
        return self.of is None or in_table(self.of, alias)

    @property
    def stated(self) -> tuple[str, ...]:
        """Each metric in words, such as ``cost: mean of price from 0 to 10000``."""
        return tuple(map(str, self.metrics))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are read, each once."""
        named = (*self.by, self.subject, *(metric.field for metric in self.metrics))
        return tuple(dict.fromkeys(name for name in named if name is not None))


@dataclass(frozen=True, slots=True)
class Budget:
    """The most `epsilon` and `delta` that all releases in the ledger `file` may spend together."""

    file: str
    epsilon: float
    delta: float
