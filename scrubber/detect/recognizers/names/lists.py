"""Names of people and of towns by script, for recognizers that have other evidence, too.

``python -m training.gazetteer`` makes the file; NOTICE beside it names sources and licences.
"""

from __future__ import annotations

import gzip
import unicodedata
import zlib
from functools import cache
from pathlib import Path
from typing import Final

import regex

from scrubber.errors import NotAvailable

FILE: Final = Path(__file__).with_name("names.txt.gz")

_MARKS = regex.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640'’.-]")
_SUFFIX = regex.compile(r"(?<=..)[市縣県시군]\Z")
_CASES = frozenset("ach ami ах ами ам ів".split())
"""Endings that show a town's name in the plural, also behind three letters."""
_ENDING = 3
"""So many letters of a town's name may be an ending of a case."""


def plain(name: str) -> str:
    """A name without case, accents, vowel signs of Arabic and Hebrew, and the word for town.

    >>> [plain(name) for name in ("Rzeszów", "绍兴市", "Βόλος", "इन्दौर")]
    ['rzeszow', '绍兴', 'βολοσ', 'इंदौर']
    """
    if name.isascii():
        return str(_MARKS.sub("", name.casefold()))
    parts = _MARKS.sub("", unicodedata.normalize("NFD", name.casefold()))
    short = unicodedata.normalize("NFC", parts).replace("ł", "l").replace("ı", "i")
    short = regex.sub(r"[नणमङञ]\u094d(?=[क-ह])", "\u0902", short)
    return str(_SUFFIX.sub("", regex.sub("[أإآ]", "ا", short)))


@cache
def _lists() -> dict[str, frozenset[str]]:
    try:
        lines = gzip.decompress(FILE.read_bytes()).decode("utf-8").split("\n")
    except (OSError, EOFError, ValueError, zlib.error):
        raise _broken() from None
    titles = (line.split("|") for line in lines)
    return {title: frozenset(names) for title, *names in titles}


def names(title: str) -> frozenset[str]:
    """The list of that title, as :func:`plain` writes names. Raises: NotAvailable ``words-broken``
    if the lists of this installation cannot be read."""
    if title not in _lists():
        raise _broken()
    return _lists()[title]


def _broken() -> NotAvailable:
    return NotAvailable(
        "words-broken",
        "the list of names of this installation cannot be read",
        hint="its file was changed; install scrubber again",
    )


def is_town(name: str, script: str) -> bool:
    """True if the list has a town of that name."""
    return plain(name) in names(f"place {script}")


@cache
def _stems(script: str) -> frozenset[str]:
    """Towns without their last vowels, as endings of cases leave them."""
    vowels = regex.compile(r"(?:[aeiouyаеиіоуыюяйьαεηιουω]{1,2}|(?<=[αεηιουω])σ)\Z")
    return frozenset(
        short
        for short in (vowels.sub("", name.split(" ")[-1]) for name in names(f"place {script}"))
        if len(short) >= _ENDING
    )


def may_be_town(name: str, script: str) -> bool:
    """True if a town in some case of its language may be written so.

    >>> [may_be_town(*town) for town in (("Kielcach", "Latin"), ("Пскове", "Cyrillic"))]
    [True, True]
    """
    if is_town(name, script):
        return True
    last = plain(name).split(" ")[-1]
    stems = _stems(script)
    if last[:3] in stems and last[3:] in _CASES:
        return True
    return any(last[:end] in stems for end in range(len(last), max(len(last) - _ENDING, 4) - 1, -1))
