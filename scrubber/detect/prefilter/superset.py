"""From a recognizer's regex to a byte pattern that finds at least as much.

:func:`superset` reads the pattern with the regex module's own parser and writes it again over the
bytes of :mod:`scrubber.detect.prefilter.alphabet`, in the plain syntax that Vectorscan knows.
Wherever the regex matches at least one character of a text, the byte pattern matches somewhere in
the projected text. Each step keeps that:

- a set of characters becomes the bytes of its members; atomic and possessive parts may back off;
- a look-around at an edge of the pattern becomes the character that it asks about, or the edge of
  the text, and so do ``^ $ \\A \\Z``; anywhere else they are left out, and so is every other
  assertion but ``\\b`` (``\\K`` is one: what stands before it must be there, though it is no part
  of the finding);
- a reference to a group becomes the group again;
- what may be empty at an edge is cut off, and a repeat there stands for its least count: a match is
  asked for, not its length. So a hundred top-level domains become a few dozen beginnings.

Whatever is not understood has no superset: then the recognizer looks at every text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scrubber.detect.prefilter.alphabet import ALL, SEPARATOR, Image, Mask, mask
from scrubber.detect.prefilter.parse import UnknownError, groups, image, is_set, kind, parsed
from scrubber.detect.regexes import Tree

# Larger counts are loosened to "or more": exact ones cost states and find hardly less. Vectorscan
# loosens whole patterns that have too many states, so that they match almost everywhere.
_LEAST_LIMIT, _MOST_LIMIT = 64, 4

# Bytes of a written pattern; Vectorscan refuses those over 16,000.
_LENGTH_LIMIT = 8_000


@dataclass(frozen=True, slots=True)
class Chars:
    """One byte of `members`."""

    members: Mask


@dataclass(frozen=True, slots=True)
class Edge:
    """An assertion that stays, in Vectorscan's syntax; at an edge it may consume a byte."""

    source: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """Its parts one after another."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """`part`, `least` to `most` times (None: without limit)."""

    part: Node
    least: int
    most: int | None


Node = Chars | Edge | Row | Choice | Times

_NOTHING = Row()
_WORD_BOUNDARY = {True: Edge(rb"\b"), False: Edge(rb"\B")}

# A text ends where the data ends, or at a separator. Assertions at an edge of the pattern alone are
# written, as what they may consume there is no part of a match.
_AT_FIRST = {
    "StartOfLine": Edge(rb"(?:(?m:^)|\xff)"),
    "StartOfString": Edge(rb"(?:\A|\xff)"),
}
_AT_LAST = {
    "EndOfLine": Edge(rb"(?:(?m:$)|\xff)"),
    "EndOfString": Edge(rb"(?:\z|\xff)"),
    "EndOfStringLine": Edge(rb"(?:\Z|\n?\xff)"),
}


def superset(pattern: str, flags: int) -> tuple[bytes, ...]:
    r"""Byte patterns; one of them matches in ``project(text)`` wherever `pattern` finds characters.

    Several only where one would be too long; none where none is known, or where it would match
    everywhere.

    >>> superset(r"\d{3}x*", 0)
    (b'[0-9]{3}',)
    """
    try:
        return tuple(map(written, _fitting(_trimmed(_Reading.of(pattern, flags).node()))))
    except Exception:  # noqa: BLE001  UnknownError, or the parser, which is not ours, has changed
        return ()


def _fitting(node: Node) -> list[Node]:
    """`node` if it is short enough when written, or shorter ones that match as much together."""
    if _nullable(node):
        raise UnknownError
    if len(written(node)) <= _LENGTH_LIMIT:
        return [node]
    parts = node.parts if isinstance(node, Row) else (node,)
    for index, part in enumerate(parts):
        if isinstance(part, Choice) and len(written(part)) > _LENGTH_LIMIT:
            middle = len(part.parts) // 2
            halves = (_choice(part.parts[:middle]), _choice(part.parts[middle:]))
            return [
                one
                for half in halves
                for one in _fitting(_trimmed(_row((*parts[:index], half, *parts[index + 1 :]))))
            ]
    return _fitting(_trimmed(_row(parts[:-1])))


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Reading:
    """A pattern's tree, its groups by number, and those that are being read."""

    tree: Tree
    groups: dict[int, list[Tree]]
    open: set[int]

    @classmethod
    def of(cls, pattern: str, flags: int) -> _Reading:
        tree = parsed(pattern, flags)
        return cls(tree, groups(tree), set())

    def node(self) -> Node:
        return self._node(self.tree, True, True)

    def _node(self, tree: Tree, first: bool, last: bool) -> Node:
        """`first` and `last` say whether nothing of the pattern stands before or after."""
        if is_set(tree):
            return Chars(image(tree).some)
        name = kind(tree)
        match name:
            case "Boundary":
                return _NOTHING if tree.encoding else _WORD_BOUNDARY[tree.positive]
            case "StartOfLine" | "StartOfString":
                return _AT_FIRST[name] if first else _NOTHING
            case "EndOfLine" | "EndOfString" | "EndOfStringLine":
                return _AT_LAST[name] if last else _NOTHING
            case "StartOfWord" | "EndOfWord" | "Keep":
                return _NOTHING
            case "Sequence":
                return self._row(tree.items, first, last)
            case "Branch":
                return _choice(self._node(branch, first, last) for branch in tree.branches)
            case "Group" | "Atomic":
                return self._node(tree.subpattern, first, last)
            case "GreedyRepeat" | "LazyRepeat" | "PossessiveRepeat":
                part = self._node(tree.subpattern, False, False)
                return _times(part, tree.min_count, tree.max_count)
            case "RefGroup":
                return self._again(tree)
            case "LookAround":
                return self._look_around(tree, first, last)
        raise UnknownError

    def _row(self, items: Sequence[Tree], first: bool, last: bool) -> Node:
        end = len(items) - 1
        return _row(
            self._node(item, first and index == 0, last and index == end)
            for index, item in enumerate(items)
        )

    def _again(self, reference: Tree) -> Node:
        number = int(reference.group)
        if number in self.open or number not in self.groups:
            raise UnknownError
        self.open.add(number)
        node = _choice(self._node(group.subpattern, False, False) for group in self.groups[number])
        self.open.remove(number)
        return _folded(node) if reference.case_flags else node

    def _look_around(self, tree: Tree, first: bool, last: bool) -> Node:
        """At its edge the look-around itself, as what stands there; elsewhere nothing."""
        at_edge = first if tree.behind else last
        if not at_edge:
            return _NOTHING
        if tree.positive:
            return self._node(tree.subpattern, first and tree.behind, last and not tree.behind)
        character = tree.subpattern
        while kind(character) == "Sequence" and len(character.items) == 1:
            character = character.items[0]
        if not is_set(character):
            return _NOTHING
        others = (~image(character)).some
        if others == ALL:
            return _NOTHING
        end = rb"\A" if tree.behind else rb"\z"
        return Edge(b"(?:" + _class(others | mask([SEPARATOR])) + b"|" + end + b")")


# ── shaping ───────────────────────────────────────────────────────────────────────────────────


def _row(parts: Iterable[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) else (part,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def _choice(parts: Iterable[Node]) -> Node:
    """Any of `parts`; those that begin alike share their beginning."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Choice) else (part,))
    heads: dict[Node, list[Node]] = {}
    single: Mask = 0
    for part in dict.fromkeys(flat):
        if isinstance(part, Chars):
            single |= part.members
        else:
            head, tail = _split(part)
            heads.setdefault(head, []).append(tail)
    shared = [
        _row((head, tails[0] if len(tails) == 1 else _choice(tails)))
        for head, tails in heads.items()
    ]
    if single:
        shared.append(Chars(single))
    return shared[0] if len(shared) == 1 else Choice(tuple(shared))


def _split(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Row) and len(node.parts) > 1:
        return node.parts[0], _row(node.parts[1:])
    return node, _NOTHING


def _times(part: Node, least: int, most: int | None) -> Node:
    if most is not None and most > _MOST_LIMIT:
        most = None
    return Times(part, min(least, _LEAST_LIMIT), most)


def _folded(node: Node) -> Node:
    match node:
        case Chars(members):
            return Chars(Image(members, 0).ignoring_case().some)
        case Row(parts):
            return Row(tuple(map(_folded, parts)))
        case Choice(parts):
            return Choice(tuple(map(_folded, parts)))
        case Times(part, least, most):
            return Times(_folded(part), least, most)
    return node


def _nullable(node: Node) -> bool:
    match node:
        case Chars():
            return False
        case Edge():
            return True
        case Row(parts):
            return all(map(_nullable, parts))
        case Choice(parts):
            return any(map(_nullable, parts))
        case Times(part, least, _):
            return least == 0 or _nullable(part)


def _trimmed(node: Node) -> Node:
    """Without what may be empty at its edges; assertions there stay."""
    return _trim(_trim(node, -1), 0)


def _trim(node: Node, side: int) -> Node:
    """`side` is 0 for the left edge, -1 for the right one."""
    match node:
        case Row(parts):
            left = list(parts)
            while left and _loose(left[side]):
                del left[side]
            if left:
                left[side] = _trim(left[side], side)
            return _row(left)
        case Choice(parts) if not _loose(node):
            return _choice(_trim(part, side) for part in parts)
        case Times(part, least, _) if not _nullable(node):
            edge = _trim(part, side)
            if edge == part:
                return part if least == 1 else Times(part, least, least)
            inner = Times(part, least - 1, least - 1) if least > 1 else _NOTHING
            return _row((edge, inner) if side == 0 else (inner, edge))
    return node


def _loose(node: Node) -> bool:
    """True if a match may leave `node` out; an assertion is not left out, though it is empty."""
    match node:
        case Chars() | Edge():
            return False
        case Row(parts):
            return all(map(_loose, parts))
        case Choice(parts):
            return any(map(_loose, parts))
        case Times(part, least, _):
            return least == 0 or _loose(part)


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def written(node: Node) -> bytes:
    """`node` in the syntax of Vectorscan."""
    match node:
        case Chars(members):
            return _class(members)
        case Edge(source):
            return source
        case Row(parts):
            return b"".join(map(written, parts))
        case Choice(parts):
            return b"(?:" + b"|".join(map(written, parts)) + b")"
        case Times(part, least, most):
            inner = written(part)
            if not isinstance(part, Chars):
                inner = b"(?:" + inner + b")"
            return inner + _counts(least, most)


def _counts(least: int, most: int | None) -> bytes:
    if least == most:
        return b"{%d}" % least
    return b"{%d,}" % least if most is None else b"{%d,%d}" % (least, most)


def _class(members: Mask) -> bytes:
    if not members:
        raise UnknownError  # matches nothing; not worth a syntax
    runs: list[tuple[int, int]] = []
    for byte in range(members.bit_length()):
        if members >> byte & 1:
            if runs and runs[-1][1] == byte - 1:
                runs[-1] = (runs[-1][0], byte)
            else:
                runs.append((byte, byte))
    if len(runs) == 1 and runs[0][0] == runs[0][1]:
        return _byte(runs[0][0])
    return b"[" + b"".join(map(_span, runs)) + b"]"


def _span(run: tuple[int, int]) -> bytes:
    first, last = map(_byte, run)
    return first if first == last else first + b"-" + last


def _byte(byte: int) -> bytes:
    return b"%c" % byte if chr(byte).isascii() and chr(byte).isalnum() else rb"\x%02x" % byte
