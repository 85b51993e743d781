"""The records of a source and of an output, as assessments compare them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.labels import text_labels
from scrubber.anonymize.singling import flat_fields
from scrubber.api.arguments import AnyPath, PathsLike, as_paths
from scrubber.assess.clues import Making
from scrubber.assess.pairing import UNKNOWN, Origins, Table, origins
from scrubber.errors import InputError, Place
from scrubber.formats import Source
from scrubber.manifest import DATA, FILE_NAME, Manifest, read_manifest
from scrubber.model.opened import Opened
from scrubber.model.views import without_views
from scrubber.policy.syntax.report import did_you_mean


@dataclass(frozen=True)
class Pairs:
    """A source, its output, and the index of the source record of each published one."""

    source: Table = field(repr=False)
    out: Table = field(repr=False)
    origin: Origins = field(repr=False)
    makings: Mapping[str, Making]


def records_of(data: PathsLike, needed: Collection[str] = ()) -> Table:
    """The records of all sources of `data` with the fields `needed`, with their flat fields.

    Raises: InputError for unreadable sources, ``unknown-field`` where no source has these fields.
    """
    tables = list(_tables(data_paths(data), needed).values())
    whole = tables[0]
    for table in tables[1:]:
        whole = whole.joined(table)
    return whole


def pairs_of(source: PathsLike, out: AnyPath, known: Collection[str]) -> Pairs:
    """The records of `source` with the fields `known`, and those of the output `out`, paired.

    `out` is the output folder of a run, whose manifest says how fields were made, or other files,
    where the forms of values say it. Files are paired by their names, or one with one.

    Raises: InputError for unreadable sources, ``unknown-field`` where the source lacks a field,
    ``nothing-in-common`` for an output of other files or fields, ``records-unaligned`` if the
    origin of most published records is unclear.
    """
    manifest = manifest_of(out)
    ours = _tables(as_paths(source), known)
    theirs = _tables(data_paths(out), ())
    names = _named(ours, theirs, manifest)
    if not names:
        text = "the output has no file of the source"
        raise InputError("nothing-in-common", text, place=Place(file=str(out)))
    before, after, origin, offset = Table({}), Table({}), [], 0
    makings: dict[str, Making] = {}
    for alias, name in names.items():
        table, published = ours[alias], theirs[name]
        made = {one: making_of(one, alias, manifest) for one in published.columns}
        makings = {**made, **makings}
        found = origins(table, published, made)
        origin.append(np.where(found == UNKNOWN, UNKNOWN, found + offset))
        offset += len(table)
        before = before.joined(table) if before.columns else table
        after = after.joined(published) if after.columns else published
    if not set(known) & after.columns.keys():
        text = "the output has none of the fields that the attacker knows"
        raise InputError("nothing-in-common", text, place=Place(file=str(out)))
    whole = np.concatenate(origin)
    if not len(after) or (whole == UNKNOWN).mean() > 0.5:
        text = "the origin of most published records is unclear"
        raise InputError("records-unaligned", text, hint="use the source of this output")
    return Pairs(before, after, whole, makings)


def manifest_of(out: AnyPath) -> Manifest | None:
    """The manifest of an output folder; None for other files."""
    return read_manifest(out) if (Path(out) / FILE_NAME).is_file() else None


def data_paths(data: PathsLike) -> list[str]:
    """The files of `data`; of an output folder, its scrubbed files."""
    paths = as_paths(data)
    return [
        str(Path(path) / DATA) if (Path(path) / FILE_NAME).is_file() else path for path in paths
    ]


def _tables(paths: Sequence[str], needed: Collection[str]) -> dict[str, Table]:
    sources = formats.discover(list(paths))
    schemas = formats.schemas(sources)
    having = [one for one in sources if set(needed) <= flat_fields(schemas[one.alias]).keys()]
    if not having:
        known = {name for schema in schemas.values() for name in flat_fields(schema)}
        missing = next((name for name in needed if name not in known), None)
        name = missing if missing is not None else next(iter(needed))
        text = "no field has this name" if missing else "no table has all of these fields"
        hint = did_you_mean(name, known) if missing else ""
        raise InputError("unknown-field", text, place=Place(field=name), hint=hint)
    return {one.alias: _table(one, schemas[one.alias]) for one in having}


def _table(source: Source, schema: pa.Schema) -> Table:
    fields = flat_fields(schema)
    columns: dict[str, list[Any]] = {name: [] for name in fields}
    for chunk in formats.read(source, schema):
        opened = Opened(without_views(chunk.table))
        for name, path in fields.items():
            columns[name] += text_labels(opened.leaf(path).plain).to_pylist()
    return Table(columns)


def _named(
    ours: Mapping[str, Table], theirs: Mapping[str, Table], manifest: Manifest | None
) -> dict[str, str]:
    """The output file of each source, by their names."""
    if manifest is not None:
        files = {row["source"]: row["path"] for row in manifest.data["outputs"]["files"]}
        found = {alias: files[alias].removeprefix(f"{DATA}/") for alias in ours if alias in files}
        return {alias: name for alias, name in found.items() if name in theirs}
    same = {alias: alias for alias in ours if alias in theirs}
    if not same and len(ours) == len(theirs) == 1:
        return {next(iter(ours)): next(iter(theirs))}
    return same


def making_of(name: str, alias: str, manifest: Manifest | None) -> Making:
    """The origin of a field's published values, as the manifest states it."""
    rows = manifest.data["fields"] if manifest is not None else ()
    found = next((row for row in rows if row["name"] == name and alias in row["sources"]), None)
    if found is None:
        return Making("forms", shows="form")
    action = found["action"]
    parameters = {row["name"]: row["value"] for row in found["parameters"]}
    if action == "keep" or (action == "generalize" and parameters["level"] in ("0", "local")):
        return Making("forms", shows="form")
    if action == "date_shift":
        return Making("window", days=int(parameters["max_days"]), shows="window")
    if action == "text" or found["key_id"] is not None:
        return Making("hidden", repeats=found["linkable"])
    if action == "prefix":
        return Making("function", shows="prefix")
    formed = action == "bin" or (action == "generalize" and _by_transforms(parameters))
    return Making("function", shows="form" if formed else "")


def _by_transforms(parameters: Mapping[str, str]) -> bool:
    """True for levels that bins alone make; prefixes and periods may look like values."""
    levels = parameters.get("hierarchy", "").split(";")
    return all(level.strip().startswith("bin ") for level in levels)
