"""Two workers beside one: text and tables, in many shards and in one file.

    python -m benchmarks.workers [--rows N] [--tables N] [--shards N] [--tries N] [--cases ...]

`rows` of benchmarks/corpus.py as JSONL, every second one with personal data, scrubbed by patterns
and the built-in names model; `tables` rows of benchmarks/tables.py as Parquet by its *join* rules.
Each run is a process of its own, in turns, the best of several; by the clock from the call to the
published manifest: starting the workers is in it, this process's own imports are not. One worker
runs twice: on one core, and free to use all with the threads of numpy, Polars and pyarrow. Prints
markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.corpus import rows as texts
from benchmarks.tables import KEY, rule_file, table

TEXT_RULES = {
    "version": 1,
    "fields": [
        {"name": "id", "class": "insensitive", "keep": "a number"},
        {"name": "text", "class": "text", "entities": {"default": "redact"}},
    ],
}


def text_shards(folder: Path, rows: int, shards: int) -> Path:
    """The rows in so many JSONL files; the path of their rules."""
    drawn = iter(enumerate(texts(rows, 0.5)))
    for shard in range(shards):
        with (folder / f"{shard:03}.jsonl").open("w", encoding="utf-8") as file:
            for number, text in islice(drawn, -(-rows // shards)):
                file.write(json.dumps({"id": number, "text": text}) + "\n")
    path = folder.with_suffix(".yaml")
    path.write_text(json.dumps(TEXT_RULES), "utf-8")
    return path


def table_shards(folder: Path, rows: int, shards: int) -> Path:
    """The table in so many Parquet files; the path of their rules."""
    from scrubber import formats

    each = -(-rows // shards)
    for shard in range(shards):
        part = table(min(each, rows - shard * each), shard * each)
        path = folder / f"{shard:03}.parquet"
        with formats.open_writer(path, part.schema, "parquet", None, like=None) as writer:
            writer.write(part)
    return rule_file(folder.parent, "join", "parquet")


CASES: dict[str, tuple[Callable[[Path, int, int], Path], bool]] = {
    "text, shards": (text_shards, True),
    "text, one file": (text_shards, False),
    "tables, shards": (table_shards, True),
    "tables, one file": (table_shards, False),
}


def one(source: Path, rules: Path, out: Path, workers: int) -> None:
    """A run in this process; prints its seconds."""
    from scrubber.policy import load_rules
    from scrubber.run.request import Request
    from scrubber.run.run import run
    from scrubber.transform.keys import RootKey

    parsed, key = load_rules(rules), RootKey(KEY)
    began = time.perf_counter()
    run(Request(parsed, [str(source)], out, key=key, workers=workers))
    print(time.perf_counter() - began)


def measured(source: Path, rules: Path, folder: Path, workers: int) -> float:
    """Seconds of a run in a process of its own; with 0 workers, by one that has one core alone."""
    alone = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if not workers else []
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    asked = ["--one", source, rules, out, workers or 1]
    command = [*alone, sys.executable, "-m", "benchmarks.workers", *asked]
    done = subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--tables", type=int, default=1_000_000)
    parser.add_argument("--shards", type=int, default=40)
    parser.add_argument("--tries", type=int, default=2)
    parser.add_argument("--cases", default=";".join(CASES))
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        source, rules, out, workers = options.one
        one(Path(source), Path(rules), Path(out), int(workers))
        return
    print(f"{len(os.sched_getaffinity(0))} cores\n")
    print("| data | rows | MB | files | one core, s | 1 worker, s | 2 workers, s | times | times |")
    print("|---|---|---|---|---|---|---|---|---|")
    for case in options.cases.split(";"):
        make, sharded = CASES[case]
        rows = options.rows if make is text_shards else options.tables
        shards = options.shards if sharded else 1
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "in"
            source.mkdir()
            rules = make(source, rows, shards)
            size = sum(file.stat().st_size for file in source.iterdir()) / 1e6
            tries = [
                [measured(source, rules, Path(name), workers) for workers in (0, 1, 2)]
                for _ in range(options.tries)
            ]
        core, alone, both = (min(times) for times in zip(*tries, strict=True))
        print(
            f"| {case} | {rows:,} | {size:.0f} | {shards} | {core:.1f} | {alone:.1f} | {both:.1f} |"
            f" {core / both:.2f} | {alone / both:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
