"""The CC0 sentences of each language, and a look at which of their words may be names.

Nobody labelled them. Capitals and name lists tell the words that may be names: of these nothing is
known. All others are taken as text without a name.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from scrubber.detect.ner.features import plain
from scrubber.detect.ner.tokens import Tokens
from training.sources import UNKNOWN

FOLDER = "train/cc0_sentences"
LICENCE = "CC0"

_KEPT = 10  # in a hundred sentences, those that only measure
_SEEN = 2  # so often a word must be written small to be common
_FREQUENT = 12  # so often a German noun is hardly a name
_STEM = 5  # letters of a word that its other forms share
_OPENING = frozenset(".!?…:;\n\"'«»“”„‚‘’—–-(¿¡。！？「『")
_UNSPACED = frozenset(("ja", "zh-CN", "zh-TW"))
_LONGEST_NAME = 4  # characters of a listed name in a text without spaces


def languages(data: Path) -> list[str]:
    return sorted(path.stem for path in (data / FOLDER).glob("*.txt"))


def sentences(data: Path, language: str, *, kept: bool) -> list[str]:
    """The sentences to learn from, or those `kept` for measuring."""
    text = (data / FOLDER / f"{language}.txt").read_text(encoding="utf-8")
    found = (line.strip() for line in text.split("\n"))
    return [s for s in found if s and is_kept(s) == kept]


def is_kept(sentence: str) -> bool:
    """True of the sentences that only measure."""
    return zlib.crc32(b"held out " + sentence.encode()) % 100 < _KEPT


@dataclass(frozen=True, slots=True)
class Look:
    """Tells which words of a language's sentences may be names."""

    doubtful: Callable[[str], list[tuple[int, int, str]]]
    """The spans of such words in a sentence."""
    common: Callable[[str], bool]
    """True of a word that the language also writes small."""

    @classmethod
    def over(
        cls, language: str, texts: list[str], listed: Collection[str], own: Collection[str]
    ) -> Look:
        """`listed` are the plain words of the lists of names, `own` the language's own names."""
        if language in _UNSPACED:
            return cls(lambda text: _listed_runs(text, listed), lambda _: True)
        every = Counter(w for t in texts for w in Tokens.of(t).words if w[0].isalpha())
        small = Counter({w: n for w, n in every.items() if w.islower()})
        stems = {w[:_STEM] for w in small if len(w) >= _STEM}
        has_case = 2 * small.total() > every.total()
        name_stems = {name[: min(_STEM, len(name) - 1)] for name in own if len(name) > 3}

        def common(word: str) -> bool:
            low = word.lower()
            return small[low] >= _SEEN or (len(low) > _STEM and low[:_STEM] in stems)

        def is_doubtful(word: str, *, opens: bool) -> bool:
            if not word[0].isalpha() or (len(word) == 1 and word[0].isascii()):
                return False
            if not has_case or word.islower():
                return not has_case and plain(word) in listed
            if language == "de" and not opens:  # every noun is written large
                return plain(word) in listed and every[word] < _FREQUENT
            if opens:
                begins = any(word[:size] in name_stems for size in range(3, _STEM + 1))
                return not common(word) and (begins or plain(word) in listed)
            return small[word.lower()] < _SEEN + 1

        def doubtful(text: str) -> list[tuple[int, int, str]]:
            tokens, spans, opens = Tokens.of(text), [], True
            for word, start in zip(tokens.words, tokens.starts, strict=True):
                if is_doubtful(word, opens=opens):
                    spans.append((start, start + len(word), UNKNOWN))
                opens = word in _OPENING
            return spans

        return cls(doubtful, common)


def _listed_runs(text: str, listed: Collection[str]) -> list[tuple[int, int, str]]:
    return list(_runs(text, listed))


def _runs(text: str, listed: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Names of the lists, two characters and longer, in a text without spaces."""
    at = 0
    while at < len(text):
        for size in range(_LONGEST_NAME, 1, -1):
            if text[at : at + size] in listed and not text[at].isascii():
                yield at, at + size, UNKNOWN
                at += size
                break
        else:
            at += 1
