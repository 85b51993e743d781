"""Recoding: what each combination of quasi-identifiers becomes, or that its records go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubber.engine.census import quasi_column
from scrubber.engine.labels import Flags, Labelled
from scrubber.errors import InputError, Place

if TYPE_CHECKING:
    import polars as pl

GONE = "gone"


def recoded_column(name: str) -> str:
    """The column of what a quasi-identifier's labels become."""
    return f"to:{name}"


@dataclass(frozen=True)
class Recoding:
    """One row per combination: its labels, what each becomes, and ``gone`` where its records are
    suppressed. Pickled into the worker processes; never written anywhere."""

    names: tuple[str, ...]
    table: pl.DataFrame = field(repr=False)

    def look_up(self, labelled: Sequence[Labelled], source: str) -> Recoded:
        """What the records become, of which `labelled` are the quasi-identifiers.

        Records with a failed value are not looked up: what becomes of them is the rules' to say.
        Errors: InputError ``source-changed`` for a combination that was not counted.
        """
        import polars as pl

        columns = {
            quasi_column(str(one.field.path)): pl.Series(pl.from_arrow(one.labels))
            for one in labelled
        }
        keys = [quasi_column(name) for name in self.names]
        found = pl.DataFrame(columns).join(
            self.table, on=keys, how="left", nulls_equal=True, maintain_order="left"
        )
        unknown = found[GONE].is_null().to_numpy()
        failed = np.logical_or.reduce([one.failed for one in labelled])
        if (unknown & ~failed).any():
            text = "a record was not there when the records were counted"
            raise InputError("source-changed", text, place=Place(file=source))
        gone: Flags = found[GONE].fill_null(False).to_numpy() & ~failed
        outputs = {name: found[recoded_column(name)].to_arrow() for name in self.names}
        return Recoded(outputs, gone)


@dataclass(frozen=True)
class Recoded:
    """Per quasi-identifier the recoded labels of the records, and which records are suppressed."""

    labels: dict[str, pa.Array] = field(repr=False)
    gone: Flags = field(repr=False)
