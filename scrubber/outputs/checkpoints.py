"""Finished parts of a run: what is done stays done when the run is stopped and started again.

A part is the output of one source with its exact counts. Its record is written when the output is
complete on the disk, and is the part's commit mark. A record counts only if it was made under the
same key, by the same program, for the same rules, detectors, schema and bytes of the source, and if
the output still is what it says: anything else is done again. Records hold exact counts, so they
lie in a folder that only its owner can read, and go when the manifest is sealed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa

from scrubber.errors import ScrubberError
from scrubber.manifest import DATA, Fragment, OutputFacts
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.outputs.base import Draft, Stage
from scrubber.transform.keys import keyed_digest

_FORMAT: Final = "scrubber/part/v5"


@dataclass(frozen=True)
class Part:
    """The output that was written for a source, the account of all its batches together, and the
    digest of the source's bytes under the run's key."""

    output: OutputFacts
    fragment: Fragment
    digest: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A source that cannot be read whole, and is left out as a whole: its alias, and the code of
    the error that says why."""

    source: str
    reason: str


Done = Part | Unread
"""What becomes of a source."""


def identity(work: str, source: str, schema: pa.Schema, data: str, name: str) -> str:
    """The identity of a part: the work, the source, and the name of the output.

    `data` is the digest of the bytes that it is made from.
    """
    shape = sha256(schema.serialize()).hexdigest()
    return sha256(canonical_bytes([work, source, shape, data, name])).hexdigest()


class Parts:
    """The parts of a run, on its stage; `secret` (32 bytes) seals their records."""

    def __init__(self, stage: Stage, secret: bytes) -> None:
        self._stage, self._secret = stage, secret

    def find(self, name: str, identity: Callable[[], str]) -> Part | None:
        """The finished part of this identity, whose output has this name; None if there is none, or
        it is not to be trusted. The identity is asked for only where there is such an output."""
        return self._find(identity()) if self._stage.has(f"{DATA}/{name}") else None

    def _find(self, identity: str) -> Part | None:
        raw = self._stage.record(identity)
        if raw is None:
            return None
        try:
            seal, _, body = raw.partition(b"\n")
            if not hmac.compare_digest(seal, self._seal(body)):
                return None
            part, version = _part(parse_canonical(body), identity)
            return part if self._stage.stands(part.output, version) else None
        except (OSError, ValueError, KeyError, TypeError, ScrubberError):
            return None

    def begin(self, name: str) -> AbstractContextManager[Draft]:
        """A draft to write an output of this name to, until it is kept. What is not kept goes."""
        return self._stage.begin(name)

    def keep(self, identity: str, part: Part, written: Draft) -> None:
        """Move the output to its place and put the part on record; it must have been synced.

        Raises: IncompleteError ``superseded``, ``disk-full``; OutputError ``output-write``.
        """
        version = self._stage.place(written, part.output)
        body = canonical_bytes(
            {
                "format": _FORMAT,
                "identity": identity,
                "output": asdict(part.output),
                "version": version,
                "fragment": part.fragment.to_json(),
                "digest": part.digest,
            }
        )
        self._stage.enter(identity, self._seal(body) + b"\n" + body)

    def _seal(self, body: bytes) -> bytes:
        digest = keyed_digest(self._secret)
        digest.update(body)
        return digest.hexdigest().encode()


def _part(body: Any, identity: str) -> tuple[Part, str]:
    """The part that a record is about, and the version of its output."""
    if body["format"] != _FORMAT or body["identity"] != identity:
        raise ValueError("another record")
    fragment = Fragment.from_json(body["fragment"])
    part = Part(OutputFacts(**body["output"]), fragment, str(body["digest"]))
    return part, str(body["version"])
