"""The images of the character sets of a regex, by the tree of the regex module's own parser.

Whatever is not known here raises, and the caller does without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import regex
from regex import _regex_core as core

from scrubber.detect.prefilter.alphabet import ALL, DIGITS, LETTERS, WORDS, Image, mask
from scrubber.detect.regexes import Tree, parse

# What is understood; flags of other meanings (fuzzy, POSIX, reverse, full case) are refused.
_FLAGS = int(
    regex.IGNORECASE
    | regex.MULTILINE
    | regex.DOTALL
    | regex.VERBOSE
    | regex.UNICODE
    | regex.VERSION0
    | regex.VERSION1
)


class UnknownError(Exception):
    """A construct that is not understood here."""


def parsed(pattern: str, flags: int) -> Tree:
    """The tree of `pattern`. Raises: UnknownError."""
    tree, every = parse(pattern, flags)
    if every & ~_FLAGS:
        raise UnknownError
    tree.fix_groups(pattern, False, False)
    return tree


def kind(tree: Tree) -> str:
    """The name of the parser's class for a node."""
    return type(tree).__name__


def children(tree: Tree) -> tuple[Tree, ...]:
    """The nodes below a node that is no set of characters."""
    match kind(tree):
        case "Sequence":
            return tuple(tree.items)
        case "Branch":
            return tuple(tree.branches)
        case "Group" | "Atomic" | "GreedyRepeat" | "LazyRepeat" | "PossessiveRepeat" | "LookAround":
            return (tree.subpattern,)
    return ()


def groups(tree: Tree) -> dict[int, list[Tree]]:
    """The groups of a pattern by their number; several may share one."""
    found: dict[int, list[Tree]] = {}
    for group in _groups(tree):
        found.setdefault(group.group, []).append(group)
    return found


def _groups(tree: Tree) -> Iterator[Tree]:
    if kind(tree) == "Group":
        yield tree
    for child in children(tree):
        yield from _groups(child)


def is_set(tree: Tree) -> bool:
    """True if a node matches one character, of a set."""
    return kind(tree) in _IMAGES


def image(tree: Tree) -> Image:
    """The image of the characters that such a node matches."""
    return _IMAGES[kind(tree)](tree)


def _signed(tree: Tree, members: Image) -> Image:
    """With the case flag and the sign of `tree`."""
    if tree.case_flags & core.FULLCASE:
        raise UnknownError  # one character may then equal two
    if tree.case_flags:
        members = members.ignoring_case()
    return members if tree.positive else ~members


def _character(tree: Tree) -> Image:
    return _signed(tree, Image.of_codes(tree.value, tree.value))


def _range(tree: Tree) -> Image:
    return _signed(tree, Image.of_codes(tree.lower, tree.upper))


def _union(tree: Tree) -> Image:
    united = Image(0, 0)
    for item in tree.items:
        united |= image(item)
    return _signed(tree, united)


def _class_of_characters(tree: Tree) -> Image:
    r"""``\d``, ``\w`` and ``\s`` are what the alphabet keeps apart; others are known in ASCII."""
    if tree.encoding:
        raise UnknownError
    known = {
        _property(r"\d"): DIGITS,
        _property(r"\w"): WORDS,
        _property(r"\s"): _SPACES,
    }
    if tree.value in known:
        members = Image.exactly(known[tree.value])
        return members if tree.positive else ~members
    ascii_ = mask(code for code in range(128) if core._regex.has_property_value(tree.value, code))
    beyond = ALL & ~((1 << 128) - 1) | mask(b"0_ksi")
    return _signed(tree, Image(ascii_ | beyond | (LETTERS if tree.case_flags else 0), 0))


_SPACES = mask(b"\t\n\v\f\r \x80")
_ANY = ALL & ~mask(b"\n")

_IMAGES: dict[str, Callable[[Tree], Image]] = {
    "Character": _character,
    "Range": _range,
    "SetUnion": _union,
    "Property": _class_of_characters,
    "Any": lambda _: Image(_ANY, _ANY),
    "AnyAll": lambda _: Image(ALL, ALL),
}


@cache
def _property(escape: str) -> int:
    return int(parsed(escape, 0).items[0].value)
