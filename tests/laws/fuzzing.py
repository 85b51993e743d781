"""Good files of every kind, spoilt, for the readers: what comes out is a value or an error of ours.

    python -m tests.laws.fuzzing --minutes 10     # beyond what the tests do; each case in a fork

Files that were good reach further into a reader than random bytes do. A case is a seed file and a
list of changes, so that Hypothesis makes it smaller, and a number brings it back.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import feather
from pyarrow import parquet as pq

from scrubber import formats
from scrubber.errors import ScrubberError

SECRET = "zqxsecret"
KINDS = ("flip", "set", "cut", "repeat", "insert", "end", "swap", "number")
INTERESTING = (
    0,
    1,
    2,
    127,
    128,
    255,
    256,
    2**15,
    2**16 - 1,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
)
Run = Callable[[bytes], object]


@dataclass(frozen=True)
class Change:
    """One change: its kind, where in the file (of 2**16 parts), over how many bytes, a byte."""

    kind: str
    at: int
    size: int
    byte: int

    def __call__(self, data: bytes) -> bytes:
        at = self.at * len(data) >> 16
        stop = min(at + self.size, len(data))
        match self.kind:
            case "flip":
                return (
                    data[:at]
                    + bytes(b ^ (1 << self.byte % 8) for b in data[at : at + 1])
                    + data[at + 1 :]
                )
            case "set":
                return data[:at] + bytes([self.byte]) * (stop - at) + data[stop:]
            case "cut":
                return data[:at] + data[stop:]
            case "repeat":
                return data[:stop] + data[at:stop] * (1 + self.byte % 5) + data[stop:]
            case "insert":
                return data[:at] + bytes([self.byte]) * self.size + data[at:]
            case "end":
                return data[:at]
            case "swap":
                middle = (at + stop) // 2
                return data[:at] + data[middle:stop] + data[at:middle] + data[stop:]
        value = INTERESTING[self.byte % len(INTERESTING)]
        raw = value.to_bytes(8, "little")[: (1, 2, 4, 8)[self.size % 4]]
        return data[:at] + raw + data[at + len(raw) :]


def changed(data: bytes, changes: Sequence[Change]) -> bytes:
    for change in changes:
        data = change(data)
    return data


def some_changes(chance: random.Random) -> list[Change]:
    return [
        Change(
            chance.choice(KINDS),
            chance.randrange(2**16)
            if chance.random() < 0.8
            else 2**16 - 1 - chance.randrange(2000),
            1 << chance.randrange(7),
            chance.randrange(256),
        )
        for _ in range(chance.randrange(1, 6))
    ]


# --- seeds ----------------------------------------------------------------------------------------


def rows(count: int) -> pa.Table:
    """Some of every layout, a secret in each."""
    numbers = range(count)
    texts = [f"{SECRET} {i} é😀" if i % 7 else None for i in numbers]
    return pa.table(
        {
            "id": [f"{SECRET}{i}" for i in numbers],
            "n": pa.array([7310000000 + i for i in numbers]),
            "x": pa.array([i / 7 for i in numbers]),
            "t": pa.array(texts),
            "c": pa.array([f"{SECRET}{i % 3}" for i in numbers]).dictionary_encode(),
            "l": pa.array(
                [[f"{SECRET}{j}" for j in range(i % 4)] if i % 5 else None for i in numbers]
            ),
            "s": pa.array([{"a": f"{SECRET}", "b": [i]} if i % 3 else None for i in numbers]),
            "d": pa.array([i * 86_400 for i in numbers], pa.timestamp("s")),
            "m": pa.array([[(f"{SECRET}", i)] for i in numbers], pa.map_(pa.string(), pa.int64())),
            "v": pa.array(texts, pa.large_string()),
            "f": pa.FixedSizeListArray.from_arrays(pa.array(np.arange(count * 2)), 2),
        }
    )


def flat() -> pa.Table:
    table = rows(40).select(["id", "n", "x", "t"])
    return table.append_column("q", pa.array([f'{SECRET}, "in quotes"\n{i}' for i in range(40)]))


def parquet_file(**options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(rows(60), sink, **options)
    return sink.getvalue()


def arrow_file(stream: bool, codec: str | None) -> bytes:
    sink = io.BytesIO()
    table = rows(60).append_column(
        "w", pa.array([f"{SECRET} longer than twelve"] * 60, pa.string_view())
    )
    opener = pa.ipc.new_stream if stream else pa.ipc.new_file
    with opener(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table, max_chunksize=25)
    return sink.getvalue()


def feather_file() -> bytes:
    sink = io.BytesIO()
    feather.write_feather(rows(30).drop_columns(["m", "f"]), sink, compression="lz4")
    return sink.getvalue()


def csv_file(delimiter: str) -> bytes:
    sink = io.BytesIO()
    arrow_csv.write_csv(flat(), sink, arrow_csv.WriteOptions(delimiter=delimiter))
    return sink.getvalue()


def jsonl_file() -> bytes:
    import orjson

    table = rows(40).drop_columns(["m", "c"])
    return b"".join(orjson.dumps(row) + b"\n" for row in table.to_pylist())


def zstd(data: bytes) -> bytes:
    return pa.compress(data, "zstd", asbytes=True)


def seeds() -> Mapping[str, bytes]:
    """Good files by their name; before the last dot but one stands what tells them apart."""
    small = {"data_page_size": 256, "write_batch_size": 16}
    plain = {**small, "use_dictionary": False, "compression": "none"}
    return {
        "plain.parquet": parquet_file(**plain),
        "pages2.parquet": parquet_file(**plain, data_page_version="2.0"),
        "snappy.parquet": parquet_file(**small, row_group_size=25),
        "zstd.parquet": parquet_file(**small, compression="zstd", write_statistics=False),
        "gzip.parquet": parquet_file(compression="gzip", store_schema=False),
        "lz4.parquet": parquet_file(compression="lz4", use_byte_stream_split=False),
        "brotli.parquet": parquet_file(compression="brotli"),
        "file.arrow": arrow_file(False, None),
        "file-lz4.arrow": arrow_file(False, "lz4"),
        "stream.arrows": arrow_file(True, None),
        "stream-zstd.arrows": arrow_file(True, "zstd"),
        "two.feather": feather_file(),
        "comma.csv": csv_file(","),
        "gzip.csv.gz": gzip.compress(csv_file(";"), mtime=0),
        "zstd.csv.zst": zstd(csv_file("|")),
        "tab.tsv": csv_file("\t"),
        "lines.jsonl": jsonl_file(),
        "gzip.jsonl.gz": gzip.compress(jsonl_file(), mtime=0),
        "zstd.ndjson.zst": zstd(jsonl_file()),
    }


def inside(name: str) -> tuple[Callable[[bytes], bytes], bytes] | None:
    """What is compressed in a seed, and how, so that changes reach it; None where nothing is."""
    whole = seeds()[name]
    if name.endswith(".gz"):
        return lambda data: gzip.compress(data, 1, mtime=0), gzip.decompress(whole)
    if name.endswith(".zst"):
        stream = pa.CompressedInputStream(pa.BufferReader(whole), "zstd")
        return zstd, stream.read()
    return None


# --- what is asked --------------------------------------------------------------------------------


def reads(folder: Path, name: str, data: bytes) -> None:
    """Reads the file in every way; raises what is no ScrubberError, and one that holds a value."""
    path = folder / name
    path.write_bytes(data)
    for ask in (rows_of, _read_what_can_be, _sample):
        keeps_to_itself(lambda ask=ask: ask(path))  # type: ignore[misc]


def keeps_to_itself(ask: Callable[[], object]) -> None:
    raised = None
    try:
        ask()
    except ScrubberError as error:
        raised = error
    if raised is not None:
        said = f"{raised} {raised!r} {raised.hint}"
        assert SECRET not in said
        assert "731000" not in said
        assert raised.__suppress_context__ or raised.__context__ is None


def rows_of(path: Path, *, drop_bad_rows: bool = False) -> int:
    """How many records the file holds, all of which are looked at."""
    (source,) = formats.discover([str(path)])
    schema = formats.schemas([source], drop_bad_rows=drop_bad_rows)[source.alias]
    row = 1
    for chunk in formats.read(source, schema, drop_bad_rows=drop_bad_rows):
        assert chunk.table.schema.equals(schema)
        assert chunk.first_row == row
        row += chunk.table.num_rows + chunk.rejected
        chunk.table.validate(full=True)
    return row - 1


def _read_what_can_be(path: Path) -> None:
    rows_of(path, drop_bad_rows=True)


def _sample(path: Path) -> None:
    for sample in formats.samples(formats.discover([str(path)]), 20, 1):
        sample.table.validate(full=True)


# --- a long run -----------------------------------------------------------------------------------


def cases(seed: int) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(seed)
    good = seeds()
    within = {name: inside(name) for name in good}
    while True:
        name = chance.choice(list(good))
        packed = within[name]
        if packed is not None and chance.random() < 0.7:
            yield name, packed[0](changed(packed[1], some_changes(chance)))
        else:
            yield name, changed(good[name], some_changes(chance))


def forked(work: Callable[[], None]) -> int:
    """What a process that does `work` ends with."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    count = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, data in cases(given.seed):
            if given.only not in name:
                continue
            if time.monotonic() > end:
                break
            code = forked(lambda: reads(Path(folder), name, data))  # noqa: B023
            count += 1
            if code:
                bad += 1
                kept = Path(tempfile.gettempdir()) / f"fuzz-{given.seed}-{count}-{name}"
                kept.write_bytes(data)
                print(f"exit {code}: {kept}", flush=True)
    print(f"{count} cases, {bad} bad; seed {given.seed}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
