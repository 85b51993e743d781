"""The work on one source: read, scrub, write, record. The result does not depend on the
executor."""

from __future__ import annotations

import hmac
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Event
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.recoding import Recoding
from scrubber.assess.leaks.prints import Prints
from scrubber.errors import ConservationError, InputError, Place
from scrubber.formats import Source
from scrubber.manifest import DATA, Fragment, Ledger, OutputFacts
from scrubber.model.batch import Batch, BatchRef
from scrubber.outputs.base import Draft, Stage
from scrubber.outputs.checkpoints import Done, Part, Parts, Unread, identity
from scrubber.pipeline.batch import ScrubbedBatch, Tools, scrub_batch, tools_for
from scrubber.pipeline.documents import unasked_for
from scrubber.pipeline.overlap import beside, read_ahead, write_behind
from scrubber.pipeline.schema import output_schema
from scrubber.pipeline.shuffling import shuffled
from scrubber.policy.derive.fitting import with_columns
from scrubber.policy.plan import Drop, OnError, Plan
from scrubber.transform.keys import RootKey

_BLOCK = 1 << 20
Codes = npt.NDArray[np.uint8]

Tell = Callable[[int, int], None]
"""Receives the progress of a source: bytes read, and records done."""
Scrub = Callable[[Iterable[Batch]], Iterator[ScrubbedBatch]]
"""Scrubs batches on some executor, and returns them in order."""


@dataclass(frozen=True)
class Work:
    """The parameters of all parts of a run; picklable, and without the key.

    `basis` is the digest of all sources where what is chosen for one depends on all of them.
    `quarantine` says that sources that cannot be read are left out as a whole.
    """

    plan: Plan
    stage: Stage
    target_format: str
    recoding: Recoding | None = field(default=None, repr=False)
    basis: str | None = None
    quarantine: bool = False

    def output_name(self, source: Source) -> str:
        return formats.output_name(source.alias, source.format, self.target_format)

    def output_format(self, source: Source) -> tuple[str, str | None]:
        """Format and compression of the output."""
        if self.target_format in ("same", source.format):
            return source.format, source.compression
        return formats.format_of(self.output_name(source), self.target_format)

    def output_form(self, source: Source) -> tuple[formats.FileForm, ...]:
        """The form of the output, where its bytes do not show it."""
        kind, _ = self.output_format(source)
        if kind != source.format:
            return (formats.FileForm(format=kind, records="line"),)
        own, fields = source.form, self.plan.table(source.alias).fields
        left = [one.path.column for one in fields if not isinstance(one.disposition, Drop)]
        header = tuple(dict.fromkeys(left)) if own.header else ()
        return (replace(own, files="*", format=kind, header=header),)


class Bench:
    """The work of a run, and what a process needs for it: the key, and the tools, made when first
    used. Without a plan there is no work yet.

    `scrub` scrubs batches elsewhere; by default they are scrubbed in this process.
    """

    def __init__(
        self, work: Work | None = None, key: RootKey | None = None, scrub: Scrub | None = None
    ) -> None:
        self.planned, self.key = work, key
        self.scrub: Scrub = scrub or self._scrub

    @property
    def work(self) -> Work:
        assert self.planned is not None, "nothing is planned yet"
        return self.planned

    @cached_property
    def tools(self) -> Tools:
        return tools_for(self.work.plan, self.key, self.work.recoding)

    @cached_property
    def parts(self) -> Parts:
        return Parts(self.work.stage, unpublished("part", self.work.plan, self.key))

    def batch(self, batch: Batch) -> ScrubbedBatch:
        return scrub_batch(self.work.plan, batch, self.tools)

    def _scrub(self, batches: Iterable[Batch]) -> Iterator[ScrubbedBatch]:
        return map(self.batch, batches)


@dataclass(frozen=True)
class ScrubJob:
    """Scrub one source into its part. `work` distinguishes the work on it from any other (see
    work_ids), `size` is that of its file in bytes, `digest` that of the bytes under the run's key
    where it is known already, and `selected` the codes of the records where the run chose among
    them (:func:`packed`)."""

    heavy: ClassVar[bool] = True

    source: Source
    schema: pa.Schema = field(repr=False)
    work: str
    size: int
    digest: str | None = None
    selected: bytes | None = field(default=None, repr=False)

    def run(self, bench: Bench, tell: Tell) -> Done:
        """The part of the source, finished and on record; an existing one is taken over.

        Raises: those of reading, unless the work is to leave such sources out; InputError
        ``source-changed`` where it was written to meanwhile; those of scrubbing and of writing;
        ConservationError ``rows-lost`` where not every record was written.
        """
        work, alias = bench.work, self.source.alias
        try:
            return _part(bench, self, tell)
        except InputError as error:
            # A source whose records were counted for all others cannot be left out any more.
            may_go = work.quarantine and work.basis is None
            if not may_go or error.code not in formats.UNREADABLE:
                raise
            tell(self.size, 0)
            return Unread(alias, error.code)


def _part(bench: Bench, job: ScrubJob, tell: Tell) -> Part:
    work, alias, name = bench.work, job.source.alias, bench.work.output_name(job.source)
    parts, before = bench.parts, formats.stamp(job.source)

    def own() -> str:
        return identity(job.work, alias, job.schema, work.basis or digest(), name)

    def digested(left: Event) -> str:
        return job.digest or source_digest(job.source, work.plan, bench.key, left)

    with beside(digested) as digest:
        found = parts.find(name, own)
        if found is not None:
            tell(job.size, found.fragment.rows_in)
            return found
        with parts.begin(name) as draft:
            shuffles = work.plan.table(alias).records.shuffle is not None
            seed = _seed(bench, digest()) if shuffles else None
            output, ledger, prints = _write(bench, job, draft, tell, seed)
            ref = BatchRef(alias, 0, 1, sum(fragment.ref.rows for fragment in ledger), digest())
            part = Part(output, ledger.as_one(ref, output.sha256), digest(), prints)
            # The digest may be younger than the records: what was made of other bytes than it is
            # of must not be found by it.
            formats.refuse_rewritten(job.source, before)
            parts.keep(own(), part, draft)
    return part


def _seed(bench: Bench, digest: str) -> bytes:
    """The seed of the order of a source's records. Another release of the source has another."""
    assert bench.key is not None, "a shuffle needs a key"
    return bench.key.derive("shuffle", digest)


def _write(
    bench: Bench, job: ScrubJob, draft: Draft, tell: Tell, seed: bytes | None
) -> tuple[OutputFacts, Ledger, Prints | None]:
    """The scrubbed records of the source, in `draft`; in the order of `seed`, if given. The third
    are the fingerprints for a leak index."""
    plan, source, name = bench.work.plan, job.source, bench.work.output_name(job.source)
    target, compression = bench.work.output_format(source)
    table_plan = plan.table(source.alias)
    schema = output_schema(with_columns(job.schema, table_plan.derived), table_plan)
    under_way: deque[tuple[int, int]] = deque()
    rows = 0
    fragments: list[Fragment] = []
    prints: list[Prints] = []
    with (
        formats.open_writer(draft, schema, target, compression, like=source) as writer,
        write_behind(writer.write) as write,
        read_ahead(_batches(plan, job, under_way), _bytes) as batches,
    ):

        def scrubbed() -> Iterator[pa.Table]:
            for result in bench.scrub(batches):
                fragments.append(result.fragment)
                if result.prints is not None:
                    prints.append(result.prints)
                tell(*under_way.popleft())
                yield result.table

        made = scrubbed()
        for table in made if seed is None else shuffled(made, schema, seed, job.size):
            write(table)
            rows += table.num_rows
    written = writer.close()
    if written.rows != rows:
        place = Place(file=source.alias)
        raise ConservationError("rows-lost", "not every record was written", place=place)
    facts = OutputFacts(
        path=f"{DATA}/{name}",
        sha256=written.sha256,
        bytes=written.bytes,
        rows=written.rows,
        source=source.alias,
        shard=0,  # its place among the others is known at the end
    )
    indexed = plan.leak_index is not None
    return facts, Ledger.of(fragments), Prints.together(prints) if indexed else None


def _bytes(batch: Batch) -> int:
    return int(batch.table.nbytes)


def _batches(plan: Plan, job: ScrubJob, under_way: deque[tuple[int, int]]) -> Iterator[Batch]:
    """The records of the source; `under_way` gets how far each batch reaches. They have no digests
    of their own: the part has that of the source's bytes and that of its output."""
    unasked, rows, empty = unasked_for(plan.table(job.source.alias)), 0, True
    for consumed, batch in read_batches(plan, job.source, job.schema, job.selected, unasked):
        rows, empty = rows + batch.ref.rows, False
        under_way.append((consumed, rows))
        yield batch
    if empty:  # no records: the empty output has to be written all the same
        under_way.append((job.size, 0))
        yield Batch(BatchRef(job.source.alias, 0, 1, 0), job.schema.empty_table())


def read_batches(
    plan: Plan,
    source: Source,
    schema: pa.Schema,
    selected: bytes | None = None,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[tuple[int, Batch]]:
    """The batches of a source, each with the number of bytes read so far.

    `selected` are the codes of its records (:func:`packed`); `unasked` columns may be null.
    """
    codes, rows = unpacked(selected), 0
    chunks = formats.read(
        source, schema, drop_bad_rows=plan.on_error is OnError.DROP_ROW, unasked=unasked
    )
    for ordinal, chunk in enumerate(chunks):
        count = chunk.table.num_rows
        ref = BatchRef(source.alias, ordinal, chunk.first_row, count)
        here = codes[rows : rows + count] if codes is not None else None
        yield chunk.consumed, Batch(ref, chunk.table, chunk.rejected, here)
        rows += count


def packed(codes: Codes) -> bytes:
    """The codes of a source's records as few bytes, for a job."""
    return zlib.compress(codes.tobytes(), 1)


def unpacked(selected: bytes | None) -> Codes | None:
    return None if selected is None else np.frombuffer(zlib.decompress(selected), np.uint8)


def source_digest(
    source: Source, plan: Plan, key: RootKey | None, left: Event | None = None
) -> str:
    """HMAC-SHA256 of the source's bytes under the run's key. Raises: InputError.

    SHA-256 is done by processors themselves, about twice as fast as what else is as strong. Once
    `left` is set nobody waits for the digest, and it is that of some bytes only.
    """
    digest = hmac.new(unpublished("source", plan, key), digestmod="sha256")
    try:
        with formats.open_file(source) as file:
            while (left is None or not left.is_set()) and (block := file.read(_BLOCK)):
                digest.update(block)
    except OSError:
        place = Place(file=source.alias)
        raise InputError("input-unreadable", "the file cannot be read", place=place) from None
    return digest.hexdigest()


def unpublished(purpose: str, plan: Plan, key: RootKey | None) -> bytes:
    """The key of unpublished digests: the key, else the plan's digest."""
    return key.derive(purpose, "") if key is not None else bytes.fromhex(plan.digest)[:32]
