"""The law of the executors: the same bytes and the same manifest, wherever batches are scrubbed,
however the records are cut into batches, and in whatever order the shards come."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber import formats
from scrubber.manifest import Ledger, Manifest
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import Tools, scrub_batch
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.run import on_table
from scrubber.transform.keys import RootKey
from tests.examples import examples

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
RULES: dict[str, Any] = {
    "version": 1,
    "on_error": "drop_row",
    "subject": "id",
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS", "IP_ADDRESS"]},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "day", "class": "quasi_identifier", "transform": {"date_shift": {"max_days": 9}}},
        {"name": "flag", "class": "insensitive", "keep": "a flag"},
        {
            "name": "chat[].text",
            "class": "text",
            "entities": {"default": "redact", "EMAIL_ADDRESS": "surrogate"},
        },
    ],
    "rows": [{"drop": "flag = 'no'", "reason": "said no"}],
}


def records(count: int, seed: int = 7) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    return [
        {
            "id": f"u{rng.randrange(20)}",
            "age": rng.choice(["34", "7", "x", None]),
            "day": f"2026-01-{rng.randrange(1, 29):02d}",
            "flag": rng.choice(["yes", "yes", "no", None]),
            "chat": rng.choice(
                [None, [], [{"text": f"I am ann{rng.randrange(9)}@example.com"}, {"text": None}]]
            ),
        }
        for _ in range(count)
    ]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        with (folder / f"part-{number}.jsonl").open("w") as file:
            for record in records(150, number):
                file.write(json.dumps(record) + "\n")
            file.write("{broken\n")
    return folder


def content(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((out / "data").iterdir())}


def core(manifest: Manifest) -> dict[str, Any]:
    return {name: part for name, part in manifest.to_json().items() if name != "run"}


def test_one_worker_and_many_give_the_same_bytes(
    shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.executors.base._WORTH", 0)  # else little is looked at here
    results = {
        n: scrubber.scrub(shards, RULES, key=KEY, out=tmp_path / str(n), workers=n) for n in (1, 3)
    }
    first = results[1]
    assert first.manifest.data["records"]["quarantined"]
    for result in results.values():
        assert content(result.data) == content(first.data)
        assert result.manifest.id == first.manifest.id
        assert core(result.manifest) == core(first.manifest)


def test_the_order_of_inputs_does_not_matter(shards: Path, tmp_path: Path) -> None:
    files = sorted(shards.iterdir())
    forward = scrubber.scrub(files, RULES, key=KEY, out=tmp_path / "a")
    backward = scrubber.scrub(files[::-1], RULES, key=KEY, out=tmp_path / "b")
    assert content(forward.data) == content(backward.data)
    assert core(forward.manifest) == core(backward.manifest)


def test_the_batch_size_does_not_matter(
    shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes out of a record depends on that record alone."""
    whole = scrubber.scrub(shards, RULES, key=KEY, out=tmp_path / "a")
    sources = formats.discover([str(shards)])
    schema = formats.schemas(sources, drop_bad_rows=True)[sources[0].alias]
    monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_ROWS", 7)
    assert len(list(formats.read(sources[0], schema, drop_bad_rows=True))) > 20
    cut = scrubber.scrub(shards, RULES, key=KEY, out=tmp_path / "b")
    assert content(cut.data) == content(whole.data)


@examples(40)
@given(
    cuts=st.lists(st.integers(0, 60), max_size=5).map(lambda c: sorted({0, 60, *c})),
    order=st.randoms(use_true_random=False),
)
def test_any_cut_in_any_order_adds_up_to_the_same(cuts: list[int], order: random.Random) -> None:
    table = pa.Table.from_pylist(records(60))
    plan = compile_plan(rules_from_mapping(RULES), {"t": table.schema})
    tools = _tools()
    whole = scrub_batch(plan, _batch(table, 0, 60, 0), tools)
    spans = itertools.pairwise(cuts)
    batches = [_batch(table, start, end, i) for i, (start, end) in enumerate(spans)]
    order.shuffle(batches)
    parts = [scrub_batch(plan, batch, tools) for batch in batches]
    in_order = sorted(parts, key=lambda part: part.fragment.ref.ordinal)
    assert pa.concat_tables([part.table for part in in_order]).equals(whole.table)
    added = Ledger.of(part.fragment for part in parts)
    alone = Ledger.of([whole.fragment])
    for name in ("rows_in", "rows_out", "dropped", "quarantined", "fields", "findings"):
        assert getattr(added, name) == getattr(alone, name), name


def _batch(table: pa.Table, start: int, end: int, ordinal: int) -> Batch:
    return Batch(BatchRef("t", ordinal, start + 1, end - start), table.slice(start, end - start))


_TOOLS: list[Tools] = []


def _tools() -> Tools:
    if not _TOOLS:
        from scrubber.detect.shared import detector_for
        from scrubber.policy import detect_spec

        spec = detect_spec({"entities": ["EMAIL_ADDRESS", "IP_ADDRESS"]})
        _TOOLS.append(Tools(RootKey(KEY), detector_for(spec)))
    return _TOOLS[0]


def test_a_frame_is_cut_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.Table.from_pylist(records(200))
    whole = scrubber.scrub(table, RULES, key=KEY)
    monkeypatch.setattr(on_table, "_FRAME_ROWS", 13)
    cut = scrubber.scrub(table, RULES, key=KEY)
    assert cut.data.equals(whole.data)
    assert core(cut.manifest) == core(whole.manifest)


def test_parquet_and_jsonl_agree(tmp_path: Path) -> None:
    """The same records give the same values, whatever file they come in."""
    rows = records(80)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out: list[list[dict[str, Any]]] = []
    for suffix in ("parquet", "jsonl"):
        target = tmp_path / f"out-{suffix}"
        scrubber.scrub(tmp_path / f"a.{suffix}", RULES, key=KEY, out=target, format="parquet")
        out.append(pq.read_table(target / "data" / "a.parquet").to_pylist())
    assert out[0] == out[1]
