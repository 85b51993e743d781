"""Plain scalars of YAML, read by the core schema of YAML 1.2, and its traps refused.

A word that YAML 1.1 parsers read as a boolean, an octal or a base-60 number means different things
to different programs, so it is an error instead of a guess. Dates are text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

Scalar = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
# Booleans of YAML 1.1 (https://yaml.org/type/bool.html) less y and n, which no common parser reads
# as such and which are common names of columns.
_BOOLEAN_TRAP = frozenset(
    {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"}
)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NUMBER_TRAPS = (
    (re.compile(r"[-+]?0[0-7]+"), "YAML 1.1 reads it as an octal number"),
    (re.compile(r"[-+]?0[0-9_]+(\.[0-9]*)?"), "its leading zero is lost in some programs"),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+"), "it is a hexadecimal number"),
    (re.compile(r"[-+]?0[oO][0-7_]+"), "it is an octal number"),
    (re.compile(r"[-+]?0[bB][01_]+"), "YAML 1.1 reads it as a binary number"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?"), "YAML 1.1 reads it in base 60"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "YAML 1.1 skips the underscores"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "it is no finite number"),
)
_LARGEST = 2**63 - 1
_QUOTE_IT = "put it in quotes if text is meant"


@dataclass(frozen=True, slots=True)
class Trap:
    """A scalar that is refused: the problem's code, its text and its hint."""

    code: str
    text: str
    hint: str


def plain_scalar(word: str) -> Scalar | Trap:
    """The value of an unquoted `word`: null, a boolean, a number, or text.

    >>> plain_scalar("34"), plain_scalar("2027-06-30"), plain_scalar("true")
    (34, '2027-06-30', True)
    >>> plain_scalar("NO").code
    'yaml-boolean'
    """
    if word in _NULL:
        return None
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word in _BOOLEAN_TRAP:
        return Trap(
            "yaml-boolean",
            f"unquoted {word} is a boolean to some programs and text to others",
            f'write true or false, or "{word}" if text is meant',
        )
    if _INTEGER.fullmatch(word):
        return _integer(word)
    if _FLOAT.fullmatch(word):
        return _float(word)
    for pattern, why in _NUMBER_TRAPS:
        if pattern.fullmatch(word):
            return Trap("yaml-number", f"a number without quotes: {why}", _QUOTE_IT)
    return word


def _integer(word: str) -> Scalar | Trap:
    value = int(word) if len(word) <= 20 else _LARGEST + 1
    if abs(value) > _LARGEST:
        return Trap("yaml-number", "an unquoted number of more than 64 bits", _QUOTE_IT)
    return value


def _float(word: str) -> Scalar | Trap:
    value = float(word)
    if not math.isfinite(value):
        return Trap("yaml-number", "a number that is too large", _QUOTE_IT)
    return value
