"""What goes wrong around a run: nothing half is published, what is finished is kept.

A corrupt shard is in tests/run/test_quarantine.py; kills are in test_laws_resume.py and
tests/cli/test_killed.py, also two runs into one output at once.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from scrubber import formats
from scrubber.errors import IncompleteError, InputError, OutputError, ScrubberError
from scrubber.executors import workers as crew
from scrubber.formats.io import sink, writer
from scrubber.manifest import Manifest, verify
from scrubber.outputs import checkpoints as parts
from scrubber.pipeline import source as work
from scrubber.policy import load_rules
from scrubber.run import sealing
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))
SECRET = "zqxsecret"
SHARDS = 5
RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: n, class: insensitive, keep: "a number"}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    for shard in range(SHARDS):
        write_shard(tmp_path, shard)
    return tmp_path


def write_shard(place: Path, shard: int, rows: int = 400) -> None:
    lines = (json.dumps({"id": f"{SECRET}{shard}-{i}", "n": i}) + "\n" for i in range(rows))
    (place / "in" / f"{shard}.jsonl").write_text("".join(lines))


def scrub(place: Path, out: str, **options: Any) -> Manifest:
    rules = load_rules(place / "rules.yaml")
    return run(Request(rules, [str(place / "in")], place / out, key=KEY, **options))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an output; the manifest without its clock."""
    found = {p.name: p.read_bytes() for p in (folder / "data").iterdir()}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["run"]
    return {**found, "manifest": json.dumps(manifest, sort_keys=True).encode()}


class Break:
    """Raises an error at a call of something, once; counts the calls."""

    def __init__(self, at: int, error: BaseException) -> None:
        self.at, self.error, self.calls = at, error, 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            raise self.error


def broken_write(monkeypatch: pytest.MonkeyPatch, hit: Break) -> None:
    made = sink.FileSink.__init__

    class Outlet:
        def __init__(self, outlet: sink.Outlet) -> None:
            self._outlet = outlet
            self.sync, self.close = outlet.sync, outlet.close

        def write(self, data: memoryview) -> int:
            hit()
            return self._outlet.write(data)

    def makes(self: sink.FileSink, outlet: sink.Outlet) -> None:
        made(self, Outlet(outlet))

    monkeypatch.setattr(sink.FileSink, "__init__", makes)


def broken_sync(monkeypatch: pytest.MonkeyPatch, hit: Break) -> None:
    sync = os.fsync

    def syncs(handle: int) -> None:
        hit()
        sync(handle)

    monkeypatch.setattr(os, "fsync", syncs)


def broken_replace(monkeypatch: pytest.MonkeyPatch, hit: Break) -> None:
    replace = Path.replace

    def replaces(self: Path, target: Path) -> Path:
        hit()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replaces)


WAYS = [broken_write, broken_sync, broken_replace]
ERRORS = [
    (errno.ENOSPC, IncompleteError, "disk-full"),
    (errno.EACCES, OutputError, "output-write"),
    (errno.EIO, OutputError, "output-write"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("number", "kind", "code"), ERRORS)
def test_what_the_disk_refuses_in_the_middle(
    place: Path,
    way: Callable[[pytest.MonkeyPatch, Break], None],
    number: int,
    kind: type[ScrubberError],
    code: str,
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        count = Break(-1, OSError())
        way(patched, count)
        scrub(place, "whole")
    assert count.calls >= SHARDS
    for at in (1, count.calls // 2, count.calls - 1):
        out = f"out{at}"
        with pytest.MonkeyPatch.context() as patched:
            way(patched, Break(at, OSError(number, f"{SECRET} /home/ann")))
            with pytest.raises(kind) as caught:
                scrub(place, out)
        assert caught.value.code == code
        assert SECRET not in f"{caught.value} {caught.value!r}"
        assert not (place / out).exists()
        scrub(place, out)
        assert contents(place / out) == contents(place / "whole")
    assert all(not p.name.startswith(".") for p in place.iterdir())


def test_a_disk_that_is_really_full(place: Path) -> None:
    """A file system of its own that is too small, and then larger."""
    for shard in range(SHARDS):
        write_shard(place, shard, 8000)
    (place / "small").mkdir()
    script = f"""
    mount -t tmpfs -o size=900k tmpfs small || exit 77
    {sys.executable} -m scrubber run rules.yaml in --out small/out; echo "code $?"
    ls small; ls small/.out.scrubber-partial/output/data
    mount -o remount,size=100m small || exit 77
    {sys.executable} -m scrubber run rules.yaml in --out small/out --quiet; echo "code $?"
    cp -r small/out out
    """
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    done = subprocess.run(
        ["unshare", "-r", "-m", "sh", "-c", script],
        cwd=place,
        env={**os.environ, "SCRUBBER_KEY": bytes(range(32)).hex()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("no mounts here")
    lines = done.stdout.split("\n")
    assert lines[0] == "code 5", done
    assert "[disk-full]" in done.stderr
    assert lines[1].endswith(".jsonl")  # nothing to see in the folder; one part at least is kept
    assert "code 0" in lines
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


@pytest.mark.parametrize("error", [MemoryError(SECRET), pa.ArrowMemoryError(SECRET)])
def test_too_little_memory(place: Path, written: list[str], error: MemoryError) -> None:
    """In the process itself; the same error in a worker is answered by it."""
    with pytest.MonkeyPatch.context() as patched:
        hit = Break(4, error)
        scrub_batch = work.scrub_batch

        def scrubs(*given: Any) -> Any:
            hit()
            return scrub_batch(*given)

        patched.setattr(work, "scrub_batch", scrubs)
        with pytest.raises(IncompleteError) as caught:
            scrub(place, "out")
    assert caught.value.code == "out-of-memory"
    assert SECRET not in f"{caught.value!r}"
    assert len(written) == 3
    assert not (place / "out").exists()
    del written[:]
    scrub(place, "out")
    assert len(written) == SHARDS - 3
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


def test_a_worker_says_that_it_has_too_little_memory() -> None:
    class Bench:
        def batch(self, _: object) -> object:
            raise pa.ArrowMemoryError(SECRET)

    from scrubber.executors.jobs import BatchJob
    from scrubber.model.batch import Batch, BatchRef

    batch = Batch(BatchRef("a", 0, 1, 1), pa.table({"a": [1]}))
    answer = crew._answer(Bench(), BatchJob(batch), lambda _: None)  # type: ignore[arg-type]
    assert isinstance(answer, IncompleteError)
    assert (answer.code, SECRET in f"{answer!r}") == ("out-of-memory", False)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.csv", "a.jsonl.gz"])
def test_want_of_memory_is_not_taken_for_a_damaged_file(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else --quarantine-unreadable would leave out good ones."""
    kind, compression = formats.format_of(name)
    table = pa.table({"a": ["x"]})
    with writer_of(tmp_path / name, table.schema, kind, compression) as out:
        out.write(table)
    (source,) = formats.discover([str(tmp_path / name)])
    schema = formats.schemas([source])[name]

    def no_memory(*_: object, **__: object) -> None:
        raise pa.ArrowMemoryError("malloc of size 1 failed")

    monkeypatch.setattr("pyarrow.parquet.ParquetFile", no_memory)
    monkeypatch.setattr("pyarrow.ipc.open_file", no_memory)
    monkeypatch.setattr("pyarrow.csv.read_csv", no_memory)
    monkeypatch.setattr("pyarrow.CompressedInputStream", no_memory)
    with pytest.raises(MemoryError):
        list(formats.read(source, schema))


def writer_of(path: Path, schema: pa.Schema, kind: str, compression: str | None) -> writer.Writer:
    return formats.open_writer(path, schema, kind, compression, like=None)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [p for p in map(int, children) if b"workers import serve" in command_of(p)]
    return []


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_worker_that_the_kernel_ends_for_its_memory(place: Path) -> None:
    """SIGKILL is what it sends; what was finished is taken over."""
    for shard in range(SHARDS):
        write_shard(place, shard, 30_000 if shard else 2000)
    environment = {**os.environ, "SCRUBBER_KEY": bytes(range(32)).hex()}
    command = [sys.executable, "-m", "scrubber", "run", "rules.yaml", "in", "--out", "out"]
    process = subprocess.Popen(
        [*command, "--workers", "2"],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    records = place / ".out.scrubber-partial" / "parts"
    deadline = time.monotonic() + 60
    while not (records.is_dir() and any(records.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(workers_of(process)[-1], signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 5, said
    assert "[worker-died]" in said
    assert "memory" in said
    assert not (place / "out").exists()
    finished = {record.name for record in records.iterdir()}
    assert finished
    again = subprocess.run([*command, "-q"], cwd=place, env=environment, check=False)
    assert again.returncode == 0
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


# --- the input ------------------------------------------------------------------------------------


def test_a_shard_that_breaks_the_run_costs_no_more_than_itself(
    place: Path, written: list[str]
) -> None:
    """The good ones before it are not done again: neither when it is repaired, nor when the run
    is told to leave it out."""
    good = (place / "in" / "3.jsonl").read_bytes()
    (place / "in" / "3.jsonl").write_bytes(good)
    bad = [*good.splitlines(keepends=True)[:-1], b'{"id": "x", "n": ']
    read = formats.read

    def reads(source: formats.Source, *given: Any, **options: Any) -> Iterator[formats.Chunk]:
        if source.alias == "3.jsonl":
            raise InputError("json-line", "found out late", place=None)
        return read(source, *given, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(formats, "read", reads)
        with pytest.raises(InputError):
            scrub(place, "out")
        assert written == ["data/0.jsonl", "data/1.jsonl", "data/2.jsonl"]
        del written[:]
        manifest = scrub(place, "left-out", quarantine_unreadable=True)
        assert len(manifest.data["quarantined_sources"]) == 1
        del written[:]
    scrub(place, "out")
    assert written == ["data/3.jsonl", "data/4.jsonl"]
    (place / "in" / "3.jsonl").write_bytes(b"".join(bad))
    with pytest.raises(InputError, match="json-line"):
        scrub(place, "other")


def test_an_input_that_changes_in_the_middle(place: Path) -> None:
    keep = parts.Parts.keep

    def keeps(self: parts.Parts, identity: str, part: parts.Part, draft: Any) -> None:
        keep(self, identity, part, draft)
        if part.output.source == "2.jsonl":
            write_shard(place, 0, 401)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parts.Parts, "keep", keeps)
        with pytest.raises(InputError, match="source-changed"):
            scrub(place, "out")
    assert not (place / "out").exists()
    scrub(place, "out")
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


@pytest.mark.parametrize("cores", [1, 2])
def test_an_input_that_changes_between_its_reading_and_its_digest(
    place: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    """What was made of the earlier records must not stand for the digest of the later ones."""
    monkeypatch.setattr("scrubber.pipeline.overlap.pa.cpu_count", lambda: cores)
    source, close = place / "in" / "0.jsonl", writer.Writer.close
    later = source.read_bytes().replace(SECRET.encode(), SECRET[::-1].encode())
    assert later != source.read_bytes()

    def closes(self: writer.Writer) -> Any:
        source.write_bytes(later)
        return close(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writer.Writer, "close", closes)
        with pytest.raises(InputError, match="source-changed"):
            scrub(place, "out")
    scrub(place, "out")
    scrub(place, "whole")
    assert contents(place / "out") == contents(place / "whole")


# --- the clock ------------------------------------------------------------------------------------


def at_year(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime(year, 1, 2, 3, 4, 5, tzinfo=tz)

    monkeypatch.setattr(sealing, "datetime", Clock)


def test_a_clock_that_goes_backwards(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_year(monkeypatch, 2040)
    (place / "later").mkdir()
    shutil.move(place / "in" / "4.jsonl", place / "later" / "4.jsonl")
    for path in (place / "in").iterdir():  # written in the future
        os.utime(path, (2e9, 2e9))
    first = scrub(place, "out")
    at_year(monkeypatch, 1971)
    shutil.move(place / "later" / "4.jsonl", place / "in" / "4.jsonl")
    second = scrub(place, "second", incremental=place / "out")
    assert [m.data["run"]["created"][:4] for m in (first, second)] == ["2040", "1971"]
    assert [source["alias"] for source in second.data["sources"]] == ["4.jsonl"]
    assert all(check.passed for check in verify(place / "second"))
    again = scrub(place, "again")
    at_year(monkeypatch, 2100)
    assert scrub(place, "again", overwrite=True).id == again.id
    assert datetime.now(UTC).year < 2100


def test_a_duration_does_not_come_from_the_clock_of_the_wall(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert scrub(place, "out").data["run"]["duration_ms"] >= 0


# --- a slow disk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_slow_writer_holds_up_the_reader(
    place: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """At most two batches for each worker are under way, or one in this process, one is read ahead
    and one waits to be written, whatever is slow."""
    for shard in range(1, SHARDS):
        (place / "in" / f"{shard}.jsonl").unlink()
    write_shard(place, 0, 20_000)
    monkeypatch.setattr("scrubber.formats.io.stream.CHUNK_ROWS", 500)
    monkeypatch.setattr("scrubber.formats.jsonl.lines.CHUNK_ROWS", 500)
    ahead: list[int] = []
    done = [0, 0]
    read, write = formats.read, writer.Writer.write

    def reads(*given: Any, **options: Any) -> Iterator[formats.Chunk]:
        for chunk in read(*given, **options):
            done[0] += given[0].path.startswith(str(place / "in"))  # outputs are read again
            yield chunk

    def writes(self: writer.Writer, table: pa.Table) -> None:
        time.sleep(0.02)
        write(self, table)
        done[1] += 1
        ahead.append(done[0] - done[1])

    monkeypatch.setattr(formats, "read", reads)
    monkeypatch.setattr(writer.Writer, "write", writes)
    scrub(place, "out", workers=workers)
    assert done == [40, 40]
    under_way = 2 * workers if workers > 1 else 1
    assert 1 < max(ahead) <= under_way + 2
