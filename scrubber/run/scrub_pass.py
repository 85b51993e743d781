"""The scrub pass: turn each source into its part, on any executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

from scrubber import formats
from scrubber.anonymize.gates import refuse_expected, refuse_languages, refuse_residual
from scrubber.assess.leaks.prints import Prints
from scrubber.errors import ConservationError
from scrubber.manifest import DATA, Fragment, Ledger
from scrubber.model.tally import Tally
from scrubber.outputs.checkpoints import Part, Unread
from scrubber.outputs.small_files import with_salts
from scrubber.pipeline.source import ScrubJob
from scrubber.run.request import Outcome, Session
from scrubber.run.survey import Progress
from scrubber.run.work_ids import work_ids


def scrub(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with each source scrubbed into its part. Finished parts of a stopped run with the
    same work are reused; other files in the output are removed.

    Raises: the errors of the work; ConservationError ``source-lost`` for a source without a part;
    OutputError ``part-missing`` for a part that this process cannot see; GateError
    ``residual-rate``.
    """
    jobs = _jobs(session, outcome)
    parts, unread = _scrubbed(session, outcome, jobs)
    aliases = [job.source.alias for job in jobs if job.source.alias not in unread]
    if len(parts) != len(aliases):
        raise ConservationError("source-lost", "a source has no output")
    if unread:  # a stopped run may have finished their parts while they were readable
        session.stage.clear({part.output.path for part in parts.values()})
    outputs = [replace(parts[alias].output, shard=at) for at, alias in enumerate(aliases)]
    ledger = Ledger.of(part.fragment for part in parts.values())
    left = outcome.without([unread[alias] for alias in sorted(unread)])
    return replace(
        left,
        ledger=ledger,
        prints=_prints(parts.values()),
        outputs=with_salts(outputs, outcome.key),
        digests={alias: parts[alias].digest for alias in aliases},
        checks=(
            *outcome.checks,
            *refuse_languages(left.plan, ledger),
            *refuse_residual(left.plan, ledger),
            *refuse_expected(session.request.rules.expected, ledger, left.plan.disclosure),
        ),
    )


def _prints(parts: Iterable[Part]) -> Prints | None:
    """The fingerprints of all parts; None without a leak index."""
    found = [part.prints for part in parts if part.prints is not None]
    return Prints.together(found) if found else None


def _jobs(session: Session, outcome: Outcome) -> list[ScrubJob]:
    works = work_ids(session.request.rules, outcome.plan, outcome.key)
    return [
        ScrubJob(
            source,
            outcome.surveyed.schemas[source.alias],
            _with_selected(works[source.alias], outcome.selected.get(source.alias)),
            formats.source_bytes(source),
            outcome.digests.get(source.alias),
            outcome.selected.get(source.alias),
        )
        for source in outcome.surveyed.sources
    ]


def _with_selected(work: str, selected: bytes | None) -> str:
    """The identity of the work on a source, of which other records may stay in another run."""
    return work if selected is None else sha256(work.encode() + selected).hexdigest()


def _scrubbed(
    session: Session, outcome: Outcome, jobs: Sequence[ScrubJob]
) -> tuple[dict[str, Part], dict[str, Unread]]:
    """The part of each source by alias, and the omitted sources."""
    work, stage = session.bench(outcome).work, session.stage
    stage.clear({f"{DATA}/{work.output_name(job.source)}" for job in jobs})
    watch = _Watch(jobs, session.tell)
    parts: dict[str, Part] = {}
    unread: dict[str, Unread] = {}
    names: dict[Any, Any] = {}
    with session.answers(outcome, jobs, watch.hear) as answers:
        for alias, done in answers:
            if isinstance(done, Unread):
                unread[alias] = done
                watch.finished(alias, 0)
                continue
            stage.check(done.output)
            parts[alias] = replace(done, fragment=sharing(done.fragment, names))
            watch.finished(alias, done.fragment.rows_in)
    return parts, unread


def sharing(fragment: Fragment, known: dict[Any, Any]) -> Fragment:
    """The fragment with its keys replaced by equal `known` ones. For very many sources, keys
    dominate the memory."""
    tallies = {f.name: getattr(fragment, f.name) for f in fields(fragment)}
    shared: dict[str, Any] = {
        name: Tally([(known.setdefault(key, key), count) for key, count in tally.items()])
        for name, tally in tallies.items()
        if isinstance(tally, Tally)
    }
    return replace(fragment, **shared)


class _Watch:
    """Adds up the progress of the sources."""

    def __init__(self, jobs: Sequence[ScrubJob], tell: Callable[[Progress], None]) -> None:
        self._sizes = {job.source.alias: job.size for job in jobs}
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
