"""Writings: the ways in which made-up values are planted, as data and documents hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PLAIN, VARIANT = "plain", "variant"


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is written, and what belongs around it."""

    value: str
    before: str = ""
    after: str = ""


Writing = Callable[[str, str], Written]
"""Of a value, and the word that labels it, the way it is written."""


def _plain(value: str, _: str) -> Written:
    return Written(value)


def _variant(value: str, called: str) -> Written:
    """Digits of another country's form need a word that announces them."""
    return Written(value, f"{called}: ")


def _bold(value: str, _: str) -> Written:
    return Written(value, "**", "**")


def _html(value: str, _: str) -> Written:
    return Written(value, "<b>", "</b>")


def _cell(value: str, called: str) -> Written:
    return Written(value, f"\n| {called} | Status |\n|---|---|\n| ", " | open |\n")


def _json(value: str, _: str) -> Written:
    return Written(json.dumps(value)[1:-1], '{"id": 7, "value": "', '", "open": true}')


def _label_above(value: str, called: str) -> Written:
    return Written(value, f"\n{called}:\n", "\n")


def _glued(value: str, called: str) -> Written:
    return Written(value, f"{called.split()[-1].lower()}=", ";status=open")


def _html_entities(value: str, _: str) -> Written:
    """Marks and letters with accents as character references; a first digit, where there are
    neither."""
    encoded = re.sub(r"[^\w\s]|[^\x00-\x7f]", lambda mark: f"&#{ord(mark[0])};", value)
    return Written(encoded if encoded != value else f"&#{ord(value[0])};{value[1:]}")


def _quoted_printable(value: str, _: str) -> Written:
    """Bytes beyond ASCII in hexadecimal, and a line that breaks inside of the value."""
    middle = len(value) // 2
    halves = (
        "".join(c if c.isascii() else "".join(f"={b:02X}" for b in c.encode()) for c in half)
        for half in (value[:middle], value[middle:])
    )
    return Written("=\n".join(halves))


def _typographic(value: str, _: str) -> Written:
    """Spaces that do not break, dashes that do not break."""
    return Written(value.replace(" ", "\u00a0").replace("-", "\u2011"))


WRITINGS: Final[Mapping[str, Writing]] = MappingProxyType(
    {
        PLAIN: _plain,
        VARIANT: _variant,
        "bold": _bold,
        "HTML": _html,
        "table cell": _cell,
        "JSON": _json,
        "label above": _label_above,
        "glued": _glued,
        "HTML entities": _html_entities,
        "quoted-printable": _quoted_printable,
        "no-break marks": _typographic,
    }
)
"""Each way of writing by its name; of VARIANT the value itself is another one."""
