"""Names of people: each part is drawn by itself, so that a part seen alone gets the same part."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as hidden_field
from enum import Enum
from itertools import accumulate

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.honorifics import SUFFIXES, TITLES, name_proper
from scrubber.transform.columns.date_formats import cased_like
from scrubber.transform.crypto.prf import Draw
from scrubber.transform.surrogate.lists import Listing, Lists, fold


class Role(Enum):
    """The role of a part of a written name; AS_IS stays (a title, a blank, a particle)."""

    AS_IS = "as is"
    GIVEN = "given"
    SURNAME = "surname"
    INITIAL = "initial"


@dataclass(frozen=True, slots=True)
class Part:
    role: Role
    text: str = hidden_field(repr=False)


_WITH_GIVEN = frozenset({"sir", "don", "doña"})
_PARTICLES = frozenset(
    "van von vom zu zum zur der den dem de del della di da do dos das du des la las le los".split()
)
_LOWER_PARTICLES = _PARTICLES | frozenset("al bin ibn ben af av ter ten el y e".split())
# Particles that people are called as well; "van der" and "de la" hold no such name.
_NAMES_TOO = frozenset("al ben das del do el la le van von".split())
_SET_APART = TITLES | SUFFIXES | _LOWER_PARTICLES | {"don", "herr"}  # not for the quick way
_ATTEMPTS = 32
_LAST_RESORT = Listing.of(("Quill", "Vesper"))  # where a list has no other name
_PLAIN_NAME = r"^[A-Z][a-z]+ [A-Z][a-z]+$"
_SHORT = 1_000  # bytes
_SEPARATOR = re.compile(r"(\s*,\s*|\s+)")
# What is left of letters that no accent can be taken from, and what umlauts are spelled as.
_UNMARKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", **dict.fromkeys("'’ʼ`´", "")})
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UMLAUTED = re.compile("ae|oe|ue")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


def person(
    value: str,
    draw: Draw,
    lists: Lists,
    seen: Mapping[str, Role] | None = None,
    known: Mapping[str, str] | None = None,
) -> str:
    """A stand-in for a full name, a part of one, "Last, First", or initials.

    Titles and suffixes, order, capitals and gender (where the given name has just one in the
    locale) are kept. `seen` says what the parts of the names seen whole in the document are,
    `known` which stand-ins some parts have already (as `matching_parts` gives them).
    """
    known = known or {}
    parts = name_parts(value, lists, seen, known)
    if all(part.role is Role.AS_IS and _key(part.text) not in known for part in parts):
        return plain_person(value, draw, lists)
    return _composed(parts, draw, lists, known) or plain_person(value, draw, lists)


def _composed(parts: list[Part], draw: Draw, lists: Lists, known: Mapping[str, str]) -> str | None:
    """The stand-ins of all parts, drawn again while one of them is a part of the name; None where
    they always are."""
    for attempt in range(_ATTEMPTS):
        # what the record's columns show comes first, unless that gives the name away
        own, again = (known if attempt == 0 else {}), draw.again(attempt)
        fresh = "".join(_known(part, own) or _stand_in(part, again, lists) for part in parts)
        if not _tells(parts, fresh):
            return fresh
    return None


def _tells(parts: Iterable[Part], stand_in: str) -> bool:
    """True if a part of a name stands in its stand-in, too, though as another part."""
    fresh = {_key(word) for name in stand_in.split() for word in (name, *name.split("-"))}
    return any(
        _key(word) in fresh
        for part in parts
        if part.role is not Role.AS_IS
        for word in _words(part.text)
    )


def people(values: pa.Array, draw: Draw, lists: Lists) -> pa.Array:
    """The same as `person` for a whole array of values of two words, "Anna Smith", each of which is
    drawn once; null for others, and where a part would become the other one."""
    short = pc.less_equal(pc.binary_length(values), _SHORT)
    plain = pc.and_(short, pc.match_substring_regex(values, _PLAIN_NAME))
    words = pc.list_flatten(pc.split_pattern(values.filter(plain), " "))
    fresh, old_keys, new_keys = [], [], []
    for role, place in ((Role.GIVEN, 0), (Role.SURNAME, 1)):
        encoded = words.take(pa.array(np.arange(place, len(words), 2))).dictionary_encode()
        olds = encoded.dictionary.to_pylist()
        news = [
            None if fold(old) in _SET_APART else _stand_in(Part(role, old), draw, lists)
            for old in olds
        ]
        keys = [None if new is None else _key(new) for new in news]
        fresh.append(pa.array(news, pa.string()).take(encoded.indices))
        old_keys.append(pa.array([_key(old) for old in olds], pa.string()).take(encoded.indices))
        new_keys.append(pa.array(keys, pa.string()).take(encoded.indices))
    crossed = pc.or_(
        pc.equal(old_keys[0], new_keys[1]),
        pc.equal(old_keys[1], new_keys[0]),
    )
    whole = pc.binary_join_element_wise(*fresh, pa.scalar(" ", pa.string()))
    whole = pc.if_else(crossed, pa.scalar(None, whole.type), whole)
    places = np.cumsum(plain.to_numpy(zero_copy_only=False)) - 1
    return whole.take(pc.if_else(plain, pa.array(places), pa.scalar(None, pa.int64())))


def matching_parts(value: str, stand_in: str) -> dict[str, str]:
    """Which part of the stand-in of a name stands for which part of the name: words by their folded
    forms (with "ue" for "ü" and the other way round, too), several written as one, an initial by
    its letter and a full stop; nothing where their shapes differ.

    >>> matching_parts("O\u2019Hara", "Poe")["ohara"], matching_parts("Müller", "Poe")["mueller"]
    ('Poe', 'Poe')
    """
    found: dict[str, str] = {}
    ours, theirs = _SEPARATOR.split(value), _SEPARATOR.split(stand_in)
    if len(ours) != len(theirs):
        return found
    for one, other in zip(ours[::2], theirs[::2], strict=True):
        pairs = [(one, other)]
        if one.count("-") == other.count("-") > 0:
            pairs += zip(one.split("-"), other.split("-"), strict=True)
        for word, fresh in pairs:
            old, bare = _key(word), fresh.rstrip(".")
            if not old or _key(fresh) in ("", old):
                continue
            found.setdefault(old, bare)
            found.setdefault(old[0] + ".", fresh[0])
            found.setdefault(_key(fold(word).translate(_TRANSCRIBED)), bare)
            found.setdefault(_UMLAUTED.sub(lambda m: m[0][0], old), bare)
            found.setdefault(_key(word.replace("-", "")), bare.replace("-", ""))
    return found


def _key(word: str) -> str:
    """A word without case, accents, apostrophes and full stops: a text may write it without."""
    plain = unicodedata.normalize("NFKD", fold(word).translate(_UNMARKED))
    return "".join(ch for ch in plain if not unicodedata.combining(ch)).rstrip(".")


def _known(part: Part, known: Mapping[str, str]) -> str | None:
    """The stand-in that a part has already."""
    if not known:
        return None
    if part.role is Role.INITIAL:
        letters = [known.get(_key(ch) + ".") if ch.isalpha() else ch for ch in part.text]
        if any(letter is None for letter in letters):
            return None
        return cased_like(part.text, "".join(filter(None, letters)))
    fresh = known.get(_key(part.text))
    if fresh is None:
        return None
    bare = part.text.rstrip(".")
    return cased_like(bare, fresh) + part.text[len(bare) :]


def given_name(value: str, draw: Draw, lists: Lists) -> str:
    """A stand-in for a column that holds given names only."""
    return _all_as(Role.GIVEN, value, draw, lists)


def surname(value: str, draw: Draw, lists: Lists) -> str:
    """A stand-in for a column that holds surnames only."""
    return _all_as(Role.SURNAME, value, draw, lists)


def _all_as(role: Role, value: str, draw: Draw, lists: Lists) -> str:
    parts = [
        Part(role, part.text) if part.role in _NAMED else part for part in name_parts(value, lists)
    ]
    if all(part.role is Role.AS_IS for part in parts):
        return _plain(role, value, draw, lists)
    return _composed(parts, draw, lists, {}) or _plain(role, value, draw, lists)


def _plain(role: Role, value: str, draw: Draw, lists: Lists) -> str:
    listing = lists.given if role is Role.GIVEN else lists.surnames
    return draw.stream("person", fold(value)).choice(listing.entries)


def plain_person(value: str, draw: Draw, lists: Lists) -> str:
    """A full name for a value that is not understood as one."""
    stream = draw.stream("person", fold(value))
    return f"{stream.choice(lists.given.entries)} {stream.choice(lists.surnames.entries)}"


def name_parts(
    value: str,
    lists: Lists,
    seen: Mapping[str, Role] | None = None,
    known: Mapping[str, str] | None = None,
) -> list[Part]:
    """The parts of a written name in order; their texts joined are `value` in NFC.

    A value that is no name has AS_IS parts only.
    """
    text = value if value.isascii() else unicodedata.normalize("NFC", value)
    tail = _POSSESSIVE.search(text) if text[-1:] in "sS" else None
    end = tail.start() if tail else len(text)
    # words at even places, what separates them at odd ones
    pieces = _SEPARATOR.split(text[:end])
    words = [i for i in range(0, len(pieces), 2) if pieces[i]]
    if not words or not all(_is_name(pieces[i]) for i in words):
        return [Part(Role.AS_IS, text)]
    bare = {i: fold(pieces[i]).rstrip(".") for i in words}
    # "M. Dupont" is a gentleman, unless the record has a name in M
    language = "" if known and known.keys() & {"m.", "d."} else lists.language
    names = _proper(words, pieces, language)
    addressed = {bare[i] for i in words if names and i < names[0]}
    names = _without_particles(names, pieces, bare)
    roles = _roles(names, pieces, bare, addressed, lists, seen) if names else {}
    parts = [Part(roles.get(i, Role.AS_IS), piece) for i, piece in enumerate(pieces) if piece]
    return [*parts, Part(Role.AS_IS, text[end:])] if tail else parts


def _roles(
    names: list[int],
    pieces: list[str],
    bare: Mapping[int, str],
    addressed: set[str],
    lists: Lists,
    seen: Mapping[str, Role] | None,
) -> dict[int, Role]:
    initials = {i for i in names if _is_initials(pieces[i])}
    full = [i for i in names if i not in initials]
    roles: dict[int, Role] = dict.fromkeys(initials, Role.INITIAL)
    comma = next((i for i in range(names[0] + 1, names[-1], 2) if "," in pieces[i]), None)
    if comma is not None:
        roles |= {i: Role.SURNAME if i < comma else Role.GIVEN for i in full}
    elif len(full) > 1:
        roles |= {i: _in_row(bare[i], k, len(full), lists) for k, i in enumerate(full)}
    elif full and not initials:
        roles[full[0]] = _alone(bare[full[0]], addressed, lists, seen)
    elif full:
        # "J. Smith" or "John S."
        roles[full[0]] = Role.SURNAME if full[0] == names[-1] else Role.GIVEN
    return roles


def _proper(words: list[int], pieces: list[str], language: str) -> list[int]:
    """The words of the name itself; none where there is nothing but a title."""
    starts = dict(zip(range(len(pieces)), accumulate(map(len, pieces), initial=0), strict=False))
    first, last = name_proper("".join(pieces), language)
    names = [i for i in words if first <= starts[i] < last]
    return [] if len(names) == 1 and fold(pieces[names[0]]).rstrip(".") in TITLES else names


def _without_particles(names: list[int], pieces: list[str], bare: Mapping[int, str]) -> list[int]:
    """Without "van", "de la" and the like, which stand before a name.

    In a name that uses both cases only what is written small is a particle (Ben and Al are names,
    "ben" and "al" particles); in another one only what nobody is called.
    """
    small = [i for i in names if pieces[i].islower()]
    before = names[:-1]
    if small and len(small) < len(names):
        kept = {i for i in before if i in small and pieces[i] in _LOWER_PARTICLES}
        if len(names) == 2 and bare[names[0]] in _NAMES_TOO - {"van", "von"}:
            kept.clear()  # "do Anh", written in haste
        return [i for i in names if i not in kept]
    if len(names) > 2 and (small or all(pieces[i].isupper() for i in names)):
        kept = {
            i
            for place, i in enumerate(before)
            if place and bare[i] in _PARTICLES and not _is_name_too(place, before, bare)
        }
        return [i for i in names if i not in kept]
    return names


def _is_name_too(place: int, before: list[int], bare: Mapping[int, str]) -> bool:
    """True if a particle may be a name as well: the van of "van der" and the la of "de la" are
    none."""
    beside = {bare[i] for i in before[max(place - 1, 1) : place + 2]}
    return bare[before[place]] in _NAMES_TOO and beside.isdisjoint(_PARTICLES - _NAMES_TOO)


def _in_row(folded: str, place: int, count: int, lists: Lists) -> Role:
    if place == 0:
        return Role.GIVEN
    if place == count - 1:
        return Role.SURNAME
    known_given = folded in lists.given and folded not in lists.surnames
    return Role.GIVEN if known_given else Role.SURNAME


def _alone(folded: str, addressed: set[str], lists: Lists, seen: Mapping[str, Role] | None) -> Role:
    """The role of a name that stands alone: as seen in the document, by its title, by the lists."""
    if seen is not None and folded in seen:
        return seen[folded]
    if addressed:
        return Role.GIVEN if addressed & _WITH_GIVEN else Role.SURNAME
    return Role.GIVEN if folded in lists.given else Role.SURNAME


def roles_seen(values: Iterable[str], lists: Lists) -> dict[str, Role]:
    """The roles of the parts of whole names among `values`, by their folded form.

    A part that is both somewhere counts as a surname.
    """
    seen: dict[str, Role] = {}
    for value in values:
        named = [p for p in name_parts(value, lists) if p.role in _NAMED]
        if len(named) < 2:
            continue
        for part in named:
            for word in _words(part.text):
                if seen.get(word) is not Role.SURNAME:
                    seen[word] = part.role
    return seen


_NAMED = frozenset({Role.GIVEN, Role.SURNAME})


def _words(text: str) -> Iterator[str]:
    folded = fold(text)
    yield folded
    if "-" in folded:
        yield from folded.split("-")


def _is_name(piece: str) -> bool:
    if piece.isalpha():
        return True
    letters = [ch for ch in piece if ch not in "-'’.‘"]
    return (
        bool(letters)
        and unicodedata.category(letters[0])[0] == "L"
        and all(unicodedata.category(ch)[0] in "LM" for ch in letters)
    )


def _is_initials(piece: str) -> bool:
    """One cased letter, or letters with a full stop behind each."""
    if len(piece) > 1 and "." not in piece:
        return False
    letters = piece.replace(".", "").replace("-", "")
    cased = letters.lower() != letters.upper()
    return cased and (len(letters) == 1 or piece.count(".") >= len(letters))


def _stand_in(part: Part, draw: Draw, lists: Lists) -> str:
    match part.role:
        case Role.AS_IS:
            return part.text
        case Role.INITIAL:
            return "".join(_initial(ch, draw) if ch.isalpha() else ch for ch in part.text)
        case Role.SURNAME:
            return _each("surname", part.text, draw, lists)
        case Role.GIVEN:
            return _each("given", part.text, draw, lists)


def _initial(letter: str, draw: Draw) -> str:
    folded = fold(letter)
    taken = ord(folded) - ord("a") if len(folded) == 1 and "a" <= folded <= "z" else None
    drawn = chr(ord("a") + draw.stream("initial", folded).other(26, taken))
    return drawn if letter.islower() else drawn.upper()


def _each(purpose: str, text: str, draw: Draw, lists: Lists) -> str:
    """Each name of a double name by itself."""
    if "-" not in text:
        return _drawn(text, purpose, draw, lists)
    return "-".join(_drawn(word, purpose, draw, lists) for word in text.split("-"))


def _drawn(word: str, purpose: str, draw: Draw, lists: Lists) -> str:
    bare = word.rstrip(".")
    if not bare:
        return word
    folded = fold(bare)
    listing: Listing = lists.surnames if purpose == "surname" else lists.given_like(folded)
    entries = listing.others(folded) or _LAST_RESORT.others(folded)
    picked = draw.pick(purpose, folded, entries, None)
    return cased_like(bare, picked) + word[len(bare) :]
