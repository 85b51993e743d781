"""Finished parts of a run: what is done stays done when the run is stopped and started again.

A part is the output of one source with its exact counts. Its record is written when the output is
complete on the disk, and is the part's commit mark. A record counts only if it was made under the
same key, by the same program, for the same rules, detectors, schema and bytes of the source, and if
the output still is what it says: anything else is done again. Records hold exact counts, so they
lie in a folder that only its owner can read, and go when the manifest is sealed.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from scrubber.engine.record import Account, facts_of
from scrubber.engine.staging import sync_folder
from scrubber.errors import ScrubberError
from scrubber.manifest import Ledger, OutputFacts, RunFacts, work_id
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.transform.keys import keyed_digest

_FORMAT: Final = "scrubber/part/v1"
_NO_CLOCK: Final = RunFacts(created="1970-01-01T00:00:00Z", id="0" * 16, duration_ms=0, workers=1)


@dataclass(frozen=True)
class Part:
    """The output that was written for a source, and the account of its batches."""

    output: OutputFacts
    ledger: Ledger


def identity(
    account: Account, alias: str, schema: pa.Schema, data: Sequence[str], name: str
) -> str:
    """What tells a part from any other: the work, whatever the data, and the source.

    The work is what a manifest of `account` states before there is a record: rules, detectors, key
    and program. `data` are the digests of the files that it is made from, `name` is its output's.
    """
    work = work_id(facts_of(account, _NO_CLOCK))
    shape = sha256(schema.serialize()).hexdigest()
    return sha256(canonical_bytes([work, alias, shape, data, name])).hexdigest()


class Parts:
    """The parts in `folder`, whose outputs lie below `output`; `secret` (32 bytes) seals them."""

    def __init__(self, folder: Path, output: Path, secret: bytes) -> None:
        self._folder, self._output, self._secret = folder, output, secret

    def find(self, identity: str) -> Part | None:
        """The finished part of this identity; None if there is none, or it is not to be trusted."""
        try:
            raw = self._path(identity).read_bytes()
            seal, _, body = raw.partition(b"\n")
            if not hmac.compare_digest(seal, self._seal(body)):
                return None
            part = _part(parse_canonical(body), identity)
            return part if part is not None and self._stands(part.output) else None
        except (OSError, ValueError, KeyError, TypeError, ScrubberError):
            return None

    def keep(self, identity: str, part: Part) -> None:
        """Put the part on record; its output must have been written and synced before."""
        body = canonical_bytes(
            {
                "format": _FORMAT,
                "identity": identity,
                "output": asdict(part.output),
                "ledger": part.ledger.to_bytes().decode(),
            }
        )
        sync_folder((self._output / part.output.path).parent)
        path = self._path(identity)
        unfinished = path.with_suffix(".unfinished")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(self._seal(body) + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(self._folder)

    def clear(self, kept: set[str]) -> None:
        """Remove every file below the output but those of the relative paths `kept`."""
        for path in sorted(self._output.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):  # it holds what is kept
                    path.rmdir()
            elif path.relative_to(self._output).as_posix() not in kept:
                path.unlink()

    def _stands(self, output: OutputFacts) -> bool:
        path = self._output / output.path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != output.bytes:
                return False
            return file_digest(file, sha256).hexdigest() == output.sha256

    def _seal(self, body: bytes) -> bytes:
        digest = keyed_digest(self._secret)
        digest.update(body)
        return digest.hexdigest().encode()

    def _path(self, identity: str) -> Path:
        return self._folder / identity


def _part(body: Any, identity: str) -> Part | None:
    if body["format"] != _FORMAT or body["identity"] != identity:
        return None
    return Part(OutputFacts(**body["output"]), Ledger.from_bytes(body["ledger"].encode()))
