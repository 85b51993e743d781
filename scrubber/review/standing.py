"""The report's section about signatures, approvals, waivers, and the verdict of the gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scrubber.manifest.standing import Said, Standing
from scrubber.manifest.verify import Check
from scrubber.review.html import Html, element, join
from scrubber.review.tables import Column, folded, table


def signature_parts(standing: Standing | None) -> Iterator[Html]:
    """The statements beside the document, then the checks of the gate."""
    if standing is None:
        yield element("p", "This page was made from the document alone: nobody looked for them.")
        return
    if not standing.signed:
        yield element("p", element("strong", "Nobody has signed this document."))
    if standing.statements:
        columns = (
            Column("Statement"),
            Column("By"),
            Column("Role"),
            Column("Until"),
            Column("Criteria or reason"),
        )
        rows = (_row(one, standing) for one in standing.statements)
        day = standing.on.isoformat()
        yield table(f"Statements beside the document, as of {day}", columns, rows)
    if standing.accesses:
        times = "once" if standing.accesses == 1 else f"{standing.accesses:,} times"
        yield element("p", f"Encrypted values were revealed {times}; see access.jsonl.")
    if standing.checks is None:
        yield element(
            "p",
            "No trust file was asked, so it is not known whose keys these are, nor if a gate would "
            "pass. scrubber report --trust shows it.",
        )
        return
    people = [check for check in standing.checks if _by_people(check) or not check.passed]
    rest = [check for check in standing.checks if check not in people]
    people.sort(key=lambda check: check.passed)
    yield _checks(f"The gate: {standing.verdict}", people)
    if rest:
        yield folded(f"{len(rest):,} other checks passed", _checks("Other checks", rest))


def _by_people(check: Check) -> bool:
    """True for a demand on signatures or approvals."""
    return check.id == "signed-by" or check.id.startswith("approved ")


def _checks(caption: str, checks: Iterable[Check]) -> Html:
    columns = (Column("Check"), Column("Result"), Column("Expected"), Column("Actual"))
    rows = ((check.id, _result(check), check.expected, check.actual) for check in checks)
    return table(caption, columns, rows)


def _row(one: Said, standing: Standing) -> tuple[Html | str, ...]:
    key = element("code", one.key, class_="digest")
    by = join(element("span", one.by or "not known", class_="name"), " ", key)
    if one.fault:
        return element("span", "NOT valid", class_="bad"), by, one.role, "", one.fault
    until = "" if one.until is None else one.until.isoformat()
    past = element("span", f"{until}, PAST", class_="bad")
    return one.what, by, one.role, past if one.past(standing.on) else until, one.words


def _result(check: Check) -> Html:
    if check.waived:
        return element("span", f"FAILED, waived {check.waived}", class_="bad")
    if check.passed:
        return element("span", "passed", class_="good")
    return element("span", "FAILED", class_="bad")
