"""Workers: results in order, errors as they are, a death that is always noticed, and a fair
division of sources."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import IncompleteError, TransformError
from scrubber.executors.base import divide, is_light, largest_apart
from scrubber.executors.workers import Crew
from scrubber.formats import Source
from scrubber.model.batch import Batch, BatchRef
from scrubber.outputs.folder import FolderStage
from scrubber.pipeline.source import Bench, ScrubJob, Work
from scrubber.policy import compile_plan, load_rules
from scrubber.policy.plan import Plan

SECRET = "zqxsecret"
RULES = """\
version: 1
fields:
  - {name: day, class: quasi_identifier, transform: {truncate_date: {to: year}}}
  - {name: size, class: insensitive, keep: "its length is what is tested"}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text(RULES)
    return compile_plan(load_rules(path), {"a": table("2020-01-01").schema})


def table(day: str, size: int = 1) -> pa.Table:
    return pa.table({"day": [day], "size": ["x" * size]})


def batches(*tables: pa.Table) -> Iterator[Batch]:
    for ordinal, one in enumerate(tables):
        yield Batch(BatchRef("a", ordinal, ordinal + 1, one.num_rows, f"{ordinal:064x}"), one)


def crew_of_two(plan: Plan) -> Crew:
    return Crew(Bench(Work(plan, FolderStage(Path(), ""), "same")), 2)


def children() -> list[int]:
    me = os.getpid()
    lines = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return [pid for pid in map(int, lines) if b"workers import serve" in _command(pid)]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.slow
def test_results_come_in_order_whatever_each_takes(plan: Plan) -> None:
    """Every third batch is a thousand times as large as the others."""
    tables = [table("2020-01-01", 4_000_000 if i % 3 == 0 else 4_000) for i in range(12)]
    with crew_of_two(plan) as crew:
        made = [(one.fragment.ref.ordinal, one.table) for one in crew.scrub(batches(*tables))]
    assert [ordinal for ordinal, _ in made] == list(range(12))
    assert [t["size"] for _, t in made] == [t["size"] for t in tables]
    assert children() == []


def test_an_error_of_a_worker_is_the_error_of_the_run(plan: Plan) -> None:
    tables = [table("2020-01-01"), table(f"{SECRET}"), table("2020-01-01")]
    with pytest.raises(TransformError) as caught, crew_of_two(plan) as crew:
        list(crew.scrub(batches(*tables)))
    assert caught.value.code == "transform-failed"
    assert caught.value.place is not None
    assert (caught.value.place.row, caught.value.place.field) == (2, "day")
    assert children() == []


@pytest.mark.slow
def test_an_unforeseen_error_crosses_without_its_text(plan: Plan) -> None:
    wrong = pa.table({SECRET: ["x"]})  # not what the plan was made for
    with pytest.raises(IncompleteError) as caught, crew_of_two(plan) as crew:
        list(crew.scrub(batches(wrong)))
    assert caught.value.code == "internal"
    assert SECRET not in f"{caught.value!r}"
    assert caught.value.__cause__ is None


@pytest.mark.slow
def test_a_worker_that_dies_while_it_sends_a_result_is_noticed(plan: Plan) -> None:
    """The results are larger than any pipe holds, so that the workers are stopped in sending."""
    tables = [table("2020-01-01", 8_000_000) for _ in range(6)]
    with pytest.raises(IncompleteError) as caught, crew_of_two(plan) as crew:
        results = crew.scrub(batches(*tables))
        next(results)
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        list(results)
    assert caught.value.code == "worker-died"
    assert children() == []


@pytest.mark.slow
def test_leaving_early_ends_the_workers(plan: Plan) -> None:
    tables = [table("2020-01-01", 1_000_000) for _ in range(6)]
    with crew_of_two(plan) as crew:
        next(crew.scrub(batches(*tables)))
        assert len(children()) == 2
    assert children() == []


def job(name: str, size: int) -> ScrubJob:
    return ScrubJob(Source(name, name, "csv"), pa.schema([]), "", size)


@pytest.mark.parametrize(
    ("sizes", "workers", "whole", "cut"),
    [
        ([], 2, [], []),
        ([5], 2, [], [5]),  # one source: all workers share it
        ([5, 5], 2, [5, 5], []),
        ([5, 5, 5], 2, [5, 5], [5]),  # whole, the third would leave one worker idle
        ([1, 9, 1, 1], 2, [1, 1], [9, 1]),
        ([100, *[1] * 100], 2, [100, *[1] * 100], []),  # one worker has just the large one to do
        ([100, *[1] * 50], 2, [1] * 50, [100]),
        ([1] * 99, 2, [1] * 99, []),
        ([3, 3, 2, 2, 2], 2, [2, 2], [3, 3, 2]),
        ([7, 7, 7, 7], 3, [7, 7, 7], [7]),
        ([0, 0], 2, [0, 0], []),
    ],
)
def test_sources_are_divided_so_that_no_worker_waits_for_long(
    sizes: list[int], workers: int, whole: list[int], cut: list[int]
) -> None:
    jobs = [job(f"{i}", size) for i, size in enumerate(sizes)]
    divided = divide(jobs, workers)
    assert [[one.size for one in part] for part in divided] == [whole, cut]


@pytest.mark.parametrize(
    ("sizes", "whole", "here"),
    [
        ([], [], []),
        ([5], [], [5]),
        ([0], [], [0]),
        ([5, 5], [5, 5], []),
        ([3, 9, 5], [5, 3], [9]),
        ([3, 8, 5], [8, 5, 3], []),
    ],
)
def test_of_light_work_only_what_is_larger_than_all_else_is_done_here(
    sizes: list[int], whole: list[int], here: list[int]
) -> None:
    divided = largest_apart([job(f"{i}", size) for i, size in enumerate(sizes)])
    assert [[one.size for one in part] for part in divided] == [whole, here]


def rules(fields: str, more: str = "") -> str:
    return f"version: 1\nkey: {{env: SCRUBBER_KEY}}\n{more}fields: [{fields}]\n"


SIZE = '{name: size, keep: "a test"}'


@pytest.mark.parametrize(
    ("text", "light"),
    [
        (rules("{name: day, transform: {truncate_date: {to: year}}}, " + SIZE), True),
        (rules("{name: day, transform: drop}, " + SIZE), True),
        (rules("{name: day, transform: {token: {}}}, " + SIZE), False),
        (
            rules(
                "{name: day, transform: drop}, " + SIZE,
                "detect: {ner: none}\ngates: {max_residual_rate: 0.1}\n",
            ),
            False,
        ),
        (
            rules(
                "{name: day, class: text, entities: {default: redact}}, " + SIZE,
                "detect: {ner: none, entities: [EMAIL_ADDRESS]}\n",
            ),
            False,
        ),
    ],
)
def test_work_is_light_without_text_and_keys(text: str, light: bool, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    assert is_light(compile_plan(load_rules(path), {"a": table("2020").schema})) is light


@given(
    sizes=st.lists(st.integers(0, 1000), max_size=60),
    workers=st.integers(2, 8),
)
def test_a_division_loses_no_source_and_little_time(sizes: list[int], workers: int) -> None:
    jobs = [job(f"{i}", size) for i, size in enumerate(sizes)]
    whole, cut = divide(jobs, workers)
    assert sorted(one.source.alias for one in [*whole, *cut]) == sorted(
        one.source.alias for one in jobs
    )
    load = [0] * workers
    for one in whole:
        load[load.index(min(load))] += one.size
    lasts = max(load) + sum(one.size for one in cut) / workers
    assert not whole or lasts <= 1.05 * sum(sizes) / workers
