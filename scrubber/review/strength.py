"""The strength of treatments, as ordered by `diff`:

    drop > redact > replace > pseudonym of one occurrence > surrogate > token > encrypt > mask
    > shift > generalize > scrubbed text > extremes or listed values only > keep
    > kept without a rule

Each transform declares its own strength (:class:`~scrubber.transform.base.Strictness`). An absent
field counts as dropped; an unknown action counts as keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scrubber.model.direction import Directions, each
from scrubber.policy.directions import DISPOSITIONS
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Strictness
from scrubber.transform.steps import THEN

ABSENT: Final = int(Strictness.DROP)
_TEXT: Final = 5
_UNLISTED: Final = -5
_PSEUDONYMS: Final = frozenset({Strictness.TOKEN, Strictness.SURROGATE})
_CLASSES: Final = {"direct_identifier": 3, "quasi_identifier": 2, "sensitive": 2, "text": 1}


def strength(field: Mapping[str, Any]) -> int:
    """The strength of the treatment of a manifest's field; higher is stronger."""
    action = field["action"]
    if field["unsafe"]:
        return _UNLISTED
    if action_strength(action) in _PSEUDONYMS and not field["linkable"]:
        return int(Strictness.UNLINKABLE)
    if action == "generalize":
        return _generalized(field)
    return action_strength(action)


def _generalized(field: Mapping[str, Any]) -> int:
    """The strength of a generalization: level 0 is the value itself, and the last level is `*`."""
    chosen = {row["name"]: row["value"] for row in field["parameters"]}
    if field["technique"] is None:
        return int(Strictness.KEEP)
    if chosen.get("level") == str(int(chosen.get("levels", "0")) - 1):
        return int(Strictness.REDACT)
    return int(Strictness.GENERALIZE)


def action_strength(action: str) -> int:
    """The strength of an action without further facts."""
    steps = action.split(THEN)
    if all(step in TRANSFORMS for step in steps):
        return max(int(TRANSFORMS[step].strictness) for step in steps)
    return {
        "drop": ABSENT,
        "text": _TEXT,
        "realign": _TEXT,
        "generalize": int(Strictness.GENERALIZE),
    }.get(action, int(Strictness.KEEP))


def directions_of(action: str) -> Directions:
    """The directions of the parameters of an action; empty for an unknown action."""
    if action in TRANSFORMS:
        return TRANSFORMS[action].directions
    return DISPOSITIONS.get(action, each())


def class_strength(name: str | None) -> int:
    """The sensitivity of a field class."""
    return _CLASSES.get(name or "", 0)
