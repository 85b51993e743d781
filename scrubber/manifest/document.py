"""Manifest: the sealed record, as exact bytes and as a mapping."""

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
"""The folder of an output with the scrubbed files."""
_FAMILY: Final = b"scrubber/manifest/"  # the prefix of the schema of all versions
_VERSION: Final = re.compile(r"scrubber/manifest/v[1-9][0-9]?")
_MAX_BYTES: Final = 512 * 1024 * 1024
"""Far above the need of 100,000 shards (82 MB for 20 fields), as a limit for other files."""


class Manifest:
    """A sealed manifest: immutable, equal by its bytes, with its id as its repr.

    Made by ``seal`` or read by :func:`read_manifest`; both check its form.
    """

    __slots__ = ("_bytes", "_data", "_id")

    def __init__(self, data: Mapping[str, Any]) -> None:
        """A manifest from `data`, with its id computed.

        Raises: the errors of :meth:`from_bytes`; ValueError for values that canonical JSON cannot
        hold.
        """
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

        Raises: TamperedError ``manifest-form`` for anything but canonical JSON (duplicate keys and
        floats included), ``manifest-schema`` for a section that violates the schema,
        ``manifest-id`` for a wrong id; InputError ``manifest-version`` for another version of the
        schema.
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
        """The canonical bytes (RFC 8785), as in the file."""
        return self._bytes

    def to_json(self) -> dict[str, Any]:
        """The sections as new dicts and lists."""
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
    """Read the manifest at `path` (local or a URL): a file, or an output folder with
    ``manifest.json``.

    Raises: IncompleteError ``no-manifest`` if there is none (a run that ended early publishes
    none); InputError ``not-a-manifest`` for any other file outside of an output; TamperedError, as
    in :meth:`Manifest.from_bytes`.
    """
    place = locate(path)
    raw = read_bytes(place)
    if _FAMILY not in raw and not place.is_dir():
        text = "this file is not a manifest of scrubber"
        raise InputError("not-a-manifest", text, place=Place(file=place.name))
    return Manifest.from_bytes(raw)


def read_bytes(path: Location) -> bytes:
    """The bytes of the manifest at `path` (a file or its folder).

    Raises: the errors of :func:`read_manifest`.
    """
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
    """The JSON value of `raw`.

    Raises: TamperedError ``manifest-form`` unless it is canonical.
    """
    try:
        return parse_canonical(raw)
    except ValueError as fault:
        # The text comes from canonical.py and quotes nothing of the file.
        raise TamperedError("manifest-form", f"the manifest is {fault}") from None


def check_form(data: Any) -> None:
    """Check that `data` is a manifest of this version.

    Raises: InputError ``manifest-version``, TamperedError ``manifest-schema``.
    """
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
