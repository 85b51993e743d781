"""On a Ray cluster, scheduled by Ray Data; the only importer of ray.

Workers read sources and write parts where they run, on storage that all of them share; nothing of
the data passes through Ray but counts and, with ``privacy:``, the labels of quasi-identifiers. What
does pass is sealed under the run's key, where there is one. The key itself never does: each worker
resolves it from its reference. An error comes back as a result, so that Ray neither logs nor
repeats what will fail again; only a lost worker makes Ray try again.
"""

from __future__ import annotations

import logging
import os
import pickle
import secrets
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scrubber._version import __version__
from scrubber.engine.keys import resolve_key
from scrubber.engine.parts import Done, Part
from scrubber.engine.record import Unread
from scrubber.engine.work import Bench, Task, Work
from scrubber.errors import (
    IncompleteError,
    KeyFault,
    NotAvailable,
    OutputError,
    Place,
    ScrubberError,
)
from scrubber.formats import Source
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.transform.keys import RootKey

_ATTEMPTS: Final = 3
"""How often a task is begun whose worker is lost: it may be the task that costs the memory."""
_BLOCKS: Final = 4096
"""Tasks travel in at most so many blocks: Ray's bookkeeping grows with them."""
_NONCE: Final = 12
_PLAIN: Final = b"\0"
_CIPHER: Final = b"\1"

Hear = Callable[[str, int, int], None]


class Ray:
    """Ray's workers: `workers` of them, or one for each CPU of the cluster at `address`.

    Without an address it is the cluster that this program is connected to, or RAY_ADDRESS names, or
    one of this machine alone, for the time of the run. Errors: NotAvailable ``extra-missing``.
    """

    def __init__(self, workers: int | None, address: str | None) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would report to its makers
        try:
            import ray.data  # noqa: F401
        except ImportError:
            raise NotAvailable(
                "extra-missing", "ray is not installed", hint="pip install 'scrubber[ray]'"
            ) from None
        self.workers = workers or 1
        self._wanted, self._address = workers, address

    def parts(
        self, work: Work, key: RootKey | None, tasks: Sequence[Task], hear: Hear
    ) -> Generator[Done, None, None]:
        """As Executor.parts.

        Errors: those of the work; KeyFault ``key-by-value`` where the key is not that of the plan's
        reference; OutputError ``storage-not-shared``; IncompleteError ``cluster-lost``,
        ``worker-died`` where a task lost its worker time and again.
        """
        del hear  # what is finished tells how far it is
        if not tasks:
            return
        schemas = {task.schema.serialize().to_pybytes(): task.schema for task in tasks}
        numbers = {raw: number for number, raw in enumerate(schemas)}
        slips = [
            _Slip(
                _at_its_place(task.source),
                numbers[task.schema.serialize().to_pybytes()],
                task.work,
                task.size,
                task.digest,
            )
            for task in sorted(tasks, key=lambda task: (-task.size, task.source.alias))
        ]
        envelope = Envelope.around(work, tuple(schemas.values()), key)
        with self._connected():
            sealed = [_sealed(slip, key) for slip in slips]
            for answer in self._spread(envelope, sealed):
                part = _unsealed(answer, key)
                if isinstance(part, ScrubberError):
                    raise part
                assert isinstance(part, Part | Unread)
                yield part

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """While there is a cluster; a connection that is made here ends here."""
        import ray

        ours = not ray.is_initialized()
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        if ours:
            try:
                self._connect()
            except Exception:  # noqa: BLE001 - as the address is wrong, so are the errors many
                raise _lost("there is no Ray cluster at that address") from None
        try:
            self.workers = self._wanted or max(1, int(ray.cluster_resources().get("CPU", 1)))
            yield
        finally:
            if ours:
                ray.shutdown()

    def _connect(self) -> None:
        import ray

        # Ray's own log lines name paths and addresses, and go to the terminal.
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        here = self._address is None and not os.environ.get("RAY_ADDRESS")
        options = {"num_cpus": self._wanted, "include_dashboard": False} if here else {}
        ray.init(self._address, log_to_driver=False, logging_level=logging.ERROR, **options)

    def _spread(self, envelope: Envelope, slips: Sequence[bytes]) -> Iterator[bytes]:
        """The answers to the slips as they come."""
        import ray
        import ray.data

        blocks = min(len(slips), _BLOCKS)
        rows = [
            {"number": number, "slip": slips[number]}
            for first in range(blocks)
            for number in range(first, len(slips), blocks)
        ]
        ray.data.DataContext.get_current().enable_progress_bars = False
        try:
            attempts = ray.remote(num_cpus=0)(Attempts).remote()
            answers = ray.data.from_items(rows, override_num_blocks=blocks).map(
                _Worker,
                fn_constructor_args=(envelope, attempts),
                compute=ray.data.ActorPoolStrategy(size=min(self.workers, blocks)),
                num_cpus=1,
            )
            for row in answers.iter_rows():
                yield row["answer"]
        except Exception:  # noqa: BLE001 - workers answer with their errors: this is Ray's own
            raise _lost("workers of the Ray cluster were lost") from None


class Attempts:
    """An actor that counts how often each slip was taken up: Ray Data would go on for ever with
    one whose worker is lost each time, for want of memory, say."""

    def __init__(self) -> None:
        self._begun: Counter[int] = Counter()

    def begin(self, number: int) -> int:
        """How often it was begun, this time included."""
        self._begun[number] += 1
        return self._begun[number]


@dataclass(frozen=True)
class Envelope:
    """What a worker is made with: `work` is the sealed work and the distinct schemas, `key` where
    its key is to be had and `key_id` which one that must be."""

    version: str
    key: KeyRef | None
    key_id: str | None
    work: bytes = field(repr=False)

    @classmethod
    def around(cls, work: Work, schemas: Sequence[pa.Schema], key: RootKey | None) -> Envelope:
        reference = work.plan.key if key is not None else None
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
        sealed = _sealed((work, tuple(schemas)), key)
        return cls(__version__, reference, key.id if key is not None else None, sealed)

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
        work, schemas = _unsealed(self.work, key)
        if not work.stage.is_seen():
            raise OutputError(
                "storage-not-shared",
                "a worker does not see the folder of the output",
                hint="on a cluster, inputs and outputs lie where all nodes have them",
            )
        return Bench(work, key), schemas


@dataclass(frozen=True, slots=True)
class _Slip:
    """A task as it travels: its schema is one of those in the envelope."""

    source: Source
    schema: int
    work: str
    size: int
    digest: str | None

    def task(self, schemas: Sequence[pa.Schema]) -> Task:
        return Task(self.source, schemas[self.schema], self.work, self.size, self.digest)


class _Worker:
    """What Ray Data calls for every row; an object of this class lives in one worker process."""

    def __init__(self, envelope: Envelope, attempts: Any) -> None:
        self._envelope, self._attempts = envelope, attempts
        self._opened: tuple[Bench, tuple[pa.Schema, ...]] | None = None
        pa.set_cpu_count(1)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        import ray

        key = None
        answer: Done | ScrubberError
        try:
            self._opened = self._opened or self._envelope.opened()
            bench, schemas = self._opened
            key = bench.key
            slip: _Slip = _unsealed(row["slip"], key)
            refuse_again(ray.get(self._attempts.begin.remote(row["number"])), slip.source)
            answer = bench.part(slip.task(schemas), _unheard)
        except ScrubberError as error:
            answer = error
        except (SystemExit, KeyboardInterrupt):  # Ray's way to end a worker
            raise
        except BaseException as error:  # noqa: BLE001 - it may quote data, and Ray would log it
            text = f"internal error in a worker: {type(error).__name__}"
            answer = IncompleteError("internal", text, hint="please report it")
        return {"answer": _sealed(answer, key)}


def refuse_again(attempt: int, source: Source) -> None:
    """Give up what has cost its worker too often. Errors: IncompleteError ``worker-died``."""
    if attempt > _ATTEMPTS:
        text = "workers were lost each time that they worked on it"
        raise _lost(text, Place(file=source.alias))


def _at_its_place(source: Source) -> Source:
    """The source by a path that does not depend on where a process was started."""
    if source.facts is not None:
        return source
    return replace(source, path=str(Path(source.path).absolute()))


def _lost(text: str, place: Place | None = None) -> IncompleteError:
    hint = "out of memory? ray status tells"
    return IncompleteError("worker-died", text, place=place, hint=hint)


def _unheard(consumed: int, rows: int) -> None:
    """Progress within a source stays where it is."""


def _sealed(thing: Any, key: RootKey | None) -> bytes:
    """`thing` pickled, and encrypted (AES-256-GCM, RFC 5116) under a key derived from the run's."""
    plain = pickle.dumps(thing)
    if key is None:
        return _PLAIN + plain
    nonce = secrets.token_bytes(_NONCE)
    return _CIPHER + nonce + AESGCM(key.derive("ray", "")).encrypt(nonce, plain, None)


def _unsealed(raw: bytes, key: RootKey | None) -> Any:
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
    raise _lost("what came through Ray was not sealed by this run")
