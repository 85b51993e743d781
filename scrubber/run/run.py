"""A run: survey, compile, scrub, seal, publish."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from os import PathLike
from typing import TYPE_CHECKING

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import take_census
from scrubber.anonymize.gates import count_alike, refuse_classes, refuse_residual
from scrubber.anonymize.levels import Chosen, choose
from scrubber.anonymize.recheck import Rechecked, count_classes, recheck
from scrubber.errors import KeyFault, OutputError, Place, out_of_memory, printable
from scrubber.executors import executor_for
from scrubber.formats import Source
from scrubber.keystore import resolve_key
from scrubber.manifest import CheckFacts, Ledger, Manifest, RunFacts, read_chain, seal
from scrubber.manifest.planned import PlanDocument
from scrubber.manifest.salts import SALTS, salts_file
from scrubber.model.batch import Batch, BatchRef
from scrubber.outputs.base import refuse_sources_in, staged
from scrubber.outputs.checkpoints import Unread
from scrubber.pipeline.batch import scrub_batch, tools_for
from scrubber.pipeline.source import Task, Work
from scrubber.policy import Rules, compile_plan
from scrubber.policy.plan import Plan
from scrubber.run.count_pass import FirstLook
from scrubber.run.facts import Account, SourceRecord, engine_of, facts_of, keyed_digest
from scrubber.run.incremental import Earlier, extend
from scrubber.run.lock_digest import lock_digest
from scrubber.run.pinned_plan import refuse_drift, refuse_literals, refuse_shares
from scrubber.run.planted_recall import planted_in_sources, planted_in_table, recall_checks
from scrubber.run.reread_pass import read_back
from scrubber.run.scrub_pass import scrub_sources
from scrubber.run.small_files import with_salts
from scrubber.run.survey import Progress, Survey, survey
from scrubber.run.work_ids import work_ids
from scrubber.storage import Location, locate
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    import polars as pl

_FRAME_ROWS = 1 << 16
_FRAME = "frame"


def key_for(plan: Plan, key: RootKey | None = None) -> RootKey | None:
    """The key of a run: the one given, else the one that the rules refer to, else none.

    Errors: KeyFault; ``key-missing`` also where the plan needs a key and the rules name none.
    """
    if key is not None:
        return key
    if plan.key is not None:
        return resolve_key(plan.key)
    if plan.needs_key:
        raise KeyFault("key-missing", "the rules need a key and name none", hint="key: {env: …}")
    return None


def run(
    rules: Rules,
    inputs: Sequence[str],
    out: str | PathLike[str] | Location,
    *,
    key: RootKey | None = None,
    workers: int | None = None,
    executor: str = "local",
    address: str | None = None,
    target_format: str = "same",
    overwrite: bool = False,
    incremental: str | PathLike[str] | Location | None = None,
    pinned: PlanDocument | None = None,
    quarantine_unreadable: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Scrub `inputs` into the folder `out`: ``out/data/…`` and ``out/manifest.json``.

    `out` is a folder or a URL in a store. It appears in one step when everything succeeded; in a
    store the manifest comes last, and without it there is no output. A failed or killed run leaves
    nothing that could be taken for one. The same input, rules and key give the same bytes for any
    number of workers, on this machine (`executor` ``local``) or on the Ray cluster at `address`
    (``ray``).

    With `incremental`, an earlier output, only the sources that it does not have are scrubbed, and
    the manifest names that of the earlier one.

    A source that cannot be read stops the run. With `quarantine_unreadable` it is left out as a
    whole; the manifest names it, and its check ``sources-read`` fails.

    Errors: GateError ``plan-drift`` where `pinned` planned something else; those of
    :func:`~scrubber.run.incremental.extend`.
    """
    clock = _Clock()
    tell = progress or _unheard
    target = locate(out)
    earlier = Earlier(read_chain(locate(incremental))) if incremental is not None else None
    with (
        _enough_memory(),
        closing(executor_for(executor, workers, address)) as hands,
        staged(target, inputs, overwrite=overwrite) as stage,
    ):
        unread: dict[str, str] = {}
        leave_out = unread.__setitem__ if quarantine_unreadable else None
        surveyed = survey(rules, inputs, leave_out, hands)
        sources = surveyed.sources
        stamps = {source.alias: formats.stamp(source) for source in sources}
        refuse_sources_in(target, sources)
        if pinned is not None:
            refuse_drift(pinned, rules, surveyed)
        secret = key_for(surveyed.plan, key)
        if pinned is not None:
            refuse_literals(pinned, rules, secret)
        known: dict[str, str] = {}
        census = None
        if earlier is not None or surveyed.plan.privacy is not None:
            look = FirstLook(secret, hands, tell, leave_out)
            work = Work(surveyed.plan, stage, target_format)
            surveyed, known, census = look.at(surveyed, work)
        if earlier is not None:
            new = known if secret is not None else {}
            said = rules.published, keyed_digest(rules, secret)
            surveyed = extend(earlier, surveyed, new, engine_of(surveyed.plan), said)
        _refuse_clash(surveyed.sources, target_format)
        chosen = choose(surveyed.plan, surveyed.schemas, census) if census is not None else None
        if chosen is not None:
            surveyed = replace(surveyed, plan=chosen.plan)
        work = Work(
            surveyed.plan,
            stage,
            target_format,
            chosen.recoding if chosen is not None else None,
            _digest_of_all(known) if chosen is not None else None,
            quarantine_unreadable,
        )
        tasks = _tasks(rules, surveyed, secret, known)
        scrubbed = scrub_sources(work, tasks, secret, hands, tell)
        surveyed = surveyed.without({one.source for one in scrubbed.unread})
        ledger, outputs = scrubbed.ledger, with_salts(scrubbed.outputs, secret)
        passed = refuse_residual(surveyed.plan, ledger)
        back = read_back(work, secret, surveyed, chosen, outputs, hands, tell)
        rechecked = _recheck(chosen, back.classes)
        passed += refuse_classes(surveyed.plan, back.alike)
        # An unkeyed digest of a small file can be guessed from, so there is none.
        digests = scrubbed.digests if secret is not None else {}
        records = tuple(
            SourceRecord(source.alias, formats.media_type(source), digests.get(source.alias))
            for source in surveyed.sources
        )
        formats.refuse_changed(surveyed.sources, stamps)
        planted = planted_in_sources(surveyed)
        passed += tuple(recall_checks(surveyed.plan, planted))
        account = Account(
            rules,
            surveyed.plan,
            secret,
            records,
            outputs,
            chosen,
            rechecked,
            checks=(*_as_planned(pinned, surveyed.plan, ledger), *passed),
            previous=earlier.id if earlier is not None else None,
            planted=planted,
            lock_digest=lock_digest(),
            unread=(*(Unread(*one) for one in unread.items()), *scrubbed.unread),
        )
        manifest = _sealed(account, clock.facts(hands.workers), ledger)
        for name, content in earlier.files.items() if earlier is not None else ():
            stage.put(name, content)
        salts = salts_file(outputs)
        if salts is not None:
            stage.put(SALTS, salts)
        stage.finish(manifest.to_bytes(), outputs)
    return manifest


def _digest_of_all(digests: Mapping[str, str]) -> str:
    """One digest for the bytes of all sources; those of each are under the key already."""
    return sha256("".join(digests.values()).encode()).hexdigest()


def _tasks(
    rules: Rules,
    surveyed: Survey,
    key: RootKey | None,
    digests: Mapping[str, str],
) -> list[Task]:
    works = work_ids(rules, surveyed.plan, key)
    return [
        Task(
            source,
            surveyed.schemas[source.alias],
            works[source.alias],
            formats.source_bytes(source),
            digests.get(source.alias),
        )
        for source in surveyed.sources
    ]


def _refuse_clash(sources: Sequence[Source], target_format: str) -> None:
    """Two outputs of one name: the second would replace the first, and its records with it."""
    named: dict[str, str] = {}
    for source in sources:
        name = formats.output_name(source.alias, source.format, target_format)
        if name in named:
            raise OutputError(
                "output-clash",
                f"its output {printable(name)} is that of {printable(named[name])} too",
                place=Place(file=source.alias),
                hint="rename one of them, or scrub them into two folders",
            )
        named[name] = source.alias


def run_on_table(
    rules: Rules, table: pa.Table, *, key: RootKey | None = None
) -> tuple[pa.Table, Manifest]:
    """Scrub an Arrow table in this process; its manifest has one source and no output files."""
    clock = _Clock()
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
    passed = (*refuse_residual(plan, ledger), *refuse_classes(plan, alike))
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
        lock_digest=lock_digest(),
    )
    manifest = _sealed(account, clock.facts(1), ledger)
    whole = pa.concat_tables(written)
    return formats.visible(whole), manifest


def _as_planned(pinned: PlanDocument | None, plan: Plan, ledger: Ledger) -> tuple[CheckFacts, ...]:
    if pinned is None:
        return ()
    return (refuse_shares(pinned, ledger, plan.disclosure.min_cell),)


def _sealed(account: Account, run: RunFacts, ledger: Ledger) -> Manifest:
    asked = account.plan.disclosure
    return seal(facts_of(account, run), ledger, min_cell=asked.min_cell, base=asked.base)


@contextmanager
def _enough_memory() -> Iterator[None]:
    """Errors: IncompleteError ``out-of-memory`` for what Python and Arrow say then."""
    try:
        yield
    except MemoryError:
        raise out_of_memory() from None


class _Clock:
    """When a run began and how long it took: outside of the manifest's id."""

    def __init__(self) -> None:
        self._created = datetime.now(UTC)
        self._started = time.monotonic()

    def facts(self, workers: int) -> RunFacts:
        return RunFacts(
            created=self._created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            id=secrets.token_hex(8),
            # Whole seconds: finer, it would tell the number of records to who knows the pace.
            duration_ms=1000 * math.ceil(time.monotonic() - self._started),
            workers=workers,
        )


def _recheck(chosen: Chosen | None, classes: pl.DataFrame | None) -> Rechecked | None:
    if chosen is None:
        return None
    assert classes is not None
    return recheck(chosen.plan, classes, chosen.reference)


def _unheard(progress: Progress) -> None:
    """Progress that nobody follows."""


def _table_batches(table: pa.Table) -> Iterator[Batch]:
    starts = range(0, table.num_rows, _FRAME_ROWS) if table.num_rows else (0,)
    for ordinal, start in enumerate(starts):
        piece = table.slice(start, _FRAME_ROWS)
        ref = BatchRef(_FRAME, ordinal, start + 1, piece.num_rows)
        yield Batch(ref, piece)
