"""Jobs: the one kind of work of executors, local or remote.

The jobs of a run read the schema of a source, count its records, scrub it
(:class:`~scrubber.pipeline.source.ScrubJob`), scrub one batch of it, or read its output again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.census import Census, take_census
from scrubber.anonymize.frame_counts import FrameSum
from scrubber.anonymize.gates import Alike, count_alike
from scrubber.anonymize.recheck import count_classes
from scrubber.anonymize.unicity import Columns, Known
from scrubber.errors import InputError
from scrubber.formats import Source
from scrubber.manifest import OutputFacts
from scrubber.model.batch import Batch
from scrubber.model.fieldpath import parsed
from scrubber.pipeline.batch import ScrubbedBatch
from scrubber.pipeline.selection.columns import columns_of
from scrubber.pipeline.selection.spool import Scratch, Spool, Spooled
from scrubber.pipeline.source import Bench, Tell, read_batches, source_digest
from scrubber.pipeline.tallying import Tally, has_counted, take_tally
from scrubber.privacy.singled_records import Fields, Kept
from scrubber.release.groups import Partial, group
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    import polars as pl

A = TypeVar("A", covariant=True)


class Job(Protocol[A]):
    """Work on `source`, a file of `size` bytes; picklable.

    A `heavy` job occupies a worker for long, so each worker gets the next one when it has finished.
    """

    heavy: ClassVar[bool]

    @property
    def source(self) -> Source: ...

    @property
    def size(self) -> int: ...

    def run(self, bench: Bench, tell: Tell, /) -> A:
        """Run the job in this process and return its answer; `tell` reports progress."""


class Light:
    """A job of which a worker is given several at a time."""

    heavy: ClassVar[bool] = False


@dataclass(frozen=True)
class OutlineJob(Light):
    """Read the schema information of the source."""

    source: Source
    size: int
    drop_bad_rows: bool

    def run(self, _bench: Bench, _: Tell) -> formats.Outline:
        return formats.outline(self.source, drop_bad_rows=self.drop_bad_rows)


@dataclass(frozen=True)
class BatchJob:
    """Scrub one batch."""

    batch: Batch

    def run(self, bench: Bench, _: Tell) -> ScrubbedBatch:
        return bench.batch(self.batch)


@dataclass(frozen=True)
class Counted:
    """The keyed digest of a source's bytes, and the census of its quasi-identifiers or the tally of
    its counted values, if any; or the reason why it is unreadable."""

    digest: str = ""
    census: Census | None = field(default=None, repr=False)
    tally: Tally | None = field(default=None, repr=False)
    unreadable: InputError | None = None


@dataclass(frozen=True)
class CountJob(Light):
    """Compute the digest of the source, and take its census if the plan needs one; with `tallies`,
    take the tally that the plan needs before anything else is counted."""

    source: Source
    size: int
    schema: pa.Schema = field(repr=False)
    tallies: bool = False
    selected: bytes | None = field(default=None, repr=False)

    def run(self, bench: Bench, _: Tell) -> Counted:
        plan, alias = bench.work.plan, self.source.alias
        census = tally = None
        try:
            digest = source_digest(self.source, plan, bench.key)
            batches = (
                batch for _, batch in read_batches(plan, self.source, self.schema, self.selected)
            )
            if self.tallies:
                if has_counted(plan.table(alias)):
                    tally = take_tally(plan, batches, bench.key)
            elif plan.privacy is not None and plan.table(alias).quasi:
                census = take_census(plan, batches, bench.key)
        except InputError as error:
            if error.code not in formats.UNREADABLE:
                raise
            return Counted(unreadable=error)
        return Counted(digest, census, tally)


@dataclass(frozen=True)
class SelectJob(Light):
    """Spool what the selection among all records needs of the source.

    `salt` is the key of the digests where the run has no key. `number` names the spool.
    """

    source: Source
    size: int
    schema: pa.Schema = field(repr=False)
    number: int
    scratch: Scratch
    salt: bytes = field(repr=False)

    def run(self, bench: Bench, _: Tell) -> Spooled | InputError:
        """The spooled columns, or the reason why the source is unreadable."""
        plan, spool = bench.work.plan, Spool(self.scratch, str(self.number))
        key = bench.key or RootKey(self.salt)
        try:
            for _consumed, batch in read_batches(plan, self.source, self.schema):
                spool.add(columns_of(plan, batch, key))
        except InputError as error:
            if error.code not in formats.UNREADABLE:
                raise
            return error
        return spool.done()


@dataclass(frozen=True)
class GroupJob(Light):
    """Group the records of the `output` of `source` for each aggregate; None where they do not
    count."""

    source: Source
    output: OutputFacts

    @property
    def size(self) -> int:
        return self.output.bytes

    def run(self, bench: Bench, _: Tell) -> list[Partial | None]:
        plan, alias = bench.work.plan, self.source.alias
        return [
            group(one, tables_of(bench, self.source, self.output), bench.key)
            if one.is_of(alias)
            else None
            for one in plan.aggregates
        ]


def tables_of(
    bench: Bench,
    source: Source,
    output: OutputFacts,
    asked: Collection[str | None] | None = None,
) -> Iterator[pa.Table]:
    """The records of the written `output` of `source`; values of columns without a field in `asked`
    (paths as text; all by default) may be arbitrary."""
    written = bench.work.stage.source(output, bench.work.output_form(source))
    schema = formats.schemas([written])[written.alias]
    unasked: frozenset[str] = frozenset()
    if asked is not None:
        wanted = {parsed(path).column for path in asked if path is not None}
        unasked = frozenset(schema.names) - wanted
        if len(unasked) == len(schema.names):  # a file without columns would tell of no records
            unasked -= {schema.names[0]}
    for chunk in formats.read(written, schema, unasked=unasked):
        yield chunk.table


@dataclass(frozen=True)
class Reread:
    """The records of a written output: by class for ``privacy:``, and by equal quasi-identifiers
    for ``min_k``."""

    classes: pl.DataFrame | None = field(repr=False)
    alike: Alike = field(repr=False)

    @classmethod
    def together(cls, parts: Iterable[Reread]) -> Reread:
        """Combine the results of all outputs."""
        classes: FrameSum | None = None
        alike: dict[tuple[str, ...], FrameSum] = {}
        for part in parts:
            if part.classes is not None:
                classes = classes or FrameSum.like(part.classes)
                classes.add(part.classes)
            for names, frame in part.alike.items():
                alike.setdefault(names, FrameSum.like(frame)).add(frame)
        return cls(
            classes.total() if classes is not None else None,
            {names: one.total() for names, one in alike.items()},
        )


@dataclass(frozen=True)
class RereadJob(Light):
    """Read the `output` of `source` again, like a recipient.

    `sensitive` names the sensitive fields for checking classes; None without ``privacy:``.
    """

    source: Source
    output: OutputFacts
    sensitive: tuple[str, ...] | None

    @property
    def size(self) -> int:
        return self.output.bytes

    def run(self, bench: Bench, _: Tell) -> Reread:
        plan, alias = bench.work.plan, self.source.alias
        classes, alike = None, Alike()
        if self.sensitive is not None:
            classes = count_classes(
                plan, alias, tables_of(bench, self.source, self.output), self.sensitive
            )
        if plan.gates.min_k is not None:
            alike = count_alike(plan, alias, tables_of(bench, self.source, self.output))
        return Reread(classes, alike)


@dataclass(frozen=True)
class HashJob(Light):
    """Hash the fields of the `output` that others may know."""

    source: Source
    output: OutputFacts
    known: Known

    @property
    def size(self) -> int:
        return self.output.bytes

    def run(self, bench: Bench, _: Tell) -> Columns:
        asked = {*self.known.fields, self.known.subject}
        return self.known.columns(tables_of(bench, self.source, self.output, asked))


@dataclass(frozen=True)
class KeptJob(Light):
    """Keep the hashed `combinations` of the `output` in the first of `of` equal parts."""

    source: Source
    output: OutputFacts
    known: Known
    combinations: tuple[Fields, ...]
    of: int

    @property
    def size(self) -> int:
        return self.output.bytes

    def run(self, bench: Bench, _: Tell) -> tuple[Kept, ...]:
        names = sorted({name for fields in self.combinations for name in fields})
        parts = [
            self.known.columns([table], names).kept(self.combinations, self.of)
            for table in tables_of(bench, self.source, self.output, {*names, self.known.subject})
        ]
        if not parts:
            parts = [self.known.columns([], names).kept(self.combinations, self.of)]
        return tuple(map(Kept.together, zip(*parts, strict=True)))
