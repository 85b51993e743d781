"""The numbers that a selection needs of each record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scrubber.model.batch import Batch
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.pipeline.selection.near import bands, shingles, signatures
from scrubber.pipeline.selection.spool import Array
from scrubber.policy.derive.computing import with_derived
from scrubber.policy.plan import OnError, Plan
from scrubber.policy.record_rules import Follow, Here, Limit, Repeats
from scrubber.policy.records.digests import Words, record_words, words_of
from scrubber.policy.records.judging import judge_alone
from scrubber.policy.row_filter import truth
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey

STAYS = "stays"
"""1 for records that conditions and samples keep."""
RANK = "rank"
"""The keyed order in which records are kept, by their content."""
UNKNOWN, SAYS_NO, SAYS_YES = range(3)


def name(number: int, what: str) -> str:
    """The name of a column of rule `number`."""
    return f"{number}-{what}"


KEY, SAID, BANDS, SIGNATURE = "key", "said", "bands", "signature"


def columns_of(plan: Plan, batch: Batch, key: RootKey) -> dict[str, Array]:
    """The columns of a batch's records, dropped ones included: their order is that of the
    source."""
    table_plan = plan.table(batch.ref.source)
    computed = with_derived(batch.table, table_plan.derived, plan.run_day)
    batch = replace(batch, table=computed.table)
    stays = judge_alone(plan, table_plan, batch, key).kept
    for derived, failed in computed.failed.items():
        field = table_plan.field(FieldPath((derived,)))
        if (field.on_error or plan.on_error) is OnError.DROP_ROW:
            stays &= ~failed
    mac = Cmac(key.derive("selection", ""))
    opened = Opened(without_views(batch.table))
    made: dict[str, Array] = {
        STAYS: stays.astype(np.uint8),
        RANK: record_words(opened.leaves, opened.num_rows, mac),
    }
    for here in table_plan.records.selecting:
        match plan.selection.rules[here.number]:
            case Follow(expression=expression):
                made[name(here.number, KEY)] = words_of(opened.leaf(here.fields[0]).plain, mac)
                made[name(here.number, SAID)] = _said(plan, batch, here, expression)
            case Limit():
                made[name(here.number, KEY)] = words_of(opened.leaf(here.fields[0]).plain, mac)
            case Repeats(near=None):
                made[name(here.number, KEY)] = _contents(opened, here.fields, mac)
            case Repeats(near=near):
                assert near is not None
                seed = int.from_bytes(key.derive("near", "")[:8], "big")
                made |= _near(opened, here, near, mac, seed)
    return made


def _said(plan: Plan, batch: Batch, here: Here, expression: str) -> Array:
    """The answer of each record to the condition of a rule; an unknown one is a no."""
    if not here.judges:
        return np.full(batch.ref.rows, UNKNOWN, np.uint8)
    holds, unknown = truth(batch.table, expression, plan.run_day)
    return np.where(holds | unknown, SAYS_NO, SAYS_YES).astype(np.uint8)


def _contents(opened: Opened, fields: tuple[FieldPath, ...], mac: Cmac) -> Words:
    return record_words([opened.leaf(path) for path in fields], opened.num_rows, mac)


def _near(opened: Opened, here: Here, near: float, mac: Cmac, seed: int) -> dict[str, Array]:
    """The signature of each record's texts and its bands; key 0 for records without a word."""
    texts: list[list[str]] = [[] for _ in range(opened.num_rows)]
    for path in here.fields:
        leaf = opened.leaf(path)
        for value, row in zip(readable_values(leaf.plain), leaf.rows.tolist(), strict=True):
            if isinstance(value, str):
                texts[row].append(value)
    sets = [shingles("\n".join(parts)) for parts in texts]
    made = signatures(sets, seed)
    whole = mac.of_rows(np.ascontiguousarray(made).view(np.uint8).reshape(len(made), -1), b"whole")
    words = np.maximum(np.ascontiguousarray(whole[:, :8]).view(np.uint64).reshape(-1), 1)
    words[np.fromiter((not one for one in sets), np.bool_, len(sets))] = 0
    return {
        name(here.number, KEY): words,
        name(here.number, BANDS): bands(made, near, mac),
        name(here.number, SIGNATURE): made,
    }
