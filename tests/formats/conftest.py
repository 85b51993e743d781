"""Helpers: a file from bytes, a file from a table, everything that can be read of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from scrubber import formats


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str, data: bytes) -> formats.Source:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        kind, compression = formats.format_of(name)
        return formats.Source(str(path), name, kind, compression)

    def write(
        self, name: str, *tables: pa.Table, like: formats.Source | None = None
    ) -> formats.Source:
        path = self.folder / name
        kind, compression = formats.format_of(name)
        with formats.open_writer(path, tables[0].schema, kind, compression, like=like) as writer:
            for table in tables:
                writer.write(table)
        return formats.Source(str(path), name, kind, compression)

    def read(self, source: formats.Source, *, drop_bad_rows: bool = False) -> SimpleNamespace:
        schema = formats.schemas([source], drop_bad_rows=drop_bad_rows)[source.alias]
        chunks = list(formats.read(source, schema, drop_bad_rows=drop_bad_rows))
        for chunk in chunks:
            assert chunk.table.schema.equals(schema, check_metadata=True)
            chunk.table.validate(full=True)
        table = pa.concat_tables([schema.empty_table(), *(chunk.table for chunk in chunks)])
        return SimpleNamespace(
            schema=schema,
            chunks=chunks,
            table=table,
            rows=table.to_pylist(),
            rejected=sum(chunk.rejected for chunk in chunks),
        )

    def bytes(self, source: formats.Source) -> bytes:
        return Path(source.path).read_bytes()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Cut chunks after this many rows and bytes, so that small files have many."""

    def shrink(rows: int, size: int) -> None:
        monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_ROWS", rows)
        monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_BYTES", size)
        monkeypatch.setattr("scrubber.formats.base.CHUNK_ROWS", rows)
        monkeypatch.setattr("scrubber.formats.base.CHUNK_BYTES", size)

    return shrink
