"""References to the rules of a rule file."""

from __future__ import annotations

from dataclasses import dataclass

from scrubber.errors import Mark


@dataclass(frozen=True, slots=True)
class RuleRef:
    """The rule that decided: a stable id such as ``fields[3]`` or ``on_unlisted``, and its
    place."""

    id: str
    mark: Mark
