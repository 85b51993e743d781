"""The most memory that a run takes on files larger than it may: `scrubber run` from outside.

    make bench-memory                # python -m benchmarks.memory [--gigabytes 5] [--workers 2]

Generates a file of each kind under build/memory (seeded), scrubs it, and samples the run's whole
process tree ten times a second: the sum of the proportional set sizes (PSS: memory that processes
share counts once), and of the resident sets. The file and the output are removed. Prints markdown.

- *table*: Parquet and JSONL of ids, addresses, dates, numbers and a vector; no text.
- *text*: rows of `corpus.py`, patterns only.
- *rows*: as *table*, in one row group (Parquet) or one record batch (Arrow) that holds everything.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import corpus

SEED = 20_261_126
FOLDER = Path("build/memory")
BATCH = 20_000
VECTOR = 64
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
detect: {ner: none}
fields:
"""
TABLE_RULES = """\
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: email, class: direct_identifier, transform: drop}
  - {name: day, class: quasi_identifier, transform: {truncate_date: {to: month}}}
  - {name: amount, class: insensitive, keep: "a sum"}
  - {name: vector, class: insensitive, keep: "numbers"}
"""
TEXT_RULES = """\
  - {name: text, class: text, entities: {default: redact}}
"""


def tables() -> Iterator[pa.Table]:
    """Rows without text, about 360 bytes each as Parquet; without an end."""
    chance = np.random.default_rng(SEED)
    first = 0
    while True:
        ids = np.arange(first, first + BATCH)
        names = chance.integers(0, 10**9, BATCH)
        vector = chance.random(BATCH * VECTOR, np.float32)
        yield pa.table(
            {
                "id": pa.array(np.char.mod("u%012d", ids)),
                "email": pa.array(np.char.mod("u%d@example.com", names)),
                "day": pa.array(np.char.mod("2024-%02d-01", names % 12 + 1)),
                "amount": pa.array(chance.random(BATCH)),
                "vector": pa.ListArray.from_arrays(
                    np.arange(0, BATCH * VECTOR + 1, VECTOR, dtype=np.int32), vector
                ),
            }
        )
        first += BATCH


def texts() -> Iterator[pa.Table]:
    """Rows of text, without an end; what is made is repeated, with a number of its own each."""
    base = list(corpus.rows(BATCH, 0.02))
    first = 0
    while True:
        yield pa.table({"text": [f"{text} ({first + i})" for i, text in enumerate(base)]})
        first += BATCH


def write_parquet(path: Path, source: Iterator[pa.Table], size: int) -> None:
    first = next(source)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        while path.stat().st_size < size:
            writer.write_table(pa.concat_tables(next(source) for _ in range(10)))


def write_one_group(path: Path, source: Iterator[pa.Table], size: int) -> None:
    parts: list[pa.Table] = []
    total = 0
    while total < size:
        parts.append(next(source))
        total += parts[-1].nbytes
    whole = pa.concat_tables(parts)
    pq.write_table(whole, path, row_group_size=whole.num_rows)


def write_one_batch(path: Path, source: Iterator[pa.Table], size: int) -> None:
    parts: list[pa.Table] = []
    total = 0
    while total < min(size, 2**31 - 2**26):  # the offsets of a batch end there
        parts.append(next(source))
        total += parts[-1].nbytes
    whole = pa.concat_tables(parts).combine_chunks()
    with pa.ipc.new_file(str(path), whole.schema) as writer:
        writer.write_table(whole)


def write_jsonl(path: Path, source: Iterator[pa.Table], size: int) -> None:
    with path.open("wb") as file:
        while file.tell() < size:
            for row in next(source).to_pylist():
                file.write(orjson.dumps(row) + b"\n")


@dataclass(frozen=True)
class Case:
    name: str
    write: Callable[[Path, Iterator[pa.Table], int], None]
    rows: Callable[[], Iterator[pa.Table]]
    rules: str
    share: float = 1.0


CASES = {
    "table.parquet": Case("table.parquet", write_parquet, tables, TABLE_RULES),
    "table.jsonl": Case("table.jsonl", write_jsonl, tables, TABLE_RULES),
    "text.parquet": Case("text.parquet", write_parquet, texts, TEXT_RULES, 0.1),
    "text.jsonl": Case("text.jsonl", write_jsonl, texts, TEXT_RULES, 0.2),
    "rows.parquet": Case("rows.parquet", write_one_group, tables, TABLE_RULES),
    "rows.arrow": Case("rows.arrow", write_one_batch, tables, TABLE_RULES),
}


@dataclass(frozen=True)
class Peak:
    """The most that a process tree held at a moment, in bytes, and what it took by the clock."""

    pss: int
    rss: int
    seconds: float


def watch(command: list[str], environment: dict[str, str]) -> Peak:
    """Run `command` and sample it. Raises CalledProcessError where it fails."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    pss = rss = 0
    while process.poll() is None:
        sizes = [memory_of(pid) for pid in tree(process.pid)]
        pss, rss = max(pss, sum(s[0] for s in sizes)), max(rss, sum(s[1] for s in sizes))
        time.sleep(0.1)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[:3])
    return Peak(pss, rss, time.monotonic() - begun)


def tree(root: int) -> list[int]:
    """The process and all below it."""
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def memory_of(pid: int) -> tuple[int, int]:
    """PSS and RSS in bytes; nothing for a process that has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0, 0
    sizes = {name: int(rest.split()[0]) for name, _, rest in (s.partition(":") for s in lines)}
    return sizes["Pss"] * 1024, sizes["Rss"] * 1024


def measure(case: Case, size: int, workers: int) -> str:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        path, rules = FOLDER / case.name, FOLDER / "rules.yaml"
        case.write(path, case.rows(), int(size * case.share))
        rules.write_text(RULES + case.rules)
        words = ["run", str(rules), str(path), "--out", str(FOLDER / "out"), "--quiet"]
        command = [sys.executable, "-m", "scrubber", *words, "--workers", str(workers)]
        peak = watch(
            command, {**os.environ, "SCRUBBER_KEY": "00112233445566778899aabbccddeeff" * 2}
        )
        megabytes = path.stat().st_size / 1e6
        speed = megabytes / peak.seconds
        figures = f"{megabytes:,.0f} | {peak.pss / 1e6:,.0f} | {peak.rss / 1e6:,.0f}"
        return f"| {case.name} | {figures} | {peak.seconds:.0f} | {speed:.0f} |"
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("cases", nargs="*", default=list(CASES), help=" ".join(CASES))
    given = parser.parse_args()
    print("| file | MB | peak PSS MB | peak RSS MB | s | MB/s |\n|---|---|---|---|---|---|")
    for name in given.cases:
        print(measure(CASES[name], int(given.gigabytes * 1e9), given.workers), flush=True)


if __name__ == "__main__":
    main()
