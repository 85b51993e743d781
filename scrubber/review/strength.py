"""How much a treatment takes away, and in which direction its parameters do: the order of `diff`.

    drop > redact > replace > random pseudonym > keyed pseudonym > encrypt > mask > shift
    > generalize > scrubbed text > keep > kept though no rule lists it

The numbers are those of :class:`~scrubber.transform.base.Strictness`. What is not there is as good
as dropped. An action that the table does not know is taken for one that takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from scrubber.transform.base import Strictness

ABSENT: Final = int(Strictness.DROP)
_TEXT: Final = 5
_UNLISTED: Final = -5
_RANDOM: Final = {"token": 57, "surrogate": 58}  # above all keyed ones, below what is replaced

STRICTNESS: Final[Mapping[str, int]] = {
    "keep": Strictness.KEEP,
    "text": _TEXT,
    "bin": Strictness.GENERALIZE,
    "round": Strictness.GENERALIZE,
    "truncate_date": Strictness.GENERALIZE,
    "prefix": Strictness.GENERALIZE,
    "ip": Strictness.GENERALIZE,
    "hierarchy": Strictness.GENERALIZE,
    "generalize": Strictness.GENERALIZE,
    "date_shift": Strictness.SHIFT,
    "mask": Strictness.MASK,
    "encrypt": Strictness.ENCRYPT,
    "token": Strictness.TOKEN,
    "surrogate": Strictness.SURROGATE,
    "replace": Strictness.REPLACE,
    "redact": Strictness.REDACT,
    "drop": Strictness.DROP,
}

# (action, parameter): 1 where more is stronger, -1 where more is weaker; and its default.
_DIRECTIONS: Final[Mapping[tuple[str, str], tuple[int, float | None]]] = {
    ("bin", "width"): (1, None),
    ("bin", "top"): (-1, float("inf")),
    ("bin", "bottom"): (1, float("-inf")),
    ("round", "to"): (1, None),
    ("round", "digits"): (-1, None),
    ("prefix", "keep"): (-1, None),
    ("ip", "v4"): (-1, 24),
    ("ip", "v6"): (-1, 48),
    ("hierarchy", "level"): (1, None),
    ("generalize", "level"): (1, None),
    ("date_shift", "max_days"): (1, None),
    ("date_shift", "min_days"): (1, 1),
    ("mask", "keep_first"): (-1, 0),
    ("mask", "keep_last"): (-1, 0),
    ("mask", "chars_to_mask"): (1, None),
    ("encrypt", "pad_to"): (1, 0),
}
_PRECISIONS: Final = ("hour", "day", "week", "month", "quarter", "year")
_CLASSES: Final = {"direct_identifier": 3, "quasi_identifier": 2, "sensitive": 2, "text": 1}


def strength(field: Mapping[str, Any]) -> int:
    """How much the treatment of a manifest's field takes away; more is stronger."""
    action = field["action"]
    if field["unsafe"]:
        return _UNLISTED
    if action in _RANDOM and not field["linkable"]:
        return _RANDOM[action]
    if action == "generalize":
        return _generalized(field)
    return action_strength(action)


def _generalized(field: Mapping[str, Any]) -> int:
    """Level 0 is the value itself, and the last one the same for all values."""
    chosen = {row["name"]: row["value"] for row in field["parameters"]}
    if field["technique"] is None:
        return int(Strictness.KEEP)
    if chosen.get("level") == str(int(chosen.get("levels", "0")) - 1):
        return int(Strictness.REDACT)
    return int(Strictness.GENERALIZE)


def action_strength(action: str) -> int:
    """How much an action takes away where nothing else is known of it."""
    return int(STRICTNESS.get(action, Strictness.KEEP))


def class_strength(name: str | None) -> int:
    """How careful one must be with a field of this class."""
    return _CLASSES.get(name or "", 0)


def parameter_strength(action: str, name: str, value: str | None) -> Fraction | float | None:
    """A number that is higher for stronger values of the parameter (`value` None for the default);
    None where no order is known."""
    if (action, name) == ("truncate_date", "to"):
        return _PRECISIONS.index(value) if value in _PRECISIONS else None
    direction, default = _DIRECTIONS.get((action, name), (0, None))
    if not direction:
        return None
    if value is None:
        return None if default is None else direction * default
    try:
        return direction * Fraction(value)
    except (ValueError, ZeroDivisionError):
        return None
