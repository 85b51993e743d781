"""Parquet: types, nesting, order and metadata as in the file; each written table is a row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import InputError, OutputError, Place
from scrubber.formats import sampling
from scrubber.formats.admission import admitted
from scrubber.formats.base import HELD_BYTES, MORE_MEMORY, ByteSink, Chunk, Source
from scrubber.formats.io.stream import open_file
from scrubber.formats.parquet.footer import checked_footer
from scrubber.formats.parquet.sizes import TooMuchAtOnce, records_at_once
from scrubber.formats.parquet.skipped_columns import filled, known_full, without
from scrubber.formats.tables import rechunk as cutting
from scrubber.formats.tables.text import is_string, unwrapped
from scrubber.formats.tables.visible import has_dictionary, visible
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import FieldPath

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData, ParquetFile, ParquetWriter, RowGroupMetaData

_DEFAULT_CODEC = "SNAPPY"
_BUFFER = 2**16
_REQUEST = 2**21
_LOOKED_AT = 4096
# Extension types of other libraries may raise any error for their metadata.
_FAILURES = (OSError, *ARROW_ERRORS, ValueError, TypeError, KeyError, OverflowError)


def schema(source: Source) -> pa.Schema:
    """The Arrow schema in the footer.

    Raises: InputError ``parquet-unreadable``.
    """
    with _open(source) as file:
        try:
            found = file.schema_arrow
        except _FAILURES:
            raise _unreadable(source) from None
    return admitted(found, source.alias)


def read(
    source: Source, schema: pa.Schema, *, drop_bad_rows: bool, unasked: frozenset[str]
) -> Iterator[Chunk]:
    """The records, by row group, in chunks with exactly `schema`.

    A column in `unasked` is not read if the footer shows that it has no nulls; its values are blank
    then. `drop_bad_rows` has no effect, since the records of an unreadable page are unknown.

    Raises: InputError ``parquet-unreadable``, ``parquet-pages``, ``record-too-large``,
    ``source-changed``.
    """
    del drop_bad_rows
    row, consumed = 1, 0
    with _open(source) as file:
        if not admitted(file.schema_arrow, source.alias).equals(schema):
            raise InputError(
                "source-changed", "its fields have changed", place=Place(file=source.alias)
            )
        for index in range(file.num_row_groups):
            group = file.metadata.row_group(index)
            stored = _stored_bytes(group)
            done = 0
            left = known_full(group, schema, unasked)
            for part in _tables(file, index, without(schema, left), left, source, row):
                table = filled(part, schema)
                done += table.num_rows
                yield Chunk(table, row, 0, consumed + stored * done // max(group.num_rows, 1))
                row += table.num_rows
            if done != group.num_rows:
                raise _unreadable(source, row)
            consumed += stored


class ParquetEncoder:
    """Writes each table as a row group."""

    def __init__(self, sink: ByteSink, schema: pa.Schema, codec: str) -> None:
        self._sink, self._codec = sink, codec
        self._schema = schema
        self._has_dictionary = has_dictionary(schema)
        self._writer: ParquetWriter | None = None
        try:
            self._opened(pa.BufferOutputStream(), True).close()
        except (*ARROW_ERRORS, NotImplementedError):
            raise _type_error(schema) from None

    def write(self, table: pa.Table) -> None:
        table = table.replace_schema_metadata(self._schema.metadata)
        if self._has_dictionary:  # a page writes all entries, used or not
            table = visible(table)
        if self._writer is None:
            self._writer = self._opened(pa.PythonFile(self._sink, "w"), repeating(table))
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def finish(self) -> None:
        if self._writer is None:
            self._writer = self._opened(pa.PythonFile(self._sink, "w"), True)
        self._writer.close()

    def _opened(self, sink: pa.NativeFile, dictionaries: bool | list[str]) -> ParquetWriter:
        from pyarrow import parquet

        return parquet.ParquetWriter(
            sink, self._schema, compression=self._codec, use_dictionary=dictionaries
        )


def repeating(table: pa.Table) -> bool | list[str]:
    """The columns with repeated values in the table's first records, for which a dictionary pays
    off. A useless dictionary takes as long as everything else. True for nested columns."""
    if any(pa.types.is_nested(field.type) for field in table.schema):
        return True
    first = table.slice(0, _LOOKED_AT)
    names = [f.name for f in first.schema if _repeats(first.column(f.name))]
    return names or False


def _repeats(column: pa.ChunkedArray) -> bool:
    values = unwrapped(pa.concat_arrays(column.chunks))
    try:
        plain = values.cast(pa.large_binary()) if is_string(values.type) else values
        different = pc.count_distinct(plain)
    except ARROW_ERRORS:  # not for this type
        return True
    return bool(different.as_py() * 2 <= max(len(column) - column.null_count, 2))


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> ParquetEncoder:
    """An encoder with the codec of `like` if that is Parquet, else snappy.

    Raises: OutputError ``type-in-parquet`` for a field that Parquet cannot hold.
    """
    del format_name
    codec = _codec(like) if like is not None and like.format == "parquet" else _DEFAULT_CODEC
    return ParquetEncoder(sink, schema, codec)


def _open(source: Source, dictionaries: list[str] | None = None) -> ParquetFile:
    """Open the file for reading row groups in small steps. `dictionaries` lists the paths of
    columns that stay dictionary-encoded in memory."""
    from pyarrow import parquet

    try:
        raw = open_file(source, exact=True)
        facts = checked_footer(raw)
        groups = (facts.row_group(i) for i in range(facts.num_row_groups))
        # For an object, the columns of a row group are fetched together, in as few requests as
        # possible.
        together = source.facts is not None and all(_stored_bytes(g) <= HELD_BYTES for g in groups)
        return parquet.ParquetFile(
            raw,
            metadata=facts,
            read_dictionary=dictionaries,
            pre_buffer=together,
            buffer_size=0 if together else _BUFFER if source.facts is None else _REQUEST,
        )
    except _FAILURES:
        raise _unreadable(source) from None


def _tables(
    file: ParquetFile,
    group: int,
    schema: pa.Schema,
    left: frozenset[str],
    source: Source,
    row: int,
) -> Iterator[pa.Table]:
    """The records of a row group as tables of `schema`, without the columns in `left`."""
    try:
        batches = _batches(file, group, left, source)
        yield from cutting.tables(batches, schema, source.alias, row)
    except TooMuchAtOnce:
        raise InputError(
            "parquet-pages",
            f"pages of a row group that belong together take more than {HELD_BYTES >> 20} MiB",
            place=Place(file=source.alias, row=row),
            hint=f"write it with smaller pages or row groups, or {MORE_MEMORY}",
        ) from None
    except _FAILURES:
        raise _unreadable(source) from None


def _batches(
    file: ParquetFile, group: int, left: frozenset[str], source: Source
) -> Iterator[pa.RecordBatch]:
    if source.facts is None:
        with pa.OSFile(source.path) as raw:
            step = records_at_once(file, group, left, raw, partial(_open, source))
    else:
        step = records_at_once(file, group, left, None, partial(_open, source))
    names = [name for name in file.schema_arrow.names if name not in left] if left else None
    yield from file.iter_batches(batch_size=step, row_groups=[group], columns=names)


def _unreadable(source: Source, row: int | None = None) -> InputError:
    return InputError(
        "parquet-unreadable",
        "this is not a Parquet file, or it is truncated, damaged or encrypted",
        place=Place(file=source.alias, row=row),
    )


def _stored_bytes(group: RowGroupMetaData) -> int:
    return sum(group.column(i).total_compressed_size for i in range(group.num_columns))


def _codec(source: Source) -> str:
    with _open(source) as file:
        facts = file.metadata
        if not facts.num_row_groups or not facts.num_columns:
            return _DEFAULT_CODEC
        codec = str(facts.row_group(0).column(0).compression)
    return "NONE" if codec == "UNCOMPRESSED" else codec


def _type_error(schema: pa.Schema) -> OutputError:
    from pyarrow import parquet

    for field in schema:
        try:
            parquet.ParquetWriter(pa.BufferOutputStream(), pa.schema([field])).close()
        except (*ARROW_ERRORS, NotImplementedError):
            return OutputError(
                "type-in-parquet",
                "values of this type cannot be written to Parquet",
                place=Place(field=str(FieldPath((field.name,)))),
                hint="drop the field, or write arrow or jsonl",
            )
    return OutputError("type-in-parquet", "these fields cannot be written to Parquet")


def sample(source: Source, schema: pa.Schema, rows: int, chance: Random) -> sampling.Drawn:
    """About `rows` records from row groups chosen by `chance`, and the total number of records.

    At most the first GROUP_ROWS records of a row group are read.

    Raises: the errors of :func:`read`.
    """
    with _open(source) as file:
        facts = file.metadata
        groups = sampling.picked(facts.num_row_groups, sampling.GROUPS, chance)
        tables = [schema.empty_table()]
        for index in groups:
            read = 0
            for table in _tables(file, index, schema, frozenset(), source, 1):
                wanted = -(-rows * table.num_rows // max(_reach(facts, groups), 1))
                tables.append(sampling.drawn(table, wanted, chance))
                read += table.num_rows
                if read >= sampling.GROUP_ROWS:
                    break
        return sampling.Drawn(pa.concat_tables(tables), facts.num_rows)


def _reach(facts: FileMetaData, groups: Sequence[int]) -> int:
    """The number of records of `groups` to read."""
    return sum(min(facts.row_group(i).num_rows, sampling.GROUP_ROWS) for i in groups)
