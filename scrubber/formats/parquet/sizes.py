"""Sizes of reads within a Parquet row group, so that they fit into memory.

A footer gives the size of encoded values. Decoded, they may take a thousand times as much: a value
shared by a million records is in the file once.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.formats.base import CHUNK_ROWS, HELD_BYTES
from scrubber.formats.parquet.pages import held, pages
from scrubber.formats.tables.text import unwrapped
from scrubber.model.opened import Opened

if TYPE_CHECKING:
    from pyarrow.parquet import ColumnChunkMetaData, ParquetFile

_STEP_BYTES: Final = 2**21
_FLAT_BYTES: Final = 2**23
_STEP_COLUMN: Final = 2**12
"""Bytes per read, by the average record. Records of lists vary most. Without lists, a page shows
the maximum size of a record, and a read is a chunk. With many columns it is larger, since each
column takes time.
"""
_DENSE_BYTES: Final = 2**24
"""Bytes per read, by the largest values of pages and dictionaries."""
_REMOTE_STEP: Final = 2**10
_WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 8}


class TooMuchAtOnce(Exception):
    """The pages of a row group that a reader must hold at once exceed HELD_BYTES."""


def records_at_once(
    file: ParquetFile,
    index: int,
    left: Set[str],
    raw: pa.NativeFile | None,
    again: Callable[[list[str]], ParquetFile],
) -> int:
    """The number of records of row group `index` to read at a time, without the columns in `left`
    (none of them nested); a power of two.

    `raw` are the bytes of `file`, or None if each access is a request to a store; then the footer
    is trusted. `again` opens the file with the given columns dictionary-encoded.

    Raises: TooMuchAtOnce; ValueError for an invalid file; pyarrow's errors.
    """
    group = file.metadata.row_group(index)
    rows = max(int(group.num_rows), 1)
    total = at_once = 0
    step: int = rows
    dense: list[tuple[ColumnChunkMetaData, int]] = []
    for number in range(group.num_columns):
        chunk = group.column(number)
        if chunk.path_in_schema in left:
            continue
        total += max(chunk.num_values * _width(file, number), chunk.total_uncompressed_size)
        if raw is None:
            step = min(step, _REMOTE_STEP) if chunk.has_dictionary_page else step
            continue
        found = list(pages(raw, chunk))
        at_once += held(found)
        if at_once > HELD_BYTES:
            raise TooMuchAtOnce
        for page in found:
            takes = page.density
            if page.is_dictionary and chunk.physical_type != "BYTE_ARRAY":
                takes = min(takes, _width(file, number))  # all entries have this length
            elif page.is_dictionary and takes * chunk.num_values > _DENSE_BYTES:
                dense.append((chunk, takes))
                continue
            per_record = takes * chunk.num_values // rows
            step = min(step, _DENSE_BYTES // max(per_record, 1))
    for chunk, takes in _by_entry(again, index, dense):
        per_record = takes * chunk.num_values // rows
        step = min(step, _DENSE_BYTES // max(per_record, 1))
    columns = (file.schema.column(number) for number in range(group.num_columns))
    flat = raw is not None and not any(column.max_repetition_level for column in columns)
    size = max(_FLAT_BYTES if flat else _STEP_BYTES, _STEP_COLUMN * group.num_columns)
    step = max(1, min(step, rows * size // max(total, 1), CHUNK_ROWS))
    return 1 << (int(step).bit_length() - 1)  # so that whole steps fill a chunk


def _width(file: ParquetFile, number: int) -> int:
    """The bytes of a value in Arrow, apart from variable-length content."""
    column = file.schema.column(number)
    return _WIDTHS.get(column.physical_type, 4 + max(int(column.length), 0))


def _by_entry(
    again: Callable[[list[str]], ParquetFile],
    index: int,
    chunks: list[tuple[ColumnChunkMetaData, int]],
) -> list[tuple[ColumnChunkMetaData, int]]:
    """The chunks with the maximum bytes of an entry in their dictionaries.

    All are inspected at once. If that fails, each is inspected alone; if that fails too, the
    earlier estimate is kept.
    """
    if not chunks:
        return []
    lengths = _longest_entries(again, index, [chunk.path_in_schema for chunk, _ in chunks])
    if len(lengths) == len(chunks):
        return [(chunk, min(max(lengths) or most, most)) for chunk, most in chunks]
    if len(chunks) == 1:
        return chunks
    return [one for chunk in chunks for one in _by_entry(again, index, [chunk])]


def _longest_entries(
    again: Callable[[list[str]], ParquetFile], index: int, paths: list[str]
) -> list[int]:
    """The bytes of the longest entry of each dictionary, by column."""
    with again(paths) as file:
        batches = file.iter_batches(batch_size=1, row_groups=[index], columns=paths)
        table = pa.Table.from_batches([next(batches)])
    lengths: list[int] = []
    for leaf in Opened(table).leaves:
        if pa.types.is_dictionary(leaf.kind):
            entries = unwrapped(leaf.values.dictionary)
            lengths.append(pc.max(pc.binary_length(entries)).as_py() or 0)
    return lengths
