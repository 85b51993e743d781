"""From labelled documents to chunks of word numbers and tags, cut, joined and written in
all cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from scrubber.detect.ner.features import Words, words_of
from scrubber.detect.ner.tokens import Tokens
from training.tagging import ALL, NONE, Labelled, tagged

# How often a document is written all lower, all large, with large first letters.
_LOWER, _UPPER, _TITLE = 0.13, 0.05, 0.03
# How often a document's names alone are, as in hasty posts and as in forms.
_LOWER_NAMES, _UPPER_NAMES = 0.05, 0.02


@dataclass(frozen=True, slots=True)
class Chunk:
    """Numbers of words (of an Index), sets of tags, and what `places` needs to know."""

    words: np.ndarray
    tags: np.ndarray
    joined: np.ndarray


class Index:
    """Numbers words, and knows their features."""

    def __init__(self, vocabulary: np.ndarray, lists: Sequence[np.ndarray]) -> None:
        self._vocabulary, self._lists = vocabulary, lists
        self._numbers: dict[str, int] = {}
        self.words: list[str] = []

    def numbers(self, words: Iterable[str]) -> np.ndarray:
        found = self._numbers
        numbers = []
        for word in words:
            number = found.get(word)
            if number is None:
                number = found[word] = len(self.words)
                self.words.append(word)
            numbers.append(number)
        return np.array(numbers, np.int32)

    def features(self) -> Words:
        return words_of(self.words, self._vocabulary, self._lists)


def recased(labelled: Labelled, rng: Random) -> Labelled:
    """`labelled` as it is, or written otherwise; no character changes its place."""
    draw = rng.random()
    if draw < _LOWER:
        return replace(labelled, text=_each(labelled.text, str.lower))
    if draw < _LOWER + _UPPER:
        return replace(labelled, text=_each(labelled.text, str.upper))
    if draw < _LOWER + _UPPER + _TITLE:
        return replace(labelled, text=_each(labelled.text.title(), lambda c: c, labelled.text))
    draw = rng.random()
    if draw < _LOWER_NAMES:
        return _names_recased(labelled, str.lower)
    if draw < _LOWER_NAMES + _UPPER_NAMES:
        return _names_recased(labelled, str.upper)
    return labelled


def _names_recased(labelled: Labelled, change: Any) -> Labelled:
    pieces, at = [], 0
    for begin, end, _ in labelled.spans:
        if begin >= at:
            pieces += [labelled.text[at:begin], _each(labelled.text[begin:end], change)]
            at = end
    return replace(labelled, text="".join(pieces) + labelled.text[at:])


def _each(text: str, change: Any, otherwise: str | None = None) -> str:
    if otherwise is not None:
        return text if len(text) == len(otherwise) else otherwise
    changed = change(text)
    if len(changed) == len(text):
        return str(changed)
    return "".join(new if len(new := change(c)) == 1 else c for c in text)


def spaced(labelled: Labelled, rng: Random) -> Labelled:
    """Half of the texts with marked handles have a blank after the sign, as tokenized text has."""
    if "@" not in labelled.text or rng.random() < 0.5:
        return labelled
    marked = [
        any(b <= i < e or b == i + 1 for b, e, _ in labelled.spans)
        for i in range(len(labelled.text))
    ]
    at = [i for i, c in enumerate(labelled.text) if c == "@" and marked[i]]

    def moved(place: int) -> int:
        return place + sum(i < place for i in at)

    text = "".join("@ " if i in set(at) else c for i, c in enumerate(labelled.text))
    spans = tuple((moved(b), moved(e), label) for b, e, label in labelled.spans)
    return replace(labelled, text=text, spans=spans)


def joined(documents: Sequence[Labelled], rng: Random) -> Iterator[Labelled]:
    """Some short documents are put together, on lines of their own or one after the other."""
    held: list[Labelled] = []
    wanted = 1
    for document in documents:
        if len(document.text) > 300 or (held and held[0].complete != document.complete):
            yield from held
            held = []
            yield document
            continue
        held.append(document)
        if len(held) >= wanted:
            yield _together(held, "\n" if rng.random() < 0.6 else " ") if wanted > 1 else held[0]
            held = []
            wanted = rng.choice((1, 1, 1, 2, 3, 6))
    yield from held


def _together(documents: Sequence[Labelled], between: str) -> Labelled:
    spans = []
    at = 0
    for document in documents:
        spans += [(b + at, e + at, label) for b, e, label in document.spans]
        at += len(document.text) + len(between)
    return Labelled(between.join(d.text for d in documents), tuple(spans), documents[0].complete)


def chunks(labelled: Labelled, index: Index, rng: Random) -> Iterator[Chunk]:
    """The document whole, or cut at line breaks and sentence ends into pieces of many lengths."""
    words, tags = tagged(labelled)
    if not words:
        return
    numbers = index.numbers(words)
    starts = np.array(Tokens.of(labelled.text).starts)
    glued = np.zeros(len(words), bool)
    glued[1:] = starts[1:] == starts[:-1] + np.array([len(w) for w in words[:-1]])
    begin = 0
    while begin < len(words):
        end = begin + int(np.exp(rng.uniform(np.log(12), np.log(300))))
        if end >= len(words):
            end = len(words)
        elif rng.random() < 0.85:
            end = next((i for i in range(end, begin + 4, -1) if words[i - 1] in ".\n?!"), end)
        glue = glued[begin:end].copy()
        glue[0] = False
        yield Chunk(numbers[begin:end], tags[begin:end], glue)
        begin = end


def sobered(pieces: Sequence[Chunk], index: Index, rate: float = 0.004) -> list[Chunk]:
    """Where little is known of a token, but its word (in small letters) is hardly ever a part of a
    name in the text of which all is known, it is no name."""
    size = len(index.words)
    small = np.array([w.islower() or not w[0].isalpha() for w in index.words])
    seen, named = np.zeros(size), np.zeros(size)
    for piece in pieces:
        known = (piece.tags == NONE) | ((piece.tags & NONE) == 0)
        np.add.at(seen, piece.words[known], 1)
        np.add.at(named, piece.words[(piece.tags & NONE) == 0], 1)
    sober = small & (seen >= 30) & (named <= rate * seen)
    done = []
    for piece in pieces:
        unsure = ((piece.tags & NONE) > 0) & (piece.tags != NONE) & (piece.tags != ALL)
        change = unsure & sober[piece.words]
        done.append(replace(piece, tags=np.where(change, NONE, piece.tags).astype(np.uint8)))
    return done
