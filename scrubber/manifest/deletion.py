"""Means to find the records of a person in an output, for deletion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scrubber.errors import printable
from scrubber.manifest.statement import SubjectFacts


def deletion_section(subjects: Sequence[SubjectFacts]) -> dict[str, Any]:
    """The ``deletion`` section of a new output, without deletions."""
    return {"subjects": [asdict(subject) for subject in subjects], "events": []}


def deletion_lines(section: Mapping[str, Any]) -> Iterator[str]:
    """One sentence per subject field."""
    for subject in section["subjects"]:
        name = printable(subject["field"])
        if subject["key_id"] is not None:
            domain = f", domain {printable(subject['domain'])}" if subject["domain"] else ""
            key = f"key {subject['key_id']}{domain}"
            yield f"to find a person's records, compute the pseudonym for `{name}`: {key}"
        elif subject["action"] == "keep":
            yield f"to find a person's records, search `{name}` for the value in the source"
        else:
            yield f"a person's records cannot be found: the values of `{name}` were changed"
