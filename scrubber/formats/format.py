"""Format: a file format, as declared by its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol

import pyarrow as pa

from scrubber.formats.base import ByteSink, Chunk, Encoder, Source
from scrubber.formats.sampling import Drawn


class Read(Protocol):
    def __call__(
        self, source: Source, schema: pa.Schema, *, drop_bad_rows: bool, unasked: frozenset[str]
    ) -> Iterator[Chunk]: ...


class Draw(Protocol):
    def __call__(self, source: Source, schema: pa.Schema, rows: int, chance: Random) -> Drawn: ...


OpenEncoder = Callable[[ByteSink, pa.Schema, str, Source | None], Encoder]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Records in the bytes of the file: `read` gives one binary column with this `schema`, and
    `open_encoder` writes it."""

    schema: pa.Schema
    read: Callable[[Source], Iterator[pa.Table]]
    open_encoder: OpenEncoder


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `name` is its name in rules, manifests and on the command line; after a dot, it is the suffix of
    its outputs. `endings` are the suffixes of its inputs. `compressible` formats may be inside gzip
    or zstd. `schema` and `sample` are None if the schema requires reading all records.
    `keeps_absent` is true if a record can lack a key, and
    `keeps_kinds` if a path can hold values of several kinds. `verbatim` copies records as they are
    written; None if records are rewritten from their values.
    """

    name: str
    endings: tuple[str, ...]
    media_type: Callable[[Source], str]
    read: Read
    open_encoder: OpenEncoder
    schema: Callable[[Source], pa.Schema] | None = None
    sample: Draw | None = None
    compressible: bool = False
    keeps_absent: bool = False
    keeps_kinds: bool = False
    verbatim: Verbatim | None = None
