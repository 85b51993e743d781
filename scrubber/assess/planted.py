"""Planted recall: identifiers of nobody's are put into real texts, and counted if they are caught.

What detectors miss cannot be counted in the data itself, where nobody knows what there is. So made
up identifiers are planted between the words of some texts, without a word that announces them, and
the same detectors look. The share that is wholly covered is an estimate of recall on such values;
names that no list has may be found less often.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scrubber.transform.surrogate.lists import LOCALES, lists_of

_GAP: Final = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")  # not beside a number
_NORMAL: Final = 1.959964  # of the standard normal distribution, for an interval of 95 %
_CARDS: Final = (("4", 16), ("51", 16), ("37", 15), ("6011", 16))
_HOSTS: Final = ("gmail.com", "outlook.com", "web.de", "orange.fr", "mailbox.org", "acme.co.uk")


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with something planted in it, from `start` to `end` (code points); `into` is the text
    as it was."""

    text: str = field(repr=False)
    start: int
    end: int
    into: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recall:
    """Of `planted` values of an entity the share that was caught, with the bounds of its 95 %
    interval (Wilson 1927), from 0 to 1."""

    entity: str
    planted: int
    share: float
    low: float
    high: float


def plant(texts: Sequence[str], entity: str, count: int, seed: int = 0) -> list[Planted]:
    """`count` texts, each one of `texts` (or nothing, where there are none) with a made up value of
    `entity`, one of ENTITIES. The same arguments plant the same."""
    chance = random.Random(f"{seed}\0{entity}")
    return [
        _planted(texts[i % len(texts)] if texts else "", _MAKERS[entity](chance), chance)
        for i in range(count)
    ]


def recall_of(entity: str, caught: int, planted: int) -> Recall:
    """The recall, with its Wilson score interval.

    >>> one = recall_of("EMAIL_ADDRESS", 97, 100)
    >>> round(one.low, 3), one.share, round(one.high, 3)
    (0.915, 0.97, 0.99)
    """
    if not 0 <= caught <= planted or not planted:
        raise ValueError("of what was planted some, all or nothing is caught")
    share, square = caught / planted, _NORMAL**2
    middle = share + square / (2 * planted)
    wide = _NORMAL * math.sqrt(share * (1 - share) / planted + square / (4 * planted**2))
    low, high = ((middle + sign * wide) / (1 + square / planted) for sign in (-1, 1))
    # rounding may put a bound a hair on the wrong side of 0, 1 or the share
    return Recall(entity, planted, share, max(0.0, min(low, share)), min(1.0, max(high, share)))


def _planted(text: str, value: str, chance: random.Random) -> Planted:
    gaps = [match.start() for match in _GAP.finditer(text)]
    at = chance.choice(gaps) if gaps else len(text)
    lead = text[:at] + " " if at else ""
    return Planted(f"{lead}{value}{text[at:]}", len(lead), len(lead) + len(value), text)


def _name(chance: random.Random) -> tuple[str, str]:
    lists = lists_of(chance.choice(LOCALES))
    return chance.choice(lists.given.entries), chance.choice(lists.surnames.entries)


def _person(chance: random.Random) -> str:
    return " ".join(_name(chance))


def _email(chance: random.Random) -> str:
    given, surname = (re.sub(r"[^a-z]", "", part.lower()) or "info" for part in _name(chance))
    between = chance.choice((".", "_", "", "-"))
    number = chance.choice(("", str(chance.randrange(10, 99))))
    return f"{given}{between}{surname}{number}@{chance.choice(_HOSTS)}"


def _phone(chance: random.Random) -> str:
    area, line = chance.choice((212, 312, 415, 617, 713)), chance.randrange(10_000)
    form = chance.choice(("({}) 555-{:04d}", "{}-555-{:04d}", "+1 {} 555 {:04d}"))
    return form.format(area, line)


def _ssn(chance: random.Random) -> str:
    area, group = chance.randrange(100, 660), chance.randrange(10, 99)
    return f"{area}-{group}-{chance.randrange(1000, 9999)}"


def _card(chance: random.Random) -> str:
    prefix, length = chance.choice(_CARDS)
    body = prefix + "".join(chance.choices("0123456789", k=length - len(prefix) - 1))
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in body[::-2])
    check = -(doubled + sum(map(int, body[-2::-2]))) % 10
    return f"{body}{check}"


def _iban(chance: random.Random) -> str:
    account = "".join(chance.choices("0123456789", k=18))
    check = 98 - int(f"{account}131400") % 97  # D, E and room for the check digits
    return f"DE{check:02d}{account}"


def _ip(chance: random.Random) -> str:
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))


_MAKERS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "PERSON": _person,
    "EMAIL_ADDRESS": _email,
    "PHONE_NUMBER": _phone,
    "US_SSN": _ssn,
    "CREDIT_CARD": _card,
    "IBAN_CODE": _iban,
    "IP_ADDRESS": _ip,
}

ENTITIES: Final = tuple(_MAKERS)
"""What can be planted, by Presidio's names."""
