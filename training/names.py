"""The lists of DATA/names: what the model looks words up in, and names to put in place of
real ones.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from scrubber.detect.ner.features import LISTS, hashed, plain
from scrubber.detect.ner.tokens import Tokens

_COMMON = 1500


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    country: str
    kind: str
    rank: int | None


def entries(data: Path) -> Iterator[Entry]:
    for path in sorted((data / "names").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rank = int(row["rank"]) if row["rank"] else None
                yield Entry(row["name"], row["country"], row["kind"], rank)


def lookup(data: Path) -> list[np.ndarray]:
    """The sorted hashes of each of LISTS."""
    found: dict[str, set[int]] = {name: set() for name in LISTS}
    for entry in entries(data):
        words = [w for w in Tokens.of(entry.name).words if w[0].isalpha() and len(w) > 1]
        common = entry.rank is not None and entry.rank <= _COMMON
        for word in words:
            code = hashed(plain(word))
            if entry.kind.startswith("given"):
                found["given"].add(code)
                if common:
                    found["given_common"].add(code)
            elif entry.kind == "surname":
                found["surname"].add(code)
                if common:
                    found["surname_common"].add(code)
            elif entry.kind == "company":
                if word == words[0] and len(word) > 2:
                    found["company"].add(code)
            else:
                found["place" if len(words) == 1 else "place_part"].add(code)
    return [np.array(sorted(found[name]), np.uint32) for name in LISTS]


class Pool:
    """Names to draw from: half of them by country evenly, half from the longest lists.

    A Cyrillic name is drawn for a Cyrillic one, a Latin one for all others.
    """

    def __init__(self, data: Path) -> None:
        by_country: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
        cyrillic: dict[bool, list[str]] = {True: [], False: []}
        for entry in entries(data):
            given = entry.kind.startswith("given")
            if (given or entry.kind == "surname") and entry.name.isalpha():
                if is_cyrillic(entry.name):
                    cyrillic[given].append(entry.name)
                elif "a" <= plain(entry.name)[0] <= "z":
                    by_country[given].setdefault(entry.country, []).append(entry.name)
        self._cyrillic = {given: sorted(names) for given, names in cyrillic.items()}
        self._by_country = by_country
        self._homes: dict[tuple[str, bool], list[str]] = {}
        self._lists = {k: [sorted(v) for _, v in sorted(c.items())] for k, c in by_country.items()}
        self._all = {k: [n for names in lists for n in names] for k, lists in self._lists.items()}
        self.given = frozenset(plain(n) for n in self._all[True])
        self.surnames = frozenset(plain(n) for n in self._all[False])

    def _at_home(self, home: str, *, given: bool) -> list[str]:
        found = self._homes.get((home, given))
        if found is None:
            lists = sorted(self._by_country[given].items())
            found = sorted({n for place, names in lists if place.startswith(home) for n in names})
            self._homes[home, given] = found
        return found

    def draw_cyrillic(self, rng: Random, word: str, *, given: bool) -> str:
        """A name in the case of the declension that the end of `word` tells."""
        name = rng.choice(self._cyrillic[given])
        if not given and name.endswith(("ов", "ев", "ин")):
            ends = ("ова", "ову", "овым", "ове", "ой", "ева", "еву", "евым", "еве", "ина", "ину")
            found = next((end for end in ends if word.lower().endswith(end)), "")
            return name + {"ой": "ой"}.get(found, found[2:])
        return name

    def draw(self, rng: Random, *, given: bool, home: str = "") -> str:
        if rng.random() < 0.12:
            return _invented(rng)
        if home and rng.random() < 0.7:
            return rng.choice(self._at_home(home, given=given))
        if rng.random() < 0.5:
            return rng.choice(rng.choice(self._lists[given]))
        return rng.choice(self._all[given])


def is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[:1] <= "\u052f"


_ONSETS = "b br c ch d dr f fr g gr h j k kr l m n p pr r s sh st t tr v w y z th kh".split()
_VOWELS = "a e i o u a e i o u ai ee ia io ou ei".split()
_ENDS = [
    "",
    "",
    "n",
    "r",
    "l",
    "s",
    "m",
    "k",
    "t",
    "nd",
    "ck",
    "sson",
    "ski",
    "ov",
    "ez",
    "ic",
    "u",
]


def _invented(rng: Random) -> str:
    """A name that is on no list, so that the model learns from form and context too."""
    parts = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randint(1, 3))]
    return ("".join(parts) + rng.choice(_ENDS)).capitalize()
