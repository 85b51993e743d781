"""Generalization side by side: scrubber, anjana, and pycanon's view of what came out.

    make bench-privacy DATA=FOLDER    or: python -m benchmarks.privacy FOLDER [--rows N]

FOLDER holds ``tables/arx_adult`` (Adult with ARX's hierarchies). Three parts: the search on Adult
(k = 5, 5 % suppression, metric Loss, eight quasi-identifiers); a run from rule file to output and
what pycanon computes of that output; and generated rows with nine quasi-identifiers. Peers run in
an environment of their own, which ``make bench-peers`` makes, under build/peers. Prints markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import scrubber
from scrubber.anonymize.census import take_census
from scrubber.anonymize.counts import Counter
from scrubber.anonymize.levels import Chosen, choose
from scrubber.anonymize.measure import label_arrays, measure
from scrubber.model.batch import Batch, BatchRef
from scrubber.policy import rules_from_mapping
from scrubber.policy.plan import Generalize
from scrubber.privacy.hierarchy import in_order
from scrubber.privacy.models import Closeness, Diversity
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.uniques import Uniques, classes_of
from scrubber.run.survey import survey

PEERS = Path("build/peers/bin/python")
FIELDS = "sex age race marital-status education native-country workclass occupation".split()
SENSITIVE = "salary-class"
ARX = {
    "sex": 0, "age": 3, "race": 0, "marital-status": 0, "education": 1, "native-country": 1,
    "workclass": 1, "occupation": 2,
}  # fmt: skip
SEED = 20_261_124


def adult_rules(
    folder: Path,
    fields: Sequence[str] = FIELDS,
    sensitive: str = SENSITIVE,
    **privacy: Any,
) -> dict[str, Any]:
    """The rules over Adult, with ARX's hierarchies; what is neither is dropped."""
    files = {name: str(folder / f"adult_hierarchy_{name}.csv") for name in fields}
    others = [name for name in (*FIELDS, SENSITIVE) if name not in (*fields, sensitive)]
    asked = {"k": 5, "suppression_limit": 0.05, "hierarchies": files, **privacy}
    return {
        "version": 1,
        "fields": [
            {"name": list(fields), "class": "quasi_identifier"},
            {"name": sensitive, "class": "sensitive", "keep": "the label"},
            *({"name": name, "transform": "drop"} for name in others),
        ],
        "privacy": asked,
    }


def generated(rows: int) -> pa.Table:
    """Rows with nine quasi-identifiers, seeded: people of skewed ages, places and trades."""
    chance = np.random.default_rng(SEED)

    def skewed(count: int, power: float) -> Any:
        shares = 1 / np.arange(1, count + 1) ** power
        return chance.choice(count, rows, p=shares / shares.sum())

    town = skewed(120, 1.2)
    return pa.table(
        {
            "age": np.clip(chance.normal(42, 17, rows), 0, 99).astype(int),
            "zip": np.char.mod("%05d", 10_000 + (town * 37) % 90_000),
            "sex": np.array(["F", "M"])[chance.integers(0, 2, rows)],
            "race": np.char.mod("r%d", skewed(5, 2.5)),
            "status": np.char.mod("s%d", skewed(7, 1.3)),
            "degree": np.char.mod("d%02d", skewed(16, 1.3)),
            "country": np.char.mod("c%02d", skewed(40, 2.8)),
            "trade": np.char.mod("t%02d", skewed(24, 1.2)),
            "hours": np.clip(chance.normal(40, 9, rows), 0, 99).astype(int) // 8 * 8,
        }
    )


def generated_rules(folder: Path) -> dict[str, Any]:
    """Hierarchies for the generated rows: by transforms, and two files."""
    for name, letter, count, wide in (("degree", "d", 16, 4), ("trade", "t", 24, 6)):
        lines = [
            f"{letter}{i:02d};group {i // wide};part {i // wide // 2};*\n" for i in range(count)
        ]
        (folder / f"{name}.csv").write_text("".join(lines))
    hierarchies = {
        "age": [{"bin": {"width": width}} for width in (5, 10, 20)],
        "zip": [{"prefix": {"keep": keep}} for keep in (4, 3, 2, 1)],
        "country": [{"prefix": {"keep": 2}}],
        "hours": [{"bin": {"width": width}} for width in (16, 32)],
        "degree": str(folder / "degree.csv"),
        "trade": str(folder / "trade.csv"),
        "status": [],
        "sex": [],
        "race": [],
    }
    return {
        "version": 1,
        "fields": [{"name": list(hierarchies), "class": "quasi_identifier"}],
        "privacy": {"k": 5, "suppression_limit": 0.05, "hierarchies": hierarchies},
    }


def chosen(rules: dict[str, Any], source: Path) -> tuple[Chosen, float, float]:
    """What is chosen for the file, with the seconds of counting it and of the choice."""
    from scrubber import formats

    surveyed = survey(rules_from_mapping(rules), [str(source)])
    at = surveyed.sources[0]
    started = time.perf_counter()
    batches = (
        Batch(BatchRef(at.alias, i, one.first_row, one.table.num_rows), one.table)
        for i, one in enumerate(formats.read(at, surveyed.schemas[at.alias]))
    )
    census = take_census(surveyed.plan, batches, None)
    counted = time.perf_counter()
    result = choose(surveyed.plan, surveyed.schemas, census)
    return result, counted - started, time.perf_counter() - counted


def levels_of(result: Chosen) -> dict[str, int]:
    """The level of each quasi-identifier."""
    return {
        str(one.path): one.disposition.level or 0
        for _, table in result.plan.tables
        for one in table.quasi
        if isinstance(one.disposition, Generalize)
    }


def told(name: str, result: Chosen, counting: float, choosing: float) -> str:
    loss, bound = result.loss or 0, result.bound or 0
    levels = " ".join(f"{key} {level}" for key, level in levels_of(result).items())
    return (
        f"| {name} | {counting:.2f} | {choosing:.2f} | {loss:.5f} | {loss - bound:.5f} "
        f"| {result.optimal} | {result.suppressed} | {levels} |"
    )


def peer(*arguments: str) -> dict[str, Any] | None:
    """What a peer measured, from the last line that it printed; None where it is not there."""
    if not PEERS.exists():
        return None
    command = [str(PEERS), "-m", "benchmarks.privacy_peers", *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    if done.returncode:
        raise SystemExit(f"{arguments[0]} failed: {done.stderr.splitlines()[-1:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


HEAD = (
    "| | s to count | s to choose | loss | gap | optimal | suppressed | levels |\n"
    "|---|---|---|---|---|---|---|---|"
)


def adult(folder: Path, work: Path) -> None:
    source = folder / "adult.csv"
    print("\nAdult, k = 5, 5 %, Loss, eight fields:\n")
    print(HEAD)
    best: tuple[Chosen, float, float] | None = None
    for _ in range(3):
        got = chosen(adult_rules(folder), source)
        best = got if best is None or got[2] < best[2] else best
    assert best is not None
    print(told("scrubber", *best))
    same = levels_of(best[0]) == ARX and best[0].suppressed == 1458
    print(f"\nThe levels and suppressed records are {'those' if same else 'NOT those'} of ARX 3.9.")
    theirs = peer("anjana", str(folder), str(work / "anjana.csv"))
    if theirs is not None:
        print(
            f"anjana {theirs['version']}: {theirs['seconds']:.1f} s, {theirs['rows']} rows left, "
            f"levels {' '.join(f'{name} {level}' for name, level in theirs['levels'].items())}"
        )
        compare(folder, work, theirs)


def compare(folder: Path, work: Path, theirs: dict[str, Any]) -> None:
    """Stop unless our code sees in anjana's output what anjana does, makes of its levels the same
    records, and anjana has nothing to do to ours."""
    risk = measure([str(work / "anjana.csv")], FIELDS).risk
    same = (risk.records, risk.smallest) == (theirs["rows"], theirs["smallest"])
    fixed, levels = adult_rules(folder), theirs["levels"]
    fixed["fields"][:1] = [{"name": name, "class": "quasi_identifier"} for name in FIELDS]
    for one in fixed["fields"][: len(FIELDS)]:
        if level := levels[one["name"]]:
            file = fixed["privacy"]["hierarchies"][one["name"]]
            one["transform"] = {"hierarchy": {"file": file, "level": level}}
    stay = {name: [] for name in FIELDS if not levels[name]}
    fixed["privacy"] |= {"hierarchies": stay, "max_levels": dict.fromkeys(FIELDS, 0)}
    scrubber.scrub(folder / "adult.csv", fixed, out=work / "fixed")
    records = records_of(work / "fixed" / "data" / "adult.csv"), records_of(work / "anjana.csv")
    scrubber.scrub(folder / "adult.csv", adult_rules(folder), out=work / "ours")
    seen = peer("anjana-sees", str(work / "ours" / "data" / "adult.csv"), "5", *FIELDS)
    if not same or records[0] != records[1] or seen != {"same": True, "dropped": 0, "levels": 0}:
        raise SystemExit(f"anjana disagrees: {theirs} {seen}")
    print("At its levels we leave the same records; in our output it finds nothing to do.")


def records_of(file: Path) -> list[tuple[Any, ...]]:
    """The records of the file, in order of their values."""
    names = [*FIELDS, SENSITIVE]
    return sorted(
        record
        for arrays in label_arrays([str(file)], names)
        for record in zip(*(arrays[name].to_pylist() for name in names), strict=True)
    )


def canon(folder: Path, work: Path) -> None:
    print("\nWhat pycanon computes of outputs, beside what was asked of them:\n")
    head = ("asked", "rows", "k", "distinct l", "entropy l", "c for l = 2", "t")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    without_age = [name for name in FIELDS if name != "age"]
    cases: tuple[tuple[dict[str, Any], str, list[str]], ...] = (
        ({}, SENSITIVE, FIELDS),
        ({"l": 2}, SENSITIVE, FIELDS),
        ({"l": {SENSITIVE: {"l": 1.5, "kind": "entropy"}}}, SENSITIVE, FIELDS),
        ({"l": {SENSITIVE: {"l": 2, "kind": "recursive", "c": 4}}}, SENSITIVE, FIELDS),
        ({"t": 0.2}, SENSITIVE, FIELDS),
        ({"t": {"age": {"t": 0.1, "kind": "ordered"}}}, "age", without_age),
        ({"method": "mondrian", "l": 2}, SENSITIVE, FIELDS),
    )
    for number, (asked, sensitive, fields) in enumerate(cases):
        rules = adult_rules(folder, fields, sensitive, **asked)
        scrubber.scrub(folder / "adult.csv", rules, out=work / f"out{number}")
        file = work / f"out{number}" / "data" / "adult.csv"
        kind = "ordered" if sensitive == "age" else "equal"
        theirs = peer("pycanon", str(file), sensitive, kind, *fields)
        if theirs is None:
            print("No peers: `make bench-peers` makes their environment.")
            return
        check(file, sensitive, kind, fields, theirs)
        said = json.dumps({"k": 5, **asked}).replace('"', "")[1:-1]
        print(
            f"| {said} | {theirs['rows']} | {theirs['k']} | {theirs['l']} "
            f"| {theirs['entropy_l']:.3f} | {theirs['c_of_2']:.3f} | {theirs['t']:.4f} |"
        )


def check(
    file: Path,
    sensitive: str,
    kind: Literal["equal", "ordered"],
    fields: list[str],
    theirs: dict[str, Any],
) -> None:
    """Stop unless our own code computes of the file what the peers' environment did: that its k, l,
    c and t are fulfilled, and what is a little more is not."""
    counter = Counter([*fields, sensitive])
    for arrays in label_arrays([str(file)], [*fields, sensitive]):
        counter.add(arrays)
    total = counter.total()
    *labels, last = total.labels
    place = {label: number for number, label in enumerate(in_order(last))}
    *quasi, code = total.codes
    values = np.array([place[label] for label in last], dtype=np.int32)[code]
    uniques = Uniques(tuple(quasi), total.records, (values,))
    classes = classes_of(quasi, [len(one) for one in labels], len(total.records))
    present = classes.records(uniques) > 0
    reference = (np.bincount(values, weights=total.records).astype(np.int64),)

    def fulfilled(k: int, diversity: Diversity, t: float) -> bool:
        models = (0, diversity), (0, Closeness(t, kind))
        return not (Requirement(k, models, reference).broken(classes, uniques) & present).any()

    k, l, t = theirs["k"], theirs["l"], theirs["t"]  # noqa: E741
    entropy, c = theirs["entropy_l"], theirs["c_of_2"]
    holds = [(k, Diversity(l), t + 1e-9), (k, Diversity(entropy - 1e-9, "entropy"), t + 1e-9)]
    beyond = [
        (k + 1, Diversity(l), t + 1e-9),
        (k, Diversity(l + 1), t + 1e-9),
        (k, Diversity(l), t - 1e-6),
        (k, Diversity(entropy + 1e-6, "entropy"), t + 1e-9),
    ]
    if np.isfinite(c):  # where every class has two values
        holds.append((k, Diversity(2, "recursive", c + 1e-9), t + 1e-9))
        beyond.append((k, Diversity(2, "recursive", c - 1e-6), t + 1e-9))
    whole = int(entropy + 1e-9) == theirs["whole_entropy_l"]
    if not all(fulfilled(*one) for one in holds) or any(fulfilled(*one) for one in beyond):
        raise SystemExit(f"pycanon disagrees: {theirs}")
    if not whole:
        raise SystemExit(f"pycanon disagrees: {theirs}")


def large(rows: int, work: Path) -> None:
    table = generated(rows)
    pq.write_table(table, work / "people.parquet")
    unique = table.group_by(table.column_names).aggregate([]).num_rows
    print(f"\n{rows:,} generated rows, nine fields, {unique:,} unique combinations:\n")
    print(HEAD)
    rules = generated_rules(work)
    print(told("scrubber", *chosen(rules, work / "people.parquet")), flush=True)
    for workers in (1, 2):
        started = time.perf_counter()
        result = scrubber.scrub(
            work / "people.parquet", rules, out=work / f"people{workers}", workers=workers
        )
        took = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        left = result.manifest.data["records"]["out"]["n"]
        print(
            f"\nThe whole run, {workers} worker(s), recheck included: {took:.1f} s, "
            f"{left:,} rows left, peak {peak:,.0f} MB"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="with tables/arx_adult")
    parser.add_argument("--rows", type=int, default=1_200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        adult(options.folder / "tables" / "arx_adult", Path(work))
        canon(options.folder / "tables" / "arx_adult", Path(work))
        large(options.rows, Path(work))


if __name__ == "__main__":
    main()
