"""What the slots of a template stand for: the people, places and organizations of one document.

A letter is one thing through the whole document: `a`, `b`, `c`, `e`, `g` are people, `x`, `y`, `z` places and
`o`, `q`, `r` organizations, so that a letter greets and signs with the same name.

Titles of courtesy (Mr, Ms, Dr ...) are inside the span of a person. The sets that a model is judged
on do not agree (court cases and fiction put them inside, the others outside); a span counts when it
is wholly covered, so inside is right for both and costs a few characters of precision. Titles of
an office (President, Detective) and a possessive 's are outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from training.generated.companies import Companies, short
from training.generated.document import LOCATION, ORGANIZATION, PERSON, Writer
from training.generated.grammar import Emit
from training.generated.names import (
    COURTESY,
    Names,
    Person,
    initial,
    invented,
    is_latin,
    pick,
    plain,
)
from training.generated.places import Places, digits

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MAIL_HOSTS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "example.com",
    "aol.com",
    "web.de",
)
_SITE_ENDS = (".com", ".net", ".org", ".io", ".co.uk", ".de", ".fr", ".info")
_PHONES = (
    "###-###-####", "(###) ###-####", "+1 ### ### ####", "### ### ####", "+44 20 #### ####", "0## ### ####",
    "+49 ## #######", "##########", "###-####", "07### ######", "+91 ##### #####", "### ####", "1-800-###-####",
    "+33 # ## ## ## ##", "x####", "### ###-####x###",
)  # fmt: skip
_IDS = (
    "######", "########", "@@######", "###-##-####", "@-#####", "#####/##", "@@@-####-##", "####-####", "#######@",
    "@#@#@#", "##-###-###", "@@####", "#### #### #### ####", "################", "##########",
)  # fmt: skip
_NUMBERS = re.compile(r"^[\d#][\w/-]*(?:,? |$)(?!\d)|[ ,]+(?:No\.? ?|nº ?|n\. ?|#)?\d+\S*$")
_FEELINGS = "😂 😭 😍 ❤️ 🔥 🙏 💯 😊 👏 🎉 🙌 💕 😎 🤣 👍 :) :( ;) xx lol".split()


class World:
    """The names folder, read once."""

    def __init__(self, folder: Path, *, handles_are_people: bool) -> None:
        self.names = Names(folder)
        self.places = Places(folder, self.names)
        self.companies = Companies(folder, self.names, self.places)
        self.handle_label = PERSON if handles_are_people else None


class Scene:
    """One document while it is written."""

    __slots__ = (
        "companies",
        "names",
        "orgs",
        "out",
        "people",
        "places",
        "random",
        "rng",
        "spots",
        "world",
    )

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        self.rng = rng
        self.random: Callable[[], float] = rng.random
        self.out = Writer()
        self.names, self.places, self.companies = world.names, world.places, world.companies
        self.people: dict[str, Person] = {}
        self.spots: dict[str, str] = {}
        self.orgs: dict[str, str] = {}

    def person(self, letter: str) -> Person:
        found = self.people.get(letter)
        if found is None:
            found = self.people[letter] = self.names.person(self.rng)
        return found

    def spot(self, letter: str) -> str:
        found = self.spots.get(letter)
        if found is None:
            found = self.spots[letter] = self.places.place(self.rng)
        return found

    def org(self, letter: str) -> str:
        found = self.orgs.get(letter)
        if found is None:
            found = self.orgs[letter] = self.companies.organization(self.rng)
        return found


# Ways to mention a person


def _titled(scene: Scene, person: Person, name: str) -> None:
    if person.title in COURTESY:
        scene.out.add(f"{person.title} {name}", PERSON)
    else:
        scene.out.add(f"{person.title} ")
        scene.out.add(name, PERSON)


def _initialled(scene: Scene, person: Person) -> str:
    if not is_latin(person.given):
        return person.full
    first = f"{person.given[0]}."
    if scene.random() < 0.2:
        first += f"{pick(scene.rng, ('', ' '))}{initial(scene.rng)}"
    return f"{first} {person.family}"


def _last_first(scene: Scene, person: Person) -> str:
    tail = f" {initial(scene.rng)}" if scene.random() < 0.2 else ""
    return f"{person.family}, {person.given}{tail}"


def _any_mention(scene: Scene, person: Person) -> None:
    roll = scene.random()
    if roll < 0.4:
        scene.out.add(person.full, PERSON)
    elif roll < 0.65:
        scene.out.add(person.given, PERSON)
    elif roll < 0.85:
        _titled(scene, person, person.family)
    else:
        scene.out.add(person.family, PERSON)


def _initials(scene: Scene, person: Person) -> None:
    letters = plain(person.given[:1] + person.family[:1]).upper()
    scene.out.add(letters if letters.isascii() else "AB")


def _user(scene: Scene, given: str, family: str) -> str:
    first, last = (
        "".join(c for c in plain(part) if c.isascii() and c.isalnum()) or "user"
        for part in (given, family)
    )
    form = pick(
        scene.rng,
        ("{f}{l}", "{f}.{l}", "{f}_{l}", "{i}{l}", "{f}{n}", "{l}{n}", "{f}{l}{n}", "x{f}x", "{f}_{n}",
         "the{f}", "its{f}", "real{l}", "{l}_{i}", "Mr{l}", "{f}Official", "_{f}{l}_", "{f}loves{w}",
         "{w}{n}", "{w}_{f}", "{w}{w2}", "{f}{i}"),
    )  # fmt: skip
    text = form.format(
        f=first, l=last, i=first[0], n=int(scene.random() * 100),
        w=invented(scene.rng, lambda _: "").lower(), w2=pick(scene.rng, ("news", "girl", "fan", "boy", "music", "TV", "HQ")),
    )  # fmt: skip
    return text.lower() if scene.random() < 0.6 else text


def _handle(scene: Scene, given: str, family: str) -> None:
    scene.out.add(f"@{_user(scene, given, family).replace('.', '_')}", scene.world.handle_label)


def _mail(scene: Scene, given: str, family: str) -> None:
    host = pick(scene.rng, _MAIL_HOSTS)
    if scene.random() < 0.4:
        host = invented(scene.rng, lambda _: "").lower()
        host = f"{plain(host)}{pick(scene.rng, _SITE_ENDS)}"
    scene.out.add(f"{_user(scene, given, family).strip('_')}@{host}")


def _word(one: str, two: str) -> Callable[[Scene, Person], None]:
    return lambda scene, person: scene.out.add(one if person.male else two)


_PERSON_FORMS: dict[str, Callable[[Scene, Person], None]] = {
    "": lambda scene, p: scene.out.add(p.full, PERSON),
    "f": lambda scene, p: scene.out.add(p.given, PERSON),
    "l": lambda scene, p: scene.out.add(p.family, PERSON),
    "F": lambda scene, p: scene.out.add(p.given.upper(), PERSON),
    "L": lambda scene, p: scene.out.add(p.family.upper(), PERSON),
    "up": lambda scene, p: scene.out.add(p.full.upper(), PERSON),
    "low": lambda scene, p: scene.out.add(p.full.lower(), PERSON),
    "lf": lambda scene, p: scene.out.add(_last_first(scene, p), PERSON),
    "LF": lambda scene, p: scene.out.add(_last_first(scene, p).upper(), PERSON),
    "Lf": lambda scene, p: scene.out.add(f"{p.family.upper()} {p.given}", PERSON),
    "fl": lambda scene, p: scene.out.add(f"{p.given} {p.family}", PERSON),
    "fi": lambda scene, p: scene.out.add(f"{p.given} {p.family[0]}.", PERSON),
    "i": lambda scene, p: scene.out.add(_initialled(scene, p), PERSON),
    "t": lambda scene, p: _titled(scene, p, p.family),
    "tf": lambda scene, p: _titled(scene, p, f"{p.given} {p.family}"),
    "ti": lambda scene, p: _titled(scene, p, _initialled(scene, p)),
    "any": _any_mention,
    "ini": _initials,
    "mail": lambda scene, p: _mail(scene, p.given, p.family),
    "at": lambda scene, p: _handle(scene, p.given, p.family),
    "user": lambda scene, p: scene.out.add(_user(scene, p.given, p.family)),
    "he": _word("he", "she"),
    "his": _word("his", "her"),
    "him": _word("him", "her"),
    "man": _word("man", "woman"),
    "boy": _word("boy", "girl"),
    "son": _word("son", "daughter"),
    "brother": _word("brother", "sister"),
    "husband": _word("husband", "wife"),
    "male": _word("male", "female"),
    "actor": _word("actor", "actress"),
}  # fmt: skip


# Slots that are a fresh thing each time


def _date(scene: Scene) -> str:
    rng = scene.rng
    day, month, year = (
        1 + int(rng.random() * 28),
        int(rng.random() * 12),
        1950 + int(rng.random() * 77),
    )
    roll = rng.random()
    name = _MONTHS[month]
    if roll < 0.3:
        return f"{day} {name} {year}"
    if roll < 0.5:
        return f"{name} {day}, {year}"
    if roll < 0.6:
        return f"{year}-{month + 1:02}-{day:02}"
    if roll < 0.75:
        return f"{month + 1:02}/{day:02}/{year}"
    if roll < 0.82:
        return f"{day:02}.{month + 1:02}.{year}"
    if roll < 0.9:
        return f"{day} {name[:3]} {year}"
    return f"{name} {day}"


def _address(scene: Scene, joint: str | None, *, upper: bool = False) -> None:
    lines = scene.places.address(scene.rng)
    if joint is None:
        joint = pick(scene.rng, (", ", ", ", " ", ", ", "\n"))
    text = joint.join(lines)
    scene.out.add(text.upper() if upper else text, LOCATION)


def _lines(scene: Scene) -> None:
    _address(scene, pick(scene.rng, ("\n", "\n", "\n ", ",\n", "\n  ", "\n\t", "\n> ")))


def _street(scene: Scene) -> None:
    places, rng = scene.places, scene.rng
    scene.out.add(places.street(rng, places.code(rng)), LOCATION)


def _road(scene: Scene) -> None:
    places, rng = scene.places, scene.rng
    text = places.street(rng, places.code(rng) if rng.random() < 0.6 else "US")
    scene.out.add(_NUMBERS.sub("", text) if scene.random() < 0.85 else text, LOCATION)


def _town(scene: Scene) -> None:
    code = pick(scene.rng, scene.places.address_codes)
    scene.out.add(scene.places.town_line(scene.rng, code), LOCATION)


def _text(make: Callable[[Scene], str], label: str | None = None) -> Emit:
    return lambda scene: scene.out.add(make(scene), label)


def _site(scene: Scene) -> str:
    name = plain(invented(scene.rng, lambda _: "")).lower()
    return pick(
        scene.rng, (f"http://www.{name}.com/", f"www.{name}.org", f"https://{name}.io/a/b", f"http://t.co/{digits(scene.rng, '@#@@#@@#')}")
    )  # fmt: skip


def _amount(scene: Scene) -> str:
    value = int(10 ** (0.5 + scene.random() * 5))
    return pick(
        scene.rng, (f"${value:,}", f"${value}.{digits(scene.rng, '##')}", f"€{value}", f"£{value:,}", f"{value} dollars", f"EUR {value}", f"Rs. {value}", f"{value:,} euros")
    )  # fmt: skip


_FRESH: dict[str, Emit] = {
    "person": _text(lambda s: s.names.person(s.rng).full, PERSON),
    "first": _text(lambda s: s.names.any_given(s.rng), PERSON),
    "last": _text(lambda s: s.names.any_family(s.rng), PERSON),
    "titled": lambda s: _PERSON_FORMS["t"](s, s.names.person(s.rng)),
    "initialled": lambda s: _PERSON_FORMS["i"](s, s.names.person(s.rng)),
    "lastfirst": lambda s: _PERSON_FORMS["lf"](s, s.names.person(s.rng)),
    "someone": lambda s: _any_mention(s, s.names.person(s.rng)),
    "handle": lambda s: _handle(s, s.names.any_given(s.rng), s.names.any_family(s.rng)),
    "user": _text(lambda s: _user(s, s.names.any_given(s.rng), s.names.any_family(s.rng))),
    "email": lambda s: _mail(s, s.names.any_given(s.rng), s.names.any_family(s.rng)),
    "city": _text(lambda s: s.places.city(s.rng), LOCATION),
    "country": _text(lambda s: s.places.country(s.rng), LOCATION),
    "region": _text(lambda s: s.places.region(s.rng), LOCATION),
    "place": _text(lambda s: s.places.place(s.rng), LOCATION),
    "landmark": _text(lambda s: s.places.landmark(s.rng), LOCATION),
    "addr": lambda s: _address(s, None),
    "addr1": lambda s: _address(s, ", " if s.random() < 0.75 else " "),
    "addrs": lambda s: _address(s, " "),
    "ADDR": lambda s: _address(s, ", ", upper=True),
    "addrml": _lines,
    "street": _street,
    "road": _road,
    "town": _town,
    "box": _text(lambda s: s.places.box(s.rng), LOCATION),
    "org": _text(lambda s: s.companies.organization(s.rng), ORGANIZATION),
    "biz": _text(lambda s: s.companies.business(s.rng), ORGANIZATION),
    "team": _text(lambda s: s.companies.team(s.rng), ORGANIZATION),
    "court": _text(lambda s: s.companies.court(s.rng), ORGANIZATION),
    "date": _text(_date),
    "year": _text(lambda s: str(1900 + int(s.random() * 126))),
    "month": _text(lambda s: pick(s.rng, _MONTHS)),
    "weekday": _text(lambda s: pick(s.rng, _DAYS)),
    "time": _text(lambda s: f"{1 + int(s.random() * 12)}{pick(s.rng, (':00', ':30', ':15', ':45', ''))}{pick(s.rng, (' am', ' pm', 'pm', ' PM', ' AM'))}"),
    "clock": _text(lambda s: f"{int(s.random() * 24):02}:{int(s.random() * 60):02}:{int(s.random() * 60):02}"),
    "d": _text(lambda s: str(1 + int(s.random() * 9))),
    "n": _text(lambda s: str(1 + int(s.random() * 99))),
    "nn": _text(lambda s: str(1 + int(10 ** (1 + s.random() * 4)))),
    "id": _text(lambda s: digits(s.rng, pick(s.rng, _IDS))),
    "phone": _text(lambda s: digits(s.rng, pick(s.rng, _PHONES))),
    "money": _text(_amount),
    "url": _text(_site),
    "caps": _text(lambda s: digits(s.rng, "@@@@@"[int(s.random() * 3) :])),
    "feeling": _text(lambda s: pick(s.rng, _FEELINGS)),
}  # fmt: skip


def slot(name: str) -> Emit:
    """The writer of a slot; ValueError for a name that no slot has."""
    if name in _FRESH:
        return _FRESH[name]
    letter, _, form = name.partition(".")
    if letter in ("a", "b", "c", "e", "g") and form in _PERSON_FORMS:
        write = _PERSON_FORMS[form]
        return lambda scene: write(scene, scene.person(letter))
    if letter in ("x", "y", "z") and form in ("", "up"):
        if form == "up":
            return lambda scene: scene.out.add(scene.spot(letter).upper(), LOCATION)
        return lambda scene: scene.out.add(scene.spot(letter), LOCATION)
    if letter in ("o", "q", "r"):
        if form == "":
            return lambda scene: scene.out.add(scene.org(letter), ORGANIZATION)
        if form == "s":
            return lambda scene: scene.out.add(short(scene.org(letter)), ORGANIZATION)
        if form == "up":
            return lambda scene: scene.out.add(scene.org(letter).upper(), ORGANIZATION)
    raise ValueError(f"no slot and no rule is called {name}")
