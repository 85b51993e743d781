"""Texts that a regex matches, made from its tree: what a test of the prefilter starts from.

Not every text does match: look-arounds and assertions inside a pattern are left to chance, so a
test asks the regex itself. And whether byte patterns match in a text, by the regex module
instead of hyperscan.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import regex

from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.detector import PresidioDetector
from scrubber.detect.house.detector import HouseDetector
from scrubber.detect.prefilter.alphabet import project
from scrubber.detect.prefilter.parse import Tree, is_set, kind, parsed

# What sets of characters are asked about: ASCII, and of every kind that patterns tell apart.
_ASCII = "".join(map(chr, range(128)))
_BEYOND = (
    "\x85\xa0\u1680\u2028\u2029\u3000"  # white space
    "éßÀДя中الא"  # letters
    "ſKıİΣσςµΩÅǅﬁ"  # letters with odd cases
    "٣५３𝟘¹²Ⅻ½"  # digits, and what looks like them
    "\u0301\u200d\u200b\ufeff\u00ad\ufffd"  # marks and what has no width
    "–—‐−／．＠：（🙏👩‍👧\U0010ffff"  # punctuation and beyond the plane
)
_VARIANTS = {"s": "sSſ", "k": "kKK", "i": "iIıİ", "σ": "σςΣ", "å": "åÅÅ", "ß": "ßẞ"}
_MOST = 5  # repeats over the least where there is no limit
_FAR = 200  # and where there is one
_SEEN = {True: 0.9, False: 0.1}  # how often what is looked at, behind or ahead, is written


def matching(pattern: str, flags: int, rng: random.Random) -> str:
    """A text that `pattern` is likely to match as a whole."""
    return _Making(rng).text(_tree(pattern, flags))


_tree = lru_cache(maxsize=1024)(parsed)


def matches(sources: Sequence[bytes], text: str) -> bool:
    """Whether one of these byte patterns, as superset() writes them, matches in `text`.

    Raises TimeoutError where that takes more than a second.
    """
    data = project(text)
    return any(_compiled(source).search(data, timeout=1) for source in sources)


@lru_cache(maxsize=1024)
def _compiled(source: bytes) -> Any:
    r"""The regex module's ``\Z`` is the very end, ``$`` that or before a last line break."""
    return regex.compile(source.replace(rb"\Z", rb"(?=\n?\Z)").replace(rb"\z", rb"\Z"))


class _Making:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._groups: dict[int, str] = {}

    def text(self, tree: Tree) -> str:
        if is_set(tree):
            return self._character(tree)
        match kind(tree):
            case "Sequence":
                return "".join(map(self.text, tree.items))
            case "Branch":
                return self.text(self._rng.choice(tree.branches))
            case "Group":
                made = self.text(tree.subpattern)
                self._groups[int(tree.group)] = made
                return made
            case "Atomic":
                return self.text(tree.subpattern)
            case "GreedyRepeat" | "LazyRepeat" | "PossessiveRepeat":
                most = tree.max_count
                least = tree.min_count
                most = least + _MOST if most is None else min(most, least + _FAR)
                choices = (least, most, self._rng.randint(least, most))
                return self._repeated(tree.subpattern, self._rng.choice(choices))
            case "RefGroup":
                return self._groups.get(int(tree.group), "")
            case "LookAround" if tree.positive and self._rng.random() < _SEEN[bool(tree.behind)]:
                return self.text(tree.subpattern)
        return ""  # assertions

    def _repeated(self, tree: Tree, count: int) -> str:
        if self._rng.random() < 0.7:
            return "".join(self.text(tree) for _ in range(count))
        first = self._rng.randint(0, count)  # two things, each again and again: aaaa555555
        return self.text(tree) * first + self.text(tree) * (count - first)

    def _character(self, tree: Tree) -> str:
        plain, beyond = _members(tree)
        some = beyond if beyond and (not plain or self._rng.random() < 0.08) else plain
        if not some:
            return ""
        char = self._rng.choice(some)
        if getattr(tree, "case_flags", 0) and self._rng.random() < 0.3:
            variants = _VARIANTS.get(char.lower(), char.lower() + char.upper())
            return self._rng.choice(variants)
        return char


@lru_cache(maxsize=4096)
def _members(tree: Tree) -> tuple[str, str]:
    """The members of a set in ASCII, and beyond."""
    plain = "".join(char for char in _ASCII if _holds(tree, ord(char)))
    beyond = "".join(char for char in _BEYOND if _holds(tree, ord(char)))
    if not plain + beyond:
        plain = "".join(chr(code) for code in _named(tree) if _holds(tree, code))
    return plain, beyond


def _named(tree: Tree) -> list[int]:
    """The code points that a set names."""
    match kind(tree):
        case "Character":
            return [tree.value]
        case "Range":
            return [tree.lower, tree.upper]
        case "SetUnion":
            return [code for item in tree.items for code in _named(item)]
    return []


def _holds(tree: Tree, code: int) -> bool:
    return bool(tree.matches(code)) if hasattr(tree, "matches") else code != ord("\n")


def searching(spec: DetectSpec) -> PresidioDetector:
    """What searches texts as they are written, by patterns alone: the inner part of a detector."""
    detector = build_detector(spec)
    assert isinstance(detector, HouseDetector)
    return detector.patterns
