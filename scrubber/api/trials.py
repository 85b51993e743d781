"""Trial runs in memory: the accuracy that rules leave, and whom their output singles out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.declared import declared_in
from scrubber.anonymize.labels import text_labels
from scrubber.anonymize.singling import flat_fields, single_out_of
from scrubber.api.arguments import PathsLike
from scrubber.api.records import data_paths, making_of
from scrubber.assess.figures import Share
from scrubber.assess.linkage import linkage
from scrubber.assess.pairing import Origins, Table, origins
from scrubber.assess.utility import Utility, utility
from scrubber.errors import InputError, Place
from scrubber.manifest import Manifest
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy import Rules
from scrubber.run.on_table import run_on_table
from scrubber.transform.keys import RootKey

MODEL = "boosted"
_FRAME = "frame"


@dataclass(frozen=True)
class Trial:
    """The output of rules for a table in memory, paired with the table's records."""

    source: Table = field(repr=False)
    out: pa.Table = field(repr=False)
    labels: Table = field(repr=False)
    origin: Origins = field(repr=False)
    manifest: Manifest
    quasi: tuple[str, ...]

    @property
    def shown(self) -> list[str]:
        """The fields of the output without surrogates and texts."""
        return [
            name
            for name in self.labels.columns
            if making_of(name, _FRAME, self.manifest).kind != "hidden"
        ]

    def usefulness(self, target: str, seed: int, without: Collection[str] = ()) -> Utility:
        """The utility for predicting `target`, without some fields."""
        labels = Table({n: c for n, c in self.labels.columns.items() if n not in without})
        makings = {name: making_of(name, _FRAME, self.manifest) for name in labels.columns}
        models = [MODEL]
        return utility(self.source, labels, self.origin, makings, target, models=models, seed=seed)

    def singled(self, target: str, without: Collection[str] = ()) -> Share:
        """The records that some combination of up to four fields singles out, the target and
        surrogates aside."""
        kept = [name for name in self.shown if name != target and name not in without]
        if not kept:
            return Share(0, self.out.num_rows)
        found = single_out_of([self.out.select(kept)]).unicity
        most = max((one.alone for one in (*found.by_itself, *found.best)), default=0)
        return Share(most, found.persons)

    def found(self, seed: int) -> Share | None:
        """The share that a linkage attack by the quasi-identifiers finds; None without any."""
        known = [name for name in self.quasi if name in self.labels.columns]
        if not known:
            return None
        makings = {name: making_of(name, _FRAME, self.manifest) for name in known}
        return linkage(self.source, self.labels, self.origin, makings, known, seed=seed).found


def table_of(data: PathsLike, target: str) -> pa.Table:
    """The records of the sources of `data` that have the field `target`.

    Raises: InputError for unreadable sources, ``unknown-field``, ``schema-drift`` for tables of
    several schemas.
    """
    sources = formats.discover(data_paths(data))
    schemas = formats.schemas(sources)
    having = [one for one in sources if target in flat_fields(schemas[one.alias])]
    if not having:
        place = Place(field=target)
        raise InputError("unknown-field", "no field has this name", place=place)
    first = schemas[having[0].alias]
    for one in having:
        if not schemas[one.alias].equals(first):
            text = f"its fields differ from those of {Place(file=having[0].alias)}"
            raise InputError("schema-drift", text, place=Place(file=one.alias))
    chunks = [chunk.table for one in having for chunk in formats.read(one, first)]
    return pa.concat_tables([first.empty_table(), *chunks])


def trial(rules: Rules, table: pa.Table, seed: int) -> Trial:
    """Scrub `table` by `rules` under a key made from `seed`, which nothing is published under.
    No leak index is written.

    Raises: as :func:`scrubber.scrub`.
    """
    key = RootKey(sha256(f"trial {seed}".encode()).digest())
    out, manifest = run_on_table(replace(rules, leak_index=None), table, key=key)
    source, labels = labels_of(table), labels_of(out)
    makings = {name: making_of(name, _FRAME, manifest) for name in labels.columns}
    origin = origins(source, labels, makings)
    return Trial(source, out, labels, origin, manifest, tuple(declared_in(table.schema, rules)))


def labels_of(table: pa.Table) -> Table:
    """The labels of the flat fields of `table`."""
    fields = flat_fields(table.schema)
    opened = Opened(without_views(table.combine_chunks()))
    columns: dict[str, Sequence[Any]] = {
        name: text_labels(opened.leaf(path).plain).to_pylist() for name, path in fields.items()
    }
    return Table(columns)
