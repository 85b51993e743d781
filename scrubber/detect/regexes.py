"""Regexes as the regex module's own parser reads them, and those that no time limit holds.

The parser is not public. It is used all the same, because only it says what a pattern means to the
module that runs it: nested sets, fuzzy matching, flags in odd places.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import regex
from regex import _regex_core as core

Tree = Any

_CALLS: Final = frozenset({"CallGroup", "CallRef", "Call_Ref"})
_LARGEST: Final = 200_000
"""Steps of compiling, about two microseconds each: it has no time limit of its own."""


def parse(pattern: str, flags: int) -> tuple[Tree, int]:
    """The tree of `pattern`, and all of its flags; the loop is that of ``regex._main._compile``.

    Raises what the regex module raises for a pattern that is none.
    """
    scoped = flags
    while True:
        source = core.Source(pattern)
        info = core.Info(scoped, source.char_type, {})
        info.guess_encoding = core.UNICODE
        source.ignore_space = bool(info.flags & core.VERBOSE)
        try:
            tree = core._parse_pattern(source, info)
        except core._UnscopedFlagSet:
            scoped = info.global_flags
            continue
        if not source.at_end():
            raise regex.error("unbalanced parenthesis", pattern, source.pos)
        return tree, flags | info.flags | info.global_flags


def unbounded(pattern: str) -> str | None:
    """The reason why a valid `pattern` must not be used, because no time limit stops it; None if
    there is none.

    Fuzzy matching checks the clock too rarely, recursion takes all memory, and nested repetitions
    are multiplied out before a search begins.

    >>> unbounded("(?:Bluebird){e<=3}")
    'it matches fuzzily, which no time limit holds'
    >>> unbounded("[A-Z]{2}[0-9]{6,9}")
    """
    try:
        tree, _ = parse(pattern, 0)
        kinds = {type(node).__name__ for node in _nodes(tree)}
        steps = _steps(tree)
    except RecursionError:
        return "it is nested too deeply"
    if "Fuzzy" in kinds:
        return "it matches fuzzily, which no time limit holds"
    if kinds & _CALLS:
        return "it calls itself or a group, which no time limit holds"
    return "its repetitions multiply to too many" if steps > _LARGEST else None


def _nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for below in _below(tree):
        yield from _nodes(below)


def _below(tree: Tree) -> Iterator[Tree]:
    """The nodes that a node holds, whatever it calls them."""
    for part in vars(tree).values():
        parts = part if isinstance(part, list | tuple | set | frozenset) else (part,)
        yield from (one for one in parts if isinstance(one, core.RegexBase))


def _steps(tree: Tree) -> int:
    own = 1 + sum(_steps(below) for below in _below(tree))
    return int((getattr(tree, "min_count", 0) + 1) * own)
