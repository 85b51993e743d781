"""A peer of :mod:`benchmarks.privacy` in an environment of its own; prints JSON as the last line.

python -m benchmarks.privacy_peers anjana FOLDER OUT
python -m benchmarks.privacy_peers anjana-sees FILE K FIELD...
python -m benchmarks.privacy_peers pycanon FILE SENSITIVE KIND FIELD...
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FIELDS = [
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass",
    "occupation",
]  # fmt: skip


def anjana(folder: Path, out: Path) -> dict[str, Any]:
    """k = 5, 5 % suppression, with ARX's hierarchies as they are; `out` is the file to write."""
    from anjana.anonymity import k_anonymity

    data = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)
    hierarchies = {}
    for name in FIELDS:
        lines = pd.read_csv(folder / f"adult_hierarchy_{name}.csv", sep=";", header=None, dtype=str)
        hierarchies[name] = {level: lines[level].to_numpy() for level in lines.columns}
    started = time.perf_counter()
    left = k_anonymity(data, [], FIELDS, 5, 5, hierarchies)
    seconds = time.perf_counter() - started
    left[list(data.columns)].to_csv(out, index=False)
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
        "levels": levels,
    }


def anjana_sees(file: Path, k: int, fields: list[str]) -> dict[str, Any]:
    """What anjana does to a file that was written, if it may drop nothing and generalize to ``*``:
    nothing, where every class has k records."""
    from anjana.anonymity import k_anonymity_inner

    data = _read(file)
    hierarchies = {}
    for name in fields:
        values = data[name].unique()
        hierarchies[name] = {0: values, 1: ["*"] * len(values)}
    left, dropped, levels = k_anonymity_inner(data, [], fields, k, 0, hierarchies)
    return {"same": bool(left.equals(data)), "dropped": dropped, "levels": sum(levels.values())}


def pycanon(file: Path, sensitive: str, kind: str, fields: list[str]) -> dict[str, Any]:
    """What it computes of a file that was written; `kind` ordered: the sensitive values are
    numbers, and as far apart as they are in their order.

    The recursive c is spelt out here, from the definition with pandas: pycanon's own takes the
    rarest value for the most frequent one (1 for the counts 3 and 1, which need c > 3). The exact
    entropy is, too: pycanon cuts exp(entropy) to whole numbers.
    """
    from pycanon import anonymity

    data = _read(file)
    if kind == "ordered":
        data[sensitive] = pd.to_numeric(data[sensitive])
    counts = data.groupby([*fields, sensitive]).size().rename("n").reset_index()
    shares = counts["n"] / counts.groupby(fields)["n"].transform("sum")
    entropy = -(shares * np.log(shares)).groupby([counts[name] for name in fields]).sum()
    most = counts.groupby(fields)["n"].max()
    rest = counts.groupby(fields)["n"].sum() - most
    return {
        "version": version("pycanon"),
        "rows": len(data),
        "k": int(anonymity.k_anonymity(data, fields)),
        "l": int(anonymity.l_diversity(data, fields, [sensitive])),
        "whole_entropy_l": int(anonymity.entropy_l_diversity(data, fields, [sensitive])),
        "entropy_l": float(np.exp(entropy.min())),
        "c_of_2": float((most / rest).max()),
        "t": float(anonymity.t_closeness(data, fields, [sensitive])),
    }


def _read(file: Path) -> pd.DataFrame:
    with file.open(encoding="utf-8") as lines:
        delimiter = ";" if ";" in lines.readline() else ","
    return pd.read_csv(file, sep=delimiter, dtype=str, keep_default_na=False)


def main() -> None:
    """Measure the peer that the arguments name."""
    match sys.argv[1:]:
        case ["anjana", folder, out]:
            found = anjana(Path(folder), Path(out))
        case ["anjana-sees", file, k, *fields]:
            found = anjana_sees(Path(file), int(k), fields)
        case ["pycanon", file, sensitive, kind, *fields]:
            found = pycanon(Path(file), sensitive, kind, fields)
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
