"""Tables without text: scrubber beside Polars, which reads and writes the same file unscrubbed.

    python -m benchmarks.tables [--rows N] [--formats parquet,csv,jsonl] [--rules a,b,c] [--tries N]

One seeded table of 16 columns, and four rule files over it: *drop* (six columns that identify are
dropped, the rest kept), *generalize* (bin, round, prefix,
truncate_date, mask, ip, hierarchy; the rest kept or dropped), *join* (tokens of ids that some 20
rows share, and their dates shifted; the rest kept) and *distinct* (token, encryption, e-mail and
name surrogates of a value that no other row has). Each system runs in a process of its own, in
turns, the best of several; by the clock, from the open file to the synced file; what is loaded for
the first file is left out, as a file of one record goes before.
Polars reads and writes the columns of that rule file's output, with all its threads: *eager*
(read, write) or *streaming* (scan, sink), whichever is quicker. *Arrow* is the same by pyarrow, by
which scrubber reads and writes, with all its threads and the whole table in memory: what scrubber
cannot go below. It writes no JSON. Prints markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Work = Callable[[Path, Path], object]
"""Makes of a file another."""
KEY = bytes(range(32))
FIRST = "first"
ROWS_PER_CUSTOMER = 20
PLANS = ("basic", "family", "student", "team", "business", "trial")
SYLLABLES = "ba den fo gar hel im jo kin lo man nes or per ros sen tor ul ver wil zan".split()
CITIES = [f"City {number}" for number in range(500)]
GIVEN = (
    "Anna Bruno Clara David Elena Frank Greta Hugo Irene Jonas Klara Luis Maria Nora Oscar".split()
)
SURNAMES = [
    f"{a}{b}{c}{d}"
    for a in ("Ba", "Ko", "Li", "Mar", "Nel", "Or", "Sta", "Win")
    for b in SYLLABLES
    for c in SYLLABLES
    for d in SYLLABLES
]

GENERALIZE: dict[str, Any] = {
    "customer": "drop",
    "order": "drop",
    "email": "drop",
    "name": "drop",
    "phone": {"mask": {"keep_last": 2}},
    "age": {"bin": {"width": 10, "top": 90}},
    "zip": {"prefix": {"keep": 3}},
    "ip": {"ip": {}},
    "city": {"hierarchy": {"file": "cities.csv", "level": 1}},
    "amount": {"round": {"to": 0.5}},
    "score": {"round": {"digits": 1}},
    "born": {"truncate_date": {"to": "year"}},
    "bought": {"truncate_date": {"to": "day"}},
}
JOIN: dict[str, Any] = {
    "customer": {"token": {"domain": "customer"}},
    "order": "drop",
    "email": "drop",
    "name": "drop",
    "phone": "drop",
    "ip": "drop",
    "born": {"date_shift": {"max_days": 30}},
    "bought": {"date_shift": {"max_days": 30}},
}
DISTINCT: dict[str, Any] = {
    "customer": {"token": {"domain": "customer"}},
    "order": {"token": {"domain": "order"}},
    "email": {"surrogate": {"entity": "EMAIL_ADDRESS"}},
    "name": {"surrogate": {"entity": "PERSON"}},
    "phone": {"encrypt": {"domain": "phone"}},
    "ip": "drop",
}
DROP: dict[str, Any] = dict.fromkeys(("customer", "order", "email", "name", "phone", "ip"), "drop")
RULES = {"drop": DROP, "generalize": GENERALIZE, "join": JOIN, "distinct": DISTINCT}


def table(rows: int, start: int = 0) -> pa.Table:
    """Orders of invented customers, numbered from `start`; up to 960,000 have different names, and
    any number different e-mail addresses."""
    draw = np.random.default_rng([7, start])
    number = np.arange(start, start + rows, dtype=np.int64)
    text = _texts(number)
    octets = [_texts(draw.integers(1, 255, rows)) for _ in range(4)]
    given, surname = pa.array(GIVEN), pa.array(SURNAMES)
    customers = max(1, rows // ROWS_PER_CUSTOMER)
    day = draw.integers(-18_000, 12_000, rows).astype(np.int32)
    moment = draw.integers(1_500_000_000, 1_700_000_000, rows) * 1_000_000
    cents = draw.integers(100, 10_000_000, rows)
    return pa.table(
        {
            "customer": start // ROWS_PER_CUSTOMER + draw.integers(0, customers, rows),
            "order": pc.binary_join_element_wise("ord", text, "-"),
            "email": pc.binary_join_element_wise("user", text, "@mail.test", ""),
            "name": pc.binary_join_element_wise(
                given.take(pa.array(number % len(GIVEN))),
                surname.take(pa.array(number // len(GIVEN) % len(SURNAMES))),
                " ",
            ),
            "phone": pc.binary_join_element_wise("+1 212", pc.utf8_lpad(text, 7, "5"), " "),
            "age": draw.integers(18, 99, rows).astype(np.int8),
            "zip": pc.utf8_lpad(_texts(draw.integers(501, 99_951, rows)), 5, "0"),
            "ip": pc.binary_join_element_wise(*octets, "."),
            "city": pa.array(CITIES).take(pa.array(draw.integers(0, len(CITIES), rows))),
            "plan": pa.array(PLANS).take(pa.array(draw.integers(0, len(PLANS), rows))),
            "amount": cents / 100,
            "score": draw.random(rows),
            "items": draw.integers(1, 30, rows).astype(np.int32),
            "born": pa.array(day, mask=draw.random(rows) < 0.05).cast(pa.date32()),
            "bought": pa.array(moment).cast(pa.timestamp("us")),
            "returned": draw.random(rows) < 0.1,
        }
    )


def _texts(numbers: Any) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def written(path: Path, rows: int) -> Path:
    """The table as a file, written by scrubber's own writers."""
    from scrubber import formats

    format = path.suffix[1:]
    step = 100_000
    first = table(1)
    with formats.open_writer(path, first.schema, format, None, like=None) as writer:
        for start in range(0, rows, step):
            writer.write(table(min(step, rows - start), start))
    return path


def rule_file(folder: Path, name: str, format: str) -> Path:
    """The rule file as JSON, which is YAML; what it does not name is kept."""
    decided = RULES[name]
    fields: list[dict[str, Any]] = []
    for column in table(1).column_names:
        transform = decided.get(column)
        how = {"keep": "the benchmark"} if transform is None else {"transform": transform}
        fields.append({"name": column, **how})
    body = {"version": 1, "subject": "customer", "key": {"env": "SCRUBBER_KEY"}, "fields": fields}
    lines = [f"{city};Region {i % 20};*" for i, city in enumerate(CITIES)]
    (folder / "cities.csv").write_text("\n".join(lines) + "\n", "utf-8")
    path = folder / f"{name}-{format}.yaml"
    path.write_text(json.dumps(body, indent=1), "utf-8")
    return path


def timed(work: Work, source: Path, out: Path) -> list[float]:
    """Seconds by the clock, and of this process's processors."""
    work(source.with_name(f"{FIRST}{source.suffix}"), out / FIRST)
    clock, processor = time.perf_counter(), time.process_time()
    work(source, out / "data")
    return [time.perf_counter() - clock, time.process_time() - processor]


def scrubber(rules: Path, workers: int) -> Work:
    """A run, its reading of the rules left out as the start-up is."""
    from scrubber.policy import load_rules
    from scrubber.run.request import Request
    from scrubber.run.run import run
    from scrubber.startup.no_pandas import without_pandas

    without_pandas()  # as the command line does
    parsed = load_rules(rules)
    return lambda source, out: run(Request(parsed, [str(source)], out, workers=workers))


def polars(columns: Sequence[str], streaming: bool) -> Work:
    """Reading the columns and writing them again, by the format's own codec."""
    return lambda source, out: copied(source, columns, out, streaming)


def copied(source: Path, columns: Sequence[str], target: Path, streaming: bool) -> None:
    """The columns of the file as Polars writes them, on disk."""
    import polars as pl

    kind = source.suffix[1:]
    if streaming:
        match kind:
            case "parquet":
                pl.scan_parquet(source).select(columns).sink_parquet(target, compression="snappy")
            case "csv":
                pl.scan_csv(source, infer_schema=False).select(columns).sink_csv(target)
            case _:
                pl.scan_ndjson(source).select(columns).sink_ndjson(target)
    else:
        match kind:
            case "parquet":
                pl.read_parquet(source, columns=list(columns)).write_parquet(
                    target, compression="snappy"
                )
            case "csv":
                pl.read_csv(source, infer_schema=False, columns=list(columns)).write_csv(target)
            case _:
                pl.read_ndjson(source).select(columns).write_ndjson(target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def arrow(columns: Sequence[str]) -> Work:
    """The same by pyarrow."""
    return lambda source, out: copied_by_arrow(source, list(columns), out)


def copied_by_arrow(source: Path, columns: list[str], target: Path) -> None:
    """The columns of the file as pyarrow writes them, on disk."""
    from pyarrow import csv, parquet

    if source.suffix == ".parquet":
        parquet.write_table(parquet.read_table(source, columns=columns), target)
    else:
        texts = csv.ConvertOptions(
            column_types=dict.fromkeys(table(1).column_names, pa.string()), include_columns=columns
        )
        csv.write_csv(csv.read_csv(source, convert_options=texts), target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def one(arguments: Sequence[str]) -> None:
    """A measurement in this process; prints seconds by the clock, of the processor, and peak MB."""
    system, source, rules, out = arguments[0], *map(Path, arguments[1:4])
    out.mkdir()
    if system.startswith("scrubber"):
        work = scrubber(rules, int(system[-1]))
    else:
        decided = RULES[rules.stem.partition("-")[0]]
        columns = [name for name in table(1).column_names if decided.get(name) != "drop"]
        work = arrow(columns) if system == "arrow" else polars(columns, system == "streaming")
    took = timed(work, source, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([*took, peak]))


def measured(system: str, source: Path, rules: Path, folder: Path, threads: int) -> list[float]:
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.tables", "--one", system, source, rules, out]
    got = subprocess.run(
        [str(word) for word in command],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "POLARS_MAX_THREADS": str(threads), "SCRUBBER_KEY": KEY.hex()},
    )
    return list(json.loads(got.stdout.splitlines()[-1]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--formats", default="parquet,csv,jsonl")
    parser.add_argument("--rules", default=",".join(RULES))
    parser.add_argument("--tries", type=int, default=2)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return
    cores = len(os.sched_getaffinity(0))
    print(f"{options.rows:,} rows, {cores} cores; seconds by the clock (of the processor)\n")
    print(
        "| format | rules | Polars | Arrow | scrubber | times Polars | times Arrow "
        "| 2 workers | times Polars | peak MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for format in options.formats.split(","):
            source = written(folder / f"orders.{format}", options.rows)
            written(folder / f"{FIRST}.{format}", 1)
            for rules in options.rules.split(","):
                row(source, rule_file(folder, rules, format), folder, cores, options.tries)
            source.unlink()


def row(source: Path, rules: Path, folder: Path, cores: int, tries: int) -> None:
    """A line of the table; the systems take turns, as others may use the machine."""
    setups = {
        "eager": ("eager", cores),
        "streaming": ("streaming", cores),
        "one": ("scrubber1", cores),
        "two": ("scrubber2", cores),
    }
    if source.suffix != ".jsonl":
        setups["arrow"] = ("arrow", cores)
    got: dict[str, list[list[float]]] = {name: [] for name in setups}
    for _ in range(tries):
        for name, (system, threads) in setups.items():
            got[name].append(measured(system, source, rules, folder, threads))
    # each the best of its kind: others on the machine can only make it slower
    clock = {name: min(one[0] for one in each) for name, each in got.items()}
    processor = {name: min(one[1] for one in each) for name, each in got.items()}
    peer = min(clock["eager"], clock["streaming"])
    peer_processor = min(processor["eager"], processor["streaming"])
    own = "–", "–"
    if "arrow" in clock:
        own = (
            f"{clock['arrow']:.2f} ({processor['arrow']:.2f})",
            f"{clock['one'] / clock['arrow']:.1f}",
        )
    print(
        f"| {source.suffix[1:]} | {rules.stem.partition('-')[0]} "
        f"| {peer:.2f} ({peer_processor:.2f}) | {own[0]} "
        f"| {clock['one']:.2f} ({processor['one']:.2f}) "
        f"| {clock['one'] / peer:.1f} ({processor['one'] / peer_processor:.1f}) | {own[1]} "
        f"| {clock['two']:.2f} | {clock['two'] / peer:.1f} | {min(g[2] for g in got['one']):.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
