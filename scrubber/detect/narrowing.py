"""Where in a text a regex can match, so that the rest of it is not searched.

A match is a run of characters that the regex knows. Where one character is in every match (the
``@`` of an e-mail address), only the runs around it need to be searched: between them stands what
no match crosses. The matches are the same, as long as the regex looks no further than one character
beyond its match; of others nothing is known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scrubber.detect.alphabet import ALL, Mask, fold, mask, project
from scrubber.detect.regextree import Tree, UnknownError, children, groups, image, is_set, kind
from scrubber.detect.regextree import parsed as parse

_SEPARATOR = 0xFF  # stands for no code point

# Nodes without characters: questions about those on both sides of a place or about an end of the
# text, and where a finding begins (\K).
_ASSERTIONS = frozenset(
    {"Boundary", "StartOfLine", "EndOfLine", "StartOfString", "EndOfString", "StartOfWord"}
    | {"EndOfWord", "Keep"}
)

# Of several characters that are in every match, the one that text has least of.
_RARE = "@:/-_.,"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`needed` is in every match, and all characters of a match stay themselves in `runs`, which
    turns the other bytes of the alphabet into separators. `check`, if any, is found around every
    match."""

    needed: bytes
    runs: bytes
    check: re.Pattern[bytes] | None

    @classmethod
    def of(cls, pattern: str, flags: int, sources: Sequence[bytes] = ()) -> Narrowing | None:
        """The narrowing of a regex; None where it is not known, or would save nothing.

        `sources` are the regex's :func:`~scrubber.detect.superset.superset`.
        """
        try:
            tree = parse(pattern, flags)
            members = _members(tree, groups(tree))
            needed = _needed(tree) & mask(_RARE.encode())
        except Exception:  # noqa: BLE001  UnknownError, or the parser, which is not ours
            return None
        if not needed or members == ALL:
            return None
        rarest = next(char for char in _RARE if needed >> ord(char) & 1)
        runs = bytes(b if members >> b & 1 else _SEPARATOR for b in range(256))
        # The sources hold what is looked at behind a match; it may stand outside the stretch.
        check = None if _looks_far_behind(tree) else _check(sources)
        return cls(rarest.encode(), runs, check)

    def stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of the stretches of `text` that a match can be in, in order.

        To be searched from start to end + 1, so that what stands behind a match is seen.
        """
        data = project(text)
        marked = data.translate(self.runs)
        found = marked.find(self.needed)
        while found >= 0:
            start = marked.rfind(b"\xff", 0, found) + 1
            end = marked.find(b"\xff", found)
            end = len(marked) if end < 0 else end
            if self.check is None or self.check.search(data, max(start - 1, 0), end + 1):
                yield start, end
            found = marked.find(self.needed, end)


def _check(sources: Sequence[bytes]) -> re.Pattern[bytes] | None:
    r"""The byte patterns for the re module, which writes the end of the text as ``\Z`` alone."""
    if not sources:
        return None
    whole = b"|".join(sources)
    return re.compile(whole.replace(rb"\Z", rb"(?=\n?\Z)").replace(rb"\z", rb"\Z"))


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


def _looks_far_behind(tree: Tree) -> bool:
    if kind(tree) == "LookAround" and tree.behind and not _is_one_character(tree.subpattern):
        return True
    return any(map(_looks_far_behind, children(tree)))


def _is_one_character(tree: Tree) -> bool:
    while kind(tree) in ("Sequence", "Group") and len(children(tree)) == 1:
        (tree,) = children(tree)
    return is_set(tree)


def _needed(tree: Tree) -> Mask:
    """Characters that are in every match."""
    if is_set(tree):
        members = image(tree).some
        return members if members.bit_count() == 1 else 0
    match kind(tree):
        case "Sequence":
            found = 0
            for item in tree.items:
                found |= _needed(item)
            return found
        case "Branch":
            found = ALL
            for branch in tree.branches:
                found &= _needed(branch)
            return found
        case "Group" | "Atomic":
            return _needed(tree.subpattern)
        case "GreedyRepeat" | "LazyRepeat" | "PossessiveRepeat":
            return _needed(tree.subpattern) if tree.min_count else 0
    return 0
