"""The stretches of a text that a regex needs to be searched in, where its prefilter says where.

A match is a run of characters that the regex knows, and the prefilter tells where matches may end:
only the runs there need to be searched, as no match crosses what stands between them. The matches
are the same, as long as the regex looks no further than one character beyond its match; of others
nothing is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scrubber.detect.prefilter.alphabet import ALL, SEPARATOR, Mask, fold, mask
from scrubber.detect.prefilter.parse import (
    UnknownError,
    children,
    groups,
    image,
    is_set,
    kind,
)
from scrubber.detect.prefilter.parse import parsed as parse
from scrubber.detect.regexes import Tree

# Nodes without characters: questions about those on both sides of a place or about an end of the
# text, and where a finding begins (\K).
_ASSERTIONS = frozenset(
    {"Boundary", "StartOfLine", "EndOfLine", "StartOfString", "EndOfString", "StartOfWord"}
    | {"EndOfWord", "Keep"}
)

_MARK = bytes([SEPARATOR])


@dataclass(frozen=True, slots=True)
class Narrowing:
    """All characters of a match stay themselves in `runs`, which turns the other bytes of the
    alphabet into separators."""

    runs: bytes

    @classmethod
    def of(cls, pattern: str, flags: int, more: Mask = 0) -> Narrowing | None:
        """The narrowing of a regex; None where it is not known, or would save nothing.

        A match may hold the characters of `more` as well.
        """
        try:
            tree = parse(pattern, flags)
            members = _members(tree, groups(tree)) | more
        except Exception:  # noqa: BLE001  UnknownError, or the parser, which is not ours
            return None
        if members == ALL:
            return None
        return cls(bytes(b if members >> b & 1 else SEPARATOR for b in range(256)))

    def stretches(self, data: bytes, ends: Sequence[int]) -> list[tuple[int, int]]:
        """(start, end) of the stretches of a text that a match can be in, in order.

        `data` is the text's image, `ends` those of a
        :class:`~scrubber.detect.prefilter.scanner.Hit`. To be searched from start to end + 1, so
        that what stands behind a match is seen.
        """
        marked = data.translate(self.runs)
        found: list[tuple[int, int]] = []
        done = 0
        for end in ends:
            if end <= done:
                continue
            # Up to two bytes may stand behind the match.
            place = min(end, len(data)) - 1
            while place > done and place > end - 3 and marked[place] == SEPARATOR:
                place -= 1
            if marked[place] == SEPARATOR:
                continue
            start = marked.rfind(_MARK, 0, place) + 1
            if start >= done:
                done = marked.find(_MARK, place)
                if done < 0:
                    done = len(marked)
                found.append((start, done))
        return found


def _members(tree: Tree, known: dict[int, list[Tree]]) -> Mask:
    """The characters that a match may hold."""
    if is_set(tree):
        return image(tree).some
    match kind(tree):
        case "RefGroup":
            group = mask(())
            for one in known[int(tree.group)]:
                if one.subpattern is not tree:
                    group |= _members(one.subpattern, {})
            return fold(group)
        case "LookAround":
            if not _is_one_character(tree.subpattern):
                raise UnknownError
            return 0
        case name if name in _ASSERTIONS:
            return 0
    below = children(tree)
    if not below and kind(tree) != "Sequence":
        raise UnknownError
    found = 0
    for child in below:
        found |= _members(child, known)
    return found


def _is_one_character(tree: Tree) -> bool:
    while kind(tree) in ("Sequence", "Group") and len(children(tree)) == 1:
        (tree,) = children(tree)
    return is_set(tree)
