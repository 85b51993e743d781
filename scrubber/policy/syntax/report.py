"""Report: collects the problems of a tree, each with its place, and what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from scrubber.errors import Mark, Problem, RuleError, printable
from scrubber.policy.syntax.source import Path_, Tree


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean token?`` for the nearest of `known`, or nothing if none is near.

    >>> did_you_mean("tokn", ["token", "mask"])
    'did you mean token?'
    """
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.casefold()[:200], list(names), n=1, cutoff=0.6)
    return f"did you mean {printable(names[near[0]])}?" if near else ""


def dotted(path: Path_) -> str:
    """A path of the rule file for people: ``fields[3].transform``."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            out += ("." if out else "") + printable(step)
    return out


class Report:
    """The problems found so far in `tree`."""

    def __init__(self, tree: Tree, problems: Iterable[Problem] = ()) -> None:
        self.tree = tree
        self._known = list(problems)
        # What a trap of YAML stands for is unknown: no second problem is made of it.
        self._taken = {problem.mark for problem in self._known} if tree.lines else set()
        self._found: list[Problem] = []
        self._unquoted: frozenset[str] = frozenset()
        self._left_out: set[Path_] = set()

    def quote_nothing_of(self, files: Iterable[str]) -> None:
        """Say of problems in these files where they are and of what kind, in no word of the files:
        they may be lists of people or keys that were named by mistake, or on purpose."""
        self._unquoted |= frozenset(files)

    def leave_out(self, paths: Iterable[Path_]) -> None:
        """Say that what is written at `paths` has been reported, and is not read any further."""
        self._left_out.update(paths)

    def is_whole(self, path: Path_) -> bool:
        """True if nothing is left out at `path` or below it, so that what is missing there is not
        written either."""
        return not any(gone[: len(path)] == path for gone in self._left_out)

    def key(self, path: Path_, code: str, text: str, hint: str = "") -> None:
        """A problem of the key at `path`."""
        self._add(self.tree.key_mark(path), path, code, text, hint)

    def value(self, path: Path_, code: str, text: str, hint: str = "") -> None:
        """A problem of the value at `path`."""
        self._add(self.tree.value_mark(path), path, code, text, hint)

    def _add(self, mark: Mark, path: Path_, code: str, text: str, hint: str) -> None:
        if mark in self._taken:
            return
        # Rules that a program made have no lines: the path says where.
        bare = not self.tree.lines and mark == Mark(self.tree.file)
        where = f"{dotted(path)}: " if bare and path else ""
        self._found.append(Problem(mark, code, where + text, hint))

    @property
    def problems(self) -> list[Problem]:
        return [
            _unquoted(problem) if problem.mark.file in self._unquoted else problem
            for problem in (*self._known, *self._found)
        ]

    def raise_if_any(self) -> None:
        """RuleError with every problem, if there is one."""
        if self.problems:
            raise RuleError(self.problems)


def _unquoted(problem: Problem) -> Problem:
    """`problem` in words that quote nothing; a hint to a key of the language may stay."""
    hint = problem.hint if problem.code == "unknown-key" else ""
    if problem.code.startswith(_QUOTING_NOTHING):
        return problem
    return replace(problem, text=_TEXTS.get(problem.code, "this does not belong here"), hint=hint)


# Problems of the reader of YAML, and of what is included.
_QUOTING_NOTHING = (
    "include-",
    "key-in",
    "yaml-",
    "file-",
    "bad-encoding",
    "empty-file",
    "not-a-mapping",
    "duplicate-key",
    "too-",
)
_TEXTS = {
    "missing-key": "a key is missing here",
    "no-value": "this key has no value",
    "unknown-key": "this is not a key of the rule language",
    "wrong-type": "this value is of the wrong type",
}
