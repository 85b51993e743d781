"""Measuring the re-identification risk of files, before or after scrubbing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.counts import Combinations, Counter
from scrubber.anonymize.labels import text_labels
from scrubber.anonymize.singling import Singled, flat_fields
from scrubber.errors import InputError, Place
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy.syntax.report import did_you_mean
from scrubber.privacy.risk import Journalist, Risk, journalist_risk, population_uniques, risk_of


@dataclass(frozen=True)
class Measured:
    """The risk of records for the quasi-identifiers `quasi`: prosecutor and marketer risk;
    journalist risk for a given population; and for a given population size, the estimated share of
    population uniques. `risk` is None without quasi-identifiers.

    `unicity` has an entry per table: the fewest of its fields that single out most persons.
    """

    quasi: tuple[str, ...]
    risk: Risk | None
    journalist: Journalist | None = None
    population_unique: float | None = None
    unicity: tuple[Singled, ...] = ()

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        return {
            "quasi_identifiers": list(self.quasi),
            **(_classes(self.risk) if self.risk is not None else {}),
            "journalist": asdict(self.journalist) if self.journalist is not None else None,
            "population_unique": self.population_unique,
            "unicity": [one.to_json() for one in self.unicity],
        }


def _classes(risk: Risk) -> dict[str, Any]:
    facts = asdict(risk)
    bands = [
        {"from": low, "to": high, "classes": classes, "records": records}
        for low, high, classes, records in facts.pop("histogram")
    ]
    return {**facts, "class_sizes": bands}


def measure(
    inputs: Sequence[str],
    quasi: Sequence[str],
    *,
    population: Sequence[str] = (),
    population_size: int | None = None,
    elsewhere: bool = False,
) -> Measured:
    """Count the classes of all records of `inputs` with equal fields `quasi`.

    With `elsewhere`, sources that lack one of the fields are other tables, and are left out. Null
    is a value of its own. The figures are exact, so treat them like the data. Unicity is left to
    :func:`~scrubber.anonymize.singling.single_out`.

    Raises: InputError for unreadable sources, ``unknown-field`` for a source that lacks a field,
    ``quasi-missing`` without a field, ``population-small`` for a size below that of the data.
    """
    names = tuple(dict.fromkeys(quasi))
    if not names:
        raise InputError("quasi-missing", "no quasi-identifier is given", hint="--qi age,sex,zip")
    counted = _counted(inputs, names, elsewhere)
    risk = risk_of(counted.records)
    journalist = None
    if population:
        there = _by_labels(_counted(population, names))
        sizes = [there.get(labels, 0) for labels in _rows(counted)]
        journalist = journalist_risk(counted.records, np.array(sizes, dtype=np.int64))
    unique = None
    if population_size is not None:
        if population_size < risk.records:
            text = "the population is smaller than the data"
            raise InputError("population-small", text)
        unique = population_uniques(counted.records, population_size)
    return Measured(names, risk, journalist, unique)


def label_arrays(
    inputs: Sequence[str], names: Sequence[str], elsewhere: bool = False
) -> Iterator[dict[str, pa.Array]]:
    """The fields `names` of all records of `inputs` as text, by chunk."""
    sources = formats.discover(list(inputs))
    schemas = formats.schemas(sources)
    for source in sources:
        schema = schemas[source.alias]
        if elsewhere and not set(names) <= flat_fields(schema).keys():
            continue
        paths = {name: _path(name, schema, source.alias) for name in names}
        for chunk in formats.read(source, schema):
            opened = Opened(without_views(chunk.table))
            yield {name: text_labels(opened.leaf(path).plain) for name, path in paths.items()}


def _path(name: str, schema: pa.Schema, alias: str) -> FieldPath:
    known = flat_fields(schema)
    if name not in known:
        place = Place(file=alias, field=name)
        hint = did_you_mean(name, known)
        raise InputError("unknown-field", "no field has this name", place=place, hint=hint)
    return known[name]


def _counted(inputs: Sequence[str], names: Sequence[str], elsewhere: bool = False) -> Combinations:
    counter = Counter(names)
    for arrays in label_arrays(inputs, names, elsewhere):
        counter.add(arrays)
    return counter.total()


def _rows(counted: Combinations) -> Iterator[tuple[str | None, ...]]:
    columns = [
        [labels[code] for code in codes.tolist()]
        for labels, codes in zip(counted.labels, counted.codes, strict=True)
    ]
    return zip(*columns, strict=True)


def _by_labels(counted: Combinations) -> dict[tuple[str | None, ...], int]:
    return dict(zip(_rows(counted), counted.records.tolist(), strict=True))
