"""YAML to a tree of plain values, with the place of every key and value.

Stricter than YAML: duplicate keys, keys that are no text, tags, merge keys, several documents, and
words that YAML versions read differently are problems. Aliases are allowed, up to a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from scrubber.errors import Mark, Problem
from scrubber.policy.syntax.scalars import Trap, plain_scalar
from scrubber.storage import LargeFile, MissingFile, UnfitFile, read_small

MAX_BYTES = 4 << 20
_MAX_DEPTH = 40
_MAX_NODES = 100_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What YAML cannot hold, and the line separators of Unicode, which YAML versions count differently.
_UNPRINTABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)

Step = str | int
Path_ = tuple[Step, ...]


@dataclass(frozen=True)
class Tree:
    """A rule file as plain values; `keys` and `values` map a path to the place of its key (an item
    of a list has none) and of its value. `lines` is False where no text stands behind it,
    `blob` the name that git gives to the file's bytes."""

    data: dict[str, Any]
    file: str
    keys: Mapping[Path_, Mark] = field(repr=False)
    values: Mapping[Path_, Mark] = field(repr=False)
    lines: bool = True
    blob: str | None = None

    def key_mark(self, path: Path_) -> Mark:
        """The place of the key at `path`, or of what is nearest above it."""
        return self.keys.get(path) or self.value_mark(path)

    def value_mark(self, path: Path_) -> Mark:
        """The place of the value at `path`, or of what is nearest above it."""
        for length in range(len(path), -1, -1):
            mark = self.values.get(path[:length])
            if mark is not None:
                return mark
        return Mark(self.file)

    def folder_of(self, path: Path_) -> Path:
        """The folder that the file names at `path` are relative to: that of the file they are in,
        or the working folder for rules that a program made."""
        file = Path(self.value_mark(path).file)
        return file.parent if self.lines or file.is_file() else Path()

    def at(self, path: Path_) -> Any:
        """The value at `path`, or None."""
        node: Any = self.data
        for step in path:
            if isinstance(node, dict) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return None
        return node


def read_tree(path: Path, name: str) -> tuple[Tree, list[Problem]]:
    """The tree of the file at `path`, called `name` in its marks, and its problems.

    Never raises: a file that cannot be read is a problem, and its tree is empty.
    """
    try:
        raw = read_small(path, MAX_BYTES).content
    except MissingFile:
        return _nothing(name, "file-missing", "there is no such rule file")
    except LargeFile:
        return _nothing(name, "file-too-big", "a rule file has at most 4 MiB")
    except UnfitFile as unfit:
        return _nothing(name, "file-unreadable", f"the rule file cannot be read: {unfit.reason}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        mark = Mark(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return _nothing(name, "bad-encoding", "the rule file is not UTF-8", mark=mark)
    tree, problems = parse_tree(text, name)
    return replace(tree, blob=_blob(raw)), problems


def _blob(raw: bytes) -> str:
    """The name that git gives to a file with these bytes: ``git cat-file -p`` shows it."""
    head = f"blob {len(raw)}\0".encode()
    return sha1(head + raw, usedforsecurity=False).hexdigest()


def parse_tree(text: str, name: str) -> tuple[Tree, list[Problem]]:
    """The tree of a rule file's `text` and its problems; never raises."""
    bad = _UNPRINTABLE.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        mark = Mark(name, line, bad.start() - text.rfind("\n", 0, bad.start()))
        return _nothing(
            name,
            "bad-encoding",
            "a control character or line separator in the rule file",
            mark=mark,
        )
    builder = _Builder(name)
    try:
        data = builder.document(text)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        mark = Mark(name, at.line + 1, at.column + 1) if at else Mark(name)
        lines = text.split("\n")
        tab = at is not None and at.line < len(lines) and "\t" in lines[at.line][at.column :][:1]
        wrong = lines[at.line] if at is not None and at.line < len(lines) else ""
        hint = "indent with spaces, not tabs" if tab else _quoting(wrong)
        return _nothing(name, "yaml-syntax", _syntax(error), mark=mark, hint=hint)
    except yaml.YAMLError:
        return _nothing(name, "yaml-syntax", "this is not YAML")
    except _Refused as refused:
        return Tree({}, name, {}, {}), [*builder.problems, refused.problem]
    problems = builder.problems
    if data is None and not problems:
        return _nothing(name, "empty-file", "the rule file is empty", hint="it begins: version: 1")
    if not isinstance(data, dict):
        if not problems:
            text_ = "a rule file is a mapping of keys to values"
            problems = [Problem(builder.values.get((), Mark(name)), "not-a-mapping", text_)]
        data = {}
    return Tree(data, name, builder.keys, builder.values), problems


def plain_tree(data: Mapping[str, Any], name: str) -> tuple[Tree, list[Problem]]:
    """The tree of a mapping that a program made; every mark is line 1 of `name`."""
    problems: list[Problem] = []
    count = 0

    def copy(value: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_NODES:
            raise _Refused(Problem(Mark(name), "too-deep", "the rules are nested too deeply"))
        if isinstance(value, Mapping):
            named = {k: v for k, v in value.items() if isinstance(k, str) and _encodable(k)}
            if len(named) < len(value):
                problems.append(Problem(Mark(name), "yaml-key", "a key that is no text"))
            return {k: copy(v, depth + 1) for k, v in named.items()}
        if isinstance(value, list | tuple):
            return [copy(item, depth + 1) for item in value]
        if isinstance(value, str) and not _encodable(value):
            problems.append(Problem(Mark(name), "bad-encoding", "half a surrogate pair"))
            return None
        if value is None or isinstance(value, str | bool | int):
            return value
        if isinstance(value, float) and isfinite(value):
            return value
        problems.append(
            Problem(Mark(name), "wrong-type", "a value that is no text, number, list or mapping")
        )
        return None

    try:
        copied = copy(data, 0)
    except _Refused as refused:
        return Tree({}, name, {}, {}), [*problems, refused.problem]
    return Tree(copied, name, {}, {}, lines=False), problems


class _Refused(Exception):
    """Reading stops here, with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


def _nothing(
    name: str, code: str, text: str, *, mark: Mark | None = None, hint: str = ""
) -> tuple[Tree, list[Problem]]:
    return Tree({}, name, {}, {}), [Problem(mark or Mark(name), code, text, hint)]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _quoting(line: str) -> str:
    """The advice for a line that is not YAML, which is not quoted."""
    if re.search(r"[^\s\[{,:]\[\]", line):
        return 'quote paths with []: "messages[].content"'
    if re.search(r"[\s\[{,:]\*", line):
        return 'quote names that begin with *: "*_id"'
    return 'quote texts with : # [ ] { } , * & or ?: keep: "why: because"'


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """YAML's own short reason where it quotes nothing of the file, else a plain one."""
    reason = str(error.problem or "")
    if reason and "'" not in reason and reason.isascii() and len(reason) < 100:
        return f"not valid YAML: {reason}"
    return "not valid YAML"


class _Node:
    """A YAML node before aliases are spelled out: a scalar, or the items of a list or mapping."""

    __slots__ = ("items", "kind", "mark", "plain", "value")

    def __init__(self, kind: str, mark: Mark, value: str = "", plain: bool = False) -> None:
        self.kind, self.mark, self.value, self.plain = kind, mark, value, plain
        self.items: list[_Node] = []


class _Builder:
    """Events of the parser -> nodes -> plain values; depth and number of nodes are bounded."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self.problems: list[Problem] = []
        self.keys: dict[Path_, Mark] = {}
        self.values: dict[Path_, Mark] = {}

    def document(self, text: str) -> Any:
        root = self._nodes(yaml.parse(text, Loader=_Loader))
        return None if root is None else self._value(root, (), ())

    def _nodes(self, events: Iterator[Any]) -> _Node | None:
        root: _Node | None = None
        open_: list[_Node] = []
        anchors: dict[str, _Node] = {}
        documents = 0
        for event in events:
            mark = self._mark(event)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    text = "a rule file is one YAML document"
                    raise _Refused(Problem(mark, "yaml-documents", text, "remove the ---"))
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                open_.pop()
                continue
            if not isinstance(event, yaml.NodeEvent):
                continue
            node = self._node(event, mark, anchors)
            if open_:
                open_[-1].items.append(node)
            else:
                root = node
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append(node)
                if len(open_) > _MAX_DEPTH:
                    raise _Refused(Problem(mark, "too-deep", "the rules are nested too deeply"))
        return root

    def _node(self, event: Any, mark: Mark, anchors: dict[str, _Node]) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            target = anchors.get(str(event.anchor))
            if target is None:
                text = "an alias without an anchor before it"
                raise _Refused(Problem(mark, "yaml-alias", text))
            return target
        if event.tag is not None and event.tag != "!":
            self._problem(mark, "yaml-tag", "tags are not part of the rule language", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            node = _Node("scalar", mark, event.value, plain=bool(event.implicit[0]))
        else:
            kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            node = _Node(kind, mark)
        if event.anchor is not None:
            anchors[event.anchor] = node
        return node

    def _value(self, node: _Node, path: Path_, above: tuple[int, ...]) -> Any:
        self._count += 1
        if id(node) in above or self._count > _MAX_NODES:
            text = "aliases repeat too much, or one stands within its own anchor"
            raise _Refused(Problem(node.mark, "yaml-alias", text))
        self.values[path] = node.mark
        if node.kind == "scalar":
            return self._scalar(node)
        within = (*above, id(node))
        if len(within) > _MAX_DEPTH:
            raise _Refused(Problem(node.mark, "too-deep", "the rules are nested too deeply"))
        if node.kind == "list":
            return [self._value(item, (*path, i), within) for i, item in enumerate(node.items)]
        return self._mapping(node, path, within)

    def _mapping(self, node: _Node, path: Path_, above: tuple[int, ...]) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            name = self._key(key)
            if name is None:
                continue
            child = (*path, name)
            if name in mapping:
                first = self.keys[child]
                text = f"this key stands here twice, first in line {first.line}"
                self._problem(key.mark, "duplicate-key", text, "remove one of them")
                continue
            self.keys[child] = key.mark
            mapping[name] = self._value(value, child, above)
        return mapping

    def _key(self, node: _Node) -> str | None:
        if node.kind != "scalar":
            self._problem(node.mark, "yaml-key", "a key is text, not a list or mapping")
            return None
        if node.plain and node.value == "<<":
            text, hint = "merge keys are not part of the rule language", "spell it out, or include:"
            self._problem(node.mark, "yaml-merge", text, hint)
            return None
        before = len(self.problems)
        value = self._scalar(node)
        if isinstance(value, str):
            return value
        if len(self.problems) == before:
            self._problem(node.mark, "yaml-key", "a key is text", "put it in quotes")
        return None

    def _scalar(self, node: _Node) -> Any:
        if not _encodable(node.value):
            self._problem(node.mark, "bad-encoding", "half a surrogate pair is no character")
            return None
        if not node.plain:
            return node.value
        value = plain_scalar(node.value)
        if isinstance(value, Trap):
            self._problem(node.mark, value.code, value.text, value.hint)
            return None
        return value

    def _problem(self, mark: Mark, code: str, text: str, hint: str = "") -> None:
        self.problems.append(Problem(mark, code, text, hint))

    def _mark(self, event: Any) -> Mark:
        at = event.start_mark
        return Mark(self._name, at.line + 1, at.column + 1)
