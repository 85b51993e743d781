"""Texts that are read in a format: what detectors see of each, and the way back.

A JSON text is shown as lines of ``key: value`` with its values decoded; only values change, and
keys that are data. A log is shown line by line. Nothing is found across two values or two lines.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scrubber.formats.field_names import data_among, looks_like_data
from scrubber.policy.plan import Format
from scrubber.transform.rewrite import OffsetMap

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}\[\]:,]|true|false|null', re.DOTALL)
_CONTAINER = re.compile(r"\s*[{\[]")
_PLAIN_KEY = re.compile(r"[A-Za-z_$@][\w$.-]*")
_DEEPEST = 4
"""JSON in a string of JSON is opened up to this depth."""
_NESTED = 200
"""JSON that nests more containers is read as prose."""
_LOGGED = re.compile(
    r"\s*[\[(<]?(?:\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d|\w{3} [ \d]\d \d\d:|\d\d/\w{3}/\d{4}:"
    r"|(?i:trace|debug|info|notice|warn|warning|error|fatal|critical)\b[\]:|\s]"
    r"|\S+ \S+ \S+ \[\d\d/)"
)
_FENCE = "~~~~~~~~"
_CODE = f"{_FENCE}python\n"


@dataclass(frozen=True)
class Part:
    """A piece of a text that may change: `start` to `end` of what is shown, `first` to `last` of
    the original. `inner` is the JSON in a string, whose own parts change instead."""

    kind: str
    first: int
    last: int
    start: int
    end: int
    inner: Form | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Form:
    """An opened text: the `original`, and its parts in order."""

    original: str = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)

    def leaves(self) -> Iterator[Part]:
        """The parts that hold no other ones, in order."""
        for part in self.parts:
            if part.inner is None:
                yield part
            else:
                yield from part.inner.leaves()

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """The ranges of what is shown that may change, in order."""
        return [(part.start, part.end) for part in self.leaves()]

    def closed(self, shown: str, offsets: OffsetMap) -> str:
        """The original with what `shown` has in place of each part that changed.

        Raises: ValueError where two keys of an object become one.
        """
        out: list[str] = []
        at, renamed = 0, False
        for part in self.parts:
            old = self.original[part.first : part.last]
            new = _written(part, old, shown, offsets)
            if new != old:
                out += (self.original[at : part.first], new)
                at = part.last
                renamed |= part.kind == "key"
        out.append(self.original[at:])
        made = "".join(out)
        if renamed:
            json.loads(made, object_pairs_hook=_apart)
        return made


@dataclass(frozen=True)
class Shown:
    """A text as detectors see it, and the form to close it with; None for a text as it is."""

    text: str = field(repr=False)
    form: Form | None = field(default=None, repr=False)


def shown(text: str, form: Format) -> Shown:
    """Open a text in a format."""
    match form:
        case Format.CODE:
            part = Part("plain", 0, len(text), len(_CODE), len(_CODE) + len(text))
            return Shown(f"{_CODE}{text}\n{_FENCE}\n", Form(text, (part,)))
        case Format.LOG:
            return _lines(text)
        case Format.JSON:
            return _json(text) or Shown(text)
        case _:
            return _json(text) or (_lines(text) if _is_log(text) else Shown(text))


def _written(part: Part, old: str, shown: str, offsets: OffsetMap) -> str:
    if part.inner is not None:
        new = part.inner.closed(shown, offsets)
        return old if new == part.inner.original else _quoted(new, old)
    if not offsets.touches(part.start, part.end):
        return old
    start, end = offsets.map(part.start, part.end)
    new = shown[start:end]
    return new if part.kind == "plain" else _quoted(new, old)


def _quoted(text: str, like: str) -> str:
    return json.dumps(text, ensure_ascii=like.isascii())


def _apart(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("two keys of an object in a text became the same")


def _is_log(text: str) -> bool:
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    logged = sum(bool(_LOGGED.match(line) or _CONTAINER.match(line)) for line in lines)
    return len(lines) > 1 and 2 * logged > len(lines)


def _lines(text: str) -> Shown:
    """A log: each line by itself, and as JSON where it is JSON."""
    out, parts = _Text(), []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        inner = _form(bare, out, "", 1) if _CONTAINER.match(bare) else None
        if inner is not None:
            parts += [
                Part(p.kind, at + p.first, at + p.last, p.start, p.end, p.inner)
                for p in inner.parts
            ]
        elif bare:
            start = out.add(bare)
            parts.append(Part("plain", at, at + len(bare), start, start + len(bare)))
            out.add("\n")
        at += len(line)
    return Shown(out.text, Form(text, tuple(parts)))


def _json(text: str) -> Shown | None:
    """The JSON object or list in a text; None where there is none."""
    out = _Text()
    form = _form(text, out, "", 1)
    return None if form is None else Shown(out.text, form)


class _Text:
    """A text that grows."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, piece: str) -> int:
        """Append a piece, and return its place."""
        at = self._length
        self._pieces.append(piece)
        self._length += len(piece)
        return at


def _form(text: str, out: _Text, label: str, depth: int) -> Form | None:
    if not _CONTAINER.match(text) or not _is_json(text):
        return None
    tokens = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    data = _data_keys(tokens)
    parts: list[Part] = []
    labels = [label]
    for i, (token, first, last) in enumerate(tokens):
        if token in "{[":
            labels.append(labels[-1])
        elif token in "}]":
            labels.pop()
        elif token[0] == '"' and i + 1 < len(tokens) and tokens[i + 1][0] == ":":
            key = json.loads(token, strict=False)
            if i in data:
                start = out.add(key)
                parts.append(Part("key", first, last, start, start + len(key)))
                out.add("\n")
                labels[-1] = label
            else:
                labels[-1] = key
        elif token[0] == '"':
            value = json.loads(token, strict=False)
            inner = _form(value, out, labels[-1], depth + 1) if depth < _DEEPEST else None
            if inner is not None:
                parts.append(Part("text", first, last, 0, 0, inner))
            elif value:
                parts.append(_value("text", value, first, last, out, labels[-1]))
        elif token[0] == "-" or token[0].isdigit():
            parts.append(_value("number", token, first, last, out, labels[-1]))
    return Form(text, tuple(parts))


def _value(kind: str, value: str, first: int, last: int, out: _Text, label: str) -> Part:
    out.add(f"{label}: " if label else "")
    start = out.add(value)
    out.add("\n")
    return Part(kind, first, last, start, start + len(value))


def _is_json(text: str) -> bool:
    if text.count("{") + text.count("[") > _NESTED and _depth(text) > _NESTED:
        return False
    try:
        json.loads(text, parse_constant=_no_constant, parse_int=_same, parse_float=_same)
    except (ValueError, RecursionError):
        return False
    return True


def _depth(text: str) -> int:
    depth = deepest = 0
    for m in _TOKEN.finditer(text):
        if m[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif m[0] in "}]":
            depth -= 1
    return deepest


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _same(number: str) -> str:
    return number


def _data_keys(tokens: Sequence[tuple[str, int, int]]) -> frozenset[int]:
    """The tokens that are keys but look like data: names, addresses, ids."""
    found: set[int] = set()
    open_: list[list[int]] = []
    for i, (token, _, _) in enumerate(tokens):
        if token in "{[":
            open_.append([])
        elif token in "}]":
            keys = open_.pop()
            names = [json.loads(tokens[k][0], strict=False) for k in keys]
            odd = {k for k, name in zip(keys, names, strict=True) if _is_data(name)}
            found |= set(keys) if not odd and data_among(names) is not None else odd
        elif token[0] == '"' and i + 1 < len(tokens) and tokens[i + 1][0] == ":":
            open_[-1].append(i)
    return frozenset(found)


def _is_data(name: str) -> bool:
    return not _PLAIN_KEY.fullmatch(name) or looks_like_data(name)


def cuts(form: Form, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a range of what is shown that lie in parts that may change.

    >>> opened = shown('{"a": "x", "b": "y"}', Format.JSON)
    >>> opened.text
    'a: x\\nb: y\\n'
    >>> cuts(opened.form, 0, 9)
    [(3, 4), (8, 9)]
    """
    leaves = form.ranges
    i = bisect_right(leaves, start, key=lambda one: one[1])
    found = []
    while i < len(leaves) and leaves[i][0] < end:
        found.append((max(start, leaves[i][0]), min(end, leaves[i][1])))
        i += 1
    return found
