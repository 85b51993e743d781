"""On Ray: the same bytes and manifest as here, whatever happens to a worker, and nothing of the key
or of the data in what Ray keeps.

A cluster of two nodes with one CPU each, on this machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber.anonymize.recoding import FieldRecoding, Recoding
from scrubber.batches import ScrubBatches
from scrubber.errors import (
    IncompleteError,
    KeyFault,
    NotAvailable,
    OutputError,
    Place,
    ScrubberError,
    TransformError,
)
from scrubber.executors import base as executors
from scrubber.executors.ray import Attempts, refuse_again
from scrubber.executors.sealed import Envelope, Seal
from scrubber.formats import Source
from scrubber.manifest import Manifest
from scrubber.outputs.folder import FolderStage
from scrubber.pipeline.source import Bench, ScrubJob, Work
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey
from tests import stores

pytestmark = pytest.mark.slow

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

SECRET = "zqxsecret"
KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
SHARDS = 6
RULES: dict[str, Any] = {
    "version": 1,
    "key": {"env": "SCRUBBER_TEST_KEY"},
    "rows": [{"drop": "n % 7 = 0", "reason": "a rule"}],
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "note", "class": "direct_identifier", "transform": "drop"},
        {"name": "n", "class": "insensitive", "keep": "a number"},
    ],
}
ANONYMOUS: dict[str, Any] = {
    **RULES,
    "fields": [*RULES["fields"][:2], {"name": "n", "class": "quasi_identifier"}],
    "privacy": {"k": 3, "hierarchies": {"n": [{"bin": {"width": 500}}]}},
}


@pytest.fixture(scope="module")
def cluster(s3_server: stores.S3) -> Iterator[str]:
    """The address of a cluster whose nodes have the key, and the store's credentials."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_BACKEND_LOG_LEVEL", "fatal")
        patch.setenv("SCRUBBER_TEST_KEY", KEY.hex())
        for name, value in stores.ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setenv("AWS_ENDPOINT_URL", s3_server.endpoint)
        small = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=small)
        made.add_node(num_cpus=1, object_store_memory=100 * 2**20)
        yield made.address
        made.shutdown()


@pytest.fixture
def connected(cluster: str) -> Iterator[str]:
    yield cluster
    ray.shutdown()


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for shard in range(SHARDS):
        rows = [{"id": f"u{i}", "note": SECRET, "n": i} for i in range(200 * (shard + 1))]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / "in" / f"{shard}.jsonl").write_text(lines)
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRUBBER_TEST_KEY", KEY.hex())


def scrub(inputs: Path, out: Path, rules: dict[str, Any] = RULES, **options: Any) -> Manifest:
    return run(Request(rules_from_mapping(rules), [str(inputs)], out, **options))


def contents(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*.jsonl")}


def core(manifest: Manifest) -> dict[str, Any]:
    return {name: part for name, part in manifest.to_json().items() if name != "run"}


def test_the_same_as_here(
    inputs: Path, tmp_path: Path, connected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = scrub(inputs, tmp_path / "here", ANONYMOUS)
    monkeypatch.setattr(executors, "_WORTH", 0)  # else what is little is looked at here
    there = scrub(inputs, tmp_path / "there", ANONYMOUS, executor="ray", address=connected)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert core(there) == core(here)
    assert there.data["run"]["workers"] == 2
    assert not ray.is_initialized()  # the connection was the run's own


def test_workers_read_and_write_a_store_themselves(
    inputs: Path, tmp_path: Path, connected: str, s3: stores.S3
) -> None:
    for path in inputs.iterdir():
        s3.put(f"in/{path.name}", path.read_bytes())
    here = scrub(inputs, tmp_path / "here")
    rules = rules_from_mapping(RULES)
    there = run(Request(rules, [s3.url("in")], s3.url("out"), executor="ray", address=connected))
    assert core(there) == core(here)
    found = {name: s3.get(f"out/{name}") for name in contents(tmp_path / "here")}
    assert found == contents(tmp_path / "here")
    assert len(s3.names("out/")) == len(found) + 2  # the manifest, and the salts of small files
    assert s3.uploads() == []


ASSESSED: dict[str, Any] = {
    **RULES,
    "detect": {"ner": "none"},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": "drop", "linked_as": "ID"},
        {"name": "note", "class": "text", "entities": {"default": "redact"}, "linked": ["id"]},
        {"name": "n", "class": "quasi_identifier", "transform": {"bin": {"width": 500}}},
    ],
    "gates": {"max_residual_rate": 0, "rescan": "all", "min_k": 3},
}


def assessed(folder: Path) -> list[str]:
    """Parquet shards with texts; one whose pages are damaged, and one JSONL that is no UTF-8."""
    folder.mkdir()
    for shard in range(4):
        rows = [{"id": f"user-{i}", "note": f"user-{i}, a@x.com", "n": i} for i in range(300)]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{shard}.parquet", row_group_size=50)
    data = bytearray((folder / "2.parquet").read_bytes())
    data[100 : len(data) // 2] = b"\xfe" * (len(data) // 2 - 100)
    (folder / "2.parquet").write_bytes(data)
    (folder / "4.jsonl").write_bytes(b'{"id": "\xff"}\n')
    return ["2.parquet", "4.jsonl"]


def test_a_second_look_and_shards_that_cannot_be_read_are_as_here(
    tmp_path: Path, connected: str, s3: stores.S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = assessed(tmp_path / "in")
    for path in (tmp_path / "in").iterdir():
        s3.put(f"in/{path.name}", path.read_bytes())
    here = scrub(tmp_path / "in", tmp_path / "here", ASSESSED, quarantine_unreadable=True)
    monkeypatch.setattr(executors, "_WORTH", 0)  # else what is little is looked at here
    there: dict[str, Any] = {"executor": "ray", "address": connected}
    made = run(
        Request(
            rules_from_mapping(ASSESSED),
            [s3.url("in")],
            s3.url("out"),
            quarantine_unreadable=True,
            **there,
        )
    )
    assert core(made) == core(here)
    assert [one["alias"] for one in made.data["quarantined_sources"]] == bad
    assert made.data["risk"]["rescan"]["looked_at"] == {"n": 771}
    assert len(made.data["risk"]["planted"]) > 1
    for name in ("0.parquet", "1.parquet", "3.parquet"):
        assert s3.get(f"out/data/{name}") == (tmp_path / "here" / "data" / name).read_bytes()
    data = [".salts.json", "0.parquet", "1.parquet", "3.parquet"]
    assert s3.names("out/") == [*(f"out/data/{name}" for name in data), "out/manifest.json"]


def writers(stage: Path) -> list[int]:
    """The processes that have an unfinished output open."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            files = (one.readlink() for one in (process / "fd").iterdir())
            if any(file.is_relative_to(stage / "unfinished") for file in files):
                found.append(int(process.name))
    return [pid for pid in found if pid != os.getpid()]


def kill_writers(out: Path, times: int, done: threading.Event) -> list[int]:
    """Kill so many workers, each while it writes."""
    stage = out.with_name(f".{out.name}.scrubber-partial")
    killed: list[int] = []
    while len(killed) < times and not done.is_set():
        for pid in writers(stage)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        time.sleep(0.02)
    return killed


def test_a_worker_that_is_killed_in_the_middle(
    inputs: Path, tmp_path: Path, connected: str
) -> None:
    """It is done again by another, and counts once."""
    large = tmp_path / "in" / "large.jsonl"
    row = {"id": "u", "note": SECRET, "n": 1}
    large.write_text("".join(json.dumps(row | {"n": i}) + "\n" for i in range(300_000)))
    here = scrub(inputs, tmp_path / "here")
    done = threading.Event()
    killed: list[int] = []
    killer = threading.Thread(
        target=lambda: killed.extend(kill_writers(tmp_path / "there", 1, done))
    )
    killer.start()
    try:
        there = scrub(inputs, tmp_path / "there", executor="ray", address=connected)
    finally:
        done.set()
        killer.join()
    assert len(killed) == 1
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert core(there) == core(here)


def test_batches_of_ray_data(connected: str) -> None:
    table = pa.table({"id": ["a", "b", "a"], "note": [SECRET] * 3, "n": [1, 2, 3]})
    ray.init(connected, log_to_driver=False)
    scrubs = ScrubBatches(RULES)
    mapped = ray.data.from_arrow(table).map_batches(scrubs, batch_format="pyarrow")
    assert mapped.take_all() == scrubs(table).to_pylist()
    by_default = ray.data.from_arrow(table).map_batches(scrubs)  # arrays; what is dropped is null
    nothing = dict.fromkeys(table.column_names)
    assert by_default.take_all() == [{**nothing, **row} for row in scrubs(table).to_pylist()]


def test_an_error_is_what_it_is_here_and_ray_logs_nothing_of_it(
    inputs: Path, tmp_path: Path, connected: str
) -> None:
    dated = {
        **RULES,
        "fields": [
            *RULES["fields"][1:],
            {
                "name": "id",
                "class": "quasi_identifier",
                "transform": {"truncate_date": {"to": "year"}},
            },
        ],
    }
    ray.init(connected, log_to_driver=False)
    session = Path(ray._private.worker._global_node.get_session_dir_path())
    (inputs / "3.jsonl").write_text(json.dumps({"id": SECRET, "note": SECRET, "n": 1}) + "\n")
    for shard in (0, 1, 2, 4, 5):
        (inputs / f"{shard}.jsonl").unlink()
    with pytest.raises(TransformError) as caught:
        scrub(inputs, tmp_path / "there", dated, executor="ray")
    assert ray.is_initialized()  # the connection is the caller's
    assert caught.value.place == Place("3.jsonl", 1, "id")
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert [p.name for p in tmp_path.iterdir()] == ["in"]
    logged = [p.read_bytes() for p in session.rglob("*") if p.is_file() and not p.is_symlink()]
    assert len(logged) > 3
    for secret in (SECRET.encode(), KEY, KEY.hex().encode()):
        assert not any(secret in log for log in logged)


def test_a_node_with_another_key(
    inputs: Path, tmp_path: Path, connected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRUBBER_TEST_KEY", OTHER.hex())
    with pytest.raises(KeyFault) as caught:
        scrub(inputs, tmp_path / "there", executor="ray", address=connected)
    assert caught.value.code == "key-differs"


def work(stage: Path, rules: dict[str, Any] = RULES) -> tuple[Work, ScrubJob]:
    schema = pa.schema([("id", pa.string()), ("note", pa.string()), ("n", pa.int64())])
    plan = compile_plan(rules_from_mapping(rules), {"a.csv": schema})
    source = Source(str(stage / "a.csv"), "a.csv", "csv")
    return Work(plan, FolderStage(stage, "run"), "same"), ScrubJob(source, schema, "w", 1, "d")


def test_a_key_that_is_given_by_value_stays_here(inputs: Path, tmp_path: Path) -> None:
    for rules in (RULES, {name: part for name, part in RULES.items() if name != "key"}):
        with pytest.raises(KeyFault) as caught:
            scrub(inputs, tmp_path / "out", rules, key=RootKey(OTHER), executor="ray")
        assert caught.value.code == "key-by-value"
    assert not ray.is_initialized()  # it was refused before anything was sent


def test_what_travels_is_sealed(tmp_path: Path) -> None:
    leaves = (FieldRecoding("n", (SECRET,), ("*",), np.zeros(1, np.int32)),)
    recoding = Recoding(leaves, np.zeros(1, np.int64), np.zeros(1, np.bool_))
    sealed, job = work(tmp_path)
    key = RootKey(KEY)
    plan = replace(sealed, recoding=recoding)
    envelope = Envelope.around(Bench(plan, key), [job.schema], Seal.of(key))
    raw = pickle.dumps(envelope)
    for secret in (SECRET.encode(), KEY, KEY.hex().encode()):
        assert secret not in raw
    assert SECRET not in repr(envelope)
    bench, schemas, _ = envelope.opened()
    assert bench.key == RootKey(KEY)
    assert bench.work.recoding is not None
    assert bench.work.recoding.fields[0].leaves == (SECRET,)
    assert schemas == (job.schema,)
    bent = replace(envelope, work=envelope.work[:-1] + bytes([envelope.work[-1] ^ 1]))
    plain = replace(envelope, work=b"\0" + pickle.dumps((sealed, (job.schema,))))
    for wrong in (bent, plain):
        with pytest.raises(IncompleteError):
            wrong.opened()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "0.0.0"}, "version-differs"),
        ({"key_id": RootKey(OTHER).id}, "key-differs"),
    ],
)
def test_a_node_that_is_not_like_the_driver(
    tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    made, job = work(tmp_path)
    key = RootKey(KEY)
    envelope = replace(Envelope.around(Bench(made, key), [job.schema], Seal.of(key)), **change)
    with pytest.raises(ScrubberError) as caught:
        envelope.opened()
    assert caught.value.code == code


def test_a_node_that_does_not_see_the_output(tmp_path: Path) -> None:
    made, job = work(tmp_path / "elsewhere")
    with pytest.raises(OutputError) as caught:
        Envelope.around(Bench(made, RootKey(KEY)), [job.schema], Seal.of(RootKey(KEY))).opened()
    assert caught.value.code == "storage-not-shared"


def test_what_costs_a_worker_each_time_is_given_up() -> None:
    attempts = Attempts()
    source = Source("a", "a.csv", "csv")
    for _ in range(3):
        refuse_again(attempts.begin(7), source)
    refuse_again(attempts.begin(8), source)
    with pytest.raises(IncompleteError) as caught:
        refuse_again(attempts.begin(7), source)
    assert (caught.value.code, caught.value.place) == ("worker-died", Place("a.csv"))


def test_an_address_where_no_cluster_is(inputs: Path, tmp_path: Path) -> None:
    with socket.socket() as bound:  # and does not listen
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(NotAvailable) as caught:
            scrub(inputs, tmp_path / "out", executor="ray", address=address)
    assert caught.value.code == "no-cluster"
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_without_ray_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ImportError")
    (tmp_path / "a.csv").write_text("id,note,n\n1,2,3\n")
    (tmp_path / "rules.yaml").write_text(json.dumps(RULES))
    words = ["run", "rules.yaml", "a.csv", "--out", "out", "--executor", "ray"]
    done = subprocess.run(
        [sys.executable, "-m", "scrubber", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "[extra-missing] ray is not installed (in the checkout: " in done.stderr
    assert not (tmp_path / "out").exists()
