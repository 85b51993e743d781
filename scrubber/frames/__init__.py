"""Conversion of the caller's tables to Arrow, and back to the same kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import pyarrow as pa

from scrubber.errors import InputError
from scrubber.formats.admission import admitted_table
from scrubber.frames import hub
from scrubber.frames.feed import Feed, Store, fed
from scrubber.frames.kinds import is_a
from scrubber.model.arrow_errors import ARROW_ERRORS

FRAME = "frame"
"""The name of a single table."""


@dataclass(frozen=True)
class Frame:
    """A caller's table as Arrow, and the conversion back to the caller's kind."""

    table: pa.Table
    back: Callable[[pa.Table], Any]

    def __repr__(self) -> str:
        return f"Frame(rows={self.table.num_rows})"


@dataclass(frozen=True)
class Frames:
    """A caller's tables by name, and the conversion of the results to the caller's kind.

    `back` takes the results by name and the names of columns that no rule changed. A `streamed`
    result is stored in a private file, as it may exceed the memory.
    """

    feeds: Mapping[str, Feed]
    back: Callable[[Mapping[str, Store], frozenset[str]], Any]
    streamed: bool = False


def open_frames(data: object) -> Frames:
    """Convert `data` to one Arrow table or several: the splits of a DatasetDict are tables.

    Raises: the errors of :func:`open_frame`.
    """
    opened = hub.opened(data)
    if opened is not None:
        return Frames(*opened)
    frame = open_frame(data)

    def back(results: Mapping[str, Store], _: frozenset[str]) -> Any:
        return frame.back(results[FRAME].table())

    return Frames({FRAME: fed(frame.table)}, back)


def open_frame(data: object) -> Frame:
    """Convert `data` to an Arrow table, without copying where possible.

    A pandas index other than a plain range becomes a field of its own, which needs a rule.

    Raises: InputError ``frame-type`` for an unknown kind of frame, ``frame-values`` for a column
    that Arrow cannot hold (Python objects of several types, Polars' Int128), and ``no-fields``,
    ``duplicate-field``, ``type-not-supported``, as for files.
    """
    opened = _opened(data)
    return replace(opened, table=admitted_table(opened.table, FRAME))


def paths_of(data: object) -> list[str] | None:
    """`data` as a list of paths, or None for a table."""
    if isinstance(data, str | PathLike):
        return [str(data)]
    if isinstance(data, Sequence) and data and all(isinstance(p, str | PathLike) for p in data):
        return [str(path) for path in data]
    return None


def _opened(data: object) -> Frame:
    if isinstance(data, pa.Table):
        return Frame(data, _same)
    if isinstance(data, pa.RecordBatch):
        return Frame(pa.Table.from_batches([data]), _record_batch)
    if is_a(data, "polars", "LazyFrame"):
        return _polars(data.collect(), lazy=True)  # type: ignore[attr-defined]
    if is_a(data, "polars", "DataFrame"):
        return _polars(data, lazy=False)
    if is_a(data, "pandas", "DataFrame"):
        return _pandas(data)
    if is_a(data, "datasets", "Dataset"):
        return Frame(hub.arrow_of(data), _same)
    if hasattr(data, "__arrow_c_stream__"):
        return Frame(pa.table(data), _same)
    raise InputError(
        "frame-type",
        f"a {type(data).__name__} is not a supported table",
        hint="a path, a Polars or pandas DataFrame, a Hugging Face dataset, or anything with "
        "__arrow_c_stream__",
    )


def _same(table: pa.Table) -> pa.Table:
    return table


def _record_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _polars(frame: Any, *, lazy: bool) -> Frame:
    import polars as pl

    enums = {name: kind for name, kind in frame.schema.items() if isinstance(kind, pl.Enum)}

    def back(table: pa.Table) -> Any:
        result = pl.DataFrame(pl.from_arrow(table))
        result = result.with_columns(
            _narrowed(result[name], kind) for name, kind in enums.items() if name in result.columns
        )
        return result.lazy() if lazy else result

    try:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    except ARROW_ERRORS:
        raise InputError(
            "frame-values",
            "a Polars column has a type that Arrow does not support",
            hint="cast it, such as df.cast({'n': pl.Decimal(38, 0)})",
        ) from None
    return Frame(table, back)


def _narrowed(column: Any, kind: Any) -> Any:
    """Narrow a column that was an Enum of `kind` to the categories still in use; leave it unchanged
    if it holds other values."""
    import polars as pl

    used = set(column.cast(pl.String).drop_nulls().unique())
    words = [word for word in kind.categories if word in used]
    return column.cast(pl.Enum(words)) if len(words) == len(used) else column


def _pandas(frame: Any) -> Frame:
    try:
        table = pa.Table.from_pandas(frame)
    except (*ARROW_ERRORS, TypeError, ValueError, OverflowError):
        raise InputError(
            "frame-values",
            "a pandas column holds values of several types",
            hint="convert the column to one type, such as df.astype({'name': 'string'})",
        ) from None
    return Frame(table, lambda result: result.to_pandas())
