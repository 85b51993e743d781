"""A run on a table in memory, without reading or writing files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import take_census
from scrubber.anonymize.gates import count_alike, refuse_classes, refuse_languages, refuse_residual
from scrubber.anonymize.levels import choose
from scrubber.anonymize.recheck import count_classes, recheck
from scrubber.manifest import Ledger, Manifest
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import scrub_batch, tools_for
from scrubber.policy import Rules, compile_plan
from scrubber.run.facts import Account, SourceRecord
from scrubber.run.planted_recall import planted_in_table, recall_checks
from scrubber.run.request import key_for
from scrubber.run.sealing import Clock, sealed
from scrubber.transform.keys import RootKey

_FRAME_ROWS = 1 << 16
_FRAME: Final = "frame"


def run_on_table(
    rules: Rules, table: pa.Table, *, key: RootKey | None = None
) -> tuple[pa.Table, Manifest]:
    """Scrub an Arrow table in this process; its manifest has one source and no output files."""
    clock = Clock()
    plan = compile_plan(rules, {_FRAME: table.schema})
    secret = key_for(plan, key)
    chosen = None
    if plan.privacy is not None:
        census = take_census(plan, _table_batches(table), secret)
        chosen = choose(plan, {_FRAME: table.schema}, census)
    plan = plan if chosen is None else chosen.plan
    recoding = chosen.recoding if chosen is not None else None
    tools = tools_for(plan, secret, recoding)
    results = [scrub_batch(plan, one, tools) for one in _table_batches(table)]
    written = [result.table for result in results]
    rechecked = None
    if chosen is not None:
        classes = count_classes(plan, _FRAME, written, chosen.reference)
        rechecked = recheck(plan, classes, chosen.reference)
    ledger = Ledger.of(result.fragment for result in results)
    alike = count_alike(plan, _FRAME, written) if plan.gates.min_k is not None else {}
    passed = (
        *refuse_languages(plan, ledger),
        *refuse_residual(plan, ledger),
        *refuse_classes(plan, alike),
    )
    planted = planted_in_table(plan, _FRAME, table)
    passed += tuple(recall_checks(plan, planted))
    source = SourceRecord(_FRAME, "application/vnd.apache.arrow.stream", None)
    account = Account(
        rules,
        plan,
        secret,
        (source,),
        (),
        chosen,
        rechecked,
        checks=passed,
        planted=planted,
    )
    manifest = sealed(account, clock.facts(1), ledger)
    whole = pa.concat_tables(written)
    return formats.visible(whole), manifest


def _table_batches(table: pa.Table) -> Iterator[Batch]:
    starts = range(0, table.num_rows, _FRAME_ROWS) if table.num_rows else (0,)
    for ordinal, start in enumerate(starts):
        piece = table.slice(start, _FRAME_ROWS)
        ref = BatchRef(_FRAME, ordinal, start + 1, piece.num_rows)
        yield Batch(ref, piece)
