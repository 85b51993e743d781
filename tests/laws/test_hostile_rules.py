"""Hostile rule files, from a seed: whatever they say, nothing of theirs is opened, asked, run or
repeated, and each ends soon in an error with a code or in rules."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scrubber.errors import RuleError
from scrubber.policy import load_rules
from scrubber.policy.rules import Rules
from tests.listening import Server, Watched, server, watched

pytestmark = pytest.mark.slow

FILES = 400
SECRET = "zqhasslund"
COMMENTS = ("", "/**/", "--\n", "\t", "\u00a0")


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder with what a rule file may name: people, keys, pipes, devices and folders."""
    (tmp_path / "people.csv").write_text(f"name;born\n{SECRET};1970\nann;1980\n")
    (tmp_path / "people.yaml").write_text(f"{SECRET}: {{born: 0{1970}}}\nann {SECRET}: no\n")
    (tmp_path / "half.yaml").write_text(f"version: 1\nfields: [{{name: {SECRET}, {SECRET}: 1}}]\n")
    (tmp_path / "key.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n")
    (tmp_path / "runs.yaml").write_text("version: 1\nkey: {exec: 'touch hit'}\n")
    (tmp_path / "loop.yaml").write_text("version: 1\ninclude: [loop.yaml, r.yaml]\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


class Hostile:
    """Draws rule files; the same ones for the same seed."""

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self._draw = random.Random(seed)
        self._url, self._folder = url, folder

    def file(self) -> str:
        rules: dict[str, object] = {"version": 1, "fields": [{"name": "a", "keep": "why"}]}
        for part in self._draw.sample(
            [self._rows, self._include, self._key, self._regex, self._hierarchy, self._shape],
            self._draw.randint(1, 3),
        ):
            rules |= part()
        return json.dumps(rules)

    def _place(self) -> str:
        names = ["people.csv", "people.yaml", "half.yaml", "key.pem", "pipe", "folder", "loop.yaml"]
        return self._draw.choice([*names, "/dev/zero", "/dev/stdin", "/etc/passwd", "no", "a\0b"])

    def _query(self) -> str:
        pick = self._draw.choice
        target = pick([self._url, str(self._folder / "people.csv")])
        reader = pick(["read_csv", "scan_csv", "read_parquet", "read_ndjson", "read_json"])
        text = pick(
            [
                f"select name from {reader}('{target}')",
                f"from {reader}('{target}')",
                f"with x as (select * from {reader}('{target}')) select name from x",
                f"table {reader}('{target}')",
                f"select name from '{target}'",
                f"explain select * from {reader}('{target}')",
            ]
        )
        text = "".join(pick([ch.upper(), ch.lower()]) for ch in text) if pick([0, 1]) else text
        text = text.replace(" ", pick(COMMENTS) or " ")
        return text.replace("s", "\u017f", 1) if pick([0, 0, 1]) else text

    def _rows(self) -> dict[str, object]:
        query = self._query()
        wrapped = self._draw.choice(
            ["a in ({})", "exists ({})", "case when a in ({}) then true end", "a = any ({})", "{}"]
        )
        more = self._draw.choice(["", " or a = 1", "; select 1", " -- x", ") or (a = 1"])
        return {"rows": [{"drop": wrapped.format(query) + more, "reason": "r"}]}

    def _include(self) -> dict[str, object]:
        return {"include": [self._place() for _ in range(self._draw.randint(1, 3))]}

    def _key(self) -> dict[str, object]:
        places = [{"exec": f"touch {self._folder / 'hit'}"}, {"include": "runs.yaml"}]
        key = self._draw.choice([*places, {"file": self._place()}, {"include": self._place()}])
        return {"key": key, "include": [self._draw.choice(["runs.yaml", self._place()])]}

    def _regex(self) -> dict[str, object]:
        depth = self._draw.randint(2, 60)
        regex = self._draw.choice(
            [
                "(?:.*Bluebird.*){e<=3}",
                "(?b)(?:[a-z]+ ){i,d,s<=9}",
                "(?R)|a",
                "(?:" * depth + "a" + "{2,})" * depth,
                "(?:" * depth + "a" + "+)+" * depth,
                r"(?:\w{999}){999}",
                "(" * depth,
            ]
        )
        part = {"name": "t", "regex": regex, "score": 1}
        return {
            "detect": {
                "ner": "none",
                "recognizers": [{"name": "t", "supported_entity": "T", "patterns": [part]}],
                "rules": [{"exclude": {"regex": regex}}],
            }
        }

    def _hierarchy(self) -> dict[str, object]:
        step = {"hierarchy": {"file": self._place(), "level": self._draw.randint(1, 3)}}
        return {"fields": [{"name": "a", "transform": step}]}

    def _shape(self) -> dict[str, object]:
        deep: object = SECRET
        for _ in range(self._draw.randint(1, 60)):
            deep = self._draw.choice([[deep], {"name": deep}])
        return {self._draw.choice(["fields", "detect", "dataset", "privacy", "tests"]): deep}


@contextmanager
def listening(folder: Path) -> Iterator[tuple[Watched, Server]]:
    with watched(folder / "people.csv") as file, server() as one:
        yield file, one


def loaded(path: Path) -> Rules | RuleError:
    try:
        return load_rules(path)
    except RuleError as error:
        return error


def test_hostile_rule_files(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world)
    refused = 0
    with listening(world) as (file, asked):
        draw = Hostile(15, f"http://127.0.0.1:{asked.port}/people.csv", world)
        for number in range(FILES):
            text = draw.file()
            (world / "r.yaml").write_text(text)
            started = time.process_time()
            found = loaded(world / "r.yaml")
            assert time.process_time() - started < 10, (number, text)
            assert not (world / "hit").exists(), (number, text)
            assert asked.connections == 0, (number, text)
            named = any(f'"{one}"' in text for one in ("people.csv", "loop.yaml"))
            assert named or not file.heard(), (
                number,
                text,
            )  # a hierarchy is read, SQL reads nothing
            file.heard()
            if isinstance(found, RuleError):
                refused += 1
                told = f"{found} {[repr(problem) for problem in found.problems]}"
                if SECRET not in text:
                    assert SECRET not in told, (number, text)
    assert refused > FILES // 2


def test_the_listeners_hear(world: Path) -> None:
    calls: list[Callable[[], object]] = [(world / "people.csv").read_text]
    with listening(world) as (file, _):
        for call in calls:
            call()
        assert file.heard()
