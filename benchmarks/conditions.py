"""The cost of conditions, steps, derived fields and counted values, beside plain transforms.

python -m benchmarks.conditions [ROWS]
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import scrubber

KEEP = [{"name": ["country", "currency", "id"], "keep": "needed"}]
PREFIX = {"name": "phone", "transform": {"prefix": {"keep": 3}}}
MONTH = {"name": "hired", "transform": {"truncate_date": {"to": "month"}}}
THOUSANDS = {"name": "salary", "transform": {"round": {"to": 1000}}}
CASES = [
    {"name": "phone", "when": "country = 'DE'", "transform": "drop"},
    PREFIX,
    {"name": "salary", "when": "currency = 'JPY'", "transform": {"round": {"to": 100000}}},
    {"name": "salary", "transform": [{"round": {"to": 1000}}, {"clip": {"upper": 300000}}]},
    {"name": "hired", "when": "country = 'JP'", "transform": {"truncate_date": {"to": "year"}}},
    MONTH,
]
DERIVE = [
    {"name": "months", "months_between": ["hired", "2026-01-01"]},
    {"name": "rich", "sql": "salary > 200000"},
]
KINDS: dict[str, dict[str, Any]] = {
    "plain": {"fields": [*KEEP, PREFIX, THOUSANDS, MONTH]},
    "when, steps": {"fields": [*KEEP, *CASES]},
    "when, steps, derive": {
        "fields": [*KEEP, *CASES, {"name": ["months", "rich"], "keep": "needed"}],
        "derive": DERIVE,
    },
    "rare": {
        "fields": [{"name": "id", "transform": {"rare": {"min": 5}}}, *KEEP, PREFIX,
                   THOUSANDS, MONTH]
    },
}  # fmt: skip


def table(rows: int) -> pa.Table:
    chance = np.random.default_rng(1)
    days = chance.integers(0, 9000, rows).astype("timedelta64[D]")
    numbers = zip(chance.integers(10, 99, rows), chance.integers(10**6, 10**7, rows), strict=True)
    return pa.table(
        {
            "country": np.array(["US", "DE", "JP", "FR"])[chance.integers(0, 4, rows)],
            "currency": np.array(["USD", "EUR", "JPY"])[chance.integers(0, 3, rows)],
            "phone": [f"+{a} {b}" for a, b in numbers],
            "salary": chance.integers(20_000, 400_000, rows),
            "hired": np.datetime64("2000-01-01") + days,
            "id": chance.integers(0, rows // 3, rows),
        }
    )


def main(rows: int) -> None:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "x.parquet"
        pq.write_table(table(rows), source)
        plain = 0.0
        for name, kind in KINDS.items():
            best = min(_seconds(source, kind, Path(folder) / f"{name}{n}") for n in range(3))
            plain = plain or best
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{name}: {best:.2f} s, {best / plain:.2f} times plain; peak so far {peak} MB")


def _seconds(source: Path, kind: dict[str, Any], out: Path) -> float:
    before = time.process_time()
    scrubber.scrub(source, {"version": 1, **kind}, key=bytes(range(32)), out=out)
    return time.process_time() - before


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
