"""The trust file: accepted keys, their roles, and the demands of a gate.

version: 1
people:
  - {name: ada, keys: ["ed25519:…"], roles: [author]}
  - {name: grace, keys: ["ed25519:…"], roles: [privacy_officer], until: "2027-12-31"}
require:
  signed_by: [author]
  approvals:
    - {roles: [privacy_officer, legal], count: 1}
  waived_by: [privacy_officer]
  declared: [legal.basis, legal.purposes]
  checks: [residual-rate]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from scrubber.attest.signer import PublicKey
from scrubber.errors import KeyFault, Problem, RuleError, printable
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.source import Path_, read_tree

_DECLARABLE: Final = (
    *(f"dataset.{name}" for name in ("name", "description", "licence", "sources")),
    *(
        f"legal.{name}"
        for name in (
            "controller",
            "basis",
            "purposes",
            "consents",
            "commitments",
            "retention",
            "prohibited_uses",
        )
    ),
)


_CHECKS: Final = ("conservation", "plan", "privacy-recheck", "residual-rate", "min-k")
"""Checks that a run makes of its own result, depending on its rules and options."""


@dataclass(frozen=True, slots=True)
class Person:
    """The holder of the private halves of `keys`; counts through the day `until`."""

    name: str
    keys: tuple[PublicKey, ...]
    roles: frozenset[str]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    """Approvals by `count` different people, each in one of `roles`."""

    roles: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True)
class Trust:
    """A trust file. It demands nothing that it does not name, except a signature by `signed_by`.

    `declared` lists facts that must not be unknown. `k` is the smallest class size that the rules
    may require (``privacy: {k: …}``), or None. `checks` must be among the checks of a run: a check
    that did not run protects as little as one that failed.
    """

    people: tuple[Person, ...]
    signed_by: tuple[str, ...]
    approvals: tuple[Quorum, ...] = ()
    waived_by: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    k: int | None = None
    checks: tuple[str, ...] = ()

    def holder(self, key: PublicKey) -> Person | None:
        """The person who holds `key`, or None."""
        return next((person for person in self.people if key in person.keys), None)


def read_trust(path: Path) -> Trust:
    """The trust file at `path`.

    Raises: RuleError, with all problems at once.
    """
    tree, problems = read_tree(path, str(path))
    report = Report(tree)
    trust = _Reader(report).trust() if not problems else None
    if trust is None or report.problems:
        found = [_of_trust(problem) for problem in (*problems, *report.problems)]
        raise RuleError(found, "trust file")
    return trust


def _of_trust(problem: Problem) -> Problem:
    """The YAML reader's problems, reworded for a trust file."""
    return replace(problem, text=problem.text.replace("rule file", "trust file"))


class _Reader:
    """Reads the tree. A faulty item adds to the report and becomes a harmless value."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._roles: set[str] = set()

    def trust(self) -> Trust:
        known = {"version", "people", "require"}
        if not known & set(self._report.tree.data):
            self._report.quote_nothing_of({self._report.tree.file})
        top = self._mapping((), known)
        if top.get("version") != 1:
            self._report.value(("version",), "bad-version", "a trust file begins: version: 1")
        people = tuple(self._person(path) for path in self._items(("people",), needed=True))
        self._refuse_twice(people)
        self._roles = {role for person in people for role in person.roles}
        known = {"signed_by", "approvals", "waived_by", "declared", "k", "checks"}
        require = self._mapping(("require",), known)
        trust = Trust(
            people=people,
            signed_by=self._role_names(("require", "signed_by"), needed=True),
            approvals=tuple(
                self._quorum(path, people) for path in self._items(("require", "approvals"))
            ),
            waived_by=self._role_names(("require", "waived_by")),
            declared=self._words(("require", "declared")),
            k=self._number(("require", "k"), 2) if "k" in require else None,
            checks=self._words(("require", "checks")),
        )
        for i, name in enumerate(trust.declared):
            if name not in _DECLARABLE:
                hint = did_you_mean(name, _DECLARABLE)
                text = f"no fact is called {printable(name)}"
                self._report.value(("require", "declared", i), "unknown-fact", text, hint)
        for i, name in enumerate(trust.checks):
            if name not in _CHECKS:
                hint = did_you_mean(name, _CHECKS)
                text = f"no check of a run is called {printable(name)}"
                self._report.value(("require", "checks", i), "unknown-check", text, hint)
        return trust

    def _person(self, path: Path_) -> Person:
        given = self._mapping(path, {"name", "keys", "roles", "until"})
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            self._report.value((*path, "name"), "wrong-type", "a person has a name")
        return Person(
            name=str(name),
            keys=tuple(self._keys((*path, "keys"))),
            roles=frozenset(self._words((*path, "roles"), needed=True)),
            until=self._day((*path, "until")) if "until" in given else None,
        )

    def _keys(self, path: Path_) -> Iterable[PublicKey]:
        for i, word in enumerate(self._words(path, needed=True)):
            try:
                yield PublicKey.parse(word)
            except KeyFault as fault:
                self._report.value((*path, i), fault.code, fault.text, fault.hint)

    def _refuse_twice(self, people: tuple[Person, ...]) -> None:
        """Refuse people with equal names, in any spelling, or equal keys: they would pass for two
        approvers."""
        names: set[str] = set()
        keys: set[PublicKey] = set()
        for i, person in enumerate(people):
            name = " ".join(normalize("NFKC", person.name).casefold().split())
            if name in names:
                self._report.value(
                    ("people", i, "name"), "duplicate", "this name stands here twice"
                )
            if keys & set(person.keys):
                self._report.value(("people", i, "keys"), "duplicate", "a key has one holder")
            names.add(name)
            keys.update(person.keys)

    def _quorum(self, path: Path_, people: tuple[Person, ...]) -> Quorum:
        given = self._mapping(path, {"roles", "count"})
        roles = self._role_names((*path, "roles"), needed=True)
        count = self._number((*path, "count"), 1) if "count" in given else 1
        able = sum(bool(person.roles & set(roles)) for person in people)
        if count > able:
            text = f"{count} approvals are wanted, and {able} people hold these roles"
            self._report.value((*path, "count"), "out-of-reach", text)
        return Quorum(roles, count)

    def _role_names(self, path: Path_, *, needed: bool = False) -> tuple[str, ...]:
        names = self._words(path, needed=needed)
        for i, name in enumerate(names):
            if name not in self._roles:
                hint = did_you_mean(name, self._roles)
                text = f"nobody holds the role {printable(name)}"
                self._report.value((*path, i), "unknown-role", text, hint)
        return names

    def _number(self, path: Path_, least: int) -> int:
        value = self._report.tree.at(path)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self._report.value(path, "wrong-type", f"a whole number from {least}")
        return least

    def _day(self, path: Path_) -> date:
        value = self._report.tree.at(path)
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self._report.value(path, "wrong-type", 'a day is written "2027-12-31"')
            return date.min

    def _words(self, path: Path_, *, needed: bool = False) -> tuple[str, ...]:
        words = []
        for item in self._items(path, needed=needed):
            word = self._report.tree.at(item)
            if isinstance(word, str) and word.strip():
                words.append(word)
            else:
                self._report.value(item, "wrong-type", "this is a word")
        return tuple(words)

    def _items(self, path: Path_, *, needed: bool = False) -> tuple[Path_, ...]:
        """The paths of the items of the list at `path`."""
        value = self._report.tree.at(path)
        if isinstance(value, list) and (value or not needed):
            return tuple((*path, i) for i in range(len(value)))
        if value is not None or needed:
            text = f"{path[-1]} is a list" + (" with something in it" if needed else "")
            self._report.value(path, "wrong-type", text)
        return ()

    def _mapping(self, path: Path_, known: set[str]) -> Mapping[str, Any]:
        value = self._report.tree.at(path) if path else self._report.tree.data
        if not isinstance(value, dict):
            text = "a mapping of keys to values is needed here"
            self._report.value(path, "wrong-type", text)
            return {}
        for key in value:
            if key not in known:
                text = f"{printable(key)} is no key here"
                self._report.key((*path, key), "unknown-key", text, did_you_mean(key, known))
        return value
