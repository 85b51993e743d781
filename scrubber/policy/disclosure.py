"""The ``disclosure:`` part of a rule file: how the counts of the manifest are protected."""

from __future__ import annotations

from scrubber.policy.plan import DisclosureRules
from scrubber.policy.syntax.report import Report

PART = "disclosure"


def read_disclosure(report: Report) -> DisclosureRules:
    """The part; what is of the wrong type is left to the check of the shape."""
    given = report.tree.data.get(PART)
    numbers = given if isinstance(given, dict) else {}
    return DisclosureRules(
        **{
            name: number
            for name in ("base", "min_cell")
            if isinstance(number := numbers.get(name), int) and not isinstance(number, bool)
        }
    )
