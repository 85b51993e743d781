"""Composition of rule files: ``include: [base.yaml, "pack:secrets"]``.

Precedence falls from the including file to its last include and on to the first. Lists of rules
(`fields`, `rows`, and `recognizers` and `rules` of `detect`) are joined in that order, so that the
first match is the including file's; mappings are merged key by key; of everything else the file
with precedence wins, on record. A pack's own `tests` hold for the pack alone and are left behind.
The `key` of an included file does not count, since ``exec`` runs a command, unless the rule file
itself takes it: ``key: {include: base.yaml}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrubber.errors import Mark, Problem
from scrubber.policy.syntax.packs import PREFIX, file_of, missing_pack, pack_names
from scrubber.policy.syntax.report import dotted
from scrubber.policy.syntax.source import Path_, Tree, read_tree

_JOINED: frozenset[Path_] = frozenset(
    {("derive",), ("fields",), ("rows",), ("detect", "recognizers"), ("detect", "rules")}
)
_WHOLE: frozenset[Path_] = frozenset({("key",), ("version",), ("tests",)})
_MAX_FILES = 64


@dataclass(frozen=True, slots=True)
class Override:
    """An override of an included file by a file with precedence: `what` is a key such as
    ``detect.ner`` or a field's name; `winner` and `loser` are the two places."""

    what: str
    winner: Mark
    loser: Mark


@dataclass(frozen=True)
class Composed:
    """One tree of a rule file and all that it includes."""

    tree: Tree
    problems: tuple[Problem, ...]
    overrides: tuple[Override, ...]


def compose(name: str) -> Composed:
    """Read the rule file or pack `name` and its includes; problems are collected, never raised."""
    path = file_of(name, Path())
    tree, problems = read_tree(path, name)
    if name.startswith(PREFIX) and _real(path) is None:
        problems = [missing_pack(name, Mark(name))]
    return compose_tree(tree, problems, path)


def compose_tree(tree: Tree, problems: Sequence[Problem], path: Path | None = None) -> Composed:
    """`tree` with what it includes, relative to the file at `path` (None: the working folder)."""
    reading = _Reading(problems)
    main = path or Path(tree.file)
    trees = reading.with_includes(tree, main, () if path is None else (path,))
    reading.settle_key(trees, main)
    data: dict[str, Any] = {}
    keys: dict[Path_, Mark] = {}
    values: dict[Path_, Mark] = {(): tree.value_mark(())}
    overrides: list[Override] = []
    for index, one in enumerate(trees):
        _Merge(one, keys, values, overrides, main=not index).into((), data, one.data)
    composed = Tree(data, tree.file, keys, values, lines=tree.lines, blob=tree.blob)
    return Composed(composed, tuple(reading.problems), tuple(overrides))


class _Reading:
    """Reads includes, each once, in order of precedence."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        self._seen: set[Path | None] = set()
        self._trees: dict[Path | None, tuple[Tree, Path]] = {}

    def with_includes(self, tree: Tree, path: Path, above: tuple[Path, ...]) -> list[Tree]:
        self._seen.update(map(_real, above))
        self._trees[_real(path)] = tree, path
        trees = [tree]
        if "include" not in tree.data:
            return trees
        names = tree.data["include"]
        if not _file_names(names):
            mark = tree.value_mark(("include",))
            text = "include takes a list of file names"
            self.problems.append(Problem(mark, "wrong-type", text, "include: [base.yaml]"))
            return trees
        for index, name in reversed(list(enumerate(names))):
            mark = tree.value_mark(("include", index))
            shown = name if name.startswith(PREFIX) else str(Path(tree.file).parent / name)
            trees.extend(self._include(file_of(name, path.parent), shown, mark, above))
        return trees

    def _include(self, path: Path, name: str, asked: Mark, above: tuple[Path, ...]) -> list[Tree]:
        real = _real(path)
        if real in map(_real, above):
            self._problem(asked, "include-cycle", "this include leads back to the file itself")
            return []
        if real is not None and real in self._seen:
            return []
        if len(self._seen) >= _MAX_FILES:
            self._problem(asked, "include-many", f"more than {_MAX_FILES} files are included")
            return []
        if real is None and name.startswith(PREFIX):
            self.problems.append(missing_pack(name, asked))
            return []
        if real is None:
            hint = "the path is relative to the file that includes it"
            text = "the file does not exist to include, or no regular one"
            self._problem(asked, "include-missing", text, hint)
            return []
        tree, problems = read_tree(path, name)
        self.problems.extend(problems)
        return self.with_includes(tree, path, (*above, path))

    def settle_key(self, trees: Sequence[Tree], path: Path) -> None:
        """The first tree, at `path`, gets the key that it takes from a file that it includes; keys
        of included files that it does not speak of are problems."""
        main = trees[0]
        if "key" not in main.data:
            for tree in trees[1:]:
                if "key" in tree.data and tree.file not in pack_names():
                    text = "the key that an included file names does not count by itself"
                    hint = "key: {include: FILE} in the rule file takes it, or name a key there"
                    self._problem(tree.key_mark(("key",)), "key-in-include", text, hint)
                    del tree.data["key"]
            return
        tree, seen = main, {_real(path)}
        while (name := _taken(tree)) is not None:
            found = file_of(name, path.parent)
            real = _real(found)
            if real is None or real in seen or real not in self._trees:
                mark = main.value_mark(("key", "include"))
                text = "no key can be taken from this file"
                hint = "it names a key, and stands under include:, too"
                self._problem(mark, "key-include", text, hint)
                del main.data["key"]
                return
            seen.add(real)
            tree, path = self._trees[real]
        if tree is not main:
            main.data["key"] = tree.data.get("key")

    def _problem(self, mark: Mark, code: str, text: str, hint: str = "") -> None:
        self.problems.append(Problem(mark, code, text, hint))


def _real(path: Path) -> Path | None:
    """The file behind `path`, or None if there is no such file."""
    try:
        return path.resolve() if path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _taken(tree: Tree) -> str | None:
    """The included file whose key the tree takes."""
    key = tree.data.get("key")
    name = key.get("include") if isinstance(key, dict) and len(key) == 1 else None
    return name if isinstance(name, str) and name and "\0" not in name else None


def _file_names(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, str) and item and "\0" not in item for item in value
    )


@dataclass(frozen=True)
class _Merge:
    """Adds one tree under what files with precedence already said."""

    tree: Tree
    keys: dict[Path_, Mark]
    values: dict[Path_, Mark]
    overrides: list[Override]
    main: bool

    def into(self, path: Path_, target: dict[str, Any], source: Mapping[str, Any]) -> None:
        for key, value in source.items():
            child = (*path, key)
            if child == ("include",) or (child == ("tests",) and not self.main):
                continue
            mine = target.get(key)
            if key not in target:
                target[key] = self._carried(child, child, value)
            elif child in _JOINED and isinstance(mine, list) and isinstance(value, list):
                begin = len(mine)
                for index, item in enumerate(value):
                    mine.append(self._carried((*child, index), (*child, begin + index), item))
            elif child not in _WHOLE and isinstance(mine, dict) and isinstance(value, dict):
                self.into(child, mine, value)
            elif mine != value:
                winner = self.keys.get(child) or self.values[()]
                self.overrides.append(Override(dotted(child), winner, self.tree.key_mark(child)))

    def _carried(self, old: Path_, new: Path_, value: Any) -> Any:
        """A copy of the `value` at `old` of the tree; its marks go to `new`."""
        if old in self.tree.keys:
            self.keys[new] = self.tree.keys[old]
        if old in self.tree.values:
            self.values[new] = self.tree.values[old]
        if isinstance(value, dict):
            return {k: self._carried((*old, k), (*new, k), v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._carried((*old, i), (*new, i), v) for i, v in enumerate(value)]
        return value
