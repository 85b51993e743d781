"""Evidence from headers: words, looked up in the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.profiling.columns.concepts import CONCEPTS, Concept
from scrubber.profiling.columns.vocabulary import FILLERS, PERSONS, PHRASES, QUALIFIERS

# An acronym before a word (IPAddress), a small letter before a capital, letters beside digits.
_SEAMS = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)")
_WORD = re.compile(r"[^\W\d_]+")
_STOP_WORDS = frozenset(
    "of the de du des del della di da do dos das van von der die das den la le el et y e".split()
)
_TRANSLITERATED = {"ae": "a", "oe": "o", "ue": "u"}
_KEYS = frozenset({"id", "ids", "uuid", "guid", "key"})
_SOURCES = frozenset({"source", "src", "origin"})
_VALUES = frozenset({"value", "values", "val"})
_LONGEST_TOKEN = 40
_MOST_TOKENS = 12

WHOLE, PART, LOOSE = 0.9, 0.75, 0.5
"""The confidence of a header that names a concept: exactly; with unknown words; in passing."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The concept suggested by a header, with its confidence (0 to 1).

    `qualified`: the header names a property of the thing (``email_verified``), not the thing.
    `personal`: it names the subject of the column (``patient_id``). `original`: the value comes
    from another system (``person_source_value``), often as the number of a person there.
    """

    concept: Concept
    strength: float
    qualified: bool = False
    personal: bool = False
    original: bool = False


def fold(text: str) -> str:
    """`text` in lower case without accents.

    >>> fold("Prénom"), fold("STRAßE")
    ('prenom', 'strasse')
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return unicodedata.normalize("NFC", kept)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a header, folded; digits and signs only separate them.

    >>> words_of("customerFirstName2"), words_of("CLIENT_IPAddress"), words_of("dateofbirth")
    (('customer', 'first', 'name'), ('client', 'ip', 'address'), ('dateofbirth',))
    """
    words: list[str] = []
    for piece in _SEAMS.split(name):
        for word in _WORD.findall(piece):
            words.extend(_parts(fold(word)))
    return tuple(words[:_MOST_TOKENS])


def hint_of(path: FieldPath) -> Hint | None:
    """The hint of a field's name, or else of its parent's name."""
    names = [step for step in path.steps if isinstance(step, str)]
    for name in reversed(names[-2:]):
        hint = _hint(words_of(name))
        if hint is not None:
            return hint
    return None


def _hint(words: Sequence[str]) -> Hint | None:
    told = [word for word in words if word not in _STOP_WORDS] or list(words)
    if len(told) > 1 and told[-2] in _SOURCES and told[-1] in _VALUES:
        return Hint(CONCEPTS["key"], WHOLE, original=True)
    found = _best(told)
    if found is None:
        return None
    personal = any(word in PERSONS for word in told)
    concept, start, length = found
    rest = [*told[:start], *told[start + length :]]
    if concept.field_class is FieldClass.TEXT and told[-1] in _KEYS:
        return Hint(CONCEPTS["key"], WHOLE, personal=personal)
    if not concept.generic and any(word in QUALIFIERS for word in rest):
        if concept.field_class is FieldClass.INSENSITIVE:
            return Hint(CONCEPTS["category"], WHOLE)
        return Hint(concept, WHOLE, qualified=True)
    unknown = [w for w in rest if w not in FILLERS and w not in PERSONS and (w,) not in _index()]
    if concept.generic and concept.id in ("name", "key") and unknown:
        return Hint(concept, LOOSE, personal=personal)
    return Hint(concept, PART if unknown else WHOLE, personal=personal)


def _best(words: Sequence[str]) -> tuple[Concept, int, int] | None:
    """The concept of the longest phrase in `words`, specific before generic, and its position."""
    best: tuple[tuple[bool, int, int], Concept, int, int] | None = None
    for start in range(len(words)):
        for length in range(min(_longest(), len(words) - start), 0, -1):
            id_ = _index().get(tuple(words[start : start + length]))
            if id_ is None:
                continue
            concept = CONCEPTS[id_]
            rank = (not concept.generic, length, start)
            if best is None or rank > best[0]:
                best = (rank, concept, start, length)
    if best is not None:
        return best[1:]
    people = [i for i, word in enumerate(words) if word in PERSONS]
    return (CONCEPTS["person"], people[-1], 1) if people else None


@cache
def _index() -> dict[tuple[str, ...], str]:
    index: dict[tuple[str, ...], str] = {}
    for id_, phrases in PHRASES.items():
        for phrase in phrases:
            folded = tuple(fold(word) for word in phrase)
            for form in (folded, tuple(w for w in folded if w not in _STOP_WORDS)):
                index.setdefault(form, id_)
    return index


@cache
def _longest() -> int:
    return max(map(len, _index()))


@cache
def _known() -> frozenset[str]:
    words = {word for phrase in _index() for word in phrase}
    return frozenset(words) | FILLERS | PERSONS | QUALIFIERS | _STOP_WORDS


@lru_cache(4096)
def _parts(token: str) -> tuple[str, ...]:
    """A known token as it is, or else the known words that it consists of."""
    known = _known()
    for form in _forms(token):
        if form in known:
            return (form,)
    if len(token) > _LONGEST_TOKEN:
        return (token,)
    glued = _segments(token)
    if glued is not None:
        return glued
    for tail in _TAILS:
        if token.endswith(tail) and len(token) - len(tail) >= 3:
            return (token.removesuffix(tail), tail)
    return (token,)


def _forms(token: str) -> tuple[str, ...]:
    plain = token
    for pair, letter in _TRANSLITERATED.items():
        plain = plain.replace(pair, letter)
    singular = token[:-1] if token.endswith("s") and len(token) > 3 else token
    return token, singular, plain


def _segments(token: str) -> tuple[str, ...] | None:
    """The fewest known words that make up `token`; single letters do not count as words."""
    known = _known()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(2, len(token) + 1):
        for start in range(end - 1):
            before, word = best[start], token[start:end]
            # Two letters are too few to be recognized inside a longer unknown word.
            if before is None or word not in known or (len(word) == 2 and word not in _SHORT):
                continue
            made = (*before, word)
            known_best = best[end]
            if known_best is None or len(made) < len(known_best):
                best[end] = made
    return best[-1]


# Words that end a compound with an unknown beginning.
_TAILS = (
    "datum", "date", "name", "number", "nummer", "address", "adresse", "email", "phone", "telefon",
    "code", "amount", "count", "status", "type", "description",
)  # fmt: skip
_SHORT = frozenset({"id", "ip", "no", "nr", "of", "de"})
