"""Request, session and outcome of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from os import PathLike
from typing import TypeVar

from scrubber import formats
from scrubber.anonymize.levels import Chosen
from scrubber.anonymize.recheck import Rechecked
from scrubber.errors import KeyFault
from scrubber.executors import Executor, executor_for
from scrubber.executors.base import Answers, Hear, unheard
from scrubber.executors.jobs import Job
from scrubber.keystore import resolve_key
from scrubber.manifest import CheckFacts, Ledger, OutputFacts, PlantedFacts, read_chain
from scrubber.manifest.planned import PlanDocument
from scrubber.outputs.base import Stage, staged
from scrubber.outputs.checkpoints import Unread
from scrubber.pipeline.source import Bench, Work
from scrubber.policy import Rules
from scrubber.policy.plan import Plan
from scrubber.run.incremental import Earlier
from scrubber.run.survey import Progress, Survey
from scrubber.storage import Location, locate
from scrubber.transform.keys import RootKey

A = TypeVar("A")
Folder = str | PathLike[str] | Location


def _unheard(progress: Progress) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Request:
    """Scrub `inputs` by `rules` into the folder `out`: ``out/data/…`` and ``out/manifest.json``.

    `out` is a folder or a URL in a store. Sources are scrubbed in `workers` processes on this
    machine (`executor` ``local``) or on the Ray cluster at `address` (``ray``).

    With `incremental`, an earlier output, only the sources that it does not have are scrubbed, and
    the manifest names that of the earlier one. With `pinned` the run is held to that plan.

    A source that cannot be read stops the run. With `quarantine_unreadable` it is left out as a
    whole; the manifest names it, and its check ``sources-read`` fails.
    """

    rules: Rules
    inputs: Sequence[str]
    out: Folder
    key: RootKey | None = None
    workers: int | None = None
    executor: str = "local"
    address: str | None = None
    target_format: str = "same"
    overwrite: bool = False
    incremental: Folder | None = None
    pinned: PlanDocument | None = None
    quarantine_unreadable: bool = False
    progress: Callable[[Progress], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """The facts of a run so far. Each pass returns it with what it found out.

    `digests` are those of the sources under the run's key, by alias; `stamps` show whether a source
    was written to meanwhile.
    """

    surveyed: Survey
    key: RootKey | None = None
    stamps: Mapping[str, formats.Stamp] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    chosen: Chosen | None = None
    ledger: Ledger = field(default_factory=Ledger)
    outputs: tuple[OutputFacts, ...] = ()
    checks: tuple[CheckFacts, ...] = ()
    rechecked: Rechecked | None = None
    planted: tuple[PlantedFacts, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.surveyed.plan

    def without(self, unread: Collection[Unread]) -> Outcome:
        """The outcome less sources that cannot be read. Raises: InputError ``all-unreadable``."""
        surveyed = self.surveyed.without({source.source for source in unread})
        return replace(self, surveyed=surveyed, unread=(*self.unread, *unread))


@dataclass(frozen=True)
class Session:
    """A run under way: the request, an unpublished output, an executor, and the earlier output
    that it extends."""

    request: Request
    out: Location
    stage: Stage
    executor: Executor
    earlier: Earlier | None

    @property
    def tell(self) -> Callable[[Progress], None]:
        return self.request.progress or _unheard

    def bench(self, outcome: Outcome) -> Bench:
        """The work that follows from what is known, and its key."""
        chosen = outcome.chosen
        work = Work(
            outcome.plan,
            self.stage,
            self.request.target_format,
            chosen.recoding if chosen is not None else None,
            _digest_of_all(outcome.digests) if chosen is not None else None,
            self.request.quarantine_unreadable,
        )
        return Bench(work, outcome.key)

    def answers(
        self, outcome: Outcome, jobs: Sequence[Job[A]], hear: Hear = unheard
    ) -> closing[Answers[A]]:
        """The answers of the executor to `jobs`, in any order; a context that ends the work."""
        return closing(self.executor.answers(self.bench(outcome), jobs, hear))


@contextmanager
def session(request: Request) -> Iterator[Session]:
    """The session of a run. Its output is published, or removed, when the block ends.

    Raises: as :func:`~scrubber.outputs.base.staged`; NotAvailable for an executor that is not.
    """
    out, earlier = locate(request.out), request.incremental
    chain = Earlier(read_chain(locate(earlier))) if earlier is not None else None
    with (
        closing(executor_for(request.executor, request.workers, request.address)) as executor,
        staged(out, request.inputs, overwrite=request.overwrite) as stage,
    ):
        yield Session(request, out, stage, executor, chain)


def key_for(plan: Plan, key: RootKey | None = None) -> RootKey | None:
    """The key of a run: the one given, else the one that the rules refer to, else none.

    Raises: KeyFault; ``key-missing`` also where the plan needs a key and the rules name none.
    """
    if key is not None:
        return key
    if plan.key is not None:
        return resolve_key(plan.key)
    if plan.needs_key:
        raise KeyFault("key-missing", "the rules need a key, but have none", hint="key: {env: …}")
    return None


def _digest_of_all(digests: Mapping[str, str]) -> str:
    """One digest for the bytes of all sources; those of each are under the key already."""
    return sha256("".join(digests.values()).encode()).hexdigest()
