"""Approvals and waivers: statements about a document by a person in a role, with an expiry date.

Both are signed statements about the bytes of the document, stored beside it. Neither changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from scrubber.errors import TamperedError

APPROVAL_TYPE: Final = "urn:scrubber:approval:v1"
WAIVER_TYPE: Final = "urn:scrubber:waiver:v1"


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval of the document in `role`, by `criteria` of the review, valid from the day
    `given` through the day `expires`."""

    role: str
    criteria: tuple[str, ...]
    given: date
    expires: date

    def to_predicate(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "criteria": list(self.criteria),
            "given": self.given.isoformat(),
            "expires": self.expires.isoformat(),
        }

    @classmethod
    def from_predicate(cls, data: Mapping[str, Any]) -> Approval:
        """Raises: TamperedError ``approval-form``."""
        try:
            role, criteria = data["role"], tuple(data["criteria"])
            found = cls(role, criteria, _day(data["given"]), _day(data["expires"]))
            same = found.to_predicate() == data
        except (KeyError, TypeError, ValueError, AttributeError):
            same = False
        if not same or not all(isinstance(word, str) for word in (role, *criteria)):
            raise TamperedError("approval-form", "this is not a valid approval")
        return found


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver, in `role`, of the failed gate `check` with a reason, valid from the day `given`
    through the day `expires`."""

    check: str
    reason: str
    role: str
    given: date
    expires: date

    def to_predicate(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "reason": self.reason,
            "role": self.role,
            "given": self.given.isoformat(),
            "expires": self.expires.isoformat(),
        }

    @classmethod
    def from_predicate(cls, data: Mapping[str, Any]) -> Waiver:
        """Raises: TamperedError ``approval-form``."""
        try:
            words = check, reason, role = data["check"], data["reason"], data["role"]
            found = cls(check, reason, role, _day(data["given"]), _day(data["expires"]))
            same = found.to_predicate() == data
        except (KeyError, TypeError, ValueError, AttributeError):
            same = False
        if not same or not all(isinstance(word, str) for word in words):
            raise TamperedError("approval-form", "this is not a valid waiver")
        return found


def _day(text: str) -> date:
    return date.fromisoformat(text)
