"""Sentences of many languages as they are, and with generated names in and around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from babel import Locale

from scrubber.detect.ner.features import plain
from training.generated.document import LOCATION, ORGANIZATION, PERSON, Writer
from training.generated.noise import marked_up
from training.multilingual.sentences import Look, languages, sentences
from training.names import entries
from training.tagging import Labelled

_PHRASES = Path(__file__).with_name("phrases.txt")
_FAMILY_FIRST = frozenset(("ja", "zh-CN", "zh-TW", "ko", "hu", "vi"))
_CJK = frozenset(("ja", "zh-CN", "zh-TW", "ko"))
_CLDR = {"zh-CN": "zh_Hans", "zh-TW": "zh_Hant"}
_LABELS = {"P": PERSON, "G": PERSON, "F": PERSON, "L": LOCATION, "O": ORGANIZATION}
_ROWS = (": ", ":\n", " : ", ":  ", " | ", ":\t", " - ", ": **", "  ")
_PER_LANGUAGE = 250  # texts of forms, letters and records in a round


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language: its phrases by kind, its names, and words of the calendar, which are none."""

    code: str
    phrases: dict[str, list[str]]
    given: Sequence[str]
    family: Sequence[str]
    places: Sequence[str]
    words: Sequence[str]

    def person(self, rng: Random) -> str:
        given, family = rng.choice(self.given), rng.choice(self.family or self.given)
        roll = rng.random()
        if self.code in _FAMILY_FIRST:
            return f"{family}{'' if self.code in _CJK else ' '}{given}"
        if roll < 0.08:
            return f"{family} {given}"
        if roll < 0.14:
            return f"{given[0]}. {family}"
        if roll < 0.2:
            return f"{family.upper()} {given}"
        return f"{given} {family}"

    def filled(self, template: str, out: Writer, rng: Random) -> None:
        """Writes a sentence of the phrases, its names labelled."""
        rest = template.replace("\\n", "\n")
        while rest:
            before, slot, rest = rest.partition("{")
            out.add(before)
            if slot:
                name, _, rest = rest.partition("}")
                out.add(self.name(name, rng), _LABELS[name])

    def name(self, slot: str, rng: Random) -> str:
        if slot == "P":
            return self.person(rng)
        if slot == "G":
            return rng.choice(self.given)
        if slot == "F":
            return rng.choice(self.family or self.given)
        if slot == "L":
            return rng.choice(self.places)
        form = rng.choice(self.phrases["o"])
        return form.format(F=rng.choice(self.family or self.given), L=rng.choice(self.places))


@cache
def tongues(data: Path) -> dict[str, Tongue]:
    """Every language of the phrases, by its code."""
    people: dict[str, dict[bool, dict[str, None]]] = {}
    for entry in entries(data):
        if entry.kind.startswith("given") or entry.kind == "surname":
            of = people.setdefault(entry.country, {True: {}, False: {}})
            of[entry.kind != "surname"][entry.name] = None
    made = {}
    for code, locales, phrases in _read():
        own = {
            is_given: [
                name
                for locale, of in sorted(people.items())
                if locale.startswith(tuple(locales.split(",")))
                for name in of[is_given]
            ]
            for is_given in (True, False)
        }
        for is_given, kind in ((True, "given"), (False, "family")):
            if kind in phrases:
                own[is_given] = phrases[kind]
        script = _script(phrases["n"][0])
        given, family = ([n for n in own[g] if _script(n) == script] for g in (True, False))
        places, words = _calendar(_CLDR.get(code, code), script)
        made[code] = Tongue(code, phrases, given, family, places, words)
    return made


def documents(data: Path, rng: Random) -> list[Labelled]:
    return list(_documents(data, rng))


def _documents(data: Path, rng: Random) -> Iterator[Labelled]:
    """One round of all languages: every sentence once, some with names put to them, and forms,
    letters and records. Words that may be names are marked unknown."""
    known = tongues(data)
    listed = frozenset(
        plain(w) for e in entries(data) if e.kind != "company" for w in e.name.split() if len(w) > 1
    ) | frozenset(p for t in known.values() for n in (*t.places, *t.given) for p in (n, plain(n)))
    for code in languages(data):
        texts = sentences(data, code, kept=False)
        tongue = known[code]
        own = {*tongue.given, *tongue.family, *tongue.places}
        look = Look.over(code, texts, listed, own)
        for text in texts:
            yield _carried(Labelled(text, tuple(look.doubtful(text))), tongue, look, rng)
    for tongue in known.values():
        for _ in range(_PER_LANGUAGE):
            yield _record(tongue, rng)


def _carried(sentence: Labelled, tongue: Tongue, look: Look, rng: Random) -> Labelled:
    """The sentence, in one of three cases with a name before or behind it."""
    roll = rng.random()
    if roll > 0.33:
        return sentence
    out = Writer()
    name = tongue.person(rng) if rng.random() < 0.5 else rng.choice(tongue.given)
    if rng.random() < 0.1:
        name = name.lower()
    first, _, rest = sentence.text.partition(" ")
    opening = sentence.text
    if rest and first.istitle() and look.common(first):
        opening = first.lower() + sentence.text[len(first) :]
    if len(opening) != len(sentence.text):
        opening = sentence.text
    if roll < 0.12:
        out.add(name, PERSON)
        out.add("、" if tongue.code in _CJK and tongue.code != "ko" else ", ")
        at = out.length
        out.add(opening)
    elif roll < 0.2:
        out.add(name, PERSON)
        out.add(rng.choice((": ", " - ", "\n", " — ", " | ", " (")))
        at = out.length
        out.add(sentence.text)
    else:
        at = 0
        out.add(sentence.text)
        out.add(rng.choice(("\n", " — ", "\n-- ", "\n\n", " | ", " (", " @ ")))
        out.add(name, PERSON)
    done = out.document("carrier")
    moved = [(b + at, e + at, label) for b, e, label in sentence.spans]
    return Labelled(done.text, tuple(sorted([*done.spans, *moved])))


def _record(tongue: Tongue, rng: Random) -> Labelled:
    """A few rows of a form, a letter or a record; some with markup around the names."""
    out = Writer()
    joint = rng.choice(_ROWS)
    for number in range(rng.randint(1, 7)):
        if number:
            out.add("\n" if rng.random() < 0.8 else " ")
        kind = rng.choice("nnnllxxxxhhhhggggow")
        if kind == "h" or (kind == "w" and rng.random() < 0.3):
            out.add(_cased(rng.choice(tongue.phrases["h"]), rng))
            out.add(rng.choice(("", "", ".", ":", ",")))
        elif kind == "g":
            tongue.filled(rng.choice(tongue.phrases["g"]), out, rng)
        elif kind == "o":
            out.add(tongue.name("O", rng), ORGANIZATION)
        elif kind == "w":
            out.add(f"{rng.choice(tongue.words)} {rng.randint(1, 31)}, {rng.randint(1950, 2030)}")
        else:
            out.add(_cased(rng.choice(tongue.phrases[kind]), rng))
            out.add(joint)
            if kind == "x":
                out.add(_value(tongue, rng))
            else:
                name = {"n": "P", "l": "L"}[kind]
                out.add(tongue.name(name, rng), _LABELS[name])
    made = out.document("record")
    if rng.random() < 0.15:
        made = marked_up(made, rng)
    return Labelled(made.text, made.spans)


def _cased(phrase: str, rng: Random) -> str:
    roll = rng.random()
    if roll < 0.12:
        return phrase.upper()
    if roll < 0.2:
        return phrase.title()
    return phrase.lower() if roll < 0.25 else phrase


def _value(tongue: Tongue, rng: Random) -> str:
    number = rng.randint(1, 99_999_999)
    return rng.choice(
        (
            str(number),
            f"{number % 28 + 1:02}.{number % 12 + 1:02}.{1930 + number % 95}",
            f"{number % 28 + 1} {rng.choice(tongue.words)} {1930 + number % 95}",
            f"{'ABCDEFGHKLMNPRSTVZ'[number % 18]}{number % 997}/{2000 + number % 26}",
            f"+{number % 90 + 10} {number % 9973} {number % 997:03}",
            rng.choice(tongue.phrases["h"]),
            rng.choice(tongue.words),
        )
    )


def _read() -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """(code, locales, phrases by kind) of each language of the file."""
    code, locales, phrases = "", "", dict[str, list[str]]()
    for line in _PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            if code:
                yield code, locales, phrases
            code, _, locales = line[1:].partition(" ")
            phrases = {}
        elif line and not line.startswith("#"):
            kind, _, words = line.partition(" ")
            phrases[kind] = words.split(" " if kind in ("given", "family") else "|")
    yield code, locales, phrases


def _script(word: str) -> str:
    """The script of a word's first letter; the three of Japanese and Chinese are one."""
    letter = next((c for c in word if c.isalpha()), "?")
    name = unicodedata.name(letter, "?").split()[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA") else name


def _calendar(code: str, script: str) -> tuple[list[str], list[str]]:
    """Cities and countries, and the months, days and languages, as CLDR writes them."""
    locale = Locale.parse(code)
    territories = [str(locale.territories[k]) for k in sorted(locale.territories) if k.isalpha()]
    zones = locale.time_zones
    cities = [str(zones[k]["city"]) for k in sorted(zones) if "city" in zones[k]]
    months = list(locale.months["format"]["wide"].values())
    days = list(locale.days["format"]["wide"].values())
    spoken = [str(locale.languages[k]) for k in sorted(locale.languages) if len(k) == 2]
    own = [p for p in (*cities, *territories) if _script(p) == script and len(p) < 30]
    return own, [str(w) for w in (*months, *days, *spoken[:60])]
