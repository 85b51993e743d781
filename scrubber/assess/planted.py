"""Planted recall: synthetic identifiers are planted in real texts, and the found ones counted.

Missed findings cannot be counted in the data itself, where the truth is unknown. So synthetic
identifiers are planted between the words of some texts, in many writings and layouts, and searched
for by the same detectors. The share that is completely covered estimates the recall on such values.
Names outside of every list may be found less often.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from scrubber.assess.wilson import bounds
from scrubber.assess.writings import VARIANT, WRITINGS, Written
from scrubber.model import entities
from scrubber.transform.surrogate.lists import LOCALES, lists_of

_GAP: Final = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")  # not next to a number


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with a planted value from `start` to `end` (code points); `into` is the original
    text."""

    text: str = field(repr=False)
    start: int
    end: int
    into: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of `planted` values of an entity in a writing that was found, with the bounds of
    its 95 % interval (Wilson 1927), from 0 to 1."""

    entity: str
    writing: str
    planted: int
    share: float
    low: float
    high: float


def plant(
    texts: Sequence[str], entity: str, writing: str, count: int, seed: int = 0
) -> list[Planted]:
    """Plant a synthetic value of `entity`, one of ENTITIES, in a writing of WRITINGS, in `count`
    texts drawn from `texts` (or in empty texts). Equal arguments give equal results."""
    chance, row = random.Random(f"{seed}\0{entity}\0{writing}"), entities.entity(entity)
    make = row.variant if writing == VARIANT else row.planted
    if make is None:
        raise ValueError("nothing of this entity can be planted")
    return [
        _planted(
            texts[i % len(texts)] if texts else "",
            WRITINGS[writing](make(chance, _name), row.called or entity),
            chance,
        )
        for i in range(count)
    ]


def writings_of(entity: str) -> tuple[str, ...]:
    """The writings in which values of `entity` can be planted."""
    varies = entities.entity(entity).variant is not None
    return tuple(name for name in WRITINGS if varies or name != VARIANT)


def recall_of(entity: str, writing: str, caught: int, planted: int) -> Recall:
    """The recall with its Wilson score interval.

    >>> one = recall_of("EMAIL_ADDRESS", "plain", 97, 100)
    >>> round(one.low, 3), one.share, round(one.high, 3)
    (0.915, 0.97, 0.99)
    """
    low, high = bounds(caught, planted)
    return Recall(entity, writing, planted, caught / planted, low, high)


def _planted(text: str, written: Written, chance: random.Random) -> Planted:
    gaps = [match.start() for match in _GAP.finditer(text)]
    at = chance.choice(gaps) if gaps else len(text)
    lead = (text[:at] + " " if at else "") + written.before
    end = len(lead) + len(written.value)
    return Planted(f"{lead}{written.value}{written.after}{text[at:]}", len(lead), end, text)


def _name(chance: random.Random) -> tuple[str, str]:
    lists = lists_of(chance.choice(LOCALES))
    return chance.choice(lists.given.entries), chance.choice(lists.surnames.entries)


ENTITIES: Final = tuple(one.name for one in entities.ENTITIES.values() if one.planted is not None)
"""Entities that can be planted, by Presidio's names."""
