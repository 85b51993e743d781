"""The access log beside the manifest: disclosures of encrypted values, with user, time and reason.

A line is canonical JSON. Its id is a digest of the line, and it names the id of the previous line;
the first line names the id of the manifest. So changed, removed or inserted lines are detected. The
log holds no values. Anyone with write access can truncate or rewrite the whole file; keep a copy
elsewhere if that matters.
"""

from __future__ import annotations

import fcntl
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from scrubber import storage
from scrubber._version import __version__
from scrubber.errors import InputError, OutputError, Place, TamperedError
from scrubber.manifest.beside import ACCESS
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.storage import LargeFile, Location, MissingFile, UnfitFile, read_small
from scrubber.storage.atomic import rewrite_end

_MOST = 64 << 20  # bytes
LONGEST_REASON: Final = 500  # code points
_BEGINNING: Final = b'{"at":"'  # of each line
_KEYS = frozenset("at by digest fields files id key_id previous reason tool".split())


@dataclass(frozen=True, slots=True)
class Access:
    """A disclosure of `fields` of `files` (none: single values), under the key `key_id`. `digest`
    is the SHA-256 of the pseudonyms as written in the output."""

    fields: tuple[str, ...]
    files: tuple[str, ...]
    key_id: str
    reason: str
    digest: str


def read_access(root: Location, manifest: str) -> tuple[Mapping[str, Any], ...]:
    """The lines of the log beside the manifest with the id `manifest`; none without a log.

    Raises: TamperedError ``access-form`` unless each line is complete and names the previous one.
    """
    try:
        raw = read_small(root / ACCESS, _MOST).content
    except MissingFile:
        return ()
    except (LargeFile, UnfitFile):
        raise _malformed() from None
    return _parsed(raw, manifest)


def write_access(root: Location, manifest: str, access: Access) -> None:
    """Append a line to the log and sync it to disk; a new file has mode 0600.

    Raises: InputError ``reason`` for an empty or too long reason, TamperedError ``access-form`` for
    a log that is not intact, OutputError ``access-write``.
    """
    if not access.reason.strip() or len(access.reason) > LONGEST_REASON:
        text = f"a reason of at most {LONGEST_REASON} characters is needed"
        raise InputError("reason", text, hint="--reason 'why the values are needed'")
    path = root / ACCESS
    if isinstance(path, Path):
        _append(path, manifest, access)
        return
    known = read_access(root, manifest)
    line = _line(access, known[-1]["id"] if known else manifest)
    storage.write(str(path), b"".join([*map(_written, known), line]), path.name)
    if _written(read_access(root, manifest)[-1]) != line:
        text = "another access was logged at the same time; nothing was revealed"
        raise OutputError("access-write", text, place=Place(file=ACCESS), hint="try again")


def _append(path: Path, manifest: str, access: Access) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with os.fdopen(os.open(path, flags, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            raw = file.read(_MOST)
            known = _parsed(raw, manifest)
            whole = raw.rfind(b"\n") + 1
            rewrite_end(file, whole, _line(access, known[-1]["id"] if known else manifest))
    except OSError:
        text = "the access cannot be logged, so nothing is revealed"
        raise OutputError("access-write", text, place=Place(file=ACCESS)) from None


def _line(access: Access, previous: str) -> bytes:
    body = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": {"uid": os.getuid(), "user": _user()},
        "digest": access.digest,
        "fields": list(access.fields),
        "files": list(access.files),
        "key_id": access.key_id,
        "previous": previous,
        "reason": access.reason,
        "tool": f"scrubber {__version__}",
    }
    return _written({**body, "id": _id(body)})


def _written(line: Mapping[str, Any]) -> bytes:
    return canonical_bytes(line) + b"\n"


def _id(line: Mapping[str, Any]) -> str:
    """SHA-256 over the line without its id."""
    return sha256(canonical_bytes({k: v for k, v in line.items() if k != "id"})).hexdigest()


def _user() -> str | None:
    """The name of this user according to the system, not to the environment."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return None


def _parsed(raw: bytes, manifest: str) -> tuple[Mapping[str, Any], ...]:
    lines, previous = [], manifest
    half = raw[raw.rfind(b"\n") + 1 :].rstrip(b"\0")
    if not (half.startswith(_BEGINNING) or _BEGINNING.startswith(half)):
        raise _malformed()
    for written in raw.split(b"\n")[:-1]:
        try:
            line = parse_canonical(written)
        except ValueError:
            raise _malformed() from None
        if not isinstance(line, dict) or line.keys() != _KEYS or line["id"] != _id(line):
            raise _malformed()
        if line["previous"] != previous:
            raise _malformed()
        previous = line["id"]
        lines.append(line)
    return tuple(lines)


def _malformed() -> TamperedError:
    text = "the access log was changed"
    return TamperedError("access-form", text, place=Place(file=ACCESS))
