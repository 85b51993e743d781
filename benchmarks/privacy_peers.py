"""A peer of :mod:`benchmarks.privacy` in an environment of its own; prints JSON as the last line.

python -m benchmarks.privacy_peers anjana FOLDER
python -m benchmarks.privacy_peers pycanon FILE SENSITIVE FIELD...
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

FIELDS = [
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass",
    "occupation",
]  # fmt: skip


def anjana(folder: Path) -> dict[str, Any]:
    """k = 5, 5 % suppression, with ARX's hierarchies as they are."""
    from anjana.anonymity import k_anonymity

    data = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)
    hierarchies = {}
    for name in FIELDS:
        lines = pd.read_csv(folder / f"adult_hierarchy_{name}.csv", sep=";", header=None, dtype=str)
        hierarchies[name] = {level: lines[level].to_numpy() for level in lines.columns}
    started = time.perf_counter()
    left = k_anonymity(data, [], FIELDS, 5, 5, hierarchies)
    seconds = time.perf_counter() - started
    levels = {}
    for name in FIELDS:
        values = set(left[name].unique())
        levels[name] = next(
            level for level, made in hierarchies[name].items() if values <= set(made)
        )
    return {
        "version": version("anjana"),
        "seconds": seconds,
        "rows": len(left),
        "smallest": int(left.groupby(FIELDS).size().min()),
        "levels": " ".join(f"{name} {level}" for name, level in levels.items()),
    }


def pycanon(file: Path, sensitive: str, fields: list[str]) -> dict[str, Any]:
    """What it computes of a file that was written."""
    from pycanon import anonymity

    with file.open(encoding="utf-8") as lines:
        delimiter = ";" if ";" in lines.readline() else ","
    data = pd.read_csv(file, sep=delimiter, dtype=str, keep_default_na=False)
    return {
        "version": version("pycanon"),
        "rows": len(data),
        "k": int(anonymity.k_anonymity(data, fields)),
        "l": int(anonymity.l_diversity(data, fields, [sensitive])),
        "entropy_l": float(anonymity.entropy_l_diversity(data, fields, [sensitive])),
        "t": float(anonymity.t_closeness(data, fields, [sensitive])),
    }


def main() -> None:
    """Measure the peer that the arguments name."""
    match sys.argv[1:]:
        case ["anjana", folder]:
            found = anjana(Path(folder))
        case ["pycanon", file, sensitive, *fields]:
            found = pycanon(Path(file), sensitive, fields)
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
