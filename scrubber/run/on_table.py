"""A run on tables in memory, or on streams, without reading or writing files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import take_census
from scrubber.anonymize.gates import Alike, count_alike, refuse_classes, refuse_languages
from scrubber.anonymize.gates import refuse_residual as refuse_residuals
from scrubber.anonymize.levels import Chosen, choose
from scrubber.anonymize.recheck import Rechecked, count_classes, recheck
from scrubber.errors import NotAvailable
from scrubber.executors.jobs import Reread
from scrubber.frames import FRAME
from scrubber.frames.feed import Feed, Kept, Store, fed
from scrubber.manifest import Fragment, Ledger, Manifest
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import scrub_batch, tools_for
from scrubber.pipeline.tallying import is_counted, settle, take_tally
from scrubber.policy import Rules, compile_plan
from scrubber.policy.plan import Plan
from scrubber.run.facts import Account, SourceRecord
from scrubber.run.planted_recall import planted_in_tables, recall_checks
from scrubber.run.request import key_for
from scrubber.run.sealing import Clock, sealed
from scrubber.run.unicity_pass import unicity_of_table
from scrubber.transform.keys import RootKey

_FRAME_ROWS = 1 << 16
_MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"


def run_on_table(
    rules: Rules, table: pa.Table, *, key: RootKey | None = None
) -> tuple[pa.Table, Manifest]:
    """Scrub an Arrow table in this process; its manifest has one source and no output files."""
    stores, manifest = run_on_feeds(rules, {FRAME: fed(table)}, key=key)
    return stores[FRAME].table(), manifest


def run_on_feeds(
    rules: Rules,
    feeds: Mapping[str, Feed],
    *,
    key: RootKey | None = None,
    store: Callable[[], Store] = Kept,
) -> tuple[dict[str, Store], Manifest]:
    """Scrub the tables of `feeds` in this process, each into a `store` of its own.

    The manifest has a source for each and no output files. Rules for the whole table, such as
    ``privacy:``, apply to all tables together.
    """
    clock = Clock()
    if rules.aggregates:
        text = "a table in memory has no output folder for aggregates"
        raise NotAvailable("aggregate-without-folder", text, hint="scrub files: out=FOLDER")
    schemas = {name: feed.schema for name, feed in feeds.items()}
    plan = compile_plan(rules, schemas)
    secret = key_for(plan, key)
    if is_counted(plan):
        batches = (batch for name, feed in feeds.items() for batch in _batches(name, feed))
        plan = settle(plan, take_tally(plan, batches, secret))
    chosen = None
    if plan.privacy is not None:
        batches = (batch for name, feed in feeds.items() for batch in _batches(name, feed))
        chosen = choose(plan, schemas, take_census(plan, batches, secret))
    plan = plan if chosen is None else chosen.plan
    tools = tools_for(plan, secret, chosen.recoding if chosen is not None else None)
    stores: dict[str, Store] = {name: store() for name in feeds}
    fragments: list[Fragment] = []
    for name, feed in feeds.items():
        for batch in _batches(name, feed):
            result = scrub_batch(plan, batch, tools)
            stores[name].append(formats.visible(result.table))
            fragments.append(result.fragment)
    ledger = Ledger.of(fragments)
    rechecked, alike = _reread(plan, chosen, stores)
    passed = (
        *refuse_languages(plan, ledger),
        *refuse_residuals(plan, ledger),
        *refuse_classes(plan, alike),
    )
    heads = ((name, table) for name, feed in feeds.items() for table in _head(feed))
    planted = planted_in_tables(plan, heads)
    passed += tuple(recall_checks(plan, planted))
    unicity = []
    for name, written in stores.items():
        singled, reached = unicity_of_table(plan, name, secret, written)
        unicity.append(singled)
        passed += reached
    account = Account(
        rules,
        plan,
        secret,
        tuple(SourceRecord(name, _MEDIA_TYPE, None) for name in feeds),
        (),
        chosen,
        rechecked,
        checks=passed,
        planted=planted,
        unicity=tuple(unicity),
    )
    return stores, sealed(account, clock.facts(1), ledger)


def _reread(
    plan: Plan, chosen: Chosen | None, stores: Mapping[str, Store]
) -> tuple[Rechecked | None, Alike]:
    """The counts that a recipient of all results could make, as required by the rules."""
    parts = [
        Reread(
            count_classes(plan, name, rows, chosen.reference) if chosen is not None else None,
            count_alike(plan, name, rows) if plan.gates.min_k is not None else {},
        )
        for name, rows in stores.items()
    ]
    whole = Reread.together(parts)
    if chosen is None:
        return None, whole.alike
    assert whole.classes is not None
    return recheck(plan, whole.classes, chosen.reference), whole.alike


def _head(feed: Feed) -> Iterator[pa.Table]:
    first = next(feed.tables(), None)
    if first is not None:
        yield first


def _batches(name: str, feed: Feed) -> Iterator[Batch]:
    ordinal = rows = 0
    for table in feed.tables():
        for start in range(0, table.num_rows, _FRAME_ROWS):
            piece = table.slice(start, _FRAME_ROWS)
            ref = BatchRef(name, ordinal, rows + start + 1, piece.num_rows)
            yield Batch(ref, piece)
            ordinal += 1
        rows += table.num_rows
    if not ordinal:  # an empty result has a schema all the same
        yield Batch(BatchRef(name, 0, 1, 0), feed.schema.empty_table())
