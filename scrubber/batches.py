"""Scrubbing batches in other pipelines: Ray Data, or any pipeline that maps a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.gates import refuse_languages
from scrubber.errors import KeyFault, NotAvailable
from scrubber.formats.admission import admitted_table
from scrubber.keystore import resolve_key
from scrubber.manifest import Ledger
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.policy import compile_plan
from scrubber.policy.plan import GateRules, Plan

if TYPE_CHECKING:
    from scrubber.api import RulesLike

_BATCH = "batch"


class ScrubBatches:
    """A callable that scrubs Arrow tables independently of each other.

        ds.map_batches(ScrubBatches, fn_constructor_args=("rules.yaml",), batch_format="pyarrow")

    Each record is scrubbed as by :func:`scrubber.scrub`, and equal values get equal tokens in all
    batches. Batches are independent of each other, so there is no manifest; use ``scrubber run``
    for data that needs one, on Ray too. The key is resolved from its reference in the rules on the
    first call, and is never pickled with the object.

    Raises: NotAvailable ``whole-table`` for rules that need the whole table (``privacy:``,
    ``gates:``); KeyFault ``key-missing`` for rules that need a key but reference none; GateError
    ``language-unmeasured`` for a batch with records in an unmeasured language, unless the rules
    decide about them; the errors of :func:`scrubber.scrub`.
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
        scrubbed = scrub_batch(plan, batch, tools)
        refuse_languages(plan, Ledger.of([scrubbed.fragment]))
        return formats.visible(scrubbed.table)

    def _planned(self, schema: pa.Schema) -> tuple[Plan, Tools]:
        plan = compile_plan(self._rules, {_BATCH: schema})
        if plan.key is None and plan.needs_key:
            text = "the rules need a key, but have none"
            raise KeyFault("key-missing", text, hint="key: {env: …}")
        return plan, tools_for(plan, resolve_key(plan.key) if plan.key is not None else None)

    def __getstate__(self) -> dict[str, Any]:
        return {"_rules": self._rules, "_plans": {}}


__all__ = ["ScrubBatches"]
