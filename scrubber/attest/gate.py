"""The gate: may this run's output be used, or this plan be run? Denied unless approved.

It wants, in this order: nothing was tampered with; the document is signed by a role that may; no
gate check fails that nobody waived; and every quorum of the trust file has approved. Who signed the
document cannot approve it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.attested import Attested, attested
from scrubber.attest.checking import check_plan, check_run, expired, signer_check
from scrubber.attest.envelope import Envelope
from scrubber.attest.intoto import Statement
from scrubber.attest.trust import Person, Quorum, Trust
from scrubber.errors import GateError, TamperedError, printable
from scrubber.manifest import Check
from scrubber.storage import Location

NEEDS_REVIEW: Final = 3


@dataclass(frozen=True)
class Verdict:
    """The checks of a gate, and the exit code that they mean: 0 pass, 1 a gate check failed, 3 a
    signature or an approval is missing, 4 tampered."""

    checks: tuple[Check, ...]
    exit_code: int


def gate(path: Location, trust: Trust, on: date) -> Verdict:
    """Whether the run in the folder `path`, or the plan in the file, passes on the day `on`.

    Errors: IncompleteError ``no-manifest``, InputError ``no-plan``.
    """
    whole = _intact(path, on)
    if not _passed(whole):
        return Verdict(whole, TamperedError.exit_code)
    document = attested(path)
    authors = _signers(document, trust)
    said = list(_statements(document, trust, on))
    reviewed = (signer_check(document, trust, on), *_quorums(trust, said, authors, on))
    gates = tuple(_gates(document, trust, said))
    code = 0 if _passed(reviewed) else NEEDS_REVIEW
    return Verdict((*whole, *gates, *reviewed), code if _passed(gates) else GateError.exit_code)


def _passed(checks: Sequence[Check]) -> bool:
    return all(check.passed for check in checks)


def intact(path: Location, on: date) -> Attested:
    """The run or plan at `path`, for someone to sign: only what verifies is vouched for.

    Errors: TamperedError ``not-intact``, and as :func:`gate`.
    """
    broken = next((check for check in _intact(path, on) if not check.passed), None)
    if broken is not None:
        text = f"{broken.id}: expected {broken.expected}, actual {broken.actual}"
        raise TamperedError("not-intact", text, hint=f"scrubber verify {printable(str(path))}")
    return attested(path)


def _intact(path: Location, on: date) -> tuple[Check, ...]:
    """Whether the document is what it says, whoever signed it."""
    return check_run(path, None, on) if path.is_dir() else check_plan(path, None, on)


def _signers(document: Attested, trust: Trust) -> frozenset[str]:
    """The names of all who signed the document itself, in whatever role."""
    return frozenset(
        holder.name
        for envelope in document.envelopes()
        if Statement.from_bytes(envelope.payload) == document.statement()
        if (holder := trust.holder(envelope.signer)) is not None
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement that counts today: by a person who holds the role in which it is made."""

    by: Person
    what: Approval | Waiver


def _statements(document: Attested, trust: Trust, on: date) -> Iterator[_Said]:
    for envelope in document.envelopes():
        person = trust.holder(envelope.signer)
        what = _parsed(envelope)
        if person is None or what is None or expired(person, on):
            continue
        if what.role in person.roles and what.given <= on <= what.expires:
            yield _Said(person, what)


def _parsed(envelope: Envelope) -> Approval | Waiver | None:
    """What an envelope says, if it is an approval or a waiver; a malformed one counts for none."""
    statement = Statement.from_bytes(envelope.payload)
    try:
        if statement.predicate_type == APPROVAL_TYPE:
            return Approval.from_predicate(statement.predicate)
        if statement.predicate_type == WAIVER_TYPE:
            return Waiver.from_predicate(statement.predicate)
    except TamperedError:
        return None
    return None


def _quorums(
    trust: Trust, said: Sequence[_Said], authors: frozenset[str], on: date
) -> Iterator[Check]:
    """One check per quorum. A person counts once in all: approvals are shared out so that as many
    quorums as possible are met."""
    given = [
        (one.by.name, one.what.role)
        for one in said
        if isinstance(one.what, Approval) and one.by.name not in authors
    ]
    shares = _shared_out(trust.approvals, given)
    for number, quorum in enumerate(trust.approvals):
        names = sorted(printable(name) for name, place in shares.items() if place == number)
        roles = " or ".join(map(printable, quorum.roles))
        expected = f"{quorum.count} by {roles}, not by the author, valid on {on.isoformat()}"
        enough = len(names) >= quorum.count
        yield Check(f"approved {roles}", enough, expected, ", ".join(names) or "none")


def _shared_out(quorums: Sequence[Quorum], given: Sequence[tuple[str, str]]) -> dict[str, int]:
    """For each approver at most one quorum: a largest matching, by augmenting paths."""
    fits: dict[str, list[int]] = {}
    for name, role in sorted(set(given)):
        places = fits.setdefault(name, [])
        places += [i for i, q in enumerate(quorums) if role in q.roles and i not in places]
    seats: dict[tuple[int, int], str] = {}

    def seat(name: str, seen: set[tuple[int, int]]) -> bool:
        for place in fits[name]:
            for number in range(quorums[place].count):
                here = (place, number)
                if here in seen:
                    continue
                seen.add(here)
                if here not in seats or seat(seats[here], seen):
                    seats[here] = name
                    return True
        return False

    for name in fits:
        seat(name, set())
    return {name: place for (place, _), name in seats.items()}


def _gates(document: Attested, trust: Trust, said: Sequence[_Said]) -> Iterator[Check]:
    """The gate checks: what the document's own checks say, and what the trust file demands."""
    waived = {
        one.what.check: one
        for one in said
        if isinstance(one.what, Waiver) and one.what.role in trust.waived_by
    }
    for check in _own_gates(document.content, trust):
        waiver = waived.get(check.id)
        if check.passed or waiver is None:
            yield check
            continue
        until = waiver.what.expires.isoformat()
        by = f"waived by {printable(waiver.by.name)} until {until}"
        yield Check(check.id, True, check.expected, f"{check.actual}; {by}")


def _own_gates(content: Any, trust: Trust) -> Iterator[Check]:
    unsafe = [printable(field["name"]) for field in content["fields"] if field["unsafe"]]
    yield Check("unsafe-keep", not unsafe, "no field let through that no rule lists", _few(unsafe))
    bare = [
        printable(field["name"])
        for field in content["fields"]
        if (field["class"], field["action"]) == ("direct_identifier", "keep")
    ]
    yield Check("identifier-kept", not bare, "no direct identifier is kept", _few(bare))
    for check in content.get("checks", ()):
        if check["severity"] == "error":
            yield Check(
                printable(check["id"]),
                check["passed"],
                printable(check["expected"]),
                printable(check["actual"]),
            )
    made = {check["id"] for check in content.get("checks", ())}
    for name in trust.checks if "checks" in content else ():
        if name not in made:
            yield Check(name, False, "it was checked", "it was not")
    if trust.k is not None:
        asked = _classes_asked(content)
        enough = asked is not None and asked >= trust.k
        actual = f"k = {asked}" if asked is not None else "the rules ask for no classes"
        yield Check("k-anonymity", enough, f"classes of at least {trust.k}", actual)
    for fact in trust.declared:
        section, _, name = fact.partition(".")
        status = content[section][name]["status"]
        yield Check(f"declared {fact}", status != "unknown", "declared or not applicable", status)


def _classes_asked(content: Any) -> int | None:
    """The k of ``privacy:``; that it holds is a check of the run's own."""
    for rule in content["policy"]["rules"]:
        if rule["id"] == "privacy":
            (k,) = (row["value"] for row in rule["parameters"] if row["name"] == "k")
            return int(k)
    return None


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown or "none"
