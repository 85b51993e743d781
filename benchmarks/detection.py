"""Detection by patterns side by side: scrubber, Presidio and peers, in one run.

    make bench            or: python -m benchmarks.detection [--rows N] [--sample N]
    make bench-peers      makes the peers' own environment first, under build/

Rows of about 330 bytes, of which 2 % and 35 % hold personal data. Each tool runs in a process of
its own, with one thread; rates are by processor time. Fast tools get all rows, slow ones a sample;
findings are counted on the first rows of the sample, the same for all. Prints markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.corpus import rows
from benchmarks.tools import EVERYTHING, TWO

PEERS = Path("build/peers/bin/python")
OURS = Path(sys.executable)
COUNTED = 800
TRIES = 3

# (tool, its environment, whether it gets all rows)
TABLES = {
    EVERYTHING: [
        ("scrubber", OURS, True),
        ("presidio", OURS, False),
        ("maskops", PEERS, True),
        ("datafog", PEERS, False),
        ("scrubadub", PEERS, False),
    ],
    TWO: [
        ("scrubber", OURS, True),
        ("presidio", OURS, False),
        ("maskops", PEERS, True),
        ("datafog", PEERS, False),
        ("scrubadub", PEERS, False),
        ("datatrove", PEERS, False),
    ],
}


def started(tool: str, python: Path, scope: str, file: Path) -> subprocess.Popen[str]:
    """The tool's process, on one core."""
    one = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
    command = [str(python), "-m", "benchmarks.tools", tool, scope, str(file), str(COUNTED)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **one, "PYTHONWARNINGS": "ignore"},
    )


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it measured; the last line it printed."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args} failed")
    return dict(json.loads(output.splitlines()[-1]))


def table(scope: str, share: float, all_rows: Path, sample: Path) -> Iterator[str]:
    """The lines of a markdown table."""
    yield f"\n{share:.0%} of the rows hold personal data; {scope}:\n"
    yield (
        "| tool | MB/s | scrubber is | peak MB | findings | e-mail | IP |\n"
        "|---|---|---|---|---|---|---|"
    )
    fast = 0.0
    for tool, python, whole in TABLES[scope]:
        if not python.exists():
            continue
        got = finished(started(tool, python, scope, all_rows if whole else sample))
        rate = got["mb"] / got["cpu_s"]
        fast = fast or rate
        yield (
            f"| {tool} {got['version']} | {rate:.3g} | {fast / rate:.3g} x | {got['peak_mb']:.0f} "
            f"| {got.get('all', '')} | {got['email']} | {got['ip']} |"
        )


def parallel(share: float, all_rows: Path) -> Iterator[str]:
    """The rate of one and of two processes, each over all rows, by the clock: the best of several,
    as others may use the machine."""
    best = {1: 0.0, 2: 0.0}
    for _ in range(TRIES):
        for count in best:
            running = [started("scrubber", OURS, EVERYTHING, all_rows) for _ in range(count)]
            done = [finished(process) for process in running]
            rate = sum(one["mb"] for one in done) / max(one["wall_s"] for one in done)
            best[count] = max(best[count], rate)
    for count, rate in best.items():
        yield f"| {share:.0%} | {count} | {rate:.3g} | {rate / best[1]:.2f} x |"


def written(folder: Path, name: str, texts: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
    return path


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000, help="for the fast tools")
    parser.add_argument("--sample", type=int, default=2_000, help="for the slow ones")
    options = parser.parse_args()
    print(f"{options.rows} rows, sample {options.sample}, findings in the first {COUNTED} rows")
    if not PEERS.exists():
        print("\nNo peers: `make bench-peers` makes their environment.")
    several: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for share in (0.02, 0.35):
            texts = list(rows(options.rows, share))
            all_rows = written(Path(folder), "all", texts)
            sample = written(Path(folder), "sample", list(islice(texts, options.sample)))
            for scope in TABLES:
                for line in table(scope, share, all_rows, sample):
                    print(line, flush=True)
            several.extend(parallel(share, all_rows))
    print("\n| rows with personal data | processes | MB/s by the clock | of one |")
    print("|---|---|---|---|")
    print("\n".join(several))


if __name__ == "__main__":
    main()
