"""Workers: results in order, errors as they are, and a death that is always noticed."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from scrubber.engine.executors import execute
from scrubber.engine.scrub import ScrubbedBatch
from scrubber.errors import IncompleteError, TransformError
from scrubber.model.batch import Batch, BatchRef
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


def run_in_two(plan: Plan, *tables: pa.Table) -> closing[Generator[ScrubbedBatch, None, None]]:
    return execute(plan, None, batches(*tables), 2)


def children() -> list[int]:
    me = os.getpid()
    lines = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return [pid for pid in map(int, lines) if b"spawn_main" in _command(pid)]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_results_come_in_order_whatever_each_takes(plan: Plan) -> None:
    """Every third batch is a thousand times as large as the others."""
    tables = [table("2020-01-01", 4_000_000 if i % 3 == 0 else 4_000) for i in range(12)]
    with run_in_two(plan, *tables) as results:
        made = [(result.fragment.ref.ordinal, result.table) for result in results]
    assert [ordinal for ordinal, _ in made] == list(range(12))
    assert [t["size"] for _, t in made] == [t["size"] for t in tables]
    assert children() == []


def test_an_error_of_a_worker_is_the_error_of_the_run(plan: Plan) -> None:
    tables = [table("2020-01-01"), table(f"{SECRET}"), table("2020-01-01")]
    with (
        pytest.raises(TransformError) as caught,
        execute(plan, None, batches(*tables), 2) as results,
    ):
        list(results)
    assert caught.value.code == "transform-failed"
    assert caught.value.place is not None
    assert (caught.value.place.row, caught.value.place.field) == (2, "day")
    assert children() == []


def test_an_unforeseen_error_crosses_without_its_text(plan: Plan) -> None:
    wrong = pa.table({SECRET: ["x"]})  # not what the plan was made for
    with (
        pytest.raises(IncompleteError) as caught,
        execute(plan, None, batches(wrong), 2) as results,
    ):
        list(results)
    assert caught.value.code == "internal"
    assert SECRET not in f"{caught.value!r}"
    assert caught.value.__cause__ is None


def test_a_worker_that_dies_while_it_sends_a_result_is_noticed(plan: Plan) -> None:
    """The results are larger than any pipe holds, so that the workers are stopped in sending."""
    tables = [table("2020-01-01", 8_000_000) for _ in range(6)]
    with (
        pytest.raises(IncompleteError) as caught,
        execute(plan, None, batches(*tables), 2) as results,
    ):
        next(results)
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        list(results)
    assert caught.value.code == "worker-died"
    assert children() == []


def test_leaving_early_ends_the_workers(plan: Plan) -> None:
    tables = [table("2020-01-01", 1_000_000) for _ in range(6)]
    with run_in_two(plan, *tables) as results:
        next(results)
        assert len(children()) == 2
    assert children() == []
