"""Looks at single sources, which can be had anywhere: what the survey of a run is put together
from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import pyarrow as pa

from scrubber import formats
from scrubber.engine.census import Census, take_census
from scrubber.engine.work import Bench, source_digest
from scrubber.errors import InputError
from scrubber.formats import Source
from scrubber.model.batch import Batch, BatchRef
from scrubber.policy.plan import OnError

A = TypeVar("A", covariant=True)


class Look(Protocol[A]):
    """Something to find out about `source`, whose file has `size` bytes; picklable."""

    @property
    def source(self) -> Source: ...

    @property
    def size(self) -> int: ...

    def by(self, bench: Bench) -> A:
        """The answer, found in this process. Errors: as reading does."""


@dataclass(frozen=True)
class Outlining:
    """What the source tells of its schema."""

    source: Source
    size: int
    drop_bad_rows: bool

    def by(self, bench: Bench) -> formats.Outline:
        del bench  # there is no plan yet
        return formats.outline(self.source, drop_bad_rows=self.drop_bad_rows)


@dataclass(frozen=True)
class Counted:
    """The digest of a source's bytes under the run's key, and the census of its records where it
    has quasi-identifiers; or why it cannot be read."""

    alias: str
    digest: str = ""
    census: Census | None = field(default=None, repr=False)
    unreadable: InputError | None = None


@dataclass(frozen=True)
class Counting:
    """The digest of the source, and its census where the plan asks for one."""

    source: Source
    size: int
    schema: pa.Schema = field(repr=False)

    def by(self, bench: Bench) -> Counted:
        plan, alias = bench.work.plan, self.source.alias
        census = None
        try:
            digest = source_digest(self.source, plan, bench.key)
            if plan.privacy is not None and plan.table(alias).quasi:
                census = take_census(plan, self._batches(plan.on_error), bench.key)
        except InputError as error:
            if error.code not in formats.UNREADABLE:
                raise
            return Counted(alias, unreadable=error)
        return Counted(alias, digest, census)

    def _batches(self, on_error: OnError) -> Iterator[Batch]:
        drop_bad = on_error is OnError.DROP_ROW
        chunks = formats.read(self.source, self.schema, drop_bad_rows=drop_bad)
        for ordinal, chunk in enumerate(chunks):
            ref = BatchRef(self.source.alias, ordinal, chunk.first_row, chunk.table.num_rows)
            yield Batch(ref, chunk.table, chunk.rejected)
