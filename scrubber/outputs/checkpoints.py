"""Finished parts of a run, kept when the run is stopped and started again.

A part is the output of one source with its exact counts. Its record, written once the output is
complete on disk, commits the part. A record is valid for the same key, program, rules, detectors,
schema and bytes of the source, and only if the output is unchanged; otherwise the part is repeated.
Records hold exact counts, so their folder is readable by its owner only, and they are removed when
the manifest is sealed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa

from scrubber.assess.leaks.prints import Prints
from scrubber.errors import ScrubberError
from scrubber.manifest import DATA, Fragment, OutputFacts
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.outputs.base import Draft, Stage
from scrubber.transform.keys import keyed_digest

_FORMAT: Final = "scrubber/part/v6"


@dataclass(frozen=True)
class Part:
    """The output of a source, the combined account of its batches, the digest of the source's
    bytes under the run's key, and the fingerprints for a leak index, if any."""

    output: OutputFacts
    fragment: Fragment
    digest: str
    prints: Prints | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unread:
    """An unreadable source, omitted as a whole: its alias, and the error code of the reason."""

    source: str
    reason: str


Done = Part | Unread
"""The result for a source."""


def identity(work: str, source: str, schema: pa.Schema, data: str, name: str) -> str:
    """The identity of a part: the work, the source, and the name of the output.

    `data` is the digest of the source's bytes.
    """
    shape = sha256(schema.serialize()).hexdigest()
    return sha256(canonical_bytes([work, source, shape, data, name])).hexdigest()


class Parts:
    """The parts of a run on its stage; `secret` (32 bytes) seals their records."""

    def __init__(self, stage: Stage, secret: bytes) -> None:
        self._stage, self._secret = stage, secret

    def find(self, name: str, identity: Callable[[], str]) -> Part | None:
        """The finished part of this identity with an output of this name; None if it is missing or
        invalid. The identity is computed only if such an output exists."""
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
        """A draft for an output of this name, until :meth:`keep`. Otherwise it is removed."""
        return self._stage.begin(name)

    def keep(self, identity: str, part: Part, written: Draft) -> None:
        """Move the output to its place and record the part. The output must have been synced.

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
                "prints": None if part.prints is None else part.prints.to_json(),
            }
        )
        self._stage.enter(identity, self._seal(body) + b"\n" + body)

    def _seal(self, body: bytes) -> bytes:
        digest = keyed_digest(self._secret)
        digest.update(body)
        return digest.hexdigest().encode()


def _part(body: Any, identity: str) -> tuple[Part, str]:
    """The part in a record, and the version of its output."""
    if body["format"] != _FORMAT or body["identity"] != identity:
        raise ValueError("another record")
    fragment = Fragment.from_json(body["fragment"])
    prints = None if body["prints"] is None else Prints.from_json(body["prints"])
    part = Part(OutputFacts(**body["output"]), fragment, str(body["digest"]), prints)
    return part, str(body["version"])
