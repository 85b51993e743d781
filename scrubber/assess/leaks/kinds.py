"""The kinds of values in a leak index, and the spellings of a value that are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from scrubber.detect.linked.person import is_unspaced, name_words
from scrubber.model.entities import entity

LEFT_OUT: Final = frozenset(
    {
        *("DATE_OF_BIRTH", "DATE_TIME", "AGE", "AGE_OVER_89"),
        *("POSTAL_CODE", "CA_POSTAL_CODE", "DE_PLZ", "UK_POSTCODE", "CITY", "GEO_COORDINATES"),
        *("NRP", "FIRST_NAME", "LAST_NAME"),
    }
)
"""Entities that many people share, so that they tell nothing of the training data."""
UNKNOWN: Final = "ID"
"""The kind of a direct identifier without an entity."""
_DATE: Final = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[ T].*)?")


def spellings(kind: str, values: Iterable[str]) -> Iterator[str]:
    """The spellings of `values` of an entity that are looked up; nothing for values that many
    people share.

    A name has at least two words, or two characters of a script without spaces; its last word may
    come first. A place has a digit, and a URL a path. A code is no single word and no date. A phone
    number may lack the code of its country.

    >>> list(spellings("PERSON", ["Dr. Jane Doe", "Jane"]))
    ['jane doe', 'doe jane']
    """
    called = entity(kind).label or kind
    if kind in LEFT_OUT:
        return iter(())
    if called == "PERSON":
        return (form for value in values for form in _names(value))
    if called == "PHONE_NUMBER":
        return (form for value in values for form in _phones(value))
    if called == "LOCATION":
        return (value for value in values if any(map(str.isdigit, value)))
    if called == "URL":
        return (value for value in values if "/" in value.split("://")[-1].strip("/"))
    if called == UNKNOWN:
        return filter(_is_id, values)
    return iter(values)


def _is_id(value: str) -> bool:
    """True unless the value may be a lone name or a date."""
    several = len(value.split()) > 1 or not value.isalpha()
    return several and not _DATE.fullmatch(value)


def _names(value: str) -> Iterator[str]:
    words = name_words(value)
    if len(words) == 1 and len(words[0]) > 1 and is_unspaced(words[0][0]):
        yield words[0]
    elif len(words) > 1:
        yield " ".join(words)
        swapped = (*words[1:], words[0]) if "," in value else (words[-1], *words[:-1])
        if swapped != words:
            yield " ".join(swapped)


def _phones(value: str) -> Iterator[str]:
    yield value
    code, _, rest = value.strip().partition(" ") if " " in value else value.partition("-")
    if code.startswith("+") and rest:
        yield rest
        yield f"0{rest.removeprefix('(0)').strip()}"
