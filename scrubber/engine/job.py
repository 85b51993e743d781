"""The second fold of a run: read, scrub somewhere, write in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from scrubber import formats
from scrubber.engine.executors import execute
from scrubber.engine.parts import Part, Parts, identity
from scrubber.engine.recoding import Recoding
from scrubber.engine.record import Account
from scrubber.engine.schema import output_schema
from scrubber.engine.scrub import ScrubbedBatch
from scrubber.engine.staging import DATA, Stage
from scrubber.engine.surveying import Progress, Survey
from scrubber.errors import ConservationError, Place
from scrubber.formats import Source
from scrubber.manifest import Fragment, Ledger, OutputFacts
from scrubber.model.batch import Batch, BatchRef
from scrubber.policy import Rules
from scrubber.policy.plan import OnError, Plan
from scrubber.transform.keys import RootKey, keyed_digest


class Job:
    """The second fold: read, scrub somewhere, write in order. What a stopped run finished of the
    same work is taken over."""

    def __init__(
        self,
        rules: Rules,
        surveyed: Survey,
        key: RootKey | None,
        recoding: Recoding | None,
        digests: Mapping[str, str],
        target_format: str,
        tell: Callable[[Progress], None],
    ) -> None:
        self._surveyed, self._key = surveyed, key
        self._recoding, self._digests = recoding, digests
        self._work = Account(rules, surveyed.plan, key, (), ())
        self._target, self._tell = target_format, tell
        self._under_way: deque[Progress] = deque()

    def scrub_into(self, stage: Stage, workers: int) -> tuple[Ledger, tuple[OutputFacts, ...]]:
        plan, sources = self._surveyed.plan, self._surveyed.sources
        parts = Parts(stage.parts, stage.output, unpublished("part", plan, self._key))
        known = {source.alias: source for source in sources}
        names = {source.alias: self._identity(source) for source in sources}
        found = {alias: parts.find(name) for alias, name in names.items()}
        done = {alias: part for alias, part in found.items() if part is not None}
        parts.clear({part.output.path for part in done.values()})
        batches = self._batches(done)
        with execute(plan, self._key, batches, workers, self._recoding) as results:
            for alias, group in groupby(results, key=lambda result: result.fragment.ref.source):
                done[alias] = self._write(stage.output / DATA, known[alias], group)
                parts.keep(names[alias], done[alias])
        if len(done) != len(sources):
            raise ConservationError("source-lost", "a source has no output")
        ordered = [done[source.alias] for source in sources]
        ledger = Ledger.of(fragment for part in ordered for fragment in part.ledger)
        return ledger, tuple(
            replace(part.output, shard=shard) for shard, part in enumerate(ordered)
        )

    def _identity(self, source: Source) -> str:
        return identity(
            self._work,
            source.alias,
            self._surveyed.schemas[source.alias],
            self._depends_on(source),
            self._output_name(source),
        )

    def _depends_on(self, source: Source) -> list[str]:
        """The digests of what a part is made from: what is chosen for one depends on all."""
        if self._recoding is not None:
            return list(self._digests.values())
        return [self._digests[source.alias]]

    def _output_name(self, source: Source) -> str:
        return formats.output_name(source.alias, source.format, self._target)

    def _write(
        self,
        data: Path,
        source: Source,
        results: Iterator[ScrubbedBatch],
    ) -> Part:
        name = self._output_name(source)
        target, compression = formats.format_of(name)
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table_plan = self._surveyed.plan.table(source.alias)
        schema = output_schema(self._surveyed.schemas[source.alias], table_plan)
        rows = 0
        fragments: list[Fragment] = []
        with formats.open_writer(path, schema, target, compression, like=source) as writer:
            for result in results:
                writer.write(result.table)
                rows += result.fragment.rows_out
                fragments.append(result.fragment)
                self._tell(self._under_way.popleft())
        written = writer.close()
        if written.rows != rows:
            place = Place(file=source.alias)
            raise ConservationError("rows-lost", "not every record was written", place=place)
        output = OutputFacts(
            path=f"{DATA}/{name}",
            sha256=written.sha256,
            bytes=written.bytes,
            rows=written.rows,
            source=source.alias,
            shard=0,  # its place among the others is known at the end
        )
        return Part(output, Ledger.of(fragments))

    def _batches(self, done: Mapping[str, Part]) -> Iterator[Batch]:
        """The records of the sources but for those that are `done` already."""
        surveyed, plan = self._surveyed, self._surveyed.plan
        total = sum(formats.source_bytes(source) for source in surveyed.sources)
        before, rows = 0, 0
        self._tell(Progress(0, total, 0))
        finished = frozenset(done)  # as it is now: what this run finishes was read by it
        for source in surveyed.sources:
            if source.alias in finished:
                before += formats.source_bytes(source)
                rows += done[source.alias].ledger.rows_in
                self._tell(Progress(before, total, rows))
                continue
            schema = surveyed.schemas[source.alias]
            drop_bad = plan.on_error is OnError.DROP_ROW
            ordinal = 0
            for chunk in formats.read(source, schema, drop_bad_rows=drop_bad):
                ref = BatchRef(source.alias, ordinal, chunk.first_row, chunk.table.num_rows)
                ordinal += 1
                rows += chunk.table.num_rows + chunk.rejected
                self._under_way.append(Progress(before + chunk.consumed, total, rows))
                yield addressed(Batch(ref, chunk.table, chunk.rejected), plan, self._key)
            before += formats.source_bytes(source)
            if ordinal == 0:  # no records: the empty output has to be written all the same
                empty = Batch(BatchRef(source.alias, 0, 1, 0), schema.empty_table())
                self._under_way.append(Progress(before, total, rows))
                yield addressed(empty, plan, self._key)


def addressed(batch: Batch, plan: Plan, key: RootKey | None) -> Batch:
    """The batch with the digest of its position and content; it is never published."""
    digest = keyed_digest(unpublished("batch", plan, key))
    ref = batch.ref
    digest.update(f"{ref.source}\0{ref.ordinal}\0{ref.first_row}\0{batch.rejected}\0".encode())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.table.schema) as writer:
        writer.write_table(batch.table)
    digest.update(sink.getvalue())
    return replace(batch, ref=replace(ref, digest=digest.hexdigest()))


def unpublished(purpose: str, plan: Plan, key: RootKey | None) -> bytes:
    """What digests that are not published are made under: the key, else the plan's digest."""
    return key.derive(purpose, "") if key is not None else bytes.fromhex(plan.digest)[:32]
