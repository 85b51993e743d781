"""Messages to and from workers on other machines, sealed for this run.

The seal is derived from the run's key, which never travels: each worker resolves the key from its
reference and compares its id. Without a key (nothing is keyed), the seal is random and travels with
the envelope. Nothing is unpickled before its seal is verified. A worker without the seal answers
with an error in JSON.
"""

from __future__ import annotations

import json
import pickle
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scrubber._version import __version__
from scrubber.errors import (
    IncompleteError,
    InputError,
    KeyFault,
    NotAvailable,
    OutputError,
    Place,
    ScrubberError,
    printable,
)
from scrubber.executors.jobs import Job
from scrubber.formats import Source
from scrubber.keystore import resolve_key
from scrubber.pipeline.source import Bench
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.transform.keys import RootKey

_NONCE: Final = 12
_SEALED: Final = b"\1"
_FAULT: Final = b"\2"
_FAULTS: Final = {
    kind.__name__: kind
    for kind in (IncompleteError, InputError, KeyFault, NotAvailable, OutputError)
}
"""Errors that a worker without the seal may report."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Authenticated encryption (AES-256-GCM, RFC 5116) of messages, under a secret of 32 bytes of
    the run."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, key: RootKey | None) -> Seal:
        return cls(key.derive("ray", "") if key is not None else secrets.token_bytes(32))

    def close(self, thing: Any) -> bytes:
        """Pickle and seal `thing`."""
        nonce = secrets.token_bytes(_NONCE)
        return _SEALED + nonce + AESGCM(self.secret).encrypt(nonce, pickle.dumps(thing), None)

    def open(self, raw: bytes) -> Any:
        """Unseal and unpickle `raw`.

        Raises: IncompleteError ``worker-died`` for anything that was not sealed.
        """
        nonce, body = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
        try:
            if raw[:1] != _SEALED:
                raise InvalidTag
            plain = AESGCM(self.secret).decrypt(nonce, body, None)
        except (InvalidTag, ValueError):
            raise lost("what came through Ray was not sealed by this run") from None
        return pickle.loads(plain)


@dataclass(frozen=True)
class Envelope:
    """The arguments of a worker: `work` is the sealed work with the distinct schemas, `key` the
    reference of the key, `key_id` its required id, and `seal` the secret of a run without a key."""

    version: str
    key: KeyRef | None
    key_id: str | None
    seal: Seal | None = field(repr=False)
    work: bytes = field(repr=False)

    @classmethod
    def around(cls, bench: Bench, schemas: Sequence[pa.Schema], seal: Seal) -> Envelope:
        work, key = bench.planned, bench.key
        reference = work.plan.key if work is not None and key is not None else None
        if key is not None and (reference is None or resolve_key(reference) != key):
            raise KeyFault(
                "key-by-value",
                "on Ray every worker resolves the key itself, so that it never travels",
                hint="name it in the rules (key: {env: …}) and provide it on every node",
            )
        if reference is not None and reference.source is KeySource.FILE:
            path = Path(reference.name)
            kept = reference.name if reference.name.startswith("~") else str(path.absolute())
            reference = replace(reference, name=kept)
        contents = seal.close((work, tuple(schemas)))
        if key is None:
            return cls(__version__, None, None, seal, contents)
        return cls(__version__, reference, key.id, None, contents)

    def opened(self) -> tuple[Bench, tuple[pa.Schema, ...], Seal]:
        """The bench of a worker, the schemas numbered by slips, and the seal of the run.

        Raises: KeyFault, also ``key-differs``; OutputError ``storage-not-shared``; IncompleteError
        ``version-differs``.
        """
        if self.version != __version__:
            text = "a node of the cluster has another version of scrubber"
            raise IncompleteError("version-differs", text, hint=f"it needs {self.version}")
        key = resolve_key(self.key) if self.key is not None else None
        if key is not None and key.id != self.key_id:
            raise KeyFault("key-differs", "a node of the cluster has another key than the run")
        seal = self.seal or Seal.of(key)
        work, schemas = seal.open(self.work)
        if work is not None and not work.stage.is_seen():
            raise OutputError(
                "storage-not-shared",
                "a worker does not see the folder of the output",
                hint="on a cluster, inputs and outputs lie where all nodes have them",
            )
        return Bench(work, key), schemas, seal


class Slips:
    """Requests in transit, with the number of their schema among the distinct ones."""

    def __init__(self, requests: Sequence[Job[Any]]) -> None:
        self.schemas: list[pa.Schema] = []
        self._numbers: dict[bytes, int] = {}
        self._slips = [self._slip(request) for request in requests]

    def sealed(self, seal: Seal) -> list[bytes]:
        return [seal.close(slip) for slip in self._slips]

    def _slip(self, request: Any) -> tuple[Any, int | None]:
        placed = replace(request, source=_at_its_place(request.source))
        schema = getattr(request, "schema", None)
        if schema is None:
            return placed, None
        number = self._numbers.setdefault(schema.serialize().to_pybytes(), len(self.schemas))
        if number == len(self.schemas):
            self.schemas.append(schema)
        return replace(placed, schema=None), number


def request_of(slip: bytes, schemas: Sequence[pa.Schema], seal: Seal) -> Any:
    """The request on a slip.

    Raises: the errors of :meth:`Seal.open`.
    """
    request, number = seal.open(slip)
    return request if number is None else replace(request, schema=schemas[number])


def _at_its_place(source: Source) -> Source:
    """The source with a path that does not depend on the working directory."""
    if source.facts is not None:
        return source
    return replace(source, path=str(Path(source.path).absolute()))


def lost(text: str, place: Place | None = None) -> IncompleteError:
    hint = "perhaps out of memory: see ray status"
    return IncompleteError("worker-died", text, place=place, hint=hint)


def fault(error: ScrubberError) -> bytes:
    """The answer of a worker without the seal."""
    body = {
        "kind": type(error).__name__,
        "code": error.code,
        "text": error.text,
        "hint": error.hint,
        "place": asdict(error.place) if error.place is not None else None,
    }
    return _FAULT + json.dumps(body).encode()


def answer_of(raw: bytes, seal: Seal) -> Any:
    """The answer of a worker: a result, or a ScrubberError.

    Raises: the errors of :meth:`Seal.open`.
    """
    return _fault_of(raw[1:]) if raw[:1] == _FAULT else seal.open(raw)


def _fault_of(raw: bytes) -> ScrubberError:
    """The reported error. Anyone on the cluster may have sent it, so it is used as a text only."""
    try:
        body = json.loads(raw)
        kind, code, text, hint = (str(body[name]) for name in ("kind", "code", "text", "hint"))
        place = body["place"]
        where = Place(file=str(place["file"])) if place and place["file"] else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return lost("what came through Ray is no answer")
    made = _FAULTS.get(kind, IncompleteError)
    return made(printable(code), printable(text), place=where, hint=printable(hint))
