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
from scrubber.assess.leaks.prints import Prints
from scrubber.errors import KeyFault
from scrubber.executors import Executor, executor_for
from scrubber.executors.base import Answers, Hear, unheard
from scrubber.executors.jobs import Job
from scrubber.keystore import refuse_other, resolve_key
from scrubber.manifest import (
    AggregateFacts,
    CheckFacts,
    Ledger,
    OutputFacts,
    PlantedFacts,
    UnicityFacts,
    read_chain,
)
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
    """Ignore progress."""


@dataclass(frozen=True)
class Request:
    """Scrub `inputs` by `rules` into the folder `out`: ``out/data/…`` and ``out/manifest.json``.

    `out` is a folder or a URL in a store. Sources are scrubbed by `workers` processes on this
    machine (`executor` ``local``) or by the Ray cluster at `address` (``ray``).

    `incremental` is an earlier output: only sources that it lacks are scrubbed, and the manifest
    names its manifest. `pinned` is a plan that the run must match. An unreadable source stops the
    run. With `quarantine_unreadable` it is omitted instead: the manifest lists it, and the check
    ``sources-read`` fails.
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
    """The facts of a run so far. Each pass returns it with its results.

    `selected` are the codes of their records (:func:`~scrubber.pipeline.source.packed`).
    `digests` are those of the sources under the run's key, by alias. `stamps` detect sources that
    change during the run. `counted`: transforms were settled by the counts of all records. `prints`
    are the fingerprints for a leak index.
    """

    surveyed: Survey
    key: RootKey | None = None
    stamps: Mapping[str, formats.Stamp] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    chosen: Chosen | None = None
    counted: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    outputs: tuple[OutputFacts, ...] = ()
    checks: tuple[CheckFacts, ...] = ()
    rechecked: Rechecked | None = None
    planted: tuple[PlantedFacts, ...] = ()
    aggregates: tuple[AggregateFacts, ...] = ()
    unicity: tuple[UnicityFacts, ...] = ()
    selected: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    prints: Prints | None = field(default=None, repr=False)

    @property
    def plan(self) -> Plan:
        return self.surveyed.plan

    def without(self, unread: Collection[Unread]) -> Outcome:
        """The outcome without unreadable sources.

        Raises: InputError ``all-unreadable``.
        """
        surveyed = self.surveyed.without({source.source for source in unread})
        return replace(self, surveyed=surveyed, unread=(*self.unread, *unread))


@dataclass(frozen=True)
class Session:
    """A run in progress: the request, an unpublished output, an executor, and the earlier output
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
        """The work that follows from the outcome so far, with its key."""
        chosen = outcome.chosen
        work = Work(
            outcome.plan,
            self.stage,
            self.request.target_format,
            chosen.recoding if chosen is not None else None,
            _digest_of_all(outcome.digests) if chosen is not None or outcome.counted else None,
            self.request.quarantine_unreadable,
        )
        return Bench(work, outcome.key)

    def answers(
        self, outcome: Outcome, jobs: Sequence[Job[A]], hear: Hear = unheard
    ) -> closing[Answers[A]]:
        """The executor's answers to `jobs`, in any order; closing the context ends the work."""
        return closing(self.executor.answers(self.bench(outcome), jobs, hear))


@contextmanager
def session(request: Request) -> Iterator[Session]:
    """The session of a run. Its output is published or removed when the block ends.

    Raises: the errors of :func:`~scrubber.outputs.base.staged`; NotAvailable for an unknown
    executor.
    """
    out, earlier = locate(request.out), request.incremental
    chain = Earlier(read_chain(locate(earlier))) if earlier is not None else None
    with (
        closing(executor_for(request.executor, request.workers, request.address)) as executor,
        staged(out, request.inputs, overwrite=request.overwrite) as stage,
    ):
        yield Session(request, out, stage, executor, chain)


def key_for(plan: Plan, key: RootKey | None = None) -> RootKey | None:
    """The key of a run: `key`, or else the key referenced by the rules, or None.

    Raises: KeyFault, also ``key-missing`` if the plan needs a key but the rules reference none, and
    ``key-other`` for a key with another id than the rules state.
    """
    if key is not None:
        refuse_other(key, plan.key.id if plan.key is not None else None)
        return key
    if plan.key is not None:
        return resolve_key(plan.key)
    if plan.needs_key:
        raise KeyFault("key-missing", "the rules need a key, but have none", hint="key: {env: …}")
    return None


def _digest_of_all(digests: Mapping[str, str]) -> str:
    """One digest for the bytes of all sources, from their keyed digests."""
    return sha256("".join(digests.values()).encode()).hexdigest()
