"""The second fold of a run: every source becomes its part, wherever that is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import Any

from scrubber.errors import ConservationError
from scrubber.executors.base import Executor
from scrubber.manifest import DATA, Fragment, Ledger, OutputFacts
from scrubber.model.tally import Tally
from scrubber.outputs.checkpoints import Unread
from scrubber.pipeline.source import Task, Work
from scrubber.run.survey import Progress
from scrubber.transform.keys import RootKey


@dataclass(frozen=True)
class Scrubbed:
    """All parts of a run, in the order of the tasks: exact counts with one fragment for a source,
    outputs, and the digest of each source by alias; and the sources that were left out."""

    ledger: Ledger
    outputs: tuple[OutputFacts, ...]
    digests: dict[str, str]
    unread: tuple[Unread, ...] = ()


def scrub_sources(
    work: Work,
    tasks: Sequence[Task],
    key: RootKey | None,
    executor: Executor,
    tell: Callable[[Progress], None],
) -> Scrubbed:
    """Scrub every task's source into its part. What a stopped run finished of the same work is
    taken over, and what else lies in the output goes.

    Errors: those of the work; ConservationError ``source-lost`` where a source has no part;
    OutputError ``part-missing`` where one was written to a place that this process cannot see.
    """
    store = work.parts(key)
    store.clear({f"{DATA}/{work.output_name(task.source)}" for task in tasks})
    watch = _Watch(tasks, tell)
    outputs: dict[str, OutputFacts] = {}
    digests: dict[str, str] = {}
    fragments: list[Fragment] = []
    unread: dict[str, Unread] = {}
    names: dict[Any, Any] = {}
    with closing(executor.parts(work, key, tasks, watch.hear)) as parts:
        for part in parts:
            if isinstance(part, Unread):
                unread[part.source] = part
                watch.finished(part.source, 0)
                continue
            store.check(part)
            outputs[part.output.source] = part.output
            digests[part.output.source] = part.digest
            fragments.append(sharing(part.fragment, names))
            watch.finished(part.output.source, part.fragment.rows_in)
    aliases = [task.source.alias for task in tasks if task.source.alias not in unread]
    if len(outputs) != len(aliases):
        raise ConservationError("source-lost", "a source has no output")
    if unread:  # of which a stopped run may have finished a part, when they could be read
        store.clear({output.path for output in outputs.values()})
    return Scrubbed(
        Ledger.of(fragments),
        tuple(replace(outputs[alias], shard=shard) for shard, alias in enumerate(aliases)),
        {alias: digests[alias] for alias in aliases},
        tuple(unread[alias] for alias in sorted(unread)),
    )


def sharing(fragment: Fragment, known: dict[Any, Any]) -> Fragment:
    """The fragment with keys of counts that are `known`, the same object for all of one name: for
    very many sources they are what takes memory."""
    tallies = {f.name: getattr(fragment, f.name) for f in fields(fragment)}
    shared: dict[str, Any] = {
        name: Tally([(known.setdefault(key, key), count) for key, count in tally.items()])
        for name, tally in tallies.items()
        if isinstance(tally, Tally)
    }
    return replace(fragment, **shared)


class _Watch:
    """Adds up how far the sources are that are under way."""

    def __init__(self, tasks: Sequence[Task], tell: Callable[[Progress], None]) -> None:
        self._sizes = {task.source.alias: task.size for task in tasks}
        self._total = sum(self._sizes.values())
        self._tell = tell
        self._bytes = self._rows = 0
        self._under_way: dict[str, tuple[int, int]] = {}
        tell(Progress(0, self._total, 0))

    def hear(self, source: str, consumed: int, rows: int) -> None:
        before = self._under_way.get(source, (0, 0))
        self._under_way[source] = (consumed, rows)
        self._add(consumed - before[0], rows - before[1])

    def finished(self, source: str, rows: int) -> None:
        self.hear(source, self._sizes[source], rows)
        del self._under_way[source]

    def _add(self, consumed: int, rows: int) -> None:
        self._bytes += consumed
        self._rows += rows
        self._tell(Progress(self._bytes, self._total, self._rows))
