"""The records of a batch that stay: by conditions, by samples, and by the selection of the run."""

from __future__ import annotations

import numpy as np

from scrubber.model.batch import Batch
from scrubber.model.opened import Opened
from scrubber.model.tally import Tally
from scrubber.model.views import without_views
from scrubber.policy.plan import Plan, TablePlan
from scrubber.policy.record_rules import Drawn
from scrubber.policy.records.digests import Words, record_words, words_of
from scrubber.policy.row_filter import Flags, Judged, judge_rows
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey

_DRAWN = "sample"
_SPAN = float(1 << 64)


def judge(plan: Plan, batch: Batch, key: RootKey | None) -> Judged:
    """The verdict on each record of `batch`: by conditions, by samples, by the selection.

    The first rule that drops a record counts.
    """
    table_plan = plan.table(batch.ref.source)
    judged = judge_alone(plan, table_plan, batch, key)
    codes = batch.selected
    if codes is None:
        return judged
    gone = (codes > 0) & judged.kept
    counts = np.bincount(codes[gone], minlength=len(plan.selection.ids) + 1)
    dropped = {id_: int(count) for id_, count in zip(plan.selection.ids, counts[1:], strict=True)}
    return Judged(judged.kept & ~gone, judged.unjudged, judged.dropped + Tally(dropped))


def judge_alone(plan: Plan, table_plan: TablePlan, batch: Batch, key: RootKey | None) -> Judged:
    """The verdict on each record of `batch` by the rules that look at one record."""
    judged = judge_rows(batch.table, table_plan.row_rules, plan.run_day)
    for drawn in table_plan.records.samples:
        assert key is not None, "a sample needs a key"
        out = judged.kept & ~_in_sample(batch, drawn, key)
        counted = Tally({drawn.rule.rule.id: int(out.sum())})
        judged = Judged(judged.kept & ~out, judged.unjudged, judged.dropped + counted)
    return judged


def _in_sample(batch: Batch, drawn: Drawn, key: RootKey) -> Flags:
    """The records that are in the sample. Of an unknown value of `by`, none is."""
    words = drawn_words(batch, drawn, key)
    if drawn.rule.share >= 1:
        return words > 0
    return (words > 0) & (words < np.uint64(int(drawn.rule.share * _SPAN)))


def drawn_words(batch: Batch, drawn: Drawn, key: RootKey) -> Words:
    """The numbers by which the records of a batch are drawn: of the value of `by`, or of the whole
    record without it."""
    mac = Cmac(key.derive(_DRAWN, ""))
    opened = Opened(without_views(batch.table))
    if drawn.by is None:
        return record_words(opened.leaves, opened.num_rows, mac)
    return words_of(opened.leaf(drawn.by).plain, mac)
