"""BatchRef and Batch: a part of a source, and its address."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True, order=True)
class BatchRef:
    """The address of a batch; picklable, and equal in all runs over the same data.

    `source` is the source's alias (its relative name), `ordinal` the batch's position in it from 0,
    `first_row` the number of its first record in the source from 1, and `rows` its length. `digest`
    is set for a whole source only: the digest of its bytes under the run's key (never an unkeyed
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

    `rejected` counts malformed records of this part, which the reader skipped. `selected` is a code
    per record where the run chose among all records: 0 if the record stays, else the rule that
    drops it.
    """

    ref: BatchRef
    table: pa.Table
    rejected: int = 0
    selected: npt.NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.table.num_rows != self.ref.rows:
            raise ValueError("a batch's table must have as many rows as its address says")

    def __repr__(self) -> str:  # a dataclass would print the table with its data
        return f"Batch({self.ref!r}, rejected={self.rejected})"
