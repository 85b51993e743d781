"""Records of a file in a keyed random order, with bounded memory.

Each record draws a number. Its highest part names a bucket on disk, the buckets follow each other,
and the records of a bucket are sorted by their numbers. The temporary files hold scrubbed records
and are readable by their owner only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pyarrow as pa

_BUCKET: Final = 64 << 20
"""Bytes of a source for each bucket."""
_MOST: Final = 256
_DRAWN: Final = "drawn"


def shuffled(
    tables: Iterable[pa.Table], schema: pa.Schema, seed: bytes, size: int
) -> Iterator[pa.Table]:
    """The rows of `tables` (of type `schema`) in an order that `seed` (32 bytes) decides. `size`
    is about the number of their bytes. Any order is equally likely, and the number of rows in each
    of `tables` does not matter."""
    chance = np.random.Generator(np.random.Philox(np.random.SeedSequence(int.from_bytes(seed))))
    buckets = min(_MOST, size // _BUCKET + 1)
    drawn = pa.field(_DRAWN, pa.uint64())
    stored = pa.schema([pa.field(f"c{i}", one.type) for i, one in enumerate(schema)] + [drawn])
    with TemporaryDirectory(prefix="scrubber-") as folder:
        paths = [Path(folder) / str(i) for i in range(buckets)]
        writers = [pa.ipc.new_stream(str(path), stored) for path in paths]
        for table in tables:
            numbers = chance.integers(0, 1 << 64, table.num_rows, np.uint64, endpoint=False)
            whole = pa.Table.from_arrays([*table.columns, pa.array(numbers)], schema=stored)
            owners = (numbers >> np.uint64(32)) * np.uint64(buckets) >> np.uint64(32)
            for bucket in np.unique(owners).tolist():
                writers[bucket].write_table(whole.take(pa.array(np.flatnonzero(owners == bucket))))
        for writer in writers:
            writer.close()
        for path in paths:
            with pa.ipc.open_stream(str(path)) as reader:
                bucket = reader.read_all()
            order = np.argsort(bucket.column(len(schema)).to_numpy(), kind="stable")
            mixed = bucket.take(pa.array(order))
            yield pa.Table.from_arrays(mixed.columns[: len(schema)], schema=schema)
            path.unlink()
