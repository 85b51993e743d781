"""Deleting 1,000 subjects from 1,000 shards: files read and rewritten, and seconds of processor.

python -m benchmarks.deletion
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

import scrubber
from scrubber.deletion import forget as deletion

SHARDS, ROWS, SUBJECTS, TOUCHED = 1_000, 50, 1_000, 300
KEY = bytes(range(32))
RULES = {
    "version": 1,
    "subject": "id",
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "n", "class": "insensitive", "keep": "a number"},
    ],
}


def main() -> None:
    """Print the figures for Parquet and JSON lines."""
    for kind in ("parquet", "jsonl"):
        folder = Path(tempfile.mkdtemp())
        try:
            sys.stdout.write(f"{kind}: {_measured(folder, kind)}\n")
        finally:
            shutil.rmtree(folder)


def _measured(folder: Path, kind: str) -> str:
    (folder / "in").mkdir()
    for shard in range(SHARDS):
        ids = [f"u{shard}x{row}" for row in range(ROWS)]
        table = pa.table({"id": ids, "n": list(range(ROWS))})
        path = folder / "in" / f"{shard:04}.{kind}"
        if kind == "parquet":
            parquet.write_table(table, path)
        else:
            lines = (f'{{"id":"{id_}","n":{n}}}\n' for n, id_ in enumerate(ids))
            path.write_text("".join(lines))
    out = folder / "out"
    scrubber.scrub(folder / "in", RULES, key=KEY, out=out, workers=2)
    before = {path.name: path.stat().st_ino for path in (out / "data").iterdir()}
    subjects = [f"u{number % TOUCHED}x{number // TOUCHED}" for number in range(SUBJECTS)]
    searched: Counter[str] = Counter()
    hits_in = deletion.hits_in

    def counted(source: Any, reach: Any) -> Any:
        searched[source.alias] += 1
        return hits_in(source, reach)

    deletion.hits_in = counted
    try:
        began = time.process_time()
        done = scrubber.forget(subjects, out, key=KEY).outputs[0]
        seconds = time.process_time() - began
    finally:
        deletion.hits_in = hits_in
    same = sum(path.stat().st_ino == before.get(path.name) for path in (out / "data").iterdir())
    began = time.process_time()
    scrubber.scrub(folder / "in", RULES, key=KEY, out=folder / "again", workers=1)
    again = time.process_time() - began
    assert done.records == SUBJECTS
    assert max(searched.values()) == 1
    return (
        f"{len(searched):,} files searched once each, {len(done.files):,} rewritten, {same:,} "
        f"unchanged; {seconds:.2f} s, {seconds / again:.2f} of a new run"
    )


if __name__ == "__main__":
    main()
