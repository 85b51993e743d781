"""The gate: may an output be used, or a plan be run? The answer is no, unless approved.

The gate requires, in this order: nothing was tampered with; a person in a permitted role signed the
document; every failed gate check is waived; and every quorum of the trust file has approved.
Signers of a document can neither approve it nor waive its checks. A waived check has not passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.attested import Attested, attested
from scrubber.attest.checking import (
    NEEDS_REVIEW,
    check_plan,
    check_run,
    exit_code,
    expired,
    signer_check,
)
from scrubber.attest.envelope import Envelope
from scrubber.attest.intoto import Statement
from scrubber.attest.trust import Person, Quorum, Trust
from scrubber.errors import GateError, IncompleteError, Place, TamperedError, printable
from scrubber.manifest import Check
from scrubber.manifest.verify import SALTS_MISSING
from scrubber.storage import Location


@dataclass(frozen=True)
class Verdict:
    """The checks of a gate and their exit code: 0 pass, 1 a failed check without a waiver, 3 a
    missing signature or approval, 4 tampered, 5 small files without salts."""

    checks: tuple[Check, ...]
    exit_code: int

    @property
    def waived(self) -> tuple[str, ...]:
        """The failed checks that are covered by a waiver."""
        return tuple(check.id for check in self.checks if check.waived)

    def to_json(self) -> list[dict[str, Any]]:
        """The checks as plain values."""
        return [asdict(check) for check in self.checks]


def gate(path: Location, trust: Trust, on: date) -> Verdict:
    """Decide if the run in the folder `path`, or the plan in the file `path`, passes on the day
    `on`.

    Raises: IncompleteError ``no-manifest``, InputError ``no-plan``.
    """
    whole = _intact(path, on)
    if code := exit_code(whole):
        return Verdict(whole, code)
    document = attested(path)
    authors = authors_of(document, trust)
    said = list(_statements(document, trust, on))
    reviewed = (signer_check(document, trust, on), *_quorums(trust, said, authors, on))
    gates = tuple(_gates(document, trust, said, authors))
    code = 0 if all(check.passed for check in reviewed) else NEEDS_REVIEW
    held = all(check.passed or check.waived for check in gates)
    return Verdict((*whole, *gates, *reviewed), code if held else GateError.exit_code)


def intact(path: Location, on: date) -> Attested:
    """The run or plan at `path`, checked before signing: only a document that verifies may be
    signed.

    Raises: TamperedError ``not-intact``; IncompleteError ``salts-missing`` for small files without
    salts; the errors of :func:`gate`.
    """
    checks = _intact(path, on)
    broken = next((check for check in checks if not check.passed), None)
    if broken is not None:
        if exit_code(checks) == IncompleteError.exit_code:
            raise IncompleteError(SALTS_MISSING, broken.actual, place=Place(file=path.name))
        text = f"{broken.id}: expected {broken.expected}, actual {broken.actual}"
        raise TamperedError("not-intact", text, hint=f"scrubber verify {printable(str(path))}")
    return attested(path)


def _intact(path: Location, on: date) -> tuple[Check, ...]:
    """Check the integrity of the document, regardless of its signers."""
    return check_run(path, None, on) if path.is_dir() else check_plan(path, None, on)


def authors_of(document: Attested, trust: Trust) -> frozenset[str]:
    """The names of all signers of the document, with any key and in any role."""
    return frozenset(
        holder.name
        for envelope in document.envelopes()
        if Statement.from_bytes(envelope.payload) == document.statement()
        if (holder := trust.holder(envelope.signer)) is not None
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement that counts today, made by a person who holds its role."""

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
    """The approval or waiver in an envelope; None for anything else, malformed ones included."""
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
    """One check per quorum.

    Each person counts once overall: approvals are distributed so that as many quorums as possible
    are met.
    """
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
    """Assign at most one quorum to each approver: a maximum matching, by augmenting paths."""
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


def _gates(
    document: Attested, trust: Trust, said: Sequence[_Said], authors: frozenset[str]
) -> Iterator[Check]:
    """The gate checks: the document's own checks and the demands of the trust file."""
    waivers = {
        one.what.check: (one.by, one.what)
        for one in said
        if isinstance(one.what, Waiver)
        and one.what.role in trust.waived_by
        and one.by.name not in authors
    }
    for check in gate_checks(document.content, trust):
        waiver = waivers.get(check.id)
        if check.passed or waiver is None:
            yield check
        else:
            by, what = waiver
            yield replace(check, waived=f"by {printable(by.name)} until {what.expires.isoformat()}")


def gate_checks(content: Any, trust: Trust) -> Iterator[Check]:
    """The gate checks of a document with this `content`, waived or not; waivers may name these.

    A missing measurement fails. For a plan, measurements of a run are left to the gate of that run.
    """
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
    if "checks" in content:
        yield from _demanded(content["checks"], trust)
    if trust.k is not None:
        yield _classes(content, trust.k)
    for fact in trust.declared:
        section, _, name = fact.partition(".")
        status, value = (content[section][name][key] for key in ("status", "value"))
        empty = status == "declared" and not value
        actual = "declared, with nothing in it" if empty else status
        told = status != "unknown" and not empty
        yield Check(f"declared {fact}", told, "declared or not applicable", actual)


def _demanded(checks: Sequence[Any], trust: Trust) -> Iterator[Check]:
    """The checks demanded by the trust file. Each must have been made, and counts whatever its
    severity."""
    for name in trust.checks:
        made = [check for check in checks if check["id"] == name]
        if not made:
            yield Check(name, False, "it was checked", "it was not")
        for check in made:
            if check["severity"] != "error":
                expected, actual = printable(check["expected"]), printable(check["actual"])
                yield Check(name, check["passed"], expected, actual)


def _classes(content: Any, k: int) -> Check:
    """Check that the rules require classes of `k`, and that a run found them in its output."""
    asked = [
        int(row["value"])
        for rule in content["policy"]["rules"]
        if rule["id"] == "privacy"
        for row in rule["parameters"]
        if row["name"] == "k"
    ]
    expected = f"classes of at least {k}"
    if not asked:
        return Check("k-anonymity", False, expected, "the rules ask for no classes")
    said = f"k = {min(asked)}"
    counted = "checks" not in content or (
        any(check["id"] == "privacy-recheck" and check["passed"] for check in content["checks"])
        and content["risk"].get("privacy") is not None
    )
    if not counted:
        return Check("k-anonymity", False, expected, f"{said}, which nobody counted again")
    return Check("k-anonymity", min(asked) >= k, expected, said)


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown or "none"
