"""No small count can be had by differencing: an exact attacker tries it on every one."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.manifest.ledger import Fragment, Ledger
from scrubber.manifest.statement import Facts, OutputFacts, SourceFacts
from scrubber.manifest.suppression import moves
from scrubber.manifest.suppression.counts import count
from scrubber.manifest.suppression.disclosure import Cell, Shown, Sum, protect
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from tests.examples import examples
from tests.golden import manifest_facts
from tests.manifest.attacker import Domain, values

LIMIT = 11
TOP = 400


def domains(cells: dict[Hashable, Cell], shown: dict[Hashable, Shown]) -> dict[Hashable, Domain]:
    """What a strong attacker knows: zeros are always shown, a withheld count is not a small one,
    and which remainders are zero."""
    known: dict[Hashable, Domain] = {}
    for key, cell in cells.items():
        if cell.price is None:
            zero = cell.value == 0 and cell.zero_known
            known[key] = (0, 0) if zero else (1 if cell.zero_known else 0, TOP)
        elif shown[key] is Shown.OPEN:
            known[key] = (cell.value, cell.value)
        elif shown[key] is Shown.SMALL:
            known[key] = (1, LIMIT - 1)
        else:
            known[key] = (LIMIT if cell.value >= LIMIT else 1, TOP)
    return known


def pinned(
    cells: dict[Hashable, Cell], sums: list[Sum], shown: dict[Hashable, Shown], enough: int
) -> list[Hashable]:
    """The guarded small counts that have fewer than `enough` possible values."""
    plain = [(s.total, s.parts) for s in sums]
    known = domains(cells, shown)
    small = [k for k, c in cells.items() if c.guarded and 0 < c.value < LIMIT]
    return [key for key in small if len(values(key, known, plain, enough)) < enough]


def table(total: int, *parts: int) -> tuple[dict[Hashable, Cell], list[Sum]]:
    cells: dict[Hashable, Cell] = {"t": Cell(total, 3)}
    cells.update({i: Cell(part, 1) for i, part in enumerate(parts)})
    return cells, [Sum("t", tuple(range(len(parts))))]


OPEN, LT, HID = Shown.OPEN, Shown.SMALL, Shown.WITHHELD


@pytest.mark.parametrize(
    ("total", "parts", "shown_total", "shown_parts"),
    [
        (50, (20, 30), OPEN, (OPEN, OPEN)),
        (50, (50, 0), OPEN, (OPEN, OPEN)),
        (0, (0, 0), OPEN, (OPEN, OPEN)),
        # one small part: the smallest other one that leaves room goes with it
        (74, (4, 30, 40), OPEN, (LT, HID, OPEN)),
        (44, (4, 40, 0), OPEN, (LT, HID, OPEN)),
        (8, (4, 4), LT, (LT, LT)),
        (30, (4, 4, 22), OPEN, (LT, LT, OPEN)),
        # 10 + 10 = 20: "fewer than 11" twice and the total would pin both
        (20, (10, 10), HID, (LT, LT)),
        # 1 + 11 = 12: a withheld count is at least 11, so the total has to go, too
        (12, (1, 11), HID, (LT, OPEN)),
        # ten ones make ten: all "fewer than 11", and yet all known
        (10, (1,) * 10, HID, (LT,) * 10),
    ],
)
def test_table_of_sums(
    total: int, parts: tuple[int, ...], shown_total: Shown, shown_parts: tuple[Shown, ...]
) -> None:
    cells, sums = table(total, *parts)
    shown = protect(cells, sums, LIMIT)
    assert (shown["t"], tuple(shown[i] for i in range(len(parts)))) == (shown_total, shown_parts)
    assert pinned(cells, sums, shown, 5) == []


def test_the_attacker_is_an_attacker() -> None:
    cells, sums = table(24, 4, 20)
    primary = {"t": Shown.OPEN, 0: Shown.SMALL, 1: Shown.OPEN}
    assert pinned(cells, sums, primary, 2) == [0]
    cells, sums = table(20, 10, 10)
    primary = {"t": Shown.OPEN, 0: Shown.SMALL, 1: Shown.SMALL}
    assert pinned(cells, sums, primary, 2) == [0, 1]


def test_a_remainder_that_is_never_printed_is_protected() -> None:
    cells: dict[Hashable, Cell] = {"in": Cell(100, 5), "out": Cell(95, 8), "lost": Cell(5, None)}
    shown = protect(cells, [Sum("in", ("out", "lost"))], LIMIT)
    assert shown == {"in": Shown.WITHHELD, "out": Shown.OPEN}


def test_prices_decide_what_the_reader_loses() -> None:
    sums = [Sum("t", ("a", "b", "c"))]
    cells: dict[Hashable, Cell] = {
        "t": Cell(104, 9),
        "a": Cell(4, 1),
        "b": Cell(40, 7),
        "c": Cell(60, 2),
    }
    assert protect(cells, sums, LIMIT) == {"t": OPEN, "a": LT, "b": OPEN, "c": HID}


@pytest.mark.parametrize("limit", [-1, 0, 1, 2])
def test_a_limit_that_protects_nothing_is_refused(limit: int) -> None:
    with pytest.raises(ValueError):
        protect({"a": Cell(1, 1)}, [], limit)


def test_sums_that_do_not_hold_are_refused() -> None:
    cells, _ = table(5, 2, 2)
    with pytest.raises(ValueError, match="does not hold"):
        protect(cells, [Sum("t", (0, 1))], LIMIT)


COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 40))


@st.composite
def systems(draw: st.DrawFn) -> tuple[dict[Hashable, Cell], list[Sum]]:
    """Two-way tables (rows, columns, total) with some margins unprinted: sums that cross."""
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    price = st.one_of(st.none(), st.integers(1, 9))
    inner = {(i, j): draw(COUNTS) for i in range(height) for j in range(width)}
    cells: dict[Hashable, Cell] = {key: Cell(n, draw(price)) for key, n in inner.items()}
    sums: list[Sum] = []
    for i in range(height):
        members = tuple((i, j) for j in range(width))
        cells["row", i] = Cell(sum(inner[m] for m in members), draw(price))
        sums.append(Sum(("row", i), members))
    for j in range(width):
        members = tuple((i, j) for i in range(height))
        cells["column", j] = Cell(sum(inner[m] for m in members), draw(price))
        sums.append(Sum(("column", j), members))
    cells["all"] = Cell(sum(inner.values()), draw(price))
    sums.append(Sum("all", tuple(("row", i) for i in range(height))))
    return cells, sums


@examples(120)
@given(systems())
def test_no_small_count_is_pinned(system: tuple[dict[Hashable, Cell], list[Sum]]) -> None:
    cells, sums = system
    shown = protect(cells, sums, LIMIT)
    assert pinned(cells, sums, shown, 2) == []


@examples(60)
@given(systems(), st.data())
def test_what_is_withheld_from_the_start_pins_nothing(
    system: tuple[dict[Hashable, Cell], list[Sum]], data: st.DataObject
) -> None:
    cells, sums = system
    printed = [key for key, cell in cells.items() if cell.price is not None]
    forced = data.draw(st.sets(st.sampled_from(printed)) if printed else st.just(set()))
    shown = protect(cells, sums, LIMIT, forced)
    assert not pinned(cells, sums, shown, 2)
    for key in forced:
        assert shown[key] is not OPEN or not cells[key].value


def lossy(sources: int) -> tuple[Facts, Ledger]:
    """So many sources of 100 records each, of which three are dropped."""
    base = manifest_facts.facts(100, 100)
    names = [f"{i}" for i in range(sources)]
    facts = replace(
        base,
        sources=tuple(SourceFacts(name, "text/csv", None) for name in names),
        fields=(),
        outputs=tuple(OutputFacts(f"data/{n}", "0" * 64, 1, 97, n, 0) for n in names),
    )
    lost: Tally[str] = Tally({"rows[0]": 3})
    refs = [BatchRef(name, 0, 1, 100, "d") for name in names]
    return facts, Ledger.of(Fragment(ref, "o", 100, 97, dropped=lost) for ref in refs)


def test_very_many_small_losses_take_no_time_for_each_other() -> None:
    """Every source lost three records: 16 times the sources take about 16 times as long."""

    def seconds(sources: int) -> float:
        facts, ledger = lossy(sources)
        began = time.process_time()
        shown = count(facts, ledger).publish(LIMIT, 1)
        took = time.process_time() - began
        assert all("suppressed" in shown["source", f"{i}"] for i in range(sources))
        assert all("n" in shown["output", f"data/{i}"] for i in range(sources))
        return took

    assert seconds(1600) < 60 * max(seconds(100), 0.01)


@examples(60)
@given(systems())
def test_small_counts_are_never_open_and_zeros_always(
    system: tuple[dict[Hashable, Cell], list[Sum]],
) -> None:
    cells, sums = system
    for key, how in protect(cells, sums, LIMIT).items():
        if cells[key].value == 0:
            assert how is Shown.OPEN
        if 0 < cells[key].value < LIMIT:
            assert how is not Shown.OPEN


@examples(30)
@given(systems())
def test_the_same_counts_are_published_the_same_way(
    system: tuple[dict[Hashable, Cell], list[Sum]],
) -> None:
    assert protect(*system, LIMIT) == protect(*system, LIMIT)


@pytest.mark.slow
@examples(60)
@given(systems())
def test_a_search_that_gives_up_withholds_all_that_is_connected(
    system: tuple[dict[Hashable, Cell], list[Sum]],
) -> None:
    cells, sums = system
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "_SEARCH_LIMIT", -1000)
        shown = protect(cells, sums, LIMIT)
    assert pinned(cells, sums, shown, 5) == []
    if any(c.guarded and 0 < c.value < LIMIT for c in cells.values()):
        # rows, columns and total are all connected, save where zeros cut them apart
        assert Shown.SMALL not in shown.values()


def test_a_long_chain_of_sums_is_searched_to_its_end() -> None:
    # 600 fields that have a value in every record, and 5 records lost: the sources' side goes.
    cells: dict[Hashable, Cell] = {"in": Cell(1000, 1), "out": Cell(995, 8), "lost": Cell(5, None)}
    sums = [Sum("in", ("out", "lost"))]
    for i in range(600):
        cells |= {i: Cell(995, 5), ("behind", i): Cell(5, None), ("without", i): Cell(0, None)}
        sums += [Sum("in", (i, ("behind", i))), Sum("out", (i, ("without", i)))]
    shown = protect(cells, sums, LIMIT)
    assert {key for key, how in shown.items() if how is not Shown.OPEN} == {"in"}
