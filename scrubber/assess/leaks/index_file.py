"""The file of a leak index: a header line in JSON, sorted fingerprints, and a seal.

The bytes depend on the fingerprints and the settings alone. The seal is HMAC-SHA256 of all bytes
before it, under a key derived from that of the index.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from scrubber.assess.leaks.prints import PURPOSE, Marks, Prints, index_key
from scrubber.errors import InputError, KeyFault, Place, TamperedError, printable
from scrubber.storage import PRIVATE, UnfitFile, read_small
from scrubber.storage.atomic import write_whole
from scrubber.transform.keys import RootKey

MAGIC: Final = b"scrubber/leak-index/v1\n"
_SEAL: Final = 32
_WIDTH: Final = 8


@dataclass(frozen=True, eq=False)
class LeakIndex:
    """An index as it is read: fingerprints of values by kind, those of runs of words, and the last
    day on which the file may exist."""

    values: Mapping[str, Marks] = field(repr=False)
    runs: Marks = field(repr=False)
    delete_by: date
    key_id: str

    @property
    def size(self) -> int:
        """The number of fingerprints of values."""
        return sum(map(len, self.values.values()))


def write_index(path: Path, prints: Prints, delete_by: date, key: RootKey) -> None:
    """Write the index of a run under its key to a file with mode 0600, in place of an earlier one.

    Raises: the errors of :func:`~scrubber.storage.atomic.write_whole`.
    """
    own = index_key(key)
    put_index(path, LeakIndex(prints.values, prints.rare_runs(), delete_by, own.id), own)


def put_index(path: Path, index: LeakIndex, key: RootKey) -> None:
    """Write `index` under its own key to a file with mode 0600, in place of an earlier one.

    Raises: the errors of :func:`~scrubber.storage.atomic.write_whole`.
    """
    content = sealed(index, key)
    write_whole(path, content, replace=lambda _: None, mode=PRIVATE, parents=True)


def is_index(path: Path) -> bool:
    """True if the file at `path` begins like a leak index."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def sealed(index: LeakIndex, key: RootKey) -> bytes:
    """The bytes of the file, under the key of the index."""
    header = {
        "delete_by": index.delete_by.isoformat(),
        "key_id": key.id,
        "kinds": {kind: len(marks) for kind, marks in sorted(index.values.items())},
        "runs": len(index.runs),
    }
    parts = [index.values[kind] for kind in header["kinds"]] + [index.runs]  # type: ignore[attr-defined]
    body = b"".join(marks.astype("<u8").tobytes() for marks in parts)
    content = MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n" + body
    return content + _seal(content, key)


def read_index(path: Path, key: RootKey, today: date) -> tuple[LeakIndex, RootKey]:
    """The index in the file at `path`, and its own key. `key` is that key, or the key of the run.

    Raises: InputError ``not-an-index``, ``index-exposed`` (readable by others), ``index-expired``
    (the day on which it had to be deleted is over), ``input-unreadable``; KeyFault ``key-other``;
    TamperedError ``index-damaged`` for changed or missing bytes.
    """
    place = Place(file=str(path))
    try:
        raw = read_small(path, path.stat().st_size)
    except (OSError, UnfitFile):
        raise InputError("input-unreadable", "the index cannot be read", place=place) from None
    if not raw.content.startswith(MAGIC):
        raise InputError("not-an-index", "this file is no leak index", place=place)
    if raw.mode & 0o077:
        text = "the index is readable by others"
        raise InputError(
            "index-exposed", text, place=place, hint=f"chmod 600 {printable(str(path))}"
        )
    header, begin = _header(raw.content, place)
    own = next((one for one in (key, index_key(key)) if one.id == header.get("key_id")), None)
    if own is None:
        text = "the index was made with another key"
        raise KeyFault("key-other", text, hint="--key takes the key of the run, or that of probes")
    content, seal = raw.content[:-_SEAL], raw.content[-_SEAL:]
    if not hmac.compare_digest(seal, _seal(content, own)):
        raise _damaged(place)
    index = _parsed(header, content[begin:], place)
    if index.delete_by < today:
        text = f"the index had to be deleted by {index.delete_by}"
        raise InputError("index-expired", text, place=place, hint="delete the file")
    return index, own


def _header(content: bytes, place: Place) -> tuple[dict[str, Any], int]:
    end = content.find(b"\n", len(MAGIC))
    try:
        header = json.loads(content[len(MAGIC) : end]) if end > 0 else None
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise _damaged(place)
    return header, end + 1


def _parsed(header: Mapping[str, Any], body: bytes, place: Place) -> LeakIndex:
    try:
        numbers = np.frombuffer(body, "<u8").astype(np.uint64)
        values, at = {}, 0
        for kind, size in header["kinds"].items():
            values[str(kind)] = numbers[at : at + size]
            at += size
        day = date.fromisoformat(header["delete_by"])
        if len(numbers) != at + header["runs"]:
            raise _damaged(place)
        return LeakIndex(values, numbers[at:], day, header["key_id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(place) from None


def _damaged(place: Place) -> TamperedError:
    text = "the index is damaged: bytes were changed or are missing"
    return TamperedError("index-damaged", text, place=place)


def _seal(content: bytes, key: RootKey) -> bytes:
    return hmac.new(key.derive(PURPOSE, "file"), content, sha256).digest()
