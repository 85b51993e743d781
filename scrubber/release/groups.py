"""Groups of records: counted for each output file, added up in any order, and published.

Sums are exact decimals, so they do not depend on the order of addition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.anonymize.labels import subject_labels, text_labels
from scrubber.errors import InputError, KeyFault, Place
from scrubber.model.aggregates import Aggregate, Measure, Metric
from scrubber.model.counts import rounded
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.release.withholding import Group, Total, withhold
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    import polars as pl

_SUBJECT, _ORDER, _ROWS, _SUBJECTS = "subject", "order", "rows", "subjects"
_PLACES: Final = 9  # decimal places of sums
_LARGEST: Final = 1e20  # of a value; larger ones are no numbers of a table
Flags = np.ndarray[Any, np.dtype[np.bool_]]
_MERGE_AT: Final = 1 << 16


@dataclass(frozen=True)
class Partial:
    """The groups of some records, by the fields of ``by`` and the subject, with rows and sums. If
    the rows of a subject are limited, the rows that count so far."""

    frame: pl.DataFrame = field(repr=False)


def group(asked: Aggregate, tables: Iterable[pa.Table], key: RootKey | None) -> Partial:
    """The groups of the records of `tables`.

    Raises: InputError ``not-a-number`` for a value of a sum or mean that is none; KeyFault
    ``key-missing`` where rows are chosen and there is no key.
    """
    adding = GroupSum(asked)
    for table in tables:
        adding.add(_grouped(asked, table, key))
    return adding.total()


class GroupSum:
    """Adds up groups. Memory grows with the number of pairs of a group and a subject."""

    def __init__(self, asked: Aggregate) -> None:
        self._asked = asked
        self._frames: list[pl.DataFrame] = []
        self._height, self._limit = 0, _MERGE_AT

    def add(self, partial: Partial) -> None:
        self._frames.append(partial.frame)
        self._height += partial.frame.height
        if self._height > self._limit:
            self._frames = [self.total().frame]
            self._height = self._frames[0].height
            self._limit = max(_MERGE_AT, 2 * self._height)

    def total(self) -> Partial:
        """The sum so far."""
        import polars as pl

        whole = pl.concat([pl.DataFrame(schema=_schema(self._asked)), *self._frames])
        if self._asked.max_rows is not None:
            first = whole.sort(_SUBJECT, _ORDER).group_by(_SUBJECT, maintain_order=True)
            return Partial(first.head(self._asked.max_rows).select(whole.columns))
        return Partial(_added(whole, [*keys_of(self._asked), _SUBJECT]))


def _grouped(asked: Aggregate, table: pa.Table, key: RootKey | None) -> Partial:
    import polars as pl

    opened = Opened(table)
    columns: dict[str, pl.Series] = {}
    for name, column in zip(asked.by, keys_of(asked), strict=True):
        labels = text_labels(opened.leaf(FieldPath((name,))).plain)
        columns[column] = _text(pc.if_else(pc.equal(labels, ""), None, labels))
    columns[_SUBJECT] = _subjects(asked, opened, table.num_rows)
    columns[_ROWS] = pl.Series([1] * table.num_rows, dtype=pl.Int64)
    for number, metric in enumerate(asked.metrics):
        if metric.field is not None:
            values = _numbers(metric, opened)
            columns[f"sum{number}"] = values.fill_null(0)
            columns[f"known{number}"] = values.is_not_null().cast(pl.Int64)
    frame = pl.DataFrame(columns)
    if asked.max_rows is None:
        return Partial(_added(frame, [*keys_of(asked), _SUBJECT]))
    return Partial(_ordered(frame.filter(pl.col(_SUBJECT).is_not_null()), key))


def _subjects(asked: Aggregate, opened: Opened, rows: int) -> pl.Series:
    """The subject of each record; without subjects each is its own, and no name is needed."""
    import polars as pl

    if asked.subject is None:
        return pl.Series([None] * rows, dtype=pl.String)
    return _text(subject_labels(opened.leaf(FieldPath((asked.subject,))).plain))


def _numbers(metric: Metric, opened: Opened) -> pl.Series:
    import polars as pl

    assert metric.field is not None
    labels = text_labels(opened.leaf(FieldPath((metric.field,))).plain)
    given = _text(pc.if_else(pc.equal(labels, ""), None, labels))
    numbers = given.str.strip_chars().cast(pl.Float64, strict=False)
    finite = numbers.is_finite()
    if metric.lower is not None or metric.upper is not None:
        numbers = numbers.clip(metric.lower, metric.upper)
    bad = given.is_not_null() & ~(finite & (numbers.abs() <= _LARGEST)).fill_null(False)
    if bad.any():
        raise InputError(
            "not-a-number",
            f"the metric {metric.name} needs numbers, and a value is none",
            place=Place(field=metric.field),
            hint="round or clip the field, or on_error: null",
        )
    return numbers.cast(pl.Decimal(38, _PLACES))


def _text(labels: pa.Array) -> pl.Series:
    import polars as pl

    return pl.Series(pl.from_arrow(labels), dtype=pl.String)


def _ordered(frame: pl.DataFrame, key: RootKey | None) -> pl.DataFrame:
    """The rows with a keyed digest of their content. It decides which rows of a subject count, and
    equal rows are interchangeable."""
    import polars as pl

    if key is None:
        raise KeyFault("key-missing", "max_rows_per_subject needs a key", hint="key: {env: …}")
    shown = [pl.col(name).cast(pl.String).fill_null("\0") for name in frame.columns]
    content = frame.select(pl.concat_str(shown, separator="\x1f")).to_series().to_arrow()
    messages = content.cast(pa.large_string()).cast(pa.large_binary())
    digests = Cmac(key.derive("aggregate", "rows")).digests(messages)
    return frame.with_columns(pl.Series(_ORDER, [row.tobytes() for row in digests], pl.Binary))


def _added(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    import polars as pl

    added = [name for name in frame.columns if name not in (*keys, _ORDER)]
    return frame.group_by(keys).agg(pl.col(added).sum())


def keys_of(asked: Aggregate) -> list[str]:
    """The columns of a partial result that hold the values of the fields of ``by``."""
    return [f"by{number}" for number in range(len(asked.by))]


def _schema(asked: Aggregate) -> dict[str, Any]:
    import polars as pl

    sums: dict[str, Any] = {}
    for number, metric in enumerate(asked.metrics):
        if metric.field is not None:
            sums |= {f"sum{number}": pl.Decimal(38, _PLACES), f"known{number}": pl.Int64}
    order = {_ORDER: pl.Binary} if asked.max_rows is not None else {}
    names = dict.fromkeys((*keys_of(asked), _SUBJECT), pl.String)
    return {**names, _ROWS: pl.Int64, **sums, **order}


@dataclass(frozen=True)
class Groups:
    """All groups of an aggregate by their values, with their rows, subjects and sums."""

    frame: pl.DataFrame = field(repr=False)


def groups_of(asked: Aggregate, whole: Partial) -> Groups:
    """The groups, with the figures of each."""
    import polars as pl

    keys = keys_of(asked)
    added = [name for name in whole.frame.columns if name not in (*keys, _SUBJECT, _ORDER)]
    subjects = pl.col(_SUBJECT).drop_nulls().n_unique()
    if asked.subject is None:
        subjects = pl.col(_ROWS).sum()
    found = whole.frame.group_by(keys).agg(
        pl.col(added).sum(), subjects.cast(pl.Int64).alias(_SUBJECTS)
    )
    return Groups(found.sort(keys, nulls_last=True))


@dataclass(frozen=True)
class Released:
    """A published table: its columns by name, and how many groups are withheld: `small` ones, and
    `other` ones that would give a small one away."""

    columns: Mapping[str, Sequence[Any]] = field(repr=False)
    small: int
    other: int

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def released(all_of: Sequence[tuple[Aggregate, Groups]], base: int) -> list[Released]:
    """The tables of all aggregates, without groups of fewer than ``min_group`` subjects.

    Further groups are withheld where a small one could be computed from the number of all records,
    or from a coarser table of the same records. Numbers of records and subjects are rounded to
    `base`. A sum or mean of fewer than ``min_group`` values is null.
    """
    nodes = [
        [Group(rows, subjects < asked.min_group) for rows, subjects in _counts(groups)]
        for asked, groups in all_of
    ]
    for family in _families(all_of):
        least = max(all_of[number][0].min_group for number in family)
        withhold(_totals(all_of, nodes, family), least)
    return [
        _published(
            asked, groups.frame, np.array([not node.withheld for node in row], np.bool_), base
        )
        for (asked, groups), row in zip(all_of, nodes, strict=True)
    ]


def _counts(groups: Groups) -> Iterator[tuple[int, int]]:
    return groups.frame.select(_ROWS, _SUBJECTS).iter_rows()


def _families(all_of: Sequence[tuple[Aggregate, Groups]]) -> list[list[int]]:
    """The aggregates of the same records, whose numbers add up to the same totals."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for number, (asked, _) in enumerate(all_of):
        found.setdefault((asked.of, asked.subject, asked.max_rows), []).append(number)
    return list(found.values())


def _totals(
    all_of: Sequence[tuple[Aggregate, Groups]],
    nodes: Sequence[Sequence[Group]],
    family: Sequence[int],
) -> list[Total]:
    """Each table adds up to all records, and to the groups of each coarser table."""
    totals = [Total(None, tuple(nodes[number])) for number in family]
    for coarse in family:
        for fine in family:
            if coarse != fine and set(all_of[coarse][0].by) <= set(all_of[fine][0].by):
                totals += _margins(all_of, nodes, coarse, fine)
    return totals


def _margins(
    all_of: Sequence[tuple[Aggregate, Groups]],
    nodes: Sequence[Sequence[Group]],
    coarse: int,
    fine: int,
) -> Iterator[Total]:
    """Each group of a coarser table is the sum of groups of the finer one."""
    (asked, whole), (finer, parts) = all_of[coarse], all_of[fine]
    at = [finer.by.index(name) for name in asked.by]
    by_group: dict[tuple[Any, ...], list[Group]] = {}
    for row, values in enumerate(parts.frame.select(keys_of(finer)).iter_rows()):
        by_group.setdefault(tuple(values[i] for i in at), []).append(nodes[fine][row])
    for row, values in enumerate(whole.frame.select(keys_of(asked)).iter_rows()):
        yield Total(nodes[coarse][row], tuple(by_group[values]))


def _published(asked: Aggregate, frame: pl.DataFrame, shown: Flags, base: int) -> Released:
    small = int((~shown & (frame[_SUBJECTS].to_numpy() < asked.min_group)).sum())
    kept = frame.filter(shown)
    columns: dict[str, Sequence[Any]] = {
        name: kept[column].to_list() for name, column in zip(asked.by, keys_of(asked), strict=True)
    }
    for number, metric in enumerate(asked.metrics):
        columns[metric.name] = _figures(metric, number, kept, asked.min_group, base)
    return Released(columns, small, int((~shown).sum()) - small)


def _figures(
    metric: Metric, number: int, kept: pl.DataFrame, min_group: int, base: int
) -> Sequence[Any]:
    match metric.measure:
        case Measure.COUNT:
            return [rounded(n, min_group, base) for n in kept[_ROWS]]
        case Measure.SUBJECTS:
            return [rounded(n, min_group, base) for n in kept[_SUBJECTS]]
    sums, known = kept[f"sum{number}"], kept[f"known{number}"]
    pairs = list(zip(sums.to_list(), known.to_list(), strict=True))
    if metric.measure is Measure.SUM:
        return [float(total) if n >= min_group else None for total, n in pairs]
    return [float(total / n) if n >= min_group else None for total, n in pairs]
