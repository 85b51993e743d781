"""Shares of values that a run will change or drop: expected, from a seeded sample, and actual.

Shares are rounded coarsely, and given only for large numbers of values, so that they reveal no
count below the manifest's smallest cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.apply_levels import SUPPRESSED
from scrubber.errors import printable
from scrubber.formats.datasets import shard_groups
from scrubber.formats.sampling import drawn, generator, picked
from scrubber.manifest.ledger import Fragment
from scrubber.manifest.planned import Share
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import scrub_batch, tools_for
from scrubber.pipeline.tallying import is_counted_field, of_some_records
from scrubber.policy.plan import Generalize, OnError, with_on_error
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    from scrubber.formats import Source
    from scrubber.run.survey import Survey

ROWS: Final = 10_000
"""Number of records per source in the sample, from its first chunks."""
_PER_CHUNK: Final = 2_500
_SHARDS: Final = 8
_SEED: Final = 0
_STEP: Final = 50
"""Rounding step of shares, in milli-units."""
_ENOUGH: Final = 2 * 1000 // _STEP
"""Multiple of the manifest's smallest cell above which a share is given: half a step is at least
one such cell."""
_TOLERANCE: Final = 100
_EVENTS: Final = ("changed", "nulled")

Key = tuple[str, str | None, str]


def forecast(surveyed: Survey, key: RootKey | None) -> tuple[Share, ...]:
    """The expected shares of each source (of some shards, if there are many).

    Equal data gives equal shares. Failed values count as null here, regardless of ``on_error``. The
    levels of ``privacy:`` depend on all records, so they have no expected share.
    """
    plan = of_some_records(with_on_error(surveyed.plan, OnError.NULL))
    chosen = {
        (alias, str(field.path))
        for alias, table in surveyed.plan.tables
        for field in table.fields
        if isinstance(field.disposition, Generalize) or is_counted_field(field)
    }
    tools = tools_for(plan, key)
    fragments = (
        scrub_batch(plan, Batch(BatchRef(source.alias, 0, 1, table.num_rows), table), tools)
        for source in _chosen(surveyed.sources)
        for table in (_sample(surveyed, source),)
    )
    enough = _ENOUGH * plan.disclosure.min_cell
    shares = _shares((result.fragment for result in fragments), enough)
    return tuple(
        Share(source, field, event, round(milli / _STEP) * _STEP)
        for (source, field, event), milli in sorted(shares.items(), key=lambda item: str(item[0]))
        if (source, field) not in chosen
    )


def differing(
    expected: Iterable[Share], fragments: Iterable[Fragment], min_cell: int
) -> Iterator[str]:
    """The shares that differ from the expectation, as public texts."""
    measured = _shares(fragments, _ENOUGH * min_cell)
    for share in expected:
        now = measured.get((share.source, share.field, share.event))
        if now is not None and abs(now - share.milli) > _TOLERANCE:
            what = f"values of {printable(share.field)}" if share.field is not None else "records"
            rounded = round(now / _STEP) * _STEP
            told = f"{what} of {printable(share.source)} {share.event}"
            planned, came = (f"about {milli / 10:.0f} %" for milli in (share.milli, rounded))
            yield f"{told}: expected {planned}, came out {came}"


def _chosen(sources: tuple[Source, ...]) -> Iterator[Source]:
    for group in shard_groups(sources):
        chance = generator(_SEED, group[0].alias)
        yield from (group[i] for i in picked(len(group), _SHARDS, chance))


def _sample(surveyed: Survey, source: Source) -> pa.Table:
    schema = surveyed.schemas[source.alias]
    chance = generator(_SEED, source.alias)
    drop_bad = surveyed.plan.on_error is OnError.DROP_ROW
    parts, rows = [schema.empty_table()], 0
    for chunk in formats.read(source, schema, drop_bad_rows=drop_bad):
        parts.append(drawn(chunk.table, _PER_CHUNK, chance))
        rows += parts[-1].num_rows
        if rows >= ROWS:
            break
    return pa.concat_tables(parts)


def _shares(fragments: Iterable[Fragment], enough: int) -> Mapping[Key, float]:
    """Shares in milli-units, for sufficient numbers of values."""
    part: Counter[Key] = Counter()
    whole: Counter[tuple[str, str | None]] = Counter()
    for fragment in fragments:
        source = fragment.ref.source
        whole[source, None] += fragment.rows_in
        part[source, None, "dropped"] += fragment.dropped.total - fragment.dropped[SUPPRESSED]
        for (field, event), count in fragment.fields.items():
            if event == "in":
                whole[source, field] += count
                for spent in _EVENTS:
                    part[source, field, spent] += fragment.fields[field, spent]
    return {
        (source, field, event): 1000 * count / whole[source, field]
        for (source, field, event), count in part.items()
        if whole[source, field] >= enough
    }
