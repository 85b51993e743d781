"""The selection among all records of a run: one reading pass, on any executor."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pyarrow as pa

from scrubber import formats
from scrubber.errors import InputError
from scrubber.executors.base import Executor, in_order, unheard
from scrubber.executors.jobs import SelectJob
from scrubber.formats import Source
from scrubber.pipeline.selection.resolve import Codes, resolve
from scrubber.pipeline.selection.spool import Spooled, scratch
from scrubber.pipeline.source import Bench

_SALT = 32


@dataclass(frozen=True)
class Selected:
    """The codes of the records of each source by alias, and the unreadable sources."""

    codes: Mapping[str, Codes] = field(default_factory=dict, repr=False)
    unreadable: Mapping[str, InputError] = field(default_factory=dict)


def select(
    executor: Executor,
    bench: Bench,
    sources: Sequence[Source],
    schemas: Mapping[str, pa.Schema],
    tell: Callable[[int], None] = lambda _: None,
) -> Selected:
    """Choose among the records of all `sources`, by the rules of the bench's plan that need it.

    `tell` receives the total size of the sources after each.

    Raises: the errors of reading, except for unreadable sources.
    """
    ordered = sorted(sources, key=lambda source: source.alias)
    salt, total = secrets.token_bytes(_SALT), sum(map(formats.source_bytes, ordered))
    spooled: dict[str, Spooled] = {}
    unreadable: dict[str, InputError] = {}
    with scratch() as folder:
        jobs = [
            SelectJob(source, formats.source_bytes(source), schemas[source.alias], i, folder, salt)
            for i, source in enumerate(ordered)
        ]
        with closing(executor.answers(bench, jobs, unheard)) as answers:
            for job, answer in zip(jobs, in_order(jobs, answers), strict=True):
                tell(total)
                if isinstance(answer, InputError):
                    unreadable[job.source.alias] = answer
                else:
                    spooled[job.source.alias] = answer.landed(folder)
        selection = bench.work.plan.selection
        codes = resolve(selection, list(spooled.values()), folder)
        return Selected(dict(zip(spooled, codes, strict=True)), unreadable)
