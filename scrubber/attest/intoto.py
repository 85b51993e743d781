"""in-toto Statement v1: a set of files, and a predicate about them.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scrubber.errors import TamperedError
from scrubber.manifest.canonical import canonical_bytes, parse_canonical

STATEMENT: Final = "https://in-toto.io/Statement/v1"


@dataclass(frozen=True, slots=True)
class Subject:
    """A file with its name (relative to the attested document) and its SHA-256 in hex."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Statement:
    """The `predicate`, of the kind `predicate_type`, about `subjects` (never empty)."""

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """The canonical JSON, which is signed."""
        return canonical_bytes(
            {
                "_type": STATEMENT,
                "subject": [
                    {"name": subject.name, "digest": {"sha256": subject.sha256}}
                    for subject in self.subjects
                ],
                "predicateType": self.predicate_type,
                "predicate": self.predicate,
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Statement:
        """The statement that serializes to exactly these bytes.

        Raises: TamperedError ``statement-form``.
        """
        try:
            body: Any = parse_canonical(raw)
            statement = cls(
                subjects=tuple(Subject(s["name"], s["digest"]["sha256"]) for s in body["subject"]),
                predicate_type=body["predicateType"],
                predicate=dict(body["predicate"]),
            )
            same = statement.to_bytes() == raw
        except (ValueError, TypeError, KeyError):
            same = False
        if not same or not statement.subjects:
            raise TamperedError("statement-form", "this is not a valid statement")
        return statement
