"""The law: raw values of fields that are not kept are in no byte that is emitted, whatever the
format and however its quotes, bytes and keys are spoilt.

The same cases each time; SCRUBBER_ATTACKS=5000 is more of them, `python -m tests.laws.malformed`
others.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.csv import quoting
from scrubber.formats.jsonl import lines
from scrubber.policy import rules_from_mapping
from tests.laws import malformed

pytestmark = pytest.mark.slow

CASES = int(os.environ.get("SCRUBBER_ATTACKS", "600"))
PARTS = 6


@pytest.mark.parametrize("seed", range(PARTS))
def test_damaged_files_give_no_more_than_they_say(seed: int) -> None:
    ran, refused, count = malformed.hold(seed, CASES // PARTS, 4)
    assert ran > 0, "some must come through, or nothing was shown"
    assert count / 5 < refused < count * 4 / 5


@pytest.mark.parametrize(
    ("module", "check"), [(quoting, "_check"), (lines, "_check_keys")], ids=["quotes", "keys"]
)
def test_the_law_would_see_it(monkeypatch: pytest.MonkeyPatch, module: object, check: str) -> None:
    monkeypatch.setattr(module, check, lambda *_: None)
    with pytest.raises(AssertionError):
        malformed.hold(0, 400, 7)


STRAY = 'id{0}name{0}note{0}label\nzq1000000000xw{0}x{0}"see ticket{0}L0\n{1}{2}'
TAILS = [
    'zq1000000003xw{0}zq1000000004xw{0}"OK" as usual{0}L9\n',
    'zq1000000003xw{0}zq1000000004xw{0}" OK"{0}L9\n',
    'zq1000000003xw{0}zq1000000004xw{0}x\\"{0}L9"\n',
    "zq1000000003xw{0}zq1000000004xw{0}OK{0}L9\n",
    '"zq1000000003xw"x{0}{0}{0}"\n',
]


@pytest.mark.parametrize("on_error", ["fail", "null", "drop_row"])
@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_between_two_stray_quotes(
    tmp_path: Path, name: str, mark: str, end: str, tail: str, on_error: str
) -> None:
    row = f"zq1000000001xw{mark}zq1000000002xw{mark}y{mark}L1\n"
    text = STRAY.format(mark, row * 60, tail.format(mark)).replace("\n", end)
    path = tmp_path / name
    path.write_text(text, newline="")
    rules = rules_from_mapping({**malformed.RULES, "on_error": on_error})
    with pytest.raises(InputError) as caught:
        scrubber.scrub(str(path), rules, key=malformed.KEY, out=tmp_path / "out")
    assert caught.value.code == "csv-quote"
    for file in tmp_path.rglob("*"):
        assert file == path or file.is_dir() or not malformed.SECRET.search(file.read_bytes())


@pytest.mark.parametrize("target", ["same", "parquet", "csv", "jsonl", "arrow"])
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows", "csv", "jsonl"])
def test_texts_that_look_like_borders_in_any_format(
    tmp_path: Path, suffix: str, target: str
) -> None:
    """Quotes, delimiters and line ends in values are values."""
    rows = [row for seed in range(6) for row in malformed.rows(random.Random(seed))]
    table = pa.Table.from_pylist(rows)
    path = tmp_path / f"a.{suffix}"
    write(path, table)
    rules = rules_from_mapping(malformed.RULES)
    scrubber.scrub(str(path), rules, key=malformed.KEY, out=tmp_path / "out", format=target)
    emitted = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert len(emitted) >= 2
    for file in emitted:
        data = file.read_bytes()
        assert not malformed.SECRET.search(data)
    (source,) = formats.discover([str(tmp_path / "out" / "data")])
    schema = formats.schemas([source])[source.alias]
    (chunk,) = formats.read(source, schema)
    assert chunk.table["label"].to_pylist() == table["label"].to_pylist()


def write(path: Path, table: pa.Table) -> None:
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path, compression="none", use_dictionary=False)
        case ".csv":
            from pyarrow import csv

            csv.write_csv(table, path)
        case ".jsonl":
            import orjson

            path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in table.to_pylist()))
        case _:
            opener = pa.ipc.new_file if path.suffix == ".arrow" else pa.ipc.new_stream
            with opener(path, table.schema) as writer:
                writer.write_table(table)
