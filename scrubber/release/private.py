"""Noisy tables of groups: differential privacy of the subjects, by OpenDP's measurements.

Neighbours differ by all records of one subject. Before the noise a subject is limited to
``max_rows`` records in ``max_groups`` groups. Each query has an equal part of epsilon: the subjects
of each group, and for each metric its records, sum or known values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from scrubber.errors import GateError, NotAvailable, how_to_install
from scrubber.model.aggregates import Aggregate, Measure, Metric, Private

if TYPE_CHECKING:
    import polars as pl

Labels = tuple[str | None, ...]
_LOWEST: Final = 1e-9  # the relative precision of a scale
_SEP: Final = "\x1f"


@dataclass(frozen=True)
class Noisy:
    """A noisy table by columns, and the `noise` of each query in words."""

    columns: Mapping[str, Sequence[Any]] = field(repr=False)
    noise: tuple[str, ...]


def noisy(asked: Aggregate, rows: pl.DataFrame, keys: Sequence[str]) -> Noisy:
    """The noisy table of `rows`: one for each record that counts, with its group in `keys`, its
    ``subject``, its ``order``, and a ``sum`` and ``known`` column for each metric of a field.

    Raises: NotAvailable ``dp-missing`` without OpenDP; GateError ``dp-accuracy`` where no noise of
    this library reaches epsilon.
    """
    import polars as pl

    private = asked.private
    assert private is not None
    assert asked.max_rows is not None
    counted = _limited(rows, keys, private, _listed(private))
    queries = _Queries(
        private, min(private.max_groups, asked.max_rows), asked.max_rows, _count(asked)
    )
    subjects = _by_group(counted, keys, pl.col("subject").n_unique().cast(pl.Int64))
    groups = queries.subjects(subjects, asked.min_group)
    columns: dict[str, list[Any]] = {name: [] for name in asked.by}
    for labels in groups:
        for name, label in zip(asked.by, labels, strict=True):
            columns[name].append(label)
    figures = {
        metric.name: _figure(metric, number, counted, keys, groups, queries)
        for number, metric in enumerate(asked.metrics)
    }
    return Noisy({**columns, **figures}, tuple(queries.said))


def _count(asked: Aggregate) -> int:
    """The number of queries: the subjects, and those of each metric."""
    costs = {Measure.COUNT: 1, Measure.SUBJECTS: 0, Measure.SUM: 1, Measure.MEAN: 2}
    return 1 + sum(costs[metric.measure] for metric in asked.metrics)


def _figure(
    metric: Metric,
    number: int,
    counted: pl.DataFrame,
    keys: Sequence[str],
    groups: Mapping[Labels, int],
    queries: _Queries,
) -> list[Any]:
    import polars as pl

    if metric.measure is Measure.SUBJECTS:
        return list(groups.values())
    if metric.measure is Measure.COUNT:
        return queries.counts(metric.name, _by_group(counted, keys, pl.len()), groups)
    lower, upper = metric.lower or 0.0, metric.upper or 0.0
    sums = _by_group(counted, keys, pl.col(f"sum{number}").sum().cast(pl.Float64))
    total = queries.sums(metric.name, sums, groups, max(abs(lower), abs(upper)))
    if metric.measure is Measure.SUM:
        return total
    known = _by_group(counted, keys, pl.col(f"known{number}").sum())
    of = queries.counts(f"values of {metric.name}", known, groups)
    means = (value / max(n, 1) for value, n in zip(total, of, strict=True))
    return [min(max(mean, lower), upper) for mean in means]


def _listed(private: Private) -> set[Labels] | None:
    return set(product(*private.groups)) if private.groups else None


def _limited(
    rows: pl.DataFrame, keys: Sequence[str], private: Private, listed: set[Labels] | None
) -> pl.DataFrame:
    """The rows in at most ``max_groups`` groups of each subject, the first ones in order; rows
    outside of the listed groups do not count."""
    import polars as pl

    if listed is not None:
        public = pl.DataFrame(sorted(listed, key=str), dict.fromkeys(keys, pl.String), orient="row")
        rows = rows.join(public, on=keys, how="semi", nulls_equal=True)
    first = rows.group_by("subject", *keys).agg(pl.col("order").min())
    kept = (
        first.sort("subject", "order")
        .group_by("subject", maintain_order=True)
        .head(private.max_groups)
        .select("subject", *keys)
    )
    return rows.join(kept, on=["subject", *keys], how="semi", nulls_equal=True)


def _by_group(rows: pl.DataFrame, keys: Sequence[str], figure: pl.Expr) -> dict[Labels, Any]:
    found = rows.group_by(keys).agg(figure.alias("figure")).sort(keys)
    return {tuple(row[:-1]): row[-1] for row in found.iter_rows()}


class _Queries:
    """Queries with an equal part of epsilon. A subject is in at most `groups` groups, with at most
    `rows` records in all."""

    def __init__(self, private: Private, groups: int, rows: int, count: int) -> None:
        self._private, self._groups, self._rows = private, groups, rows
        self._epsilon = private.epsilon / count
        self.said: list[str] = []
        self._dp = _opendp()

    def subjects(self, found: Mapping[Labels, int], least: int) -> dict[Labels, int]:
        """The groups of at least `least` noisy subjects, with these."""
        listed = _listed(self._private)
        if listed is None:
            shown = self._with_threshold(found, least)
        else:
            order = sorted(listed, key=str)
            noise = self._laplace_counts("subjects", self._groups)
            shown = dict(zip(order, noise([found.get(one, 0) for one in order]), strict=True))
        kept = {labels: n for labels, n in shown.items() if n >= least}
        return dict(sorted(kept.items(), key=lambda item: tuple(map(str, item[0]))))

    def counts(
        self, name: str, found: Mapping[Labels, int], groups: Mapping[Labels, int]
    ) -> list[int]:
        """Noisy numbers of records of the `groups`, none below 0."""
        noise = self._laplace_counts(name, self._rows)
        return [max(n, 0) for n in noise([found.get(one, 0) for one in groups])]

    def sums(
        self, name: str, found: Mapping[Labels, float], groups: Mapping[Labels, int], most: float
    ) -> list[float]:
        """Noisy sums of the `groups`, of values of at most `most` in size."""
        dp = self._dp
        space = dp.vector_domain(dp.atom_domain(T=float, nan=False)), dp.l1_distance(T=float)
        sensitivity = self._rows * most
        measure = self._fitted(
            name, lambda scale: dp.m.make_laplace(*space, scale=scale), sensitivity
        )
        return list(measure([float(found.get(one, 0.0)) for one in groups]))

    def _laplace_counts(self, name: str, sensitivity: int) -> Callable[[list[int]], list[int]]:
        dp = self._dp
        space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
        return self._fitted(  # type: ignore[no-any-return]
            name, lambda scale: dp.m.make_laplace(*space, scale=scale), sensitivity
        )

    def _with_threshold(self, found: Mapping[Labels, int], least: int) -> dict[Labels, int]:
        """Groups nobody listed: those whose noisy subjects reach a threshold that delta sets."""
        dp, bound = self._dp, (self._groups, self._groups, 1)
        space = (
            dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64")),
            dp.l01inf_distance(dp.absolute_distance(T="i64")),
        )
        scale = self._scale(
            lambda size: dp.m.make_laplace_threshold(*space, scale=size, threshold=2**40),
            bound,
            self._groups / self._epsilon,
        )
        threshold = max(least, math.ceil(1 + scale * math.log(self._groups / self._private.delta)))
        while True:
            measure = dp.m.make_laplace_threshold(*space, scale=scale, threshold=threshold)
            if measure.map(bound)[1] <= self._private.delta:
                break
            threshold += 1
        self._say("subjects", scale, f"; groups below {threshold} are withheld")
        places = {str(at): labels for at, labels in enumerate(found)}
        released = measure({at: found[labels] for at, labels in places.items()})
        return {places[at]: n for at, n in released.items()}

    def _fitted(self, name: str, make: Callable[[float], Any], sensitivity: float) -> Any:
        if not sensitivity:
            return list  # all values are 0
        scale = self._scale(make, sensitivity, sensitivity / self._epsilon)
        self._say(name, scale, "")
        return make(scale)

    def _scale(self, make: Callable[[float], Any], bound: Any, scale: float) -> float:
        """The smallest scale from `scale` on whose epsilon, as OpenDP proves it, is low enough."""
        for _ in range(60):
            loss = make(scale).map(bound)
            if (loss[0] if isinstance(loss, tuple) else loss) <= self._epsilon:
                return scale
            scale *= 1 + _LOWEST
            scale += _LOWEST
        raise GateError("dp-accuracy", "no noise reaches this epsilon", hint="raise epsilon")

    def _say(self, name: str, scale: float, more: str) -> None:
        wide = scale * math.log(20)
        self.said.append(f"{name}: Laplace, scale {scale:.6g}, 95 % within {wide:.6g}{more}")


def _opendp() -> Any:
    try:
        import opendp.prelude as dp
    except ImportError:
        text = "noisy aggregates need OpenDP"
        raise NotAvailable("dp-missing", text, hint=how_to_install("dp")) from None
    dp.enable_features("contrib")
    return dp
