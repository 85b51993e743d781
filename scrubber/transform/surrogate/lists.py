"""The frozen lists that stand-ins are drawn from: public words, shipped with the package."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES")


def fold(text: str) -> str:
    """The common form of two spellings of one value: NFKC, case-folded, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def initial(word: str) -> str:
    """The first letter of a folded word, without its accent; nothing for an empty one."""
    return unicodedata.normalize("NFKD", word[:1])[:1]


@dataclass(frozen=True)
class Listing:
    """The entries of a list, and the place of each by its folded form."""

    entries: tuple[str, ...]
    places: dict[str, int]
    _others: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, entries: tuple[str, ...]) -> Listing:
        return cls(entries, {fold(entry): place for place, entry in enumerate(entries)})

    def place(self, folded: str) -> int | None:
        return self.places.get(folded)

    def others(self, folded: str) -> tuple[str, ...]:
        """The entries of which no word begins as the `folded` one does, so that a stand-in has
        another initial than the name."""
        letter = initial(folded)
        if letter not in self._others:
            self._others[letter] = tuple(
                entry
                for entry in self.entries
                if letter not in map(initial, fold(entry).replace("-", " ").split())
            )
        return self._others[letter]

    def __contains__(self, folded: str) -> bool:
        return folded in self.places

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True)
class Lists:
    """All lists of one locale; `given` are the given names of every gender."""

    locale: str
    given_female: Listing
    given_male: Listing
    given: Listing
    surnames: Listing
    cities: Listing
    regions: Listing
    region_codes: Listing
    streets: Listing
    companies: Listing
    sectors: Listing

    @property
    def language(self) -> str:
        return self.locale[:2]

    def given_like(self, folded: str) -> Listing:
        """The given names of the gender of `folded`, where it has just one in this locale."""
        female, male = folded in self.given_female, folded in self.given_male
        if female == male:
            return self.given
        return self.given_female if female else self.given_male


@cache
def lists_of(locale: str) -> Lists:
    """The lists of one of LOCALES."""
    female, male = _lines(locale, "given_female"), _lines(locale, "given_male")
    regions = [line.partition(",") for line in _lines(locale, "regions")]
    return Lists(
        locale=locale,
        given_female=Listing.of(female),
        given_male=Listing.of(male),
        given=Listing.of(tuple(dict.fromkeys(female + male))),
        surnames=Listing.of(_lines(locale, "surnames")),
        cities=Listing.of(_lines(locale, "cities")),
        regions=Listing.of(tuple(name for name, _, _ in regions)),
        region_codes=Listing.of(tuple(code for _, _, code in regions if code)),
        streets=Listing.of(_lines(locale, "streets")),
        companies=Listing.of(_lines(locale, "companies")),
        sectors=Listing.of(_lines(locale, "sectors")),
    )


def _folder() -> Traversable:
    return resources.files("scrubber.transform").joinpath("lists")


def _lines(locale: str, kind: str) -> tuple[str, ...]:
    text = _folder().joinpath(f"{locale}.{kind}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line)


@cache
def lists_digest() -> str:
    """SHA-256 (hex) over the names and contents of all lists; public data, for the manifest."""
    digest = sha256()
    files = [entry for entry in _folder().iterdir() if entry.name.endswith(".txt")]
    for entry in sorted(files, key=lambda entry: entry.name):
        for part in (entry.name.encode(), entry.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
