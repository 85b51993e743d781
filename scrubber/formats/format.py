"""Format: what a format of files is and does, as its folder declares it."""

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


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files.

    `name` is its name in rules, manifests and on the command line, and after a dot the ending of
    its outputs; `endings` are those of its inputs. `compressible`: gzip or zstd may be around it.
    `schema` and `sample` are None where only a pass over the records tells the schema.
    `keeps_absent`: a record can lack a key.
    """

    name: str
    endings: tuple[str, ...]
    media_type: Callable[[Source], str]
    read: Read
    open_encoder: Callable[[ByteSink, pa.Schema, str, Source | None], Encoder]
    schema: Callable[[Source], pa.Schema] | None = None
    sample: Draw | None = None
    compressible: bool = False
    keeps_absent: bool = False
