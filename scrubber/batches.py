"""Scrubbing batches in other pipelines: Hugging Face datasets, Ray Data, or any that maps a
function."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber._version import __version__
from scrubber.anonymize.gates import refuse_languages
from scrubber.detect import pinned
from scrubber.detect.ner import builtin as names
from scrubber.detect.shared import detector_for
from scrubber.errors import InputError, KeyFault, NotAvailable, Place, ScrubberError
from scrubber.formats.admission import admitted_table
from scrubber.frames import hub, open_frame
from scrubber.keystore import resolve_key
from scrubber.manifest import Ledger
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.fieldpath import FieldPath
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.pipeline.tallying import counts_records
from scrubber.policy import compile_plan
from scrubber.policy.plan import GateRules, Keep, Plan
from scrubber.policy.schema import RUN
from scrubber.run.lock_digest import lock_digest
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    from scrubber.api import RulesLike

_BATCH = "batch"


class ScrubBatches:
    """A callable that scrubs batches of records independently of each other.

        ds.map(ScrubBatches("rules.yaml"), batched=True)
        ds.map_batches(ScrubBatches, fn_constructor_args=("rules.yaml",), batch_format="pyarrow")

    A batch is an Arrow table, a Polars or pandas frame, or a mapping of field names to lists or
    arrays, as Ray and streams of ``datasets`` pass by default. The result is of the same kind. In a
    mapping, dropped fields remain, all null, since callers merge the result with their raw
    batch. A batch of a ``datasets.Dataset`` becomes an Arrow table, which replaces the raw one.

    Each record is scrubbed as by :func:`scrubber.scrub`, and equal values get equal tokens in all
    batches. Batches are independent of each other, so there is no manifest; use ``scrubber run``
    for data that needs one, on Ray too. The key is resolved from its reference in the rules on the
    first use, and is never pickled with the object. Pickled are the rules, and the identity of the
    work: rules, detectors, program, and the id of the key. So ``datasets`` reuses a cached result
    only for the same work.

    Raises: InputError ``frame-values`` for a mapping of single values (``batched=True`` is missing)
    or of fields of different lengths; NotAvailable ``whole-table`` for rules that need the whole
    table (``privacy:``, ``gates:``); KeyFault ``key-missing`` for rules that need a key but
    reference none; GateError ``language-unmeasured`` for a batch with records in an unmeasured
    language, unless the rules decide about them; the errors of :func:`scrubber.scrub`.
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
        if counts_records(self._rules):
            raise NotAvailable(
                "whole-table",
                "rare values and means are counted over the whole data set, not a batch",
                hint="scrubber run, with --executor ray on a cluster",
            )
        self._day = datetime.now(UTC).date() if self._rules.as_of == RUN else None
        self._key: RootKey | None = None
        if self._rules.needs_whole:
            raise NotAvailable(
                "whole-table",
                "rules that follow, limit, compare or shuffle records need the whole table",
                hint="scrubber run, with --executor ray on a cluster",
            )
        self._plans: dict[bytes, tuple[Plan, Tools]] = {}

    def __call__(self, batch: Any) -> Any:
        raw = getattr(batch, "pa_table", None)  # of a batch of datasets
        if isinstance(raw, pa.Table):
            return self._of_dataset(raw, batch.formatter.features)
        if isinstance(batch, Mapping):
            return _like(batch, self._scrubbed(_table(batch)))
        frame = open_frame(batch)
        return frame.back(self._scrubbed(frame.table))

    def _of_dataset(self, raw: pa.Table, features: Any) -> pa.Table:
        """The scrubbed records of a batch of ``datasets``, which names labels apart from records.

        Raises: InputError ``frame-values`` if labels would stay for a changed field.
        """
        table = self._scrubbed(raw)
        plan, _ = self._planned(admitted_table(raw, _BATCH).schema)
        fields = plan.table(_BATCH).fields
        changed = {one.path.column for one in fields if not isinstance(one.disposition, Keep)}
        for name in hub.labelled(features or {}):
            if name in changed and name in table.column_names:
                raise InputError(
                    "frame-values",
                    "the names of labels would remain beside a changed field",
                    place=Place(field=str(FieldPath((name,)))),
                    hint='make them values: ds.cast_column(name, Value("string"))',
                )
        return table

    def _scrubbed(self, table: pa.Table) -> pa.Table:
        table = admitted_table(table, _BATCH)
        plan, tools = self._planned(table.schema)
        batch = Batch(BatchRef(_BATCH, 0, 1, table.num_rows), table)
        scrubbed = scrub_batch(plan, batch, tools)
        refuse_languages(plan, Ledger.of([scrubbed.fragment]))
        return formats.visible(scrubbed.table)

    def _planned(self, schema: pa.Schema) -> tuple[Plan, Tools]:
        raw = schema.serialize().to_pybytes()
        if raw not in self._plans:
            self._plans[raw] = self._compiled(schema)
        return self._plans[raw]

    def _compiled(self, schema: pa.Schema) -> tuple[Plan, Tools]:
        plan = compile_plan(self._rules, {_BATCH: schema}, day=self._day)
        if plan.leak_index is not None:
            text = "a leak index is made by a run over files"
            raise NotAvailable("leak-index-without-run", text, hint="scrub files: out=FOLDER")
        if plan.key is None and plan.needs_key:
            text = "the rules need a key, but have none"
            raise KeyFault("key-missing", text, hint="key: {env: …}")
        return plan, tools_for(plan, self._resolved())

    def _resolved(self) -> RootKey | None:
        """The key, resolved once, so that the pickled identity is that of the key in use."""
        if self._key is None and self._rules.key is not None:
            self._key = resolve_key(self._rules.key)
        return self._key

    def _identity(self) -> str:
        """A digest of what results depend on. Without access to the key it never repeats, so that
        nothing cached is taken for the work of this key."""
        try:
            key = self._resolved()
            name = key.id if key is not None else ""
        except ScrubberError:
            name = secrets.token_hex(16)
        packages = lock_digest() or ""
        parts = (__version__, packages, self._rules.digest, name, *self._detectors())
        return sha256("\0".join(parts).encode()).hexdigest()

    def _detectors(self) -> Iterator[str]:
        """The detectors of texts, with their versions and the digest of their model."""
        if any(rule.scrubs_text for rule in self._rules.fields):
            spec = pinned(self._rules.detect)
            yield repr(spec)
            yield from (f"{name}=={version}" for name, version in detector_for(spec).identities)
            if spec.ner == "builtin":
                yield names.digest()

    def __getstate__(self) -> dict[str, Any]:
        return {"_rules": self._rules, "_day": self._day, "_work": self._identity()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._rules, self._day = state["_rules"], state["_day"]
        self._key, self._plans = None, {}


def _table(batch: Mapping[str, Any]) -> pa.Table:
    """The columns of a mapping as a table.

    Raises: InputError ``frame-values``.
    """
    for values in batch.values():
        if not isinstance(values, list | np.ndarray):
            raise InputError(
                "frame-values",
                "a batch maps each field to a list or an array of its values, and this is none",
                hint="ds.map(ScrubBatches(rules), batched=True)",
            )
    try:
        return pa.table({name: _column(values) for name, values in batch.items()})
    except (*ARROW_ERRORS, TypeError, ValueError, OverflowError):
        raise InputError(
            "frame-values",
            "a field of the batch holds values of several types, or not as many as the others",
            hint='batch_format="pyarrow" in Ray, ds.with_format("arrow") in datasets',
        ) from None


def _column(values: Any) -> pa.Array:
    if isinstance(values, np.ndarray) and values.ndim == 1:
        return pa.array(values, from_pandas=True)  # NaN is a missing value
    return pa.array(values.tolist() if isinstance(values, np.ndarray) else values)


def _like(batch: Mapping[str, Any], table: pa.Table) -> dict[str, Any]:
    """The fields of `table` as lists or arrays, as in `batch`; dropped fields are all null."""
    arrays = any(isinstance(values, np.ndarray) for values in batch.values())
    columns = {
        name: table[name] if name in table.column_names else pa.nulls(table.num_rows)
        for name in (*batch, *(name for name in table.column_names if name not in batch))
    }
    if arrays:
        return {
            name: np.asarray(column.to_numpy(zero_copy_only=False))
            if isinstance(column, pa.Array)
            else column.to_numpy()
            for name, column in columns.items()
        }
    return {name: column.to_pylist() for name, column in columns.items()}


__all__ = ["ScrubBatches"]
