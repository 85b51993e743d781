"""Manifest: the sealed record, as exact bytes and as the mapping that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from types import MappingProxyType
from typing import Any, Final

from scrubber.errors import IncompleteError, InputError, Place, TamperedError
from scrubber.manifest.canonical import canonical_bytes, manifest_id, parse_canonical
from scrubber.manifest.declared import contradiction
from scrubber.manifest.schema import validate
from scrubber.manifest.statement import SCHEMA
from scrubber.storage import LargeFile, Location, UnfitFile, locate, read_small

FILE_NAME: Final = "manifest.json"
DATA: Final = "data"
"""The folder of an output that holds the scrubbed files."""
_FAMILY: Final = b"scrubber/manifest/"  # what the schema of every version begins with
_VERSION: Final = re.compile(r"scrubber/manifest/v[1-9][0-9]?")
_MAX_BYTES: Final = 512 * 1024 * 1024
"""Much more than 100,000 shards need (82 MB for 20 fields): a limit against what is no manifest."""


class Manifest:
    """A sealed manifest: immutable, equal by its bytes, and printed as its id alone.

    Built by ``seal`` or read by :func:`read_manifest`; both check the form.
    """

    __slots__ = ("_bytes", "_data", "_id")

    def __init__(self, data: Mapping[str, Any]) -> None:
        """From `data` with its right id. Raises: as :meth:`from_bytes`, and ValueError for what
        canonical JSON cannot hold."""
        raw = canonical_bytes(data)
        self._take(raw, parse_canonical(raw))

    def _take(self, raw: bytes, data: Any) -> None:
        check_form(data)
        if data["header"]["id"] != manifest_id(data):
            raise TamperedError("manifest-id", "the manifest's id is not that of its content")
        self._bytes = raw
        self._data: Mapping[str, Any] = _frozen(data)
        self._id: str = data["header"]["id"]

    @classmethod
    def from_bytes(cls, raw: bytes) -> Manifest:
        """The manifest with exactly these bytes.

        Raises: TamperedError ``manifest-form`` if they are not canonical JSON (duplicate keys and
        floats included), ``manifest-schema`` if a section is not as the schema says,
        ``manifest-id`` if the id is not that of the content; InputError ``manifest-version`` for
        another version of the schema.
        """
        self = cls.__new__(cls)
        self._take(raw, parse_manifest(raw))
        return self

    @property
    def data(self) -> Mapping[str, Any]:
        """The sections, read-only; lists are tuples."""
        return self._data

    @property
    def id(self) -> str:
        """SHA-256 of the canonical bytes without the id and the ``run`` section."""
        return self._id

    def to_bytes(self) -> bytes:
        """The canonical bytes (RFC 8785): what the file holds."""
        return self._bytes

    def to_json(self) -> dict[str, Any]:
        """The sections as fresh dicts and lists."""
        fresh: dict[str, Any] = parse_canonical(self._bytes)
        return fresh

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Manifest) and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return f"Manifest(id={self._id[:16]})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Manifest.from_bytes, (self._bytes,))


def read_manifest(path: str | PathLike[str] | Location) -> Manifest:
    """The manifest at `path`, local or a URL: the file, or the output folder that holds
    ``manifest.json``.

    Raises: IncompleteError ``no-manifest`` if there is none (a run that was cut short publishes
    none), InputError ``not-a-manifest`` for a file outside an output that is something else,
    TamperedError as in :meth:`Manifest.from_bytes`.
    """
    place = locate(path)
    raw = read_bytes(place)
    if _FAMILY not in raw and not place.is_dir():
        text = "this file is not a manifest of scrubber"
        raise InputError("not-a-manifest", text, place=Place(file=place.name))
    return Manifest.from_bytes(raw)


def read_bytes(path: Location) -> bytes:
    """The bytes of the manifest at `path` (a file or its folder); errors as read_manifest's."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        return read_small(file, _MAX_BYTES).content
    except LargeFile:
        raise TamperedError("manifest-form", "the manifest is larger than 512 MiB") from None
    except UnfitFile as unfit:
        raise IncompleteError(
            "no-manifest",
            f"no readable manifest: {unfit.reason}",
            place=Place(file=file.name),
            hint="an interrupted run publishes none",
        ) from None


def parse_manifest(raw: bytes) -> Any:
    """The JSON value of `raw`; TamperedError ``manifest-form`` unless it is canonical."""
    try:
        return parse_canonical(raw)
    except ValueError as fault:
        # The text is canonical.py's own and quotes nothing of the file.
        raise TamperedError("manifest-form", f"the manifest is {fault}") from None


def check_form(data: Any) -> None:
    """Raise InputError ``manifest-version`` or TamperedError ``manifest-schema`` unless `data` is a
    manifest of this version."""
    header = data.get("header") if isinstance(data, dict) else None
    version = header.get("schema") if isinstance(header, dict) else None
    if version != SCHEMA:
        text = f"this is not a manifest of version {SCHEMA}"
        if isinstance(version, str) and _VERSION.fullmatch(version):
            raise InputError("manifest-version", text, hint="scrubber --version")
        raise TamperedError("manifest-schema", text)
    problem = next(iter(validate(data)), None) or contradiction(data)
    if problem:
        raise TamperedError("manifest-schema", f"the manifest's form is wrong at {problem}")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value
