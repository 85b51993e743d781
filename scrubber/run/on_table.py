"""A run on tables in memory, or on streams, without reading or writing files."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import take_census
from scrubber.anonymize.gates import (
    Alike,
    count_alike,
    refuse_classes,
    refuse_expected,
    refuse_languages,
)
from scrubber.anonymize.gates import refuse_residual as refuse_residuals
from scrubber.anonymize.levels import Chosen, choose
from scrubber.anonymize.recheck import Rechecked, count_classes, recheck
from scrubber.errors import NotAvailable
from scrubber.executors.jobs import Reread
from scrubber.frames import FRAME
from scrubber.frames.feed import Feed, Kept, Store, fed
from scrubber.manifest import Fragment, Ledger, Manifest
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.pipeline.selection.columns import columns_of
from scrubber.pipeline.selection.resolve import Codes, resolve
from scrubber.pipeline.selection.spool import Spool, scratch
from scrubber.pipeline.shuffling import shuffled
from scrubber.pipeline.tallying import is_counted, settle, take_tally
from scrubber.policy import Rules, compile_plan
from scrubber.policy.plan import Plan
from scrubber.policy.records.digests import record_words
from scrubber.run.facts import Account, SourceRecord
from scrubber.run.planted_recall import planted_in_tables, recall_checks
from scrubber.run.request import key_for
from scrubber.run.sealing import Clock, sealed
from scrubber.run.unicity_pass import unicity_of_table
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import KEY_BYTES, RootKey

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
    if rules.leak_index is not None:
        text = "a leak index is made by a run over files"
        raise NotAvailable("leak-index-without-run", text, hint="scrub files: out=FOLDER")
    if rules.aggregates:
        text = "a table in memory has no output folder for aggregates"
        raise NotAvailable("aggregate-without-folder", text, hint="scrub files: out=FOLDER")
    schemas = {name: feed.schema for name, feed in feeds.items()}
    plan = compile_plan(rules, schemas)
    secret = key_for(plan, key)
    codes = _selected(plan, feeds, secret)

    def all_batches() -> Iterator[Batch]:
        for name, feed in feeds.items():
            yield from _batches(name, feed, codes.get(name))

    if is_counted(plan):
        plan = settle(plan, take_tally(plan, all_batches(), secret))
    chosen = None
    if plan.privacy is not None:
        chosen = choose(plan, schemas, take_census(plan, all_batches(), secret))
    plan = plan if chosen is None else chosen.plan
    tools = tools_for(plan, secret, chosen.recoding if chosen is not None else None)
    stores: dict[str, Store] = {name: store() for name in feeds}
    fragments: list[Fragment] = []
    for name, feed in feeds.items():
        for table in _scrubbed(plan, name, feed, codes.get(name), tools, fragments):
            stores[name].append(table)
    ledger = Ledger.of(fragments)
    rechecked, alike = _reread(plan, chosen, stores)
    passed = (
        *refuse_languages(plan, ledger),
        *refuse_residuals(plan, ledger),
        *refuse_expected(rules.expected, ledger, plan.disclosure),
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


def _scrubbed(
    plan: Plan,
    name: str,
    feed: Feed,
    codes: Codes | None,
    tools: Tools,
    fragments: list[Fragment],
) -> Iterator[pa.Table]:
    """The scrubbed records of a feed, whose counts are added to `fragments`."""

    def in_order() -> Iterator[pa.Table]:
        for batch in _batches(name, feed, codes):
            result = scrub_batch(plan, batch, tools)
            fragments.append(result.fragment)
            yield formats.visible(result.table)

    tables = in_order()
    if plan.table(name).records.shuffle is None:
        yield from tables
        return
    assert tools.key is not None, "a shuffle needs a key"
    first = next(tables)
    seed, size = _seed(feed, tools.key)
    yield from shuffled(chain((first,), tables), first.schema, seed, size)


def _seed(feed: Feed, key: RootKey) -> tuple[bytes, int]:
    """The seed of a shuffle, from the content of a feed, and the number of its bytes."""
    mac, total, size = Cmac(key.derive("shuffle", "")), 0, 0
    for table in feed.tables():
        opened = Opened(without_views(table))
        total += int(record_words(opened.leaves, opened.num_rows, mac).sum(dtype=np.uint64))
        size += table.nbytes
    return key.derive("shuffle", str(total % (1 << 64))), size


def _selected(plan: Plan, feeds: Mapping[str, Feed], key: RootKey | None) -> dict[str, Codes]:
    """The codes of the records of each feed, where rules look at more than one."""
    if not plan.selection.rules:
        return {}
    secret = key or RootKey(secrets.token_bytes(KEY_BYTES))
    with scratch() as folder:
        spooled = []
        for number, (name, feed) in enumerate(feeds.items()):
            spool = Spool(folder, str(number))
            for batch in _batches(name, feed):
                spool.add(columns_of(plan, batch, secret))
            spooled.append(spool.done())
        return dict(zip(feeds, resolve(plan.selection, spooled, folder), strict=True))


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


def _batches(name: str, feed: Feed, codes: Codes | None = None) -> Iterator[Batch]:
    ordinal = rows = 0
    for table in feed.tables():
        for start in range(0, table.num_rows, _FRAME_ROWS):
            piece = table.slice(start, _FRAME_ROWS)
            ref = BatchRef(name, ordinal, rows + start + 1, piece.num_rows)
            first = rows + start
            here = codes[first : first + piece.num_rows] if codes is not None else None
            yield Batch(ref, piece, selected=here)
            ordinal += 1
        rows += table.num_rows
    if not ordinal:  # an empty result has a schema all the same
        yield Batch(BatchRef(name, 0, 1, 0), feed.schema.empty_table())
