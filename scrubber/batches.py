"""Scrubbing the batches of somebody else's pipeline: Ray Data's, or any that maps a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scrubber import formats
from scrubber.errors import KeyFault, NotAvailable
from scrubber.formats.admission import admitted_table
from scrubber.keystore import resolve_key
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.policy import compile_plan
from scrubber.policy.plan import GateRules, Plan

if TYPE_CHECKING:
    from scrubber.api import RulesLike

_BATCH = "batch"


class ScrubBatches:
    """A callable that scrubs Arrow tables one by one, each by itself.

        ds.map_batches(ScrubBatches, fn_constructor_args=("rules.yaml",), batch_format="pyarrow")

    What comes out of a record is what :func:`scrubber.scrub` makes of it: equal values get equal
    tokens in all batches. There is no manifest, since no batch knows of the others: a dataset that
    needs one is scrubbed by ``scrubber run``, on Ray too. The key is resolved where the object is
    called, from the reference in the rules, and is never pickled with it.

    Raises: NotAvailable ``whole-table`` where the rules ask for what only the whole table tells
    (``privacy:``, ``gates:``); KeyFault ``key-missing`` where they need a key and name none; and
    those of :func:`scrubber.scrub`.
    """

    def __init__(self, rules: RulesLike) -> None:
        from scrubber.api import as_rules

        self._rules = as_rules(rules)
        if self._rules.privacy is not None or self._rules.gates != GateRules():
            raise NotAvailable(
                "whole-table",
                "classes and gates need the whole table, not a batch",
                hint="scrubber run, with --executor ray on a cluster",
            )
        self._plans: dict[bytes, tuple[Plan, Tools]] = {}

    def __call__(self, table: pa.Table) -> pa.Table:
        table = admitted_table(table, _BATCH)
        raw = table.schema.serialize().to_pybytes()
        if raw not in self._plans:
            self._plans[raw] = self._planned(table.schema)
        plan, tools = self._plans[raw]
        batch = Batch(BatchRef(_BATCH, 0, 1, table.num_rows), table)
        return formats.visible(scrub_batch(plan, batch, tools).table)

    def _planned(self, schema: pa.Schema) -> tuple[Plan, Tools]:
        plan = compile_plan(self._rules, {_BATCH: schema})
        if plan.key is None and plan.needs_key:
            text = "the rules need a key, but have none"
            raise KeyFault("key-missing", text, hint="key: {env: …}")
        return plan, tools_for(plan, resolve_key(plan.key) if plan.key is not None else None)

    def __getstate__(self) -> dict[str, Any]:
        return {"_rules": self._rules, "_plans": {}}


__all__ = ["ScrubBatches"]
