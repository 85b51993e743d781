"""What the slots of a template stand for: the people, places and organizations of one document.

A letter is one thing through the whole document: `a`, `b`, `c`, `e`, `g` are people, `x`, `y`, `z`
places, `o`, `q`, `r` organizations of any sort, `m`, `w` businesses and `k`, `v` public bodies, so
that a letter greets and signs with the same name.

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

from training.generated.addresses import Addresses, digits
from training.generated.companies import Companies, short
from training.generated.document import LOCATION, ORGANIZATION, PERSON, Writer
from training.generated.grammar import Emit
from training.generated.mentions import (
    PERSON_FORMS,
    any_mention,
    nickname,
    user_name,
    write_handle,
    write_mail,
)
from training.generated.names import (
    Names,
    Person,
    invented,
    pick,
    plain,
)
from training.generated.places import Places

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PHONES = (
    "###-###-####", "(###) ###-####", "+1 ### ### ####", "### ### ####", "+44 20 #### ####",
    "0## ### ####", "+49 ## #######", "##########", "###-####", "07### ######", "+91 ##### #####",
    "### ####", "1-800-###-####", "+33 # ## ## ## ##", "x####", "### ###-####x###",
)  # fmt: skip
_IDS = (
    "######", "########", "@@######", "###-##-####", "@-#####", "#####/##", "@@@-####-##",
    "####-####", "#######@", "@#@#@#", "##-###-###", "@@####", "#### #### #### ####",
    "################", "##########",
)  # fmt: skip
_NUMBERS = re.compile(r"^[\d#][\w/-]*(?:,? |$)(?!\d)|[ ,]+(?:No\.? ?|nº ?|n\. ?|#)?\d+\S*$")
_FEELINGS = "😂 😭 😍 ❤️ 🔥 🙏 💯 😊 👏 🎉 🙌 💕 😎 🤣 👍 :) :( ;) xx lol".split()

_ORGANIZATIONS: dict[str, Callable[[Companies, Random], str]] = {
    **dict.fromkeys("oqr", Companies.organization),
    **dict.fromkeys("mw", Companies.business),
    **dict.fromkeys("kv", Companies.public),
}


class World:
    """The names folder, read once."""

    def __init__(self, folder: Path, *, handles_are_people: bool) -> None:
        self.names = Names(folder)
        self.places = Places(folder, self.names)
        self.addresses = Addresses(self.names, self.places)
        self.companies = Companies(folder, self.names, self.places)
        self.handle_label = PERSON if handles_are_people else None


class Scene:
    """One document while it is written."""

    __slots__ = (
        "addresses",
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
        self.out: Writer = Writer()
        self.names, self.places, self.companies = world.names, world.places, world.companies
        self.addresses = world.addresses
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
            found = self.orgs[letter] = _ORGANIZATIONS[letter](self.companies, self.rng)
        return found


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
    lines = scene.addresses.address(scene.rng)
    if joint is None:
        joint = pick(scene.rng, (", ", ", ", " ", ", ", "\n"))
    text = joint.join(lines)
    scene.out.add(text.upper() if upper else text, LOCATION)


def _lines(scene: Scene) -> None:
    _address(scene, pick(scene.rng, ("\n", "\n", "\n ", ",\n", "\n  ", "\n\t", "\n> ")))


def _street(scene: Scene) -> None:
    rng = scene.rng
    scene.out.add(scene.addresses.streets.street(rng, scene.places.code(rng)), LOCATION)


def _road(scene: Scene) -> None:
    rng = scene.rng
    code = scene.places.code(rng) if rng.random() < 0.6 else "US"
    text = scene.addresses.streets.street(rng, code)
    scene.out.add(_NUMBERS.sub("", text) if scene.random() < 0.85 else text, LOCATION)


def _town(scene: Scene) -> None:
    code = pick(scene.rng, scene.places.address_codes)
    scene.out.add(scene.addresses.town_line(scene.rng, code), LOCATION)


def _text(make: Callable[[Scene], str], label: str | None = None) -> Emit:
    return lambda scene: scene.out.add(make(scene), label)


def _site(scene: Scene) -> str:
    name = plain(invented(scene.rng, lambda _: "")).lower()
    short_link = f"http://t.co/{digits(scene.rng, '@#@@#@@#')}"
    return pick(
        scene.rng,
        (f"http://www.{name}.com/", f"www.{name}.org", f"https://{name}.io/a/b", short_link),
    )


def _word_family(scene: Scene) -> str:
    roll = scene.random()
    return pick(scene.rng, _WORD_FAMILY) if roll < 0.6 else scene.names.any_family(scene.rng)


def _low_given(scene: Scene) -> str:
    roll = scene.random()
    if roll < 0.1:
        return pick(scene.rng, _WORD_GIVEN)
    return scene.names.any_given(scene.rng)


def _amount(scene: Scene) -> str:
    value = int(10 ** (0.5 + scene.random() * 5))
    cents = digits(scene.rng, "##")
    form = pick(
        scene.rng,
        (
            "${0:,}",
            "${0}.{1}",
            "€{0}",
            "£{0:,}",
            "{0} dollars",
            "EUR {0}",
            "Rs. {0}",
            "{0:,} euros",
        ),
    )
    return form.format(value, cents)


def _time(scene: Scene) -> str:
    hour = 1 + int(scene.random() * 12)
    minutes = pick(scene.rng, (":00", ":30", ":15", ":45", ""))
    return f"{hour}{minutes}{pick(scene.rng, (' am', ' pm', 'pm', ' PM', ' AM'))}"


def _clock(scene: Scene) -> str:
    hour, minute, second = (int(scene.random() * top) for top in (24, 60, 60))
    return f"{hour:02}:{minute:02}:{second:02}"


# Given names and surnames that are words of everyday text too.
_WORD_GIVEN = (
    "Will Mark Bill Rose Grace Faith Hope Joy Hunter Chase Drew Sue Rob Jack Pat Frank Art Gene Ray "
    "Rich Cliff Brook Dean Guy Josh Nick Phil Don Harry Sandy Rusty Dusty Crystal Amber Ruby Pearl "
    "Jade Opal Coral Star Angel Destiny Serenity Trinity Journey Justice Honor Liberty Royal King "
    "Prince Duke Earl May June April August Dawn Summer Autumn Lily Daisy Iris Violet Ivy Heather "
    "Jasmine Olive Hazel Ginger Basil Sage Rosemary Charity Patience Prudence Harmony Felicity "
    "Mason Carter Cooper Taylor Parker Page Major Penny Buck Buddy Chip Wade Reed Dale Glen Heath "
    "Stone Forest River Lane Miles Robin Jay Clay Storm Sky Rain Skip Chuck Rex Max Sterling Barry "
    "Bob Jimmy Tom Dick Ken Van Long Song Sun An Bo Lee Christian Jordan Chad Georgia Paris London "
    "Sydney Austin Dallas Houston Brooklyn Chelsea Charlotte Florence Virginia Carolina Dakota India"
).split()
_WORD_FAMILY = (
    "Brown White Black Green Gray Silver Wood Field Hill Lake Park Church Castle Bridge Marsh Moss "
    "Snow Frost Winter Love Moon Bush Berry Rice Bacon Fish Lamb Wolf Fox Bird Swan Drake Crane "
    "Finch Hawk Bull Young Long Short Little Small Rich Poor Sharp Strong Wise Noble Blunt Savage "
    "Price Head Law Day Page Power Case Bond Cash Cost Best Hall Banks Waters Rivers Woods Fields "
    "Hills Mills Wells Bell Rings Key Walls Gates Baker Cook Carter Mason Miller Smith Taylor "
    "Walker Fisher Hunter Shepherd Gardener Potter Weaver Bishop Pope Abbot King Prince Duke Knight "
    "Stone Rock Flint Steel Gold Pepper Salt Sugar Bread Beer Wine Cotton Wool Silk Rose Lily Bloom"
).split()


_FRESH: dict[str, Emit] = {
    "person": _text(lambda s: s.names.person(s.rng).full, PERSON),
    "first": _text(lambda s: s.names.any_given(s.rng), PERSON),
    "last": _text(lambda s: s.names.any_family(s.rng), PERSON),
    "titled": lambda s: PERSON_FORMS["t"](s, s.names.person(s.rng)),
    "initialled": lambda s: PERSON_FORMS["i"](s, s.names.person(s.rng)),
    "lastfirst": lambda s: PERSON_FORMS["lf"](s, s.names.person(s.rng)),
    "someone": lambda s: any_mention(s, s.names.person(s.rng)),
    "wordname": _text(lambda s: pick(s.rng, _WORD_GIVEN), PERSON),
    "wordlast": _text(lambda s: pick(s.rng, _WORD_FAMILY), PERSON),
    "lowname": _text(lambda s: _low_given(s).lower(), PERSON),
    "wordfull": _text(lambda s: f"{pick(s.rng, _WORD_GIVEN)} {_word_family(s)}", PERSON),
    "halfword": _text(lambda s: f"{s.names.any_given(s.rng)} {_word_family(s)}", PERSON),
    "lowfull": _text(lambda s: f"{_low_given(s)} {s.names.any_family(s.rng)}".lower(), PERSON),
    "nick": _text(lambda s: nickname(s.rng, s.names.any_given(s.rng)), PERSON),
    "handle": lambda s: write_handle(s, s.names.any_given(s.rng), s.names.any_family(s.rng)),
    "user": _text(lambda s: user_name(s, s.names.any_given(s.rng), s.names.any_family(s.rng))),
    "email": lambda s: write_mail(s, s.names.any_given(s.rng), s.names.any_family(s.rng)),
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
    "box": _text(lambda s: s.addresses.box(s.rng), LOCATION),
    "org": _text(lambda s: s.companies.organization(s.rng), ORGANIZATION),
    "biz": _text(lambda s: s.companies.business(s.rng), ORGANIZATION),
    "team": _text(lambda s: s.companies.team(s.rng), ORGANIZATION),
    "court": _text(lambda s: s.companies.court(s.rng), ORGANIZATION),
    "date": _text(_date),
    "year": _text(lambda s: str(1900 + int(s.random() * 126))),
    "month": _text(lambda s: pick(s.rng, _MONTHS)),
    "weekday": _text(lambda s: pick(s.rng, _DAYS)),
    "time": _text(_time),
    "clock": _text(_clock),
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


# `{O=Supreme Court}`: a name that a template itself says.
_LITERALS = {"P=": PERSON, "L=": LOCATION, "O=": ORGANIZATION}


def slot(name: str) -> Emit:
    """The writer of a slot; ValueError for a name that no slot has."""
    if name in _FRESH:
        return _FRESH[name]
    if name[:2] in _LITERALS:
        return _text(lambda _: name[2:], _LITERALS[name[:2]])
    letter, _, form = name.partition(".")
    if letter in ("a", "b", "c", "e", "g") and form in PERSON_FORMS:
        write = PERSON_FORMS[form]
        return lambda scene: write(scene, scene.person(letter))
    if letter in ("x", "y", "z") and form in ("", "up"):
        if form == "up":
            return lambda scene: scene.out.add(scene.spot(letter).upper(), LOCATION)
        return lambda scene: scene.out.add(scene.spot(letter), LOCATION)
    if letter in _ORGANIZATIONS:
        if form == "":
            return lambda scene: scene.out.add(scene.org(letter), ORGANIZATION)
        if form == "s":
            return lambda scene: scene.out.add(short(scene.org(letter)), ORGANIZATION)
        if form == "up":
            return lambda scene: scene.out.add(scene.org(letter).upper(), ORGANIZATION)
    raise ValueError(f"no slot and no rule is called {name}")
