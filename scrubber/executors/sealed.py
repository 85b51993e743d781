"""What travels to workers on other machines, and what comes back: sealed under the run's key.

The key itself never travels: each worker resolves it from its reference, and proves by its id that
it is the run's. Without a key (nothing keyed is asked for) what travels is not sealed.
"""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scrubber._version import __version__
from scrubber.errors import IncompleteError, KeyFault, OutputError, Place, ScrubberError
from scrubber.executors.queries import Look
from scrubber.formats import Source
from scrubber.keystore import resolve_key
from scrubber.pipeline.source import Bench, Task, Work
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.transform.keys import RootKey

_NONCE: Final = 12
_PLAIN: Final = b"\0"
_CIPHER: Final = b"\1"


@dataclass(frozen=True)
class Envelope:
    """What a worker is made with: `work` is the sealed work and the distinct schemas, `key` where
    its key is to be had and `key_id` which one that must be."""

    version: str
    key: KeyRef | None
    key_id: str | None
    work: bytes = field(repr=False)

    @classmethod
    def around(
        cls, work: Work | None, schemas: Sequence[pa.Schema], key: RootKey | None
    ) -> Envelope:
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
        contents = sealed((work, tuple(schemas)), key)
        return cls(__version__, reference, key.id if key is not None else None, contents)

    def opened(self) -> tuple[Bench, tuple[pa.Schema, ...]]:
        """The bench of a worker, and the schemas that slips number.

        Errors: KeyFault, also ``key-differs``; OutputError ``storage-not-shared``; IncompleteError
        ``version-differs``.
        """
        if self.version != __version__:
            text = "a node of the cluster has another version of scrubber"
            raise IncompleteError("version-differs", text, hint=f"it needs {self.version}")
        key = resolve_key(self.key) if self.key is not None else None
        if key is not None and key.id != self.key_id:
            raise KeyFault("key-differs", "a node of the cluster has another key than the run")
        work, schemas = unsealed(self.work, key)
        if work is not None and not work.stage.is_seen():
            raise OutputError(
                "storage-not-shared",
                "a worker does not see the folder of the output",
                hint="on a cluster, inputs and outputs lie where all nodes have them",
            )
        return Bench(work, key), schemas


class Slips:
    """Requests as they travel: with the number of their schema among the distinct ones."""

    def __init__(self, requests: Sequence[Task | Look[Any]]) -> None:
        self.schemas: list[pa.Schema] = []
        self._numbers: dict[bytes, int] = {}
        self._slips = [self._slip(request) for request in requests]

    def sealed(self, key: RootKey | None) -> list[bytes]:
        return [sealed(slip, key) for slip in self._slips]

    def _slip(self, request: Any) -> tuple[Any, int | None]:
        placed = replace(request, source=_at_its_place(request.source))
        schema = getattr(request, "schema", None)
        if schema is None:
            return placed, None
        number = self._numbers.setdefault(schema.serialize().to_pybytes(), len(self.schemas))
        if number == len(self.schemas):
            self.schemas.append(schema)
        return replace(placed, schema=None), number


def request_of(slip: bytes, schemas: Sequence[pa.Schema], key: RootKey | None) -> Any:
    """The request on a slip."""
    request, number = unsealed(slip, key)
    return request if number is None else replace(request, schema=schemas[number])


def _at_its_place(source: Source) -> Source:
    """The source by a path that does not depend on where a process was started."""
    if source.facts is not None:
        return source
    return replace(source, path=str(Path(source.path).absolute()))


def lost(text: str, place: Place | None = None) -> IncompleteError:
    hint = "out of memory? ray status tells"
    return IncompleteError("worker-died", text, place=place, hint=hint)


def sealed(thing: Any, key: RootKey | None) -> bytes:
    """`thing` pickled, and encrypted (AES-256-GCM, RFC 5116) under a key derived from the run's."""
    plain = pickle.dumps(thing)
    if key is None:
        return _PLAIN + plain
    nonce = secrets.token_bytes(_NONCE)
    return _CIPHER + nonce + AESGCM(key.derive("ray", "")).encrypt(nonce, plain, None)


def unsealed(raw: bytes, key: RootKey | None) -> Any:
    """What was sealed. A worker that has no key yet can answer with an error alone.

    Errors: IncompleteError ``worker-died`` for what was not sealed under this key.
    """
    mark, rest = raw[:1], raw[1:]
    if mark == _PLAIN:
        thing = pickle.loads(rest)
        if key is None or isinstance(thing, ScrubberError):
            return thing
    elif key is not None:
        nonce, sealed = rest[:_NONCE], rest[_NONCE:]
        with suppress(InvalidTag):
            return pickle.loads(AESGCM(key.derive("ray", "")).decrypt(nonce, sealed, None))
    raise lost("what came through Ray was not sealed by this run")
