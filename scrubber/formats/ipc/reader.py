"""Arrow IPC files and streams, distinguished by their first bytes.

(Hugging Face's ``.arrow`` files are streams.)
"""

from __future__ import annotations

import itertools
import mmap
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import InputError, OutputError, Place
from scrubber.formats import sampling
from scrubber.formats.admission import admitted
from scrubber.formats.base import HELD_BYTES, MORE_MEMORY, ByteSink, Chunk, Source
from scrubber.formats.io.stream import open_file
from scrubber.formats.ipc.messages import batch_sizes
from scrubber.formats.tables import rechunk as cutting
from scrubber.formats.tables.visible import visible
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import FieldPath
from scrubber.model.opened import Rows, map_leaves

_FILE_MAGIC = b"ARROW1"
_END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"
# Extension types of other libraries may raise any error for their metadata.
_FAILURES = (OSError, *ARROW_ERRORS, ValueError, TypeError, KeyError, OverflowError)


def media_type(source: Source) -> str:
    """The registered media type of an IPC file or stream."""
    return f"application/vnd.apache.arrow.{'file' if _is_file(source) else 'stream'}"


def schema(source: Source) -> pa.Schema:
    """The file's schema.

    Raises: InputError ``arrow-unreadable``, ``arrow-truncated``.
    """
    with _mapped(source) as mapped:
        found = _reader(mapped.file, source).schema
    return admitted(found, source.alias)


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records in chunks with exactly `schema`; a large record batch gives several.

    `drop_bad_rows` has no effect, since the records of an unreadable batch are unknown. Neither has
    `unasked`, since the columns of a batch are read together.

    Raises: InputError ``arrow-unreadable``, ``arrow-truncated``, ``arrow-batch``,
    ``record-too-large``, ``source-changed``.
    """
    del drop_bad_rows, unasked
    row = 1
    with _mapped(source) as mapped:
        file = mapped.file
        reader = _reader(file, source)
        if not admitted(reader.schema, source.alias).equals(schema):
            raise InputError(
                "source-changed", "its fields have changed", place=Place(file=source.alias)
            )
        size = file.size()
        count = reader.num_record_batches if _is_file(source) else None
        for index, batch in enumerate(_batches(reader, source)):
            consumed = size * (index + 1) // count if count else file.tell()
            for table in _tables(batch, schema, source, row):
                yield Chunk(table, row, 0, consumed)
                row += table.num_rows
                mapped.forget()


def _tables(
    batch: pa.RecordBatch, schema: pa.Schema, source: Source, row: int
) -> Iterator[pa.Table]:
    try:
        yield from cutting.tables([batch], schema, source.alias, row)
    except _FAILURES:
        raise _unreadable(source) from None


class ArrowEncoder:
    """Writes each table as record batches; dictionaries grow by deltas, in order of first use."""

    def __init__(
        self, sink: ByteSink, schema: pa.Schema, *, stream: bool, codec: str | None
    ) -> None:
        options = pa.ipc.IpcWriteOptions(compression=codec, emit_dictionary_deltas=True)
        opener = pa.ipc.new_stream if stream else pa.ipc.new_file
        self._writer = opener(pa.PythonFile(sink, "w"), schema, options=options)
        self._schema = schema
        self._entries: dict[FieldPath, pa.Array] = {}

    def write(self, table: pa.Table) -> None:
        table = map_leaves(visible(table), self._grow, self._schema)
        self._writer.write_table(table)

    def finish(self) -> None:
        self._writer.close()

    def _grow(self, path: FieldPath, array: pa.Array, rows: Rows) -> pa.Array:
        """The array over the dictionary of all batches so far: a file has one per field."""
        if isinstance(array.type, pa.BaseExtensionType):
            storage = self._grow(path, array.storage, rows)
            return pa.ExtensionArray.from_storage(array.type, storage)
        if not pa.types.is_dictionary(array.type):
            return array
        known = self._entries.get(path)
        entries = array.dictionary
        if known is not None:
            fresh = entries.filter(pc.invert(pc.is_in(entries, known)))
            if len(fresh) and array.type.ordered:
                raise OutputError(
                    "dictionary-order",
                    "the order of its categories differs between parts of the data",
                    place=Place(field=str(path)),
                    hint="write parquet",
                )
            entries = pa.concat_arrays([known, fresh])
        self._entries[path] = entries
        places = pc.index_in(array.dictionary, entries).take(array.indices)
        try:
            indices = places.cast(array.type.index_type)
        except pa.ArrowInvalid:
            raise OutputError(
                "dictionary-overflow",
                "it has more categories than its index type can count",
                place=Place(field=str(path)),
                hint="write parquet",
            ) from None
        return pa.DictionaryArray.from_arrays(indices, entries, ordered=array.type.ordered)


def open_encoder(
    sink: ByteSink, schema: pa.Schema, format_name: str, like: Source | None
) -> ArrowEncoder:
    """An encoder for a stream or a file, as `like` is, if that is Arrow, else for a file.

    Feather files are compressed with lz4, as by their usual writers; other files are not
    compressed.
    """
    del format_name
    if like is None or like.format != "arrow":
        return ArrowEncoder(sink, schema, stream=False, codec=None)
    codec = "lz4" if like.alias.lower().endswith(".feather") else None
    return ArrowEncoder(sink, schema, stream=not _is_file(like), codec=codec)


def _is_file(source: Source) -> bool:
    with open_file(source, exact=True) as file:
        return bool(file.read(len(_FILE_MAGIC)) == _FILE_MAGIC)


@contextmanager
def _mapped(source: Source) -> Iterator[_Mapped]:
    """Open the file; a local one is mapped, so that a record batch of any size is read in steps."""
    try:
        if source.facts is not None:
            found = _Mapped(open_file(source), None)
        else:
            with Path(source.path).open("rb") as file:
                pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            found = _Mapped(pa.BufferReader(pages), pages)
    except _FAILURES:
        raise _unreadable(source) from None
    with found.file:
        yield found


class _Mapped(NamedTuple):
    file: pa.NativeFile
    pages: mmap.mmap | None

    def forget(self) -> None:
        """Release its memory: later reads map it again."""
        if self.pages is not None:
            self.pages.madvise(mmap.MADV_DONTNEED)


def _reader(
    file: pa.NativeFile, source: Source
) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    try:
        if _is_file(source):
            return pa.ipc.open_file(file)
        reader = pa.ipc.open_stream(file)
    except _FAILURES:
        raise _unreadable(source) from None
    _check_end(source)
    return reader


def _check_end(source: Source) -> None:
    """Check the end mark of a stream: one cut between two batches otherwise looks complete."""
    with open_file(source, exact=True) as file:
        file.seek(-len(_END_OF_STREAM), 2)
        if file.read(len(_END_OF_STREAM)) != _END_OF_STREAM:
            raise InputError(
                "arrow-truncated",
                "the stream has no end mark",
                place=Place(file=source.alias),
                hint="it is truncated, or its writer was not closed",
            )


def _batches(
    reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader,
    source: Source,
    wanted: Sequence[int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The record batches, or those with numbers in `wanted`."""
    is_file = isinstance(reader, pa.RecordBatchFileReader)
    count = reader.num_record_batches if is_file else None
    with open_file(source, exact=True) as heads:
        sizes = batch_sizes(heads, is_file, is_mapped=source.facts is None)
        for index in itertools.count() if count is None else range(count):
            if wanted is not None and (not wanted or index > wanted[-1]):
                return
            try:
                size = next(sizes, 0)
                if size > HELD_BYTES:
                    raise _too_large(source, size)
                if is_file and wanted is not None and index not in wanted:
                    continue
                batch = reader.get_batch(index) if is_file else reader.read_next_batch()
            except StopIteration:
                return
            except (*_FAILURES, struct.error, IndexError):
                raise _unreadable(source) from None
            yield batch


def _too_large(source: Source, size: int) -> InputError:
    return InputError(
        "arrow-batch",
        f"a record batch takes {size >> 20} MiB decompressed, more than {HELD_BYTES >> 20}",
        place=Place(file=source.alias),
        hint=f"write it with smaller record batches or without compression, or {MORE_MEMORY}",
    )


def _unreadable(source: Source) -> InputError:
    return InputError(
        "arrow-unreadable",
        "this is not an Arrow IPC file or stream, or it is truncated or damaged",
        place=Place(file=source.alias),
    )


def sample(source: Source, schema: pa.Schema, rows: int, chance: Random) -> sampling.Drawn:
    """About `rows` records from record batches chosen by `chance` (for a stream, its first
    batches), and the total number of records if known.

    Raises: the errors of :func:`read`.
    """
    found: list[tuple[int, pa.Table]] = []
    with _mapped(source) as mapped:
        file = mapped.file
        reader = _reader(file, source)
        picked: Sequence[int] = range(sampling.GROUPS)
        total = None
        if isinstance(reader, pa.RecordBatchFileReader):
            picked = sampling.picked(reader.num_record_batches, sampling.GROUPS, chance)
        for batch in _batches(reader, source, picked):
            drawn = [
                sampling.drawn(table, -(-rows * table.num_rows // batch.num_rows), chance)
                for table in _tables(batch, schema, source, 1)
            ]
            found.append((batch.num_rows, pa.concat_tables([schema.empty_table(), *drawn])))
        seen = sum(count for count, _ in found)
        if (
            isinstance(reader, pa.RecordBatchFileReader)
            and len(picked) == reader.num_record_batches
        ):
            total = seen
    tables = [
        sampling.drawn(table, -(-rows * count // max(seen, 1)), chance) for count, table in found
    ]
    return sampling.Drawn(pa.concat_tables([schema.empty_table(), *tables]), total)
