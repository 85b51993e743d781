"""The first look: what has to be known of all sources before any is scrubbed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from scrubber import formats
from scrubber.anonymize.census import Census, CensusSum
from scrubber.executors.base import Executor
from scrubber.executors.queries import Counting
from scrubber.pipeline.source import Work
from scrubber.run.survey import Progress, Survey, all_unreadable
from scrubber.transform.keys import RootKey


@dataclass(frozen=True)
class FirstLook:
    """A look at every source, where `executor` says; `leave_out` is told of those that cannot be
    read."""

    key: RootKey | None
    executor: Executor
    tell: Callable[[Progress], None]
    leave_out: formats.LeaveOut | None

    def at(self, surveyed: Survey, work: Work) -> tuple[Survey, dict[str, str], Census | None]:
        """The survey less sources that cannot be read, the digest of every one, and the census of
        them all where ``privacy:`` asks for one."""
        plan = surveyed.plan
        census = CensusSum(plan) if plan.privacy is not None else None
        digests: dict[str, str] = {}
        unread: list[str] = []
        looks = [
            Counting(source, formats.source_bytes(source), surveyed.schemas[source.alias])
            for source in surveyed.sources
        ]
        total = sum(look.size for look in looks)
        with closing(self.executor.looks(work, self.key, looks)) as answers:
            for one in answers:
                self.tell(Progress(0, total, 0))
                if one.unreadable is not None:
                    if self.leave_out is None:
                        raise one.unreadable
                    self.leave_out(one.alias, one.unreadable.code)
                    unread.append(one.alias)
                    continue
                digests[one.alias] = one.digest
                if census is not None and one.census is not None:
                    census.add(one.census)
        left = surveyed.without(unread)
        if census is not None and not any(table.quasi for table in left.plan.kinds):
            raise all_unreadable()
        if left.plan.kinds.keys() != plan.kinds.keys():  # what is counted depends on the kinds
            return self.at(left, replace(work, plan=left.plan))
        return left, digests, census.total() if census is not None else None
