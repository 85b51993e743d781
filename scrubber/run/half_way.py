"""Rules that only some tables of a subject can follow: the records that they would leave."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from scrubber.errors import RuleError, ScrubberError
from scrubber.formats import Source
from scrubber.pipeline.selection.columns import columns_of
from scrubber.pipeline.selection.resolve import resolve
from scrubber.pipeline.selection.spool import Spool, scratch
from scrubber.pipeline.source import read_batches
from scrubber.policy import Rules, compile_plan
from scrubber.policy.plan import Plan
from scrubber.policy.record_rules import Follow, Written
from scrubber.policy.records.fitting import HALF_WAY, place
from scrubber.transform.keys import KEY_BYTES, RootKey


def counted(
    error: RuleError, rules: Rules, sources: Sequence[Source], schemas: Mapping[str, pa.Schema]
) -> RuleError:
    """The error with the number of records that each rule would leave: those that following the
    subject would drop besides. Other problems come first; then nothing is counted."""
    if {problem.code for problem in error.problems} != {HALF_WAY}:
        return error
    marks = {problem.mark for problem in error.problems}
    stopping = {
        row.rule.id: rules.tree.value_mark((*place(row.rule.id), "drop"))
        for row in rules.rows
        if row.follow is None
    }
    stopping = {id_: mark for id_, mark in stopping.items() if mark in marks}
    try:
        plan = compile_plan(_following(rules, stopping), schemas)
        left = _left(plan, sources, schemas)
    except ScrubberError:
        return error
    by_mark = {mark: left[id_] for id_, mark in stopping.items()}
    return RuleError(
        [
            replace(one, text=f"{one.text}, {by_mark[one.mark]:,} records")
            if one.mark in by_mark
            else one
            for one in error.problems
        ]
    )


def _following(rules: Rules, ids: Mapping[str, object]) -> Rules:
    """The rules with these conditions alone, and each of them follows the subject."""
    rows = tuple(replace(row, follow="subject") for row in rules.rows if row.rule.id in ids)
    follow = [Written(0, Follow(row.rule, row.expression, keep_missing=True)) for row in rows]
    return replace(rules, rows=rows, records=tuple(follow))


def _left(
    plan: Plan, sources: Sequence[Source], schemas: Mapping[str, pa.Schema]
) -> dict[str, int]:
    key = RootKey(secrets.token_bytes(KEY_BYTES))
    with scratch() as folder:
        spooled = []
        for number, source in enumerate(sources):
            spool = Spool(folder, str(number))
            for _, batch in read_batches(plan, source, schemas[source.alias]):
                spool.add(columns_of(plan, batch, key))
            spooled.append(spool.done())
        codes = np.concatenate(resolve(plan.selection, spooled, folder))
    counts = np.bincount(codes, minlength=len(plan.selection.ids) + 1)
    return {
        rule.rule.id: int(counts[plan.selection.code(number)])
        for number, rule in enumerate(plan.selection.rules)
    }
