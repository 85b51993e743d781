"""Detection of values in place of field names, from a name alone and from its siblings.

Names enter outputs, manifests and messages, so they must not be data. `looks_like_data` judges a
single name, `data_among` the names at one level, and `row_as_header` a header above records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

from scrubber.detect.linked.folding import fold
from scrubber.model.names import given_names, surnames

_LONGEST = 256
_MOST_DIGITS = 9
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MAC = re.compile(r"(?<![^\W_])[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}(?![^\W_])", re.I)
_IPV4 = re.compile(r"(?<![\w.])(\d{1,3}\.){3}\d{1,3}(?![\w.])")
_SHORT_PHONE = re.compile(r"\D{0,2}\d{3}[-. ]\d{4}")
_DIGEST = re.compile(r"(?=(?:[0-9]*[a-f]+[0-9]+){3})[0-9a-f]{16,}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
_SEAM = re.compile(r"[A-Za-z][0-9]|[0-9][A-Za-z]")
_SEAMS_OF_A_TOKEN = 5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_RANGE = re.compile(r"\D*?([\d,.]+)\s*(?:-|–|~|_|to|bis|a|à)\s*\D?([\d,.]+)\D*", re.IGNORECASE)
_PUBLIC_CODE = re.compile(
    r"ENS[A-Z]{0,6}\d{11}(\.\d+)?|rs\d+|(GO|HP|MONDO|CHEBI|UBERON)[:_.]\d{7}"
    r"|(NM|NR|XM|NP|XP)_\d+(\.\d+)?|CHEMBL\d+|LOC\d+|.*\.\d{6,}e-?\d+"
)
"""Codes of things: genes, variants, ontology terms, compounds."""
_IDENTITY = re.compile(
    r"(?:^|[\W_])(?:mrn|ssn|nhs|patient|pat|subject|subj|participant|person|people|user|uid|customer"
    r"|cust|client|member|employee|emp|student|account|acct|passport|policy|card|phone|tel|mobile)"
    r"(?:[\W_]?(?:id|no|nr|num|number))?[\W_]{0,2}(?P<number>\d{4,})(?!\d)",
    re.IGNORECASE,
)
_TITLES = frozenset("mr mrs ms miss dr prof sir herr frau mme mlle señor señora sra".split())
_THINGS = frozenset(
    "beach bay city county falls harbor hill hills lake park river springs valley".split()
)
"""Surnames at the end of place names."""
_OTHERS = frozenset(
    "max min daisy iris lily rose violet ruby pearl amber april august june may"
    " virginia georgia carolina dakota jordan chad israel paris florence sydney charlotte jackson"
    " santa san austin dallas houston lincoln columbia victoria alexandria adelaide marion"
    " salem diego jose juan luis francisco antonio rosa barbara monica maria clara cruz ana".split()
)
"""Given names that also name a place or a thing."""
_CUTS = re.compile(r"[\s_.,;+-]+|(?<=[^\W\d_A-Z])(?=[A-Z])")
_LETTERS = re.compile(r"[^\W\d_]+")
_DATE = re.compile(
    r"(?P<year>\d{4})(?P<s>[-/._]?)(?P<month>\d\d?)(?P=s)(?P<day>\d\d?)"
    r"(?:[T ]?(?P<hour>\d\d):?(?P<minute>\d\d)(:?\d\d)?)?"
    r"|(?P<a>\d\d?)(?P<t>[-/._])(?P<b>\d\d?)(?P=t)(?P<short>\d{4}|\d{2})"
)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
_NUMBERED = re.compile(r"[^\W\d]+[_-]?[0-9]{2,}")
_SERIES = 3
_LONG_NUMBER = 5


@lru_cache(maxsize=1 << 14)
def looks_like_data(name: str) -> bool:
    """True if a name looks like a value: an e-mail or network address, a UUID, a digest or token, a
    person's number, nine digits or more, a person's name, or more than 256 characters.

    Years, ranges and gene codes are not such digits.

    >>> [looks_like_data(name) for name in ("ann@example.com", "Ann Miller", "phone_2")]
    [True, True, False]
    """
    return (
        len(name) > _LONGEST
        or any(pattern.search(name) for pattern in (_ADDRESS, _UUID, _MAC))
        or _SHORT_PHONE.fullmatch(name.strip()) is not None
        or _is_ipv4(name)
        or _has_number(name)
        or _has_token(name)
        or is_person(name)
    )


def is_person(name: str) -> bool:
    """True if a name is a person's: a given name and a surname, or a title and a surname.

    Two words that both have another meaning are not a person.
    """
    if not 4 <= len(name) <= 60 or any(ch.isdigit() for ch in name):
        return False
    words = [fold(word) for word in _CUTS.split(name.strip()) if word]
    if not 2 <= len(words) <= 4:
        return False
    if words[0] in _TITLES:
        return words[-1] in surnames() and words[-1] not in _ordinary()
    if any(len(word) > 1 and word not in given_names() | surnames() for word in words[1:-1]):
        return False
    if _are_names(words[0], words[-1]):
        return True
    swapped = _are_names(words[-1], words[0])
    return swapped and ("," in name or not {words[0], words[-1]} & (_ordinary() | _OTHERS))


def mentions_person(name: str) -> bool:
    """True if a name contains a given name beside a surname, and neither has another meaning."""
    words = [fold(word) for word in _CUTS.split(re.sub(r"\d+", " ", name)) if word]
    others = _OTHERS | _THINGS
    return is_person(name) or any(
        _are_names(a, b) and not {a, b} & others and not {a, b} & _ordinary()
        for a, b in pairwise(words)
    )


def _are_names(first: str, last: str) -> bool:
    if len(first) < 2 or len(last) < 2 or first not in given_names() or last not in surnames():
        return False
    if first in _OTHERS:
        return last not in _ordinary() | _OTHERS | _THINGS
    return first not in _ordinary() or last not in _ordinary()


def data_among(names: Sequence[str]) -> int | None:
    """The index of a name that looks like a value among its siblings, or None.

    Dates and long numbers are values unless they form a series: at least three, in order. Given
    names and surnames are values if there are at least two and they are half of all names.
    """
    days = {i: day for i, name in enumerate(names) if (day := _day(name)) is not None}
    if days and not _is_series(list(days.values())):
        return next(iter(days))
    numbers = {i: float(name) for i, name in enumerate(names) if _NUMBER.fullmatch(name)}
    long = [i for i in numbers if names[i].isdigit() and len(names[i]) >= _LONG_NUMBER]
    if long and not days.keys() >= set(long) and not _is_series(list(numbers.values())):
        return long[0]
    people = [i for i, name in enumerate(names) if _is_name(name)]
    given = any(fold(names[i]) in given_names() for i in people)
    return people[0] if given and len(people) >= 2 and 2 * len(people) >= len(names) else None


def are_map_keys(names: Sequence[str]) -> bool:
    """True if names shared by few records look like the keys of a map: half of them contain a
    digit, are names of people, or are not common words."""
    odd = sum(_is_odd(name) for name in names)
    return 2 * odd >= len(names)


def are_keys_of_people(names: Sequence[str]) -> bool:
    """True if each name is a given name with a capital; or of several names, a word with a number
    of two digits and more. If no two objects share one, such keys are values.

    >>> [are_keys_of_people(names) for names in (["Jane"], ["emp12", "emp77"], ["emp12"])]
    [True, True, False]
    """
    return bool(names) and all(
        (len(names) > 1 and _NUMBERED.fullmatch(name))
        or (name.istitle() and _is_name(name) and fold(name) in given_names())
        for name in names
    )


def row_as_header(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """The index of a header cell that is a value like those below it; None for a real header.

    Evidence: a name that occurs among its column's values; a number within the range of a numeric
    column; a given name or surname above others; a code spelled like all codes below it. Two such
    columns (or the only one) show that the header is a record.
    """
    again = list(names) if len(names) > 1 else None  # concatenated files repeat their header
    records = [row for row in rows if len(row) == len(names) and list(row) != again]
    if len(records) < 2:
        return None
    numbers = [float(name) for name in names if _NUMBER.fullmatch(name)]
    counting = len(numbers) >= 2 and _is_series(numbers, least=2)
    columns = [[row[i].strip() for row in records if row[i].strip()] for i in range(len(names))]
    like = [
        i
        for i, (name, values) in enumerate(zip(names, columns, strict=True))
        if values and _is_like(name.strip(), values, counting=counting)
    ]
    return like[0] if len(like) >= min(2, len(names)) else None


def _is_like(name: str, values: Sequence[str], *, counting: bool) -> bool:
    if not name:
        return False
    if _NUMBER.fullmatch(name):
        if counting or not all(_NUMBER.fullmatch(value) for value in values):
            return False
        found = [float(value) for value in values]
        year = _YEAR.fullmatch(name) and not all(1900 <= one < 2100 for one in found)
        return not year and min(found) <= float(name) <= max(found)
    if name in values:
        return True
    for names in (given_names(), surnames()):
        if fold(name) in names and not (name.islower() and name in _ordinary()):
            return 2 * sum(fold(value) in names for value in values) >= len(values)
    spelt = _spelling(name)
    return "9" in spelt and len(spelt) >= 4 and all(_spelling(value) == spelt for value in values)


def _is_odd(name: str) -> bool:
    words = [fold(word) for word in _CUTS.split(name) if word]
    return any(ch.isdigit() for ch in name) or not any(word in _ordinary() for word in words)


def _spelling(text: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))


def _is_name(name: str) -> bool:
    word = fold(name.strip())
    known = word in given_names() or word in surnames()
    return known and len(word) >= 3 and word not in _ordinary() and word not in _OTHERS


@cache
def _ordinary() -> frozenset[str]:
    """Words that are common in lower case, names or not."""
    from scrubber.detect.ner.prescreen.lists import read_words

    return frozenset(word for word, ways in read_words().items() if "l" in ways)


def _is_ipv4(name: str) -> bool:
    found = _IPV4.search(name)
    return found is not None and all(int(part) < 256 for part in found[0].split("."))


def _has_number(name: str) -> bool:
    if _digits(name) < 4 or _PUBLIC_CODE.fullmatch(name) or _is_range(name):
        return False
    bare = _YEAR.sub("", name)
    identity = _IDENTITY.search(bare)
    most = max(map(_digits, _LETTERS.split(bare)))
    return most >= _MOST_DIGITS or (identity is not None and int(identity["number"]) > 999)


def _is_range(name: str) -> bool:
    """True if a name is a range, such as an income bracket."""
    found = _RANGE.fullmatch(name)
    if found is None:
        return False
    low, high = (re.sub(r"\D", "", text) for text in found.groups())
    return 0 < len(low) <= len(high) <= 8 and int(low) < int(high) and not _UUID.search(name)


def _has_token(name: str) -> bool:
    return any(
        _DIGEST.fullmatch(run[0]) or len(list(_seams(run[0]))) >= _SEAMS_OF_A_TOKEN
        for run in _RUN.finditer(name)
    )


def _seams(text: str) -> Iterator[int]:
    return (i for i in range(len(text) - 1) if _SEAM.fullmatch(text, i, i + 2))


def _digits(text: str) -> int:
    return sum(ch.isdigit() for ch in text)


def _day(name: str) -> float | None:
    """The day in a name with day and year, as a number; an hour is a fraction."""
    found = _DATE.fullmatch(name.strip())
    if found is None:
        return None
    if found["year"]:
        trials = [(found["year"], found["month"], found["day"])]
    else:
        year = found["short"] if len(found["short"]) == 4 else f"20{found['short']}"
        trials = [(year, found["a"], found["b"]), (year, found["b"], found["a"])]
    for year, month, day in trials:
        try:
            whole = date(int(year), int(month), int(day)).toordinal()
        except ValueError:
            continue
        return whole + int(found["hour"] or 0) / 24 + int(found["minute"] or 0) / 1440
    return None


def _is_series(values: Sequence[float], least: int = _SERIES) -> bool:
    """True if values form a series: equal steps, or many values in order."""
    steps = [b - a for a, b in pairwise(values)]
    if len(values) < least or not steps:
        return False
    ordered = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    if len(values) < _SERIES:
        return abs(steps[0]) == 1
    return ordered and (len(values) >= 6 or max(map(abs, steps)) <= 2 * min(map(abs, steps)))


__all__ = [
    "are_keys_of_people",
    "are_map_keys",
    "data_among",
    "is_person",
    "looks_like_data",
    "mentions_person",
    "row_as_header",
]
