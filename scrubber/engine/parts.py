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
import secrets
import shutil
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pyarrow as pa

from scrubber.engine.record import Account, Unread, facts_of
from scrubber.engine.staging import Stage, sync_folder, writing
from scrubber.errors import OutputError, Place, ScrubberError
from scrubber.manifest import Ledger, OutputFacts, RunFacts, work_id
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.policy import Rules
from scrubber.policy.plan import Plan
from scrubber.transform.keys import RootKey, keyed_digest

_FORMAT: Final = "scrubber/part/v2"
_NO_CLOCK: Final = RunFacts(created="1970-01-01T00:00:00Z", id="0" * 16, duration_ms=0, workers=1)


@dataclass(frozen=True)
class Part:
    """The output that was written for a source, the account of its batches, and the digest of the
    source's bytes under the run's key."""

    output: OutputFacts
    ledger: Ledger
    digest: str


Done = Part | Unread
"""What becomes of a source."""


def work_ids(rules: Rules, plan: Plan, key: RootKey | None) -> dict[str, str]:
    """What tells the work on each source (by alias) from any other, whatever the data.

    It is what a manifest of that source alone states before there is a record: rules, detectors,
    key and program.
    """
    known: dict[str, str] = {}
    for table, sources in plan.kinds.items():
        alone = replace(plan, tables=(("", table),))
        work = work_id(facts_of(Account(rules, alone, key, (), ()), _NO_CLOCK))
        known.update(dict.fromkeys(sources, work))
    return known


def identity(work: str, source: str, schema: pa.Schema, data: str, name: str) -> str:
    """What tells a part from any other: the work, the source, and the name of the output.

    `data` is the digest of the bytes that it is made from.
    """
    shape = sha256(schema.serialize()).hexdigest()
    return sha256(canonical_bytes([work, source, shape, data, name])).hexdigest()


class Parts:
    """The parts of a run, on its stage; `secret` (32 bytes) seals their records."""

    def __init__(self, stage: Stage, secret: bytes) -> None:
        self._stage, self._secret = stage, secret

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

    @contextlib.contextmanager
    def begin(self, name: str) -> Iterator[Path]:
        """A place to write an output of this name to, until it is kept: no other attempt at the
        same part, on whatever machine, writes there. What is not kept goes."""
        folder = self._stage.unfinished / secrets.token_hex(16)
        with writing(name):
            folder.mkdir()
        try:
            yield folder / PurePosixPath(name).name
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, identity: str, part: Part, written: Path) -> None:
        """Move the output to its place and put the part on record; it must have been synced.

        Errors: IncompleteError ``superseded``, ``disk-full``; OutputError ``output-write``.
        """
        body = canonical_bytes(
            {
                "format": _FORMAT,
                "identity": identity,
                "output": asdict(part.output),
                "ledger": part.ledger.to_bytes().decode(),
                "digest": part.digest,
            }
        )
        output, record = self._stage.output / part.output.path, self._path(identity)
        unfinished = written.with_name("record")
        with writing(part.output.path):
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(self._seal(body) + b"\n" + body)
                file.flush()
                os.fsync(file.fileno())
            output.parent.mkdir(parents=True, exist_ok=True)
            self._stage.refuse_superseded()
            written.replace(output)
            sync_folder(output.parent)
            unfinished.replace(record)
            sync_folder(record.parent)

    def clear(self, kept: Collection[str]) -> None:
        """Remove every file below the output but those of the relative paths `kept`."""
        for path in sorted(self._stage.output.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):  # it holds what is kept
                    path.rmdir()
            elif path.is_symlink() or path.relative_to(self._stage.output).as_posix() not in kept:
                path.unlink()

    def check(self, part: Part) -> None:
        """The part's output lies where this process sees it, and is whole as far as its size tells.

        Errors: OutputError ``part-missing``.
        """
        try:
            size = (self._stage.output / part.output.path).lstat().st_size
        except OSError:
            size = -1
        if size != part.output.bytes:
            raise OutputError(
                "part-missing",
                "an output that a worker finished is not there",
                place=Place(file=part.output.path),
                hint="all workers need the folder of the output, at the same path",
            )

    def _stands(self, output: OutputFacts) -> bool:
        path = self._stage.output / output.path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != output.bytes:
                return False
            return file_digest(file, sha256).hexdigest() == output.sha256

    def _seal(self, body: bytes) -> bytes:
        digest = keyed_digest(self._secret)
        digest.update(body)
        return digest.hexdigest().encode()

    def _path(self, identity: str) -> Path:
        return self._stage.parts / identity


def _part(body: Any, identity: str) -> Part | None:
    if body["format"] != _FORMAT or body["identity"] != identity:
        return None
    ledger = Ledger.from_bytes(body["ledger"].encode())
    return Part(OutputFacts(**body["output"]), ledger, str(body["digest"]))
