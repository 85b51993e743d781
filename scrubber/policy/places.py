"""The places of a field rule's parts in the rule file, and problems reported there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from scrubber.errors import printable
from scrubber.model.tables import in_table
from scrubber.policy.decisions import FieldRule
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import Transform
from scrubber.transform.steps import steps_of


def transform_places(
    report: Report, rule: FieldRule, transform: Transform
) -> Iterator[tuple[Path_, Transform]]:
    """The steps of a rule's transform, each with its place in the rule file."""
    path = (*rule.path, "transform")
    listed = isinstance(report.tree.at(path), list)
    for i, step in enumerate(steps_of(transform)):
        yield (*path, i) if listed else path, step


def name_place(report: Report, rule: FieldRule, name: str) -> Path_:
    """The place of one name of a rule."""
    return _item(report, (*rule.path, "name"), name)


def report_tables(
    report: Report, path: Path_, tables: Collection[str], aliases: Collection[str]
) -> bool:
    """Report the `tables` of the rule at `path` without a source; True if there are any."""
    absent = [table for table in tables if not any(in_table(table, alias) for alias in aliases)]
    known = {PurePosixPath(alias).name.partition(".")[0] for alias in aliases}
    for table in absent:
        text = f"no source is part of the table {printable(table)}"
        hint = did_you_mean(table, known) or "optional: true if it may be absent"
        report.value(_item(report, (*path, "in"), table), "unmatched-table", text, hint)
    return bool(absent)


def _item(report: Report, path: Path_, word: str) -> Path_:
    """The place of `word`: the value at `path`, or an item of it."""
    given = report.tree.at(path)
    return (*path, given.index(word)) if isinstance(given, list) and word in given else path
