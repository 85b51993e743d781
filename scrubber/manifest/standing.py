"""The standing of a document: signatures, approvals, waivers, the gate's verdict, and accesses.

All of it is read beside the document and can change later, so it is no part of a manifest or plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from scrubber.manifest.verify import Check

VERDICTS: Final = {
    0: "approved",
    1: "DENIED: a gate failed",
    3: "DENIED until it is signed and approved",
    4: "DENIED: tampered with",
    5: "DENIED: small files cannot be checked without their salts",
}
"""The verdict of a gate by its exit code."""
UNSIGNED: Final = "NOT SIGNED"
NOBODY: Final = "nobody the trust file names"


@dataclass(frozen=True, slots=True)
class Said:
    """A statement by the holder of `key`: `what` it does (``signed``, ``approved``, ``waived
    min-k``), in which `role`, `until` when, and its `words` (criteria or a reason). `fault` is the
    reason why it does not hold, if any.

    `by` is the holder's name in the trust file; empty without a trust file.
    """

    what: str
    key: str
    by: str = ""
    role: str = ""
    until: date | None = None
    words: str = ""
    fault: str = ""

    def line(self, on: date) -> str:
        """The statement as one line, on the day `on`."""
        if self.fault:
            return f"NOT valid: {self.fault}, by {self.by or self.key}"
        as_ = f" as {self.role}" if self.role else ""
        until = f" until {self.until.isoformat()}" if self.until is not None else ""
        past = " (PAST)" if self.past(on) else ""
        words = f": {self.words}" if self.words else ""
        by = f"{self.by} ({self.key})" if self.by else self.key
        return f"{self.what}{as_}{until}{past}{words}, by {by}"

    def past(self, on: date) -> bool:
        return self.until is not None and self.until < on


@dataclass(frozen=True)
class Standing:
    """The statements beside a document on the day `on`, and the number of logged `accesses`.

    `checks` and `exit_code` are those of the gate; None without a trust file.
    """

    on: date
    statements: tuple[Said, ...] = ()
    checks: tuple[Check, ...] | None = None
    exit_code: int | None = None
    accesses: int = 0

    @property
    def signed(self) -> bool:
        """True if a valid signature stands beside the document, by any key."""
        return any(one.what == "signed" and not one.fault for one in self.statements)

    @property
    def verdict(self) -> str:
        """The verdict in a few words, for the top of a page."""
        if self.exit_code is None or self.checks is None:
            return (
                "signed, by a key that no trust file was asked about" if self.signed else UNSIGNED
            )
        waived = sum(bool(check.waived) for check in self.checks)
        said = VERDICTS[self.exit_code]
        said += f", with {waived} failed and waived" if waived else ""
        return said if self.signed else f"{UNSIGNED}; {said}"

    @property
    def holds(self) -> bool:
        """True if the document is signed and the gate, if asked, passes it without a waiver."""
        waived = any(check.waived for check in self.checks or ())
        return self.signed and not self.exit_code and not waived

    def lines(self) -> Iterator[str]:
        """The statements, then the failed and waived checks of the gate."""
        yield from (one.line(self.on) for one in self.statements)
        for check in self.checks or ():
            if check.waived:
                yield f"gate: WAIVED {check.id}, {check.waived}"
            elif not check.passed:
                yield f"gate: FAILED {check.id}: expected {check.expected}, actual {check.actual}"
        if self.accesses:
            yield f"encrypted values were revealed {self.accesses} times (access.jsonl)"
