"""Equivalence classes that become too small when records are deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.labels import subject_labels, text_labels
from scrubber.deletion.reach import Reach
from scrubber.formats import Source
from scrubber.model.fieldpath import FieldPath, leaves, spellings
from scrubber.model.opened import Opened, Rows

if TYPE_CHECKING:
    import polars as pl

_FILE, _ROW, _SUBJECT, _GONE = "file", "row", "subject", "gone"


def too_small(
    manifest: Mapping[str, Any],
    sources: Mapping[str, Source],
    gone: Mapping[str, Rows],
    reaches: Sequence[Reach],
) -> dict[str, Rows]:
    """The further records to suppress, by output path: those of classes that lose a record and keep
    fewer than the promised k. None without ``privacy:``.

    `sources` are the outputs by path, and `gone` the positions of the records to delete. A class is
    counted as the run counted it: in subjects, or in records.

    Raises: as for reading.
    """
    import polars as pl

    privacy = manifest["risk"].get("privacy")
    if privacy is None:
        return {}
    quasi = sorted(one["name"] for one in privacy["quasi_identifiers"])
    aliases = {
        alias for one in manifest["fields"] if one["name"] in quasi for alias in one["sources"]
    }
    keys = [f"q{number}" for number in range(len(quasi))]
    by_subject = privacy["counted"] == "subjects"
    files = [
        file
        for file in manifest["outputs"]["files"]
        if file["source"] in aliases and file["path"] in sources
    ]
    paths = {file["path"]: number for number, file in enumerate(files)}
    subject_of = {alias: reach.path for reach in reaches for alias in reach.sources}

    def frames(path: str, alias: str) -> Iterator[pl.DataFrame]:
        person = subject_of.get(alias) if by_subject else None
        for frame in _frames(sources[path], quasi, person):
            lost = pl.Series(gone.get(path, np.empty(0, np.int64)), dtype=pl.Int64).to_list()
            yield frame.with_columns(
                pl.lit(paths[path], pl.Int64).alias(_FILE), pl.col(_ROW).is_in(lost).alias(_GONE)
            )

    touched = [
        frame.filter(_GONE).select(keys).unique()
        for file in files
        if file["path"] in gone
        for frame in frames(file["path"], file["source"])
    ]
    if not touched:
        return {}
    classes = pl.concat(touched).unique()
    kept = pl.concat(
        frame.filter(~pl.col(_GONE)).join(classes, on=keys, how="semi")
        for file in files
        for frame in frames(file["path"], file["source"])
    )
    persons = pl.max_horizontal(pl.col(_SUBJECT).drop_nulls().n_unique(), 1)
    size = persons if by_subject else pl.len()
    small = kept.group_by(keys).agg(size.cast(pl.Int64).alias("size"))
    small = small.filter(pl.col("size") < privacy["k"])
    rows = kept.join(small, on=keys, how="semi").select(_FILE, _ROW)
    return {
        path: np.sort(rows.filter(pl.col(_FILE) == number)[_ROW].to_numpy())
        for path, number in paths.items()
        if (rows[_FILE] == number).any()
    }


def _frames(
    source: Source, quasi: Sequence[str], person: FieldPath | None
) -> Iterator[pl.DataFrame]:
    import polars as pl

    schema = formats.schemas([source])[source.alias]
    every = [path for path, _ in leaves(schema)]
    columns = [next((path for path in every if str(path) == name), None) for name in quasi]
    subject = next((path for path in every if person in spellings(path)), None)
    needed = {path.column for path in (*columns, subject) if path is not None}
    first = 0
    for chunk in formats.read(source, schema, unasked=frozenset(schema.names) - needed):
        size = chunk.table.num_rows
        opened = Opened(chunk.table)
        series: dict[str, Any] = {
            f"q{number}": _marked(text_labels(opened.leaf(path).values), size)
            if path is not None
            else _marked(pa.nulls(size, pa.large_string()), size)
            for number, path in enumerate(columns)
        }
        persons = (
            subject_labels(opened.leaf(subject).plain)
            if subject is not None
            else pa.nulls(size, pa.large_string())
        )
        series[_SUBJECT] = pl.Series(pl.from_arrow(persons), dtype=pl.String)
        series[_ROW] = pl.Series(np.arange(first, first + size), dtype=pl.Int64)
        yield pl.DataFrame(series)
        first += size


def _marked(labels: pa.Array, size: int) -> Any:
    """The labels as a series in which null is a value of its own."""
    import polars as pl

    assert len(labels) == size, "a quasi-identifier has one value per record"
    series = pl.Series(pl.from_arrow(labels), dtype=pl.String)
    return ("v" + series).fill_null("null")
