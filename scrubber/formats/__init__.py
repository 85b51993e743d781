"""Reading and writing Parquet, CSV, TSV, JSONL and Arrow IPC, in chunks of bounded memory.

    sources = discover(["data/"])
    schema = schemas(sources)[sources[0].alias]
    with open_writer(path, schema, "parquet", None, like=sources[0]) as writer:
        for chunk in read(sources[0], schema):
            writer.write(chunk.table)
    written = writer.close()

The content of a chunk depends on the source's bytes only, and equal tables give equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyarrow as pa

from scrubber.errors import InputError, OutputError, Place
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
from scrubber.formats.jsonl.shape import Shape, find_maps
from scrubber.formats.jsonl.tree import holds_kinds, table_of
from scrubber.formats.registry import FORMATS
from scrubber.formats.sampling import Sample
from scrubber.formats.stamps import Stamp, refuse_changed, refuse_rewritten, source_bytes, stamp
from scrubber.formats.tables.visible import visible
from scrubber.model.fieldpath import FieldPath
from scrubber.model.fileform import PLAIN, FileForm


class Unseen(NamedTuple):
    """The reason why no schema was found. It is not raised, since the caller may continue."""

    error: InputError


Outline: TypeAlias = "pa.Schema | Shape | Unseen"
"""A schema, evidence of one, or the reason why there is none."""


def outline(source: Source, *, drop_bad_rows: bool = False) -> Outline:
    """The schema evidence of one source, or its failure. It can be computed anywhere, for
    :func:`schemas`, which raises the errors."""
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
    """The Arrow schema of each source, by alias; equal schemas are one object.

    Parquet and Arrow files contain their schema; all fields of a CSV file are strings; JSONL is
    read completely, and its shards share a common schema. A key that some JSON objects lack and
    none sets to null is marked by field metadata (ABSENT), so that it can be omitted again.

    With `drop_bad_rows`, malformed or inconsistent JSON records are skipped; `read` rejects the
    same ones. `leave_out` receives unreadable sources, which then have no schema. `outlines`
    computes the :func:`outline` of several sources, in order; the default computes them here.

    Raises: InputError ``schema-drift``, ``duplicate-field``, ``no-fields``, ``type-not-supported``;
    the errors of the formats' modules.
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
            find_maps(shape, inferred[0])
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
    """The records of `source` in order, in chunks with exactly `schema` (from `schemas`).

    A chunk has at most about CHUNK_ROWS records or CHUNK_BYTES, and more only for one larger
    record. Chunk borders depend on the source's bytes only. With `drop_bad_rows`, malformed records
    of text formats are skipped and counted in `Chunk.rejected`. For columns in `unasked`, only the
    nulls must be right: other values may be arbitrary, so that they need not be read.

    Raises: InputError with file and row or line; the formats' modules list the codes.
    """
    one = FORMATS[source.format]
    return one.read(source, schema, drop_bad_rows=drop_bad_rows, unasked=unasked)


def samples(sources: Sequence[Source], rows: int, seed: int) -> tuple[Sample, ...]:
    """About `rows` records of each dataset (a file, or all its shards), reproducible by `seed`.

    Large files and many shards are read in part. The schema of JSONL is that of the sample. If
    records were skipped, the data is read completely to find the place of the first.

    Raises: InputError, as for `schemas`, except for errors that only a complete reading finds.
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
        find_maps(shape, name)
        schema = shape.schema()
        check_schema(schema, name)
        tables.append(table_of(records, schema))
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
    """The first error for a reader of all records in these shards."""
    try:
        found = schemas(group)
        for source in group:
            for _ in read(source, found[source.alias]):
                pass
    except InputError as error:
        return error
    return None


def media_type(source: Source) -> str:
    """The media type of the source's records, regardless of compression."""
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

    `compression` is None, ``"gzip"`` or ``"zstd"``, for text formats. Properties of `like`
    (delimiter, line ends, codec, file or stream) are kept if it has the same format.

    Raises: OutputError ``output-write``, ``nested-in-csv``, ``type-in-parquet``, ``type-in-jsonl``,
    ``kinds-in-format``.
    """
    open_encoder = FORMATS[format].open_encoder
    if not FORMATS[format].keeps_kinds:
        _refuse_kinds(schema)

    def make(sink: ByteSink, target: pa.Schema) -> Encoder:
        return open_encoder(sink, target, format, like)

    return Writer(target, schema, compression, make, keep_absent=FORMATS[format].keeps_absent)


def _refuse_kinds(schema: pa.Schema) -> None:
    for field in schema:
        if holds_kinds(field.type):
            raise OutputError(
                "kinds-in-format",
                "values of several kinds, or keys that are data, can be written to JSON alone",
                place=Place(field=str(FieldPath((field.name,)))),
                hint="drop the field, or write jsonl",
            )


__all__ = [
    "ABSENT",
    "CHUNK_BYTES",
    "CHUNK_ROWS",
    "FORMATS",
    "PLAIN",
    "UNREADABLE",
    "Chunk",
    "FileForm",
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
