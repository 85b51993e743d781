"""Record batches of any size, as tables of bounded size.

The size of decoded values counts: an Arrow array may refer to one long value a million times (by a
dictionary or a view), and so take a thousand times its size in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import InputError, Place
from scrubber.formats import base
from scrubber.formats.admission import recast
from scrubber.formats.base import MORE_MEMORY, RECORD_BYTES, rows_per_chunk
from scrubber.formats.tables.text import is_string, is_variable_binary, unwrapped
from scrubber.formats.tables.visible import has_dictionary, visible
from scrubber.model.fieldpath import leaves
from scrubber.model.opened import Opened


def tables(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, alias: str, row: int
) -> Iterator[pa.Table]:
    """The records of `batches`, starting with number `row`, in tables with exactly `schema`.

    A table has at most CHUNK_ROWS records and CHUNK_BYTES, and more only for one larger record. It
    holds nothing but its own records, even if it is a part of a batch.

    Raises: InputError ``record-too-large`` above RECORD_BYTES; pyarrow's errors for invalid data.
    """
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        for part, takes in _parts(batch, alias, row):
            row += part.num_rows
            if rows and (rows + part.num_rows > base.CHUNK_ROWS or size + takes > base.CHUNK_BYTES):
                yield _joined(waiting, schema)
                waiting, rows, size = [], 0, 0
            waiting.append(part)
            rows, size = rows + part.num_rows, size + takes
    if rows:
        yield _joined(waiting, schema)


def _parts(batch: pa.RecordBatch, alias: str, row: int) -> Iterator[tuple[pa.RecordBatch, int]]:
    batch.validate()  # offsets only: scanning all values could be too much
    size = written_out(batch)
    limit = rows_per_chunk(batch.num_rows, size)
    if batch.num_rows <= limit and (size <= base.CHUNK_BYTES or batch.num_rows <= 1):
        if size > RECORD_BYTES:
            raise too_large(Place(file=alias, row=row))
        batch.validate(full=True)
        yield batch, size
        return
    if limit == batch.num_rows:  # the average fits, but the batch does not
        limit = -(-limit // 2)
    for start in range(0, batch.num_rows, limit):
        yield from _parts(batch.slice(start, limit), alias, row + start)


def _joined(parts: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    given = parts[0].schema
    columns = [pa.concat_arrays([part.column(i) for part in parts]) for i in range(len(given))]
    whole = pa.Table.from_arrays(columns, schema=given)
    dictionaries = has_dictionary(given) and whole.nbytes > base.CHUNK_BYTES
    if dictionaries or any(_is_view(kind) for _, kind in leaves(given)):
        whole = visible(whole)  # otherwise each table would carry all data of its neighbors
    return recast(whole, schema)


def too_large(place: Place) -> InputError:
    """The error for a record above RECORD_BYTES."""
    return InputError(
        "record-too-large",
        f"a record is larger than {RECORD_BYTES >> 20} MiB",
        place=place,
        hint=f"split it, or {MORE_MEMORY}",
    )


def written_out(batch: pa.RecordBatch) -> int:
    """The bytes of the batch's values; dictionary entries count at each use."""
    sharing = {path.column for path, kind in leaves(batch.schema) if _shares(kind)}
    size = sum(batch.column(f.name).nbytes for f in batch.schema if f.name not in sharing)
    if sharing:
        batch.validate(full=True)
        opened = Opened(pa.Table.from_batches([batch]).select(sorted(sharing)))
        size += sum(_size(leaf.values) for leaf in opened.leaves)
    return int(size)


def _shares(kind: pa.DataType) -> bool:
    """True if values of this type may share bytes."""
    if isinstance(kind, pa.BaseExtensionType):
        return _shares(kind.storage_type)
    return bool(pa.types.is_dictionary(kind)) or _is_view(kind)


def _is_view(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string_view(kind) or pa.types.is_binary_view(kind))


def _size(array: pa.Array) -> int:
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return _size(array.storage)
    if _is_view(kind):
        return _total(_view_lengths(array))
    if not pa.types.is_dictionary(kind):
        return int(array.nbytes)
    entries = unwrapped(array.dictionary)
    if _is_view(entries.type):
        return _total(_view_lengths(entries).take(array.indices))
    if is_string(entries.type) or is_variable_binary(entries.type):
        return _total(pc.binary_length(entries).take(array.indices))
    return len(array) * (8 + int(entries.nbytes) // max(len(entries), 1))


def _view_lengths(array: pa.Array) -> pa.Array:
    """The lengths of views, which pyarrow 26 does not expose: each view is 16 bytes that begin with
    its length."""
    words = np.frombuffer(array.buffers()[1], np.int32).reshape(-1, 4)
    lengths = words[array.offset : array.offset + len(array), 0].astype(np.int64)
    return pa.array(lengths, mask=array.is_null().to_numpy(zero_copy_only=False))


def _total(lengths: pa.Array) -> int:
    """The bytes of values with these lengths, offsets included."""
    return len(lengths) * 8 + int(pc.sum(lengths).as_py() or 0)
