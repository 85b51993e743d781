"""Reveal: decrypt values made by `encrypt`, after recording the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as hidden_field
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa

from scrubber import formats
from scrubber.attest.access import Access, write_access
from scrubber.errors import InputError, KeyFault, OutputError, Place, TamperedError
from scrubber.keystore import as_key
from scrubber.manifest import DATA, read_manifest
from scrubber.model.fieldpath import FieldPath
from scrubber.model.layouts import plain
from scrubber.model.opened import Rows, map_leaves
from scrubber.storage import PRIVATE, Location, locate, write_whole
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.encrypt import ENCRYPTED, opener
from scrubber.transform.keys import RootKey

_ENCRYPT = "encrypt"
Open = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Revealed:
    """A decrypted value of `field`, from the `record` (from 1) of `file`. For single values,
    `record` is their position in the argument, and `file` is empty."""

    file: str
    record: int
    field: str
    value: str = hidden_field(repr=False)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A pseudonym, or a text with pseudonyms, and its location."""

    place: Place
    facts: Mapping[str, Any]
    text: str = hidden_field(repr=False)


def reveal(
    output: str | PathLike[str] | Location,
    values: str | Iterable[str] | None = None,
    *,
    field: str | None = None,
    file: str | None = None,
    reason: str,
    key: RootKey | bytes | str,
    domain: str | None = None,
    out: str | PathLike[str] | None = None,
) -> tuple[Revealed, ...]:
    """Decrypt pseudonyms made by ``encrypt``, in the order of the output.

    `output` is the folder of a run. Without `values`, all its pseudonyms are read from the outputs,
    including nested fields and texts. `field` (as named in the manifest) and `file` (as named in
    its source) restrict them. With `values`, only these pseudonyms of the `field` are decrypted; a
    string is a single one. `key` is the key of the run, as for :func:`scrubber.scrub`. `domain` is
    needed only for text operators with a domain of their own. Numbers and texts come back as they
    were, dates and times as ISO 8601, bytes in hex. Null and other values without a pseudonym are
    skipped.

    Before anything is returned, a line with the `reason`, the user and the fields, but without
    values, is added to ``access.jsonl`` beside the manifest. If one value cannot be decrypted, none
    is returned. With `out`, the values are also written as JSON lines to a new file of mode 0600.

    Raises: InputError ``not-encrypted``, ``no-field``, ``no-file``, ``values-or-file``, ``reason``;
    OutputError ``file-exists``, ``out-in-output``, ``output-write``, ``access-write``; KeyFault
    ``key-other`` for a key other than the recorded one; TamperedError ``not-authentic`` for a
    changed pseudonym or one with another key or domain, ``access-form``; the errors of
    :func:`scrubber.read_manifest`.
    """
    root = locate(output)
    target = Path(out) if out is not None else None
    if target is not None:
        _refuse(target, root)
    if values is not None and file is not None:
        raise InputError("values-or-file", "values are of a field, or of a file, not of both")
    secret = as_key(key)
    manifest = read_manifest(root).data
    chosen = _fields(manifest, field)
    for facts in chosen:
        if facts["key_id"] not in (None, secret.id):
            text = f"encrypted under the key {facts['key_id']}, and this is {secret.id}"
            raise KeyFault("key-other", text, place=Place(field=facts["name"]))
    if values is None:
        cells = list(_stored(root, manifest, chosen, file))
    else:
        given = [values] if isinstance(values, str) else list(values)
        if field is None:
            raise InputError("no-field", "values are of a field", hint="name it with --field")
        cells = [
            _Cell(Place(row=number, field=field), chosen[0], text)
            for number, text in enumerate(given, 1)
        ]
    openers = {
        id(facts): [opener(secret, name) for name in _domains(manifest, facts, domain)]
        for facts in chosen
    }
    found = tuple(
        Revealed(
            cell.place.file or "",
            cell.place.row or 0,
            cell.facts["name"],
            _opened(cell, openers[id(cell.facts)], single=values is not None),
        )
        for cell in cells
    )
    pseudonyms = (one for cell in cells for one in ENCRYPTED.findall(cell.text))
    digest = sha256("\n".join(pseudonyms).encode()).hexdigest()
    files = tuple(dict.fromkeys(one.file for one in found if one.file))
    names = tuple(dict.fromkeys(facts["name"] for facts in chosen))
    manifest_id = manifest["header"]["id"]
    write_access(root, manifest_id, Access(names, files, secret.id, reason, digest))
    if target is not None:
        write_whole(target, _json_lines(found), hint="another file", mode=PRIVATE)
    return found


def _refuse(target: Path, output: Location) -> None:
    """Refuse an existing file, or one inside the output."""
    place = Place(file=str(target))
    if target.exists() or target.is_symlink():
        text = "the file exists already"
        raise OutputError("file-exists", text, place=place, hint="another file")
    if isinstance(output, Path) and output.resolve() in target.resolve().parents:
        text = "values cannot be written into the output folder"
        raise OutputError("out-in-output", text, place=place, hint="another folder")


def _json_lines(found: Iterable[Revealed]) -> bytes:
    rows = (
        {"file": one.file, "record": one.record, "field": one.field, "value": one.value}
        for one in found
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _fields(manifest: Mapping[str, Any], name: str | None) -> list[Mapping[str, Any]]:
    """The manifest's facts about the encrypted fields, or those called `name`."""
    named = [facts for facts in manifest["fields"] if name in (None, facts["name"])]
    if not named and name is not None:
        raise InputError("no-field", "the output does not have this field", place=Place(field=name))
    chosen = [
        facts
        for facts in named
        if _ENCRYPT in (facts["action"], *(one["action"] for one in facts["operators"]))
    ]
    if not chosen:
        text = "this field was not encrypted" if name is not None else "no field was encrypted"
        raise InputError(
            "not-encrypted",
            f"{text}, so nothing can be brought back",
            place=Place(field=name),
            hint="scrubber show says what became of each field",
        )
    return chosen


def _domains(
    manifest: Mapping[str, Any], facts: Mapping[str, Any], own: str | None
) -> Sequence[str]:
    """The possible domains of a field's pseudonyms."""
    if facts["action"] == _ENCRYPT:
        return [facts["domain"] or facts["name"]]
    labels = [
        found["entity"]
        for found in manifest["findings"]
        if found["field"] == facts["name"] and found["action"].startswith(_ENCRYPT)
    ]
    labels += [one["entity"] for one in facts["operators"] if one["entity"] is not None]
    # A linked text shows the same pseudonyms as the columns of its record.
    columns = [one["domain"] for one in manifest["fields"] if one["action"] == _ENCRYPT]
    return list(dict.fromkeys(name for name in (own, *labels, *columns) if name))


def _stored(
    root: Location,
    manifest: Mapping[str, Any],
    chosen: Sequence[Mapping[str, Any]],
    file: str | None,
) -> Iterator[_Cell]:
    """All values of these fields in the outputs, or in the output of the source `file`."""
    outputs = [
        one
        for one in manifest["outputs"]["files"]
        if file in (None, one["source"], one["path"], one["path"].removeprefix(f"{DATA}/"))
    ]
    if not outputs:
        text = "the file does not exist among the outputs"
        raise InputError("no-file", text, place=Place(file=file))
    paths = [str(root / one["path"]) for one in outputs]
    if isinstance(root, Path):
        paths = [str(root.resolve() / one["path"]) for one in outputs]
    for path, output in zip(paths, outputs, strict=True):
        (source,) = formats.discover([path])
        schema = formats.schemas([source])[source.alias]
        of_file = [one for one in chosen if output["source"] in one["sources"]] or chosen
        by_name = {one["name"]: one for one in of_file}
        first = 1
        for chunk in formats.read(source, schema):
            yield from _cells(chunk.table, by_name, output["path"], first)
            first += chunk.table.num_rows


def _cells(
    table: pa.Table, by_name: Mapping[str, Mapping[str, Any]], file: str, first: int
) -> list[_Cell]:
    cells: list[_Cell] = []

    def visit(path: FieldPath, array: pa.Array, rows: Rows) -> pa.Array:
        facts = by_name.get(str(path))
        if facts is not None:
            for text, row in zip(readable_values(plain(array)), rows.tolist(), strict=True):
                if isinstance(text, str) and _holds_some(text, facts):
                    cells.append(_Cell(Place(file, first + row, facts["name"]), facts, text))
        return array

    map_leaves(table, visit, table.schema)
    return cells


def _holds_some(text: str, facts: Mapping[str, Any]) -> bool:
    """True if a text contains a pseudonym. A value of an encrypted field is a pseudonym, or was
    changed."""
    encrypted = facts["action"] == _ENCRYPT
    return bool(text.strip()) if encrypted else ENCRYPTED.search(text) is not None


def _opened(cell: _Cell, openers: Sequence[Open], *, single: bool) -> str:
    """The decrypted value of a cell by any of `openers`; in a text, all pseudonyms are replaced."""
    if single or cell.facts["action"] == _ENCRYPT:
        return _first(cell, cell.text, openers)
    out, at = [], 0
    for match in ENCRYPTED.finditer(cell.text):
        out += [cell.text[at : match.start()], _first(cell, match[0], openers)]
        at = match.end()
    return "".join([*out, cell.text[at:]])


def _first(cell: _Cell, text: str, openers: Sequence[Open]) -> str:
    for open_ in openers:
        value = open_(text)
        if value is not None:
            return value
    raise TamperedError(
        "not-authentic",
        "this does not open: it was changed, or is of another key or domain",
        place=cell.place,
        hint="nothing is revealed",
    )
