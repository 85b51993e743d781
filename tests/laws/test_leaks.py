"""The leak test: a unique string stands in every cell, and nothing that is emitted holds any.

Runs the real command line in its own process, on good input and on every kind of bad input, and
searches stdout, stderr and every file that appears for each planted string: raw, hexadecimal,
base64 in its three alignments, reversed case, and as unkeyed hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
WORKERS = ("1", "2")


class Planter:
    """Makes unique strings, and remembers them."""

    def __init__(self) -> None:
        self.planted: list[str] = []

    def word(self, shape: str = "zq{0:05d}xw") -> str:
        self.planted.append(shape.format(len(self.planted)))
        return self.planted[-1]

    def email(self) -> str:
        return self.word("zq{0:05d}xw@example.com")

    def number(self) -> int:
        return int(self.word("7310{0:07d}"))


RULES = """
version: 1
key: {{env: SCRUBBER_KEY}}
on_error: {on_error}
detect: {{ner: none}}
fields:
  - {{name: id, class: direct_identifier, transform: {{token: {{domain: d}}}}}}
  - {{name: name, class: direct_identifier, transform: drop}}
  - {{name: email, class: direct_identifier, transform: {{surrogate: {{entity: EMAIL_ADDRESS}}}}}}
  - {{name: amount, class: quasi_identifier, transform: {{bin: {{width: 10}}}}}}
  - {{name: note, class: text, entities: {{default: redact}}}}
  - {{name: label, class: insensitive, keep: "the label"}}
"""

Make = Callable[[Path, Planter], None]


def rows(plant: Planter, count: int = 30) -> list[dict[str, object]]:
    return [
        {
            "id": plant.word(),
            "name": plant.word(),
            "email": plant.email(),
            "amount": 12,
            "note": f"{plant.email()} called 10.1.2.{i}, {plant.email()}",
            "label": "yes",
        }
        for i in range(count)
    ]


def csv_text(data: list[dict[str, object]]) -> str:
    head = ",".join(data[0])
    return head + "\n" + "".join(",".join(f'"{v}"' for v in r.values()) + "\n" for r in data)


def csv_file(change: Callable[[str, Planter], str] = lambda text, _: text) -> Make:
    def make(folder: Path, plant: Planter) -> None:
        (folder / "a.csv").write_text(change(csv_text(rows(plant)), plant), encoding="utf-8")

    return make


def jsonl_file(extra: Callable[[Planter], str] = lambda _: "") -> Make:
    def make(folder: Path, plant: Planter) -> None:
        lines = "".join(json.dumps(row) + "\n" for row in rows(plant))
        (folder / "a.jsonl").write_text(lines + extra(plant), encoding="utf-8")

    return make


def table_file(suffix: str) -> Make:
    def make(folder: Path, plant: Planter) -> None:
        table = pa.Table.from_pylist(rows(plant))
        if suffix == "parquet":
            pq.write_table(table, folder / "a.parquet")
        else:
            with pa.ipc.new_file(folder / "a.arrow", table.schema) as writer:
                writer.write_table(table)

    return make


def truncated(folder: Path, plant: Planter) -> None:
    table_file("parquet")(folder, plant)
    data = (folder / "a.parquet").read_bytes()
    (folder / "a.parquet").write_bytes(data[: len(data) // 2])


def drifting(folder: Path, plant: Planter) -> None:
    (folder / "part-1.csv").write_text(csv_text(rows(plant)))
    more = [{**row, "extra": plant.word()} for row in rows(plant)]
    (folder / "part-2.csv").write_text(csv_text(more))


def latin1(folder: Path, plant: Planter) -> None:
    text = csv_text(rows(plant)) + ",".join([f"é{plant.word()}"] * 6) + "\n"
    (folder / "a.csv").write_bytes(text.encode("latin-1"))


@dataclass(frozen=True)
class Scenario:
    make: Make
    code: int = 0
    on_error: str = "fail"
    options: tuple[str, ...] = ()
    rules: str = field(default=RULES, repr=False)


def bad_amount(text: str, plant: Planter) -> str:
    return text + f'"{plant.word()}","n","e","{plant.word()}","t","yes"\n'


def ragged(text: str, plant: Planter) -> str:
    return text + f'"{plant.word()}","{plant.word()}"\n'


SCENARIOS = {
    "csv": Scenario(csv_file()),
    "jsonl": Scenario(jsonl_file()),
    "parquet": Scenario(table_file("parquet")),
    "arrow": Scenario(table_file("arrow")),
    "csv to parquet": Scenario(csv_file(), options=("--format", "parquet")),
    "json envelope": Scenario(csv_file(), options=("--json",)),
    "a value that no transform takes": Scenario(csv_file(bad_amount), 2),
    "the same, made null": Scenario(csv_file(bad_amount), 0, "null"),
    "the same, quarantined": Scenario(csv_file(bad_amount), 0, "drop_row"),
    "a ragged row": Scenario(csv_file(ragged), 2),
    "a ragged row, quarantined": Scenario(csv_file(ragged), 0, "drop_row"),
    "no header": Scenario(csv_file(lambda text, _: text.partition("\n")[2]), 2),
    "an open quote": Scenario(csv_file(lambda t, p: t + f'"{p.word()},x\n'), 2),
    "a wrong encoding": Scenario(latin1, 2),
    "a broken line": Scenario(jsonl_file(lambda p: f'{{"id": "{p.word()}\n'), 2),
    "a broken line, quarantined": Scenario(
        jsonl_file(lambda p: f'{{"id": "{p.word()}\n'), 0, "drop_row"
    ),
    "several kinds": Scenario(jsonl_file(lambda p: f'{{"id": {p.number()}}}\n')),
    "keys that are data": Scenario(
        jsonl_file(lambda p: f'{{"id": "x", "seen": {{"{p.email()}": "{p.word()}"}}}}\n'), 2
    ),
    "a field that no rule lists": Scenario(
        jsonl_file(lambda p: f'{{"surprise": "{p.word()}"}}\n'), 2
    ),
    "a truncated file": Scenario(truncated, 2),
    "drifting shards": Scenario(drifting, 2),
    "an unknown key in the rules": Scenario(csv_file(), 2, rules=RULES + "colums: []\n"),
}


Done = subprocess.CompletedProcess[bytes]

SEARCHED: dict[bytes, set[str]] = {}
"""By the digest of a content, the words that are known not to be in it."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache folder, shared by the runs: what it holds is searched, too."""
    return tmp_path_factory.mktemp("cache")


def run(folder: Path, cache: Path, scenario: Scenario, workers: str) -> tuple[Done, Planter]:
    plant = Planter()
    (folder / "in").mkdir()
    (folder / "home").mkdir()
    scenario.make(folder / "in", plant)
    (folder / "rules.yaml").write_text(scenario.rules.format(on_error=scenario.on_error))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "scrubber", "run", "rules.yaml", "in", "--out", "out"),
            *("--workers", workers, *scenario.options),
        ],
        cwd=folder,
        capture_output=True,
        env={
            **os.environ,
            "SCRUBBER_KEY": KEY,
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "home"),
            "XDG_CACHE_HOME": str(cache),
        },
        timeout=300,
        check=False,
    )
    return done, plant


def emitted(folder: Path, cache: Path, done: Done) -> Iterator[tuple[str, bytes]]:
    yield "stdout", done.stdout
    yield "stderr", done.stderr
    for path in cache.rglob("*"):
        if path.is_file():
            yield f"the cache's {path.name}", path.read_bytes()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        yield "a file name", str(relative).encode()
        if path.is_file() and relative.parts[0] not in ("in", "rules.yaml"):
            yield str(relative), path.read_bytes()
            if path.suffix == ".parquet":
                yield f"{relative} decoded", str(pq.read_table(path).to_pylist()).encode()


def disguises(word: str) -> Iterator[bytes]:
    raw = word.encode()
    yield raw
    yield raw.hex().encode()
    for shift in range(3):
        yield base64.b64encode(b" " * shift + raw)[4 if shift else 0 : -4]
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256"):
        digest = hashlib.new(name, raw).digest()
        yield digest.hex()[:16].encode()
        yield base64.b64encode(digest)[:12]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_that_is_emitted_holds_a_value(name: str, tmp_path: Path, cache: Path) -> None:
    scenario = SCENARIOS[name]
    workers = WORKERS[list(SCENARIOS).index(name) % 2]
    done, plant = run(tmp_path, cache, scenario, workers)
    assert done.returncode == scenario.code, done.stderr.decode()
    assert (tmp_path / "out").exists() == (scenario.code == 0)
    assert plant.planted
    for where, content in emitted(tmp_path, cache, done):
        assert KEY.encode() not in content, where
        seen = SEARCHED.setdefault(hashlib.sha256(content).digest(), set())
        lowered = content.lower()
        for word in plant.planted:
            if word in seen:
                continue  # the cached database is megabytes, and the same after every run
            for disguise in disguises(word):
                assert disguise not in content, (where, word)
            assert word.encode() not in lowered, (where, word)
            seen.add(word)


def test_the_search_would_find_a_leak(tmp_path: Path, cache: Path) -> None:
    """The test above can fail: with the field kept, its values are found."""
    kept = RULES.replace("transform: drop", 'keep: "planted"').replace(
        "direct_identifier", "sensitive"
    )
    done, plant = run(tmp_path, cache, Scenario(csv_file(), rules=kept), "1")
    assert done.returncode == 0, done.stderr.decode()
    content = b"".join(content for _, content in emitted(tmp_path, cache, done))
    assert any(word.encode() in content for word in plant.planted)
