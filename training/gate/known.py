"""What is known to be a name, and what a dictionary has as a common word."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training import generated
from training.gate.evidence import Evidence

NAME_LISTS = {
    "companies_sec_pd": "public domain",
    "companies_sp500_pddl": "PDDL",
    "faker_person_mit": "MIT",
    "places_geonames_ccby": "CC BY 4.0",
    "popular_names_cc0": "CC0",
    "uk_births_ogl": "OGL",
    "us_census1990_pd": "public domain",
}
DICTIONARIES = ("/usr/share/dict/american-english", "/usr/share/dict/british-english")
DICTIONARY_LICENCE = "SCOWL, (c) 2000-2011 Kevin Atkinson; see NOTICE beside this file"

_SURNAMES = 4_000
_COMMON_SURNAMES = 500
# Up to which rank a list has given names that are common.
_COMMON_GIVEN = {"popular_names_cc0": 100, "us_census1990_pd": 1_000, "uk_births_ogl": 1_500}
_COMPANY_WORDS = frozenset(
    "inc corp ltd co plc llc lp sa nv ag group holdings holding company corporation limited the "
    "com international technologies & trust".split()
)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Single words of names of people, places and companies; `given`: common given names; `sure`:
    those that no dictionary makes harmless (given names, common surnames, who is known to all);
    `countries`: those of countries that are one word; `parts`: longer words of other countries."""

    every: frozenset[str]
    given: frozenset[str]
    sure: frozenset[str]
    countries: frozenset[str]
    parts: frozenset[str]


def folded(name: str) -> str:
    """`name` in lower case without accents."""
    apart = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def known_names(data: Path, evidence: Evidence) -> KnownNames:
    """The words of the lists of names."""
    every: set[str] = set()
    given: set[str] = set()
    countries: set[str] = set()
    of_countries: set[str] = set()
    sure = {word for name in _famous() for word in folded(name).split()}
    for name in NAME_LISTS:
        for row in csv.DictReader((data / "names" / f"{name}.csv").open(encoding="utf-8")):
            rank = int(row["rank"] or 1)
            surname = row["kind"] == "surname"
            if surname and rank > _SURNAMES:
                continue
            parts = folded(row["name"]).replace("-", " ").replace("'", " ").split()
            if row["kind"] == "company":
                parts = [part for part in parts if part.strip(".,") not in _COMPANY_WORDS]
                if len(parts) > 1:
                    continue
            for part in parts:
                if not (part.isascii() and part.isalpha() and len(part) > 2):
                    continue
                if row["kind"] == "country" and len(parts) > 1 and len(part) > 3:
                    of_countries.add(part)
                if len(parts) > 1 and evidence.often(part) >= 10:
                    continue
                every.add(part)
                if row["kind"] == "country" and len(parts) == 1:
                    countries.add(part)
                if row["rank"] and (not surname or rank <= _COMMON_SURNAMES):
                    sure.add(part)
                if row["kind"].startswith("given") and rank <= _COMMON_GIVEN.get(name, 0):
                    given.add(part)
    return KnownNames(*map(frozenset, (every | sure, given, sure, countries, of_countries)))


def _famous() -> list[str]:
    """The people whom the templates of generated text call by name."""
    templates = Path(generated.__file__).parent / "templates"
    texts = (path.read_text(encoding="utf-8") for path in sorted(templates.glob("*.txt")))
    return [name for text in texts for name in re.findall(r"\{P=([^}]*)\}", text)]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words in lower case: those that are written in small letters, and those of proper names."""

    small: frozenset[str]
    large: frozenset[str]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Dictionary:
        """The words of the files, one a line."""
        words = {w for path in paths for w in path.read_text(encoding="utf-8").split()}
        plain = {word: folded(word) for word in words if len(word) > 2}
        plain = {word: low for word, low in plain.items() if low.isascii() and low.isalpha()}
        small = frozenset(low for word, low in plain.items() if word.islower())
        return cls(small, frozenset(low for word, low in plain.items() if word.istitle()))
