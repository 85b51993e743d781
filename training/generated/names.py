"""People: names of many cultures from the names folder, and surnames that are in no list."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Rows = list[dict[str, str]]

_FAMILY_FIRST = {"CN", "TW", "HK", "JP", "KR", "VN", "HU", "KH"}
_ENGLISH = ("US", "GB", "CA", "AU", "IE", "NZ")

_PARTICLES = (
    "de", "de la", "del", "de los", "van", "van der", "van den", "van de", "von", "von der", "zu",
    "di", "da", "dos", "do", "das", "du", "le", "la", "Le", "La", "Van", "Van Der", "De", "De La",
    "Di", "Da", "Al", "El", "al", "el", "bin", "bint", "ibn", "ben", "abu", "Abu", "St.", "Ten",
    "ter", "ten", "Mac", "e", "y", "af", "av",
)  # fmt: skip
_GLUED = (
    "O'",
    "Mc",
    "Mac",
    "D'",
    "Al-",
    "El-",
    "al-",
    "el-",
    "Fitz",
    "De",
    "Di",
    "Van",
    "O’",
    "Ab",
)
_SUFFIXES = (
    "Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "MD", "M.D.", "PhD", "Ph.D.", "DDS", "Esq.", "CPA",
    "RN", "DVM", "QC", "KC", "OBE", "MBA", "P.E.", "JD",
)  # fmt: skip
_TITLES_M = ("Mr", "Mr.", "Mr", "Mr.", "Sir", "Mister", "Herr", "M.", "Sr.", "Señor", "Shri", "Sh.")
_TITLES_F = (
    "Ms",
    "Ms.",
    "Mrs",
    "Mrs.",
    "Miss",
    "Ms",
    "Mrs.",
    "Lady",
    "Frau",
    "Mme",
    "Sra.",
    "Smt.",
)
_TITLES_ANY = (
    "Dr", "Dr.", "Prof.", "Professor", "Dr.", "Doctor", "Judge", "Justice", "Capt.", "Sgt.",
    "Detective", "Officer", "Rev.", "Father", "Sen.", "President", "Senator", "Lt.", "Col.",
    "Captain", "Hon.", "Adv.", "Inspector",
)  # fmt: skip
# The courtesy titles alone go inside a span: "President" or "Detective" says an office.
COURTESY = frozenset(
    {*_TITLES_M, *_TITLES_F, "Dr", "Dr.", "Prof.", "Professor", "Doctor", "Rev.", "Hon.", "Adv."}
)

_ONSETS = (
    "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "r",
    "s", "sch", "sh", "st", "sz", "t", "th", "tr", "v", "w", "y", "z", "zh", "kh", "ng", "mb", "q",
    "bh", "dh", "", "", "fl", "sk", "sl", "sv", "wr", "cz", "ll",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou", "au", "aa", "ee", "oo", "ia", "uo", "y", "ie")
_CODAS = (
    "",
    "",
    "",
    "n",
    "r",
    "l",
    "s",
    "t",
    "k",
    "m",
    "nd",
    "rt",
    "ck",
    "ng",
    "ll",
    "ss",
    "rk",
    "v",
)
_ENDINGS = (
    "ski", "ska", "sky", "ov", "ova", "ev", "eva", "in", "ina", "enko", "chuk", "vić", "vic",
    "wicz", "son", "sen", "sson", "dottir", "mann", "berg", "stein", "bach", "feld", "er", "ez",
    "es", "eira", "ini", "elli", "etti", "ucci", "oğlu", "oglu", "yan", "ian", "shvili", "dze",
    "pour", "zadeh", "nen", "la", "as", "is", "ius", "escu", "eanu", "opoulos", "akis", "idis",
    "ley", "ton", "ford", "worth", "wood", "field", "man", "kar", "wal", "walla", "pati", "swamy",
    "murthy", "nathan", "raj", "moto", "mura", "kawa", "yama", "saki", "naga", "wanyika", "mba",
    "ngwe", "we", "ola", "ade", "ike", "chi", "uwa", "ani", "ji", "han", "khel", "stra", "ema",
    "inga", "huis", "eau", "ard", "ault",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One person; `full` is the name as this person's documents write it."""

    given: str
    family: str
    full: str
    male: bool
    title: str
    middle: str
    family_first: bool


def read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pick(rng: Random, items: Sequence[str]) -> str:
    return items[int(rng.random() * len(items))]


def is_latin(name: str) -> bool:
    return all(
        char < "\u0250" or "\u1e00" <= char < "\u1f00" or not char.isalpha() for char in name
    )


def plain(text: str) -> str:
    """Without accents, as people write in an e-mail address or in a hurry; ASCII where it can."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def tilted(rng: Random, items: Sequence[str]) -> str:
    """The lists are ordered by frequency: half of the draws from the front, half from all."""
    share = rng.random()
    if rng.random() < 0.5:
        share *= share * share
    return items[int(share * len(items))]


class Names:
    """Given names and surnames by country, and how a culture puts them together."""

    def __init__(self, folder: Path) -> None:
        men: dict[str, list[str]] = defaultdict(list)
        women: dict[str, list[str]] = defaultdict(list)
        families: dict[str, list[str]] = defaultdict(list)
        for file in (
            "popular_names_cc0.csv",
            "us_census1990_pd.csv",
            "uk_births_ogl.csv",
            "faker_person_mit.csv",
        ):
            for row in read_csv(folder / file):
                name, country = row["name"].strip(), row["country"].split("_")[-1]
                if not name or len(name) > 30:
                    continue
                if country.islower():
                    country = "US" if country == "en" else country.upper()
                if not is_latin(name):
                    country += "*"
                elif country == "NP" and name.islower():
                    continue
                kind = row["kind"]
                if kind == "surname":
                    families[country].append(name)
                if kind in ("given_m", "given"):
                    men[country].append(name)
                if kind in ("given_f", "given"):
                    women[country].append(name)
        self.men, self.women, self.families = dict(men), dict(women), dict(families)
        whole = [c for c in families if men.get(c) and women.get(c)]
        self.cultures = [c for c in whole if not c.endswith("*") and len(families[c]) >= 2]
        self.scripts = [c for c in whole if c.endswith("*")]
        self.english = [c for c in _ENGLISH if c in self.cultures] or self.cultures
        if not self.cultures:
            raise ValueError(f"{folder}: no country has given names and surnames")

    def given(self, rng: Random, country: str, *, male: bool) -> str:
        name = tilted(rng, (self.men if male else self.women)[country])
        roll = rng.random()
        if roll < 0.02:
            return invented(rng, _vowel_end)
        if roll < 0.05 and " " not in name and "-" not in name:
            second = tilted(rng, (self.men if male else self.women)[country])
            return f"{name}{pick(rng, ('-', ' '))}{second}"
        return name

    def family(self, rng: Random, country: str) -> str:
        roll = rng.random()
        families = self.families[country]
        if roll < 0.10:
            name = crossed(tilted(rng, families), tilted(rng, families))
        elif roll < 0.16:
            name = invented(rng, _any_end)
        else:
            name = tilted(rng, families)
        roll = rng.random()
        if roll < 0.035:
            name = f"{pick(rng, _PARTICLES)} {name}"
        elif roll < 0.06:
            name = f"{pick(rng, _GLUED)}{name}"
        elif roll < 0.085:
            name = f"{name}-{tilted(rng, families)}"
        elif roll < 0.11:
            name = f"{name} {tilted(rng, families)}"
        return name

    def any_given(self, rng: Random) -> str:
        return self.given(rng, self.country(rng), male=rng.random() < 0.5)

    def any_family(self, rng: Random) -> str:
        return self.family(rng, self.country(rng))

    def country(self, rng: Random) -> str:
        if rng.random() < 0.4:
            return pick(rng, self.english)
        return pick(rng, self.cultures)

    def person(self, rng: Random) -> Person:
        male = rng.random() < 0.5
        country = self.country(rng)
        if self.scripts and rng.random() < 0.015:
            country = pick(rng, self.scripts)
        given = self.given(rng, country, male=male)
        other = country
        if rng.random() < 0.15 and not country.endswith("*"):
            other = self.country(rng)
        family = self.family(rng, other)
        family_first = country.rstrip("*") in _FAMILY_FIRST and rng.random() < 0.5
        middle = ""
        if rng.random() < 0.12:
            middle = self.given(rng, country, male=male)
        courtesy = _TITLES_M if male else _TITLES_F
        titles = _TITLES_ANY if rng.random() < 0.12 else courtesy
        title = pick(rng, titles[: 4 if rng.random() < 0.85 else len(titles)])
        full = _full(rng, given, middle, family, family_first)
        return Person(given, family, full, male, title, middle, family_first)


def crossed(one: str, other: str) -> str:
    """The beginning of one name and the end of another: a name that could be, and is in no list."""
    front, back = one.partition(" ")[0], other.rpartition(" ")[2]
    if min(len(front), len(back)) < 4:
        return one
    return front[: len(front) // 2] + back[len(back) // 2 :].lower()


def _full(rng: Random, given: str, middle: str, family: str, family_first: bool) -> str:
    if family_first:
        return f"{family}{given}" if not is_latin(given) else f"{family} {given}"
    roll = rng.random()
    if roll < 0.07:
        return f"{given} {initial(rng)} {family}"
    if roll < 0.10:
        return f"{given[0]}. {family}"
    if roll < 0.12:
        return f"{given[0]}.{pick(rng, ('', ' '))}{initial(rng)} {family}"
    if middle:
        return f"{given} {middle} {family}"
    if roll > 0.96:
        return f"{given} {family}{pick(rng, (' ', ', '))}{pick(rng, _SUFFIXES)}"
    return f"{given} {family}"


def initial(rng: Random) -> str:
    letter = "ABCDEFGHJKLMNPRSTVWZ"[int(rng.random() * 20)]
    return letter if rng.random() < 0.2 else f"{letter}."


def _any_end(rng: Random) -> str:
    return pick(rng, _ENDINGS) if rng.random() < 0.7 else ""


def _vowel_end(rng: Random) -> str:
    return pick(rng, ("a", "o", "i", "ie", "ia", "ah", "y", "e", "us", "on"))


def invented(rng: Random, ending: Callable[[Random], str]) -> str:
    """A name of syllables that is in no list: a model has to go by its shape and its place."""
    syllables = [
        pick(rng, _ONSETS) + pick(rng, _VOWELS) + pick(rng, _CODAS)
        for _ in range(1 + (rng.random() < 0.6))
    ]
    stem = "".join(syllables) + ending(rng)
    if len(stem) < 3:
        stem += pick(rng, ("man", "ra", "ti"))
    return stem[0].upper() + stem[1:]
