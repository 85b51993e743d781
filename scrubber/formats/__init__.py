"""Reading and writing Parquet, CSV, TSV, JSONL and Arrow IPC, in chunks of bounded memory.

    sources = discover(["data/"])
    schema = schemas(sources)[sources[0].alias]
    with open_writer(path, schema, "parquet", None, like=sources[0]) as writer:
        for chunk in read(sources[0], schema):
            writer.write(chunk.table)
    written = writer.close()

What a chunk holds depends on the source's bytes alone, and the same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyarrow as pa

from scrubber.errors import InputError
from scrubber.formats import sampling
from scrubber.formats.admission import check_schema
from scrubber.formats.base import (
    ABSENT,
    CHUNK_BYTES,
    CHUNK_ROWS,
    UNREADABLE,
    ByteSink,
    Chunk,
    Encoder,
    LeaveOut,
    Source,
    Written,
    leaving_out,
)
from scrubber.formats.datasets import refuse_drift, shard_groups
from scrubber.formats.discovery import discover, format_of, output_name
from scrubber.formats.io.sink import Outlet
from scrubber.formats.io.stream import open_file
from scrubber.formats.io.writer import Writer
from scrubber.formats.jsonl import infer as jsonl_schema
from scrubber.formats.jsonl import reader as jsonl_reader
from scrubber.formats.jsonl.shape import Shape, refuse_map_keys
from scrubber.formats.registry import FORMATS
from scrubber.formats.sampling import Sample
from scrubber.formats.stamps import Stamp, refuse_changed, refuse_rewritten, source_bytes, stamp
from scrubber.formats.tables.visible import visible


class Unseen(NamedTuple):
    """Why nothing was seen of a schema; no error itself, since what asks for it may go on."""

    error: InputError


Outline: TypeAlias = "pa.Schema | Shape | Unseen"
"""A schema, or what was seen of one, or why nothing was."""


def outline(source: Source, *, drop_bad_rows: bool = False) -> Outline:
    """The schema evidence of one source, or why it cannot: can be found anywhere, for
    :func:`schemas`, which raises what is to be raised."""
    schema_of = FORMATS[source.format].schema
    try:
        if schema_of is not None:
            schema: pa.Schema = schema_of(source)
            return schema
        shape = Shape()
        jsonl_schema.infer(source, shape, drop_bad_rows=drop_bad_rows)
        return shape
    except InputError as error:
        return Unseen(error)


def schemas(
    sources: Sequence[Source],
    *,
    drop_bad_rows: bool = False,
    leave_out: LeaveOut | None = None,
    outlines: Callable[[Sequence[Source]], Iterator[Outline]] | None = None,
) -> dict[str, pa.Schema]:
    """The Arrow schema of each source, by alias; equal ones are one object.

    Parquet and Arrow say it themselves; every field of a CSV file is a string; JSONL is read once
    as a whole, and its shards get the schema of them all. A key that some JSON objects lack, and
    that is null in none, is marked by field metadata (ABSENT), so that it can be left out again.
    With `drop_bad_rows` JSON records that cannot be read, or that do not go with the records
    before them, are passed over; `read` rejects the same ones. With `leave_out`, it hears of
    sources that cannot be read, which then have no schema.

    `outlines` gives the :func:`outline` of each of some sources, in their order; here and now if it
    is None.

    Raises InputError: `schema-drift`, `duplicate-field`, `no-fields`, `type-not-supported`, and
    what the formats' own modules name.
    """
    groups = shard_groups(sources)
    ordered = [source for group in groups for source in group]
    arriving = (
        outlines(ordered)
        if outlines is not None
        else (outline(source, drop_bad_rows=drop_bad_rows) for source in ordered)
    )
    found: dict[str, pa.Schema] = {}
    known: dict[bytes, pa.Schema] = {}
    for group in groups:
        shape: Shape | None = None
        alone: dict[str, pa.Schema] = {}
        inferred: list[str] = []
        for source in group:
            own = next(arriving)
            with leaving_out(source.alias, leave_out):
                if isinstance(own, Unseen):
                    raise own.error from None
                if isinstance(own, pa.Schema):
                    alone[source.alias] = known.setdefault(own.serialize().to_pybytes(), own)
                    continue
                if shape is not None:
                    own = jsonl_schema.joined(source, shape, own, drop_bad_rows=drop_bad_rows)
                shape = own
                inferred.append(source.alias)
        if shape is not None:
            refuse_map_keys(shape, inferred[0])
            schema = shape.schema()
            check_schema(schema, inferred[0])
            alone = dict.fromkeys(inferred, schema)
        refuse_drift(alone)
        found.update(alone)
    return {source.alias: found[source.alias] for source in sources if source.alias in found}


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool = False,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records of `source` in order, in chunks that have exactly `schema` (from `schemas`).

    About CHUNK_ROWS records or CHUNK_BYTES at most, more only where one record is larger. Cuts
    depend on the source's bytes alone. With `drop_bad_rows`, records of text formats that cannot
    be read are left out and counted in `Chunk.rejected`. Of the columns that are `unasked` for only
    the nulls have to be right: other values may be any, where they need not be read.

    Raises InputError with file and row or line, as the formats' own modules name them.
    """
    one = FORMATS[source.format]
    return one.read(source, schema, drop_bad_rows=drop_bad_rows, unasked=unasked)


def samples(sources: Sequence[Source], rows: int, seed: int) -> tuple[Sample, ...]:
    """About `rows` records of each dataset (a file, or all shards of one), the same for a `seed`.

    A large file is not read whole, and of many shards some are read. The schema of JSONL is that of
    the sample. Where records had to be passed over, reading everything finds the first one's place.
    Raises InputError as `schemas` does, less what only reading everything shows.
    """
    return tuple(_sample(group, rows, seed) for group in shard_groups(sources))


def _sample(group: Sequence[Source], rows: int, seed: int) -> Sample:
    name = group[0].alias
    chance = sampling.generator(seed, name)
    chosen = [group[i] for i in sampling.picked(len(group), sampling.GROUPS, chance)]
    each = -(-rows // len(chosen))
    tables: list[pa.Table] = []
    counts: list[int | None] = []
    shape, records = Shape(), []
    passed_over = 0
    for source in chosen:
        own = sampling.generator(seed, source.alias)
        one = FORMATS[source.format]
        if one.schema is not None and one.sample is not None:
            table, count, bad = one.sample(source, one.schema(source), each, own)
            tables.append(table)
        else:
            found, count, bad = jsonl_reader.sample(source, shape, own)
            records += found if len(found) <= each else own.sample(found, each)
        counts.append(count)
        passed_over += bad
    refusal = _refusal(group) if passed_over else None
    if refusal is not None and not (tables or records):
        raise refusal
    if not tables:
        refuse_map_keys(shape, name)
        schema = shape.schema()
        check_schema(schema, name)
        tables.append(pa.Table.from_pylist(records, schema=schema))
    known = [count for count in counts if count is not None]
    total = sum(known) if len(known) == len(group) else None
    return Sample(
        name,
        sampling.drawn(sampling.joined(tables, name), rows, chance),
        total,
        len(group),
        passed_over if refusal is not None else 0,
        refusal,
    )


def _refusal(group: Sequence[Source]) -> InputError | None:
    """The first error for whoever reads all records of these shards."""
    try:
        found = schemas(group)
        for source in group:
            for _ in read(source, found[source.alias]):
                pass
    except InputError as error:
        return error
    return None


def media_type(source: Source) -> str:
    """The media type of the source's records, its compression aside."""
    return FORMATS[source.format].media_type(source)


def open_writer(
    target: Path | Outlet,
    schema: pa.Schema,
    format: str,
    compression: str | None,
    *,
    like: Source | None,
) -> Writer:
    """A writer of `format` to `target`: a file, which is created or overwritten, or an outlet.

    `compression` is None, ``"gzip"`` or ``"zstd"``, for text formats. What `like` has of its own
    (delimiter, line ends, codec, file or stream) is carried over if it is of the same format.

    Raises OutputError `output-write`, `nested-in-csv`, `type-in-parquet`, `type-in-jsonl`.
    """
    open_encoder = FORMATS[format].open_encoder

    def make(sink: ByteSink, target: pa.Schema) -> Encoder:
        return open_encoder(sink, target, format, like)

    return Writer(target, schema, compression, make, keep_absent=FORMATS[format].keeps_absent)


__all__ = [
    "ABSENT",
    "CHUNK_BYTES",
    "CHUNK_ROWS",
    "FORMATS",
    "UNREADABLE",
    "Chunk",
    "LeaveOut",
    "Outlet",
    "Outline",
    "Sample",
    "Source",
    "Stamp",
    "Writer",
    "Written",
    "discover",
    "format_of",
    "media_type",
    "open_file",
    "open_writer",
    "outline",
    "output_name",
    "read",
    "refuse_changed",
    "refuse_rewritten",
    "samples",
    "schemas",
    "source_bytes",
    "stamp",
    "visible",
]
