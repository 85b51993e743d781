"""BatchRef and Batch: a piece of a source, and its address."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True, order=True)
class BatchRef:
    """The address of a batch; picklable, and the same in every run over the same data.

    `source` is the source's alias (its relative name), `ordinal` the batch's place in it from 0,
    `first_row` the number of the batch's first record in the source from 1, `rows` its length,
    `digest`, of a whole source alone, is that of its bytes under the run's key (never an unkeyed
    hash).
    """

    source: str
    ordinal: int
    first_row: int
    rows: int
    digest: str = ""


@dataclass(frozen=True)
class Batch:
    """A batch's address and its records; `table.num_rows` equals `ref.rows`.

    `rejected` counts the records of this stretch that the reader could not read and left out.
    """

    ref: BatchRef
    table: pa.Table
    rejected: int = 0

    def __post_init__(self) -> None:
        if self.table.num_rows != self.ref.rows:
            raise ValueError("a batch's table must have as many rows as its address says")

    def __repr__(self) -> str:  # a dataclass would print the table, and with it the data
        return f"Batch({self.ref!r}, rejected={self.rejected})"
