"""Many linked tables, some of a few records: the small is safe, and the rest can be reviewed."""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import replace

import pytest

from scrubber.manifest import Facts, FieldFacts, Fragment, Ledger, OutputFacts, SourceFacts, seal
from scrubber.manifest.suppression.counts import Counts
from scrubber.manifest.suppression.counts import count as exact_counts
from scrubber.manifest.suppression.disclosure import Shown, protect
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from tests.golden.manifest_facts import LARGE
from tests.manifest.attacker import Domain, pinned

LIMIT = 11
# The tables of a hospital: records that come out, records dropped, fields of its own.
TABLES = {
    "imaging": (1, 0, 8),
    "devices": (3, 0, 1),
    "payers": (10, 0, 13),
    "patients": (27, 0, 16),
    "immunizations": (29, 0, 0),
    "allergies": (40, 0, 6),
    "careplans": (49, 0, 0),
    "organizations": (63, 0, 2),
    "supplies": (72, 0, 1),
    "providers": (166, 0, 2),
    "procedures": (249, 0, 0),
    "conditions": (438, 0, 0),
    "encounters": (604, 0, 4),
    "medications": (663, 0, 3),
    "observations": (954, 36, 4),
    "transitions": (1051, 0, 5),
    "claims": (1267, 0, 20),
}
EVENTS_OF = (
    "imaging devices immunizations allergies careplans supplies procedures conditions encounters"
    " medications observations"
)
# Fields that tables share, and how many values are missing in some of them.
SHARED: dict[str, tuple[str, dict[str, int]]] = {
    "PATIENT": (EVENTS_OF + " transitions", {}),
    "ENCOUNTER": (EVENTS_OF.replace(" encounters", ""), {"observations": 30}),
    "START": ("devices allergies careplans procedures conditions encounters medications", {}),
    "STOP": (
        "devices allergies careplans procedures conditions encounters medications",
        {"devices": 3, "allergies": 40, "conditions": 150},
    ),
    "CODE": (EVENTS_OF.replace("imaging ", ""), {}),
    "DESCRIPTION": (EVENTS_OF.replace("imaging ", ""), {}),
    "Id": ("imaging payers patients careplans organizations providers encounters claims", {}),
    "DATE": ("imaging immunizations supplies observations", {}),
    "PAYER": ("encounters medications transitions", {}),
    "PROVIDER": ("providers encounters", {}),
    "REASON": ("careplans procedures encounters medications", {"encounters": 500, "careplans": 6}),
    "COST": ("immunizations procedures medications", {}),
    "NAME": ("payers organizations providers", {}),
    "ADDRESS": ("payers organizations providers patients", {"payers": 1}),
    "ZIP": ("organizations providers patients", {"patients": 3}),
    "PHONE": ("payers organizations", {"organizations": 6}),
}


def linked(
    tables: dict[str, tuple[int, int, int]], shared: dict[str, tuple[str, dict[str, int]]]
) -> tuple[Facts, Ledger]:
    """A run over `tables`: every second field is kept, the others have all their values changed."""
    fields = {name: (of.split(), missing) for name, (of, missing) in shared.items()}
    for table, (out, _, own) in tables.items():
        # Of a table's own fields the third one lacks a few values, the fifth all but a few.
        lacks = {2: min(out, 8), 4: max(0, out - 6)}
        fields |= {f"{table}.{i}": ([table], {table: lacks.get(i, 0)}) for i in range(own)}
    tallies: dict[str, dict[tuple[str, str], int]] = {table: {} for table in tables}
    for number, (name, (of, missing)) in enumerate(fields.items()):
        for table in of:
            values = tables[table][0] - missing.get(table, 0)
            tallies[table][name, "in"] = values
            tallies[table][name, "changed"] = values if number % 2 else 0
    facts = replace(
        LARGE[0],
        sources=tuple(SourceFacts(table, "text/csv") for table in tables),
        fields=tuple(
            FieldFacts(name, tuple(of), "string", "string", None, "mask", "fields[0]", "r.yaml:1")
            for name, (of, _) in fields.items()
        ),
        outputs=tuple(
            OutputFacts(f"data/{table}", "0" * 64, 9, out, table, number, "78" * 32)
            for number, (table, (out, _, _)) in enumerate(tables.items())
        ),
    )
    return facts, Ledger(
        Fragment(
            BatchRef(table, 0, 1, out + lost),
            "",
            out + lost,
            out,
            Tally({"rows[0]": lost}),
            Tally(),
            Tally(tallies[table]),
        )
        for table, (out, lost, _) in tables.items()
    )


def attacked(counts: Counts, shown: dict[Hashable, Shown]) -> set[Hashable]:
    """The small counts that a strong attacker can pin down: one who knows which remainders are
    zero, and that a withheld count is not a small one."""
    top = 4 * max(cell.value for cell in counts.cells.values())
    known: dict[Hashable, Domain] = {}
    small: dict[Hashable, int] = {}
    for key, cell in counts.cells.items():
        if cell.guarded and 0 < cell.value < LIMIT:
            small[key] = cell.value
        if cell.value == 0 and cell.zero_known:
            known[key] = (0, 0)
        elif cell.price is None:
            known[key] = (int(cell.zero_known), top)
        elif shown[key] is Shown.OPEN:
            known[key] = (cell.value, cell.value)
        elif shown[key] is Shown.SMALL:
            known[key] = (1, LIMIT - 1)
        else:
            known[key] = (LIMIT if cell.value >= LIMIT else 1, top)
    return pinned(small, known, [(s.total, s.parts) for s in counts.sums])


def share(counts: Counts, shown: dict[Hashable, Shown]) -> float:
    """The share that is withheld of the printed counts that are not small."""
    large = [key for key in shown if counts.cells[key].value >= LIMIT]
    return sum(shown[key] is Shown.WITHHELD for key in large) / max(1, len(large))


def test_tables_of_a_few_records_do_not_hide_the_others() -> None:
    counts = exact_counts(*linked(TABLES, SHARED))
    shown = protect(counts.cells, counts.sums, LIMIT)
    assert share(counts, shown) < 0.25
    assert attacked(counts, shown) == set()
    data = seal(*linked(TABLES, SHARED)).to_json()
    assert data["records"]["in"] == {"n": 5722}
    assert data["records"]["out"] == {"n": 5686}
    records = {source["alias"]: source["records"] for source in data["sources"]}
    assert records["claims"] == {"n": 1267}
    assert sum("n" in count for count in records.values()) >= 11


def test_the_attack_on_linked_tables_is_an_attack() -> None:
    counts = exact_counts(*linked(TABLES, SHARED))
    primary = {
        key: Shown.SMALL if 0 < cell.value < LIMIT else Shown.OPEN
        for key, cell in counts.cells.items()
        if cell.price is not None
    }
    assert ("source", "imaging") in attacked(counts, primary)


@pytest.mark.parametrize("small", [1, 2, 9, 10])
def test_one_small_table_beside_large_ones(small: int) -> None:
    tables = {"small": (small, 0, 3), "a": (300, 0, 5), "b": (500, 0, 5), "c": (26, 0, 5)}
    counts = exact_counts(*linked(tables, {"id": ("small a b c", {}), "x": ("small b", {})}))
    shown = protect(counts.cells, counts.sums, LIMIT)
    assert share(counts, shown) < 0.4
    assert attacked(counts, shown) == set()


@pytest.mark.parametrize("seed", range(12))
def test_random_tables_with_gaps_everywhere(seed: int) -> None:
    draw = random.Random(seed)
    tables = {
        f"t{i}": (int(10 ** draw.uniform(0, 3.3)), draw.choice([0, 0, 4, 30]), draw.randint(0, 5))
        for i in range(draw.randint(2, 9))
    }
    shared = {}
    for i in range(draw.randint(1, 8)):
        of = draw.sample(sorted(tables), draw.randint(1, len(tables)))
        gaps = {table: min(tables[table][0], draw.choice([0, 0, 0, 1, 7, 40])) for table in of}
        shared[f"f{i}"] = (" ".join(of), gaps)
    counts = exact_counts(*linked(tables, shared))
    shown = protect(counts.cells, counts.sums, LIMIT)
    assert share(counts, shown) < 0.75
    assert attacked(counts, shown) == set()
