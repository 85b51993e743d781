"""Reveal: values come back with the key and a reason, on record first, and not otherwise."""

from __future__ import annotations

import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.attest.access import Access, read_access, write_access
from scrubber.attest.checking import check_run
from scrubber.errors import InputError, KeyFault, OutputError, ScrubberError, TamperedError
from scrubber.manifest.beside import ACCESS
from scrubber.storage import locate
from tests.stores import S3

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
TODAY = dt.date(2026, 11, 30)
NAMES = ["Zebulon Quux", "Ottoline Brzk", "Zebulon Quux"]
RULES: dict[str, Any] = {
    "version": 1,
    "key": {"env": "NOT_READ"},
    "detect": {"ner": "none"},
    "fields": [
        {"name": "name", "class": "direct_identifier", "transform": {"encrypt": {"domain": "who"}},
         "linked_as": "PERSON"},
        {"name": "id", "class": "direct_identifier", "transform": "encrypt", "optional": True},
        {"name": "people[].mail", "class": "direct_identifier", "transform": "encrypt",
         "optional": True},
        {"name": "note", "class": "text", "linked": ["name"], "optional": True,
         "entities": {"default": "encrypt"}},
        {"name": "plan", "class": "insensitive", "keep": "what is learned"},
    ],
}  # fmt: skip


def write(table: pa.Table, path: Path) -> None:
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".arrow":
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
        case ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
        case _:
            pl.from_arrow(table).write_csv(path)  # type: ignore[union-attr]


def scrubbed(folder: Path, table: pa.Table, name: str) -> Path:
    write(table, folder / name)
    scrubber.scrub(str(folder / name), RULES, key=KEY, out=folder / "out")
    return folder / "out"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output of CSV."""
    table = pa.table({"name": NAMES, "id": ["7", "8", "9"], "plan": ["a", "b", "c"]})
    return scrubbed(tmp_path, table, "t.csv")


def told(found: tuple[scrubber.Revealed, ...]) -> list[tuple[int, str, str]]:
    return [(one.record, one.field, one.value) for one in found]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet", "t.arrow"])
def test_a_field_of_every_format(tmp_path: Path, name: str) -> None:
    output = scrubbed(tmp_path, pa.table({"name": NAMES, "plan": ["a", "b", "c"]}), name)
    assert "Zebulon" not in json.dumps(list(map(str, output.rglob("*"))))
    found = scrubber.reveal(output, field="name", reason="case 17", key=KEY)
    assert told(found) == [(i, "name", value) for i, value in enumerate(NAMES, 1)]
    assert {one.file for one in found} == {f"data/{name}"}
    assert "Zebulon" not in repr(found)


@pytest.mark.parametrize("name", ["t.jsonl", "t.parquet", "t.arrow"])
def test_nested_fields(tmp_path: Path, name: str) -> None:
    people = [[{"mail": "a@x.org"}, {"mail": "b@x.org"}], [{"mail": "c@x.org"}], []]
    table = pa.table({"name": NAMES, "people": people, "plan": ["a", "b", "c"]})
    found = scrubber.reveal(
        scrubbed(tmp_path, table, name), field="people[].mail", reason="r", key=KEY
    )
    assert [(one.record, one.value) for one in found] == [
        (1, "a@x.org"), (1, "b@x.org"), (2, "c@x.org"),
    ]  # fmt: skip


def test_texts_with_values_of_their_own_and_of_the_record(tmp_path: Path) -> None:
    note = "Mail zq@example.net, says Zebulon Quux."
    table = pa.table({"name": NAMES[:2], "note": [note, "nothing"], "plan": ["a", "b"]})
    output = scrubbed(tmp_path, table, "t.jsonl")
    written = (output / "data/t.jsonl").read_text()
    assert "Quux" not in written
    assert "zq@" not in written
    assert told(scrubber.reveal(output, field="note", reason="r", key=KEY)) == [(1, "note", note)]


VALUES = [
    (pa.array([7, -12]), ["7", "-12"]),
    (pa.array([Decimal("1.50"), Decimal("2.25")]), ["1.5", "2.25"]),
    (pa.array([True, False]), ["true", "false"]),
    (pa.array([b"\x00\xff", b""]), ["00ff", ""]),
    (pa.array([dt.date(1960, 2, 29), dt.date(2001, 1, 1)]), ["1960-02-29", "2001-01-01"]),
    (
        pa.array([dt.datetime(1960, 2, 29, 1, 2, 3)] * 2, pa.timestamp("us", "UTC")),
        ["1960-02-29T01:02:03.000000000Z"] * 2,
    ),
    (pa.array([dt.time(1, 2, 3)] * 2, pa.time64("us")), ["01:02:03.000000000"] * 2),
]


@pytest.mark.parametrize(("column", "expected"), VALUES)
def test_values_of_other_types_come_as_text(
    tmp_path: Path, column: pa.Array, expected: list[str]
) -> None:
    table = pa.table({"name": NAMES[:2], "id": column, "plan": ["a", "b"]})
    output = scrubbed(tmp_path, table, "t.parquet")
    found = scrubber.reveal(output, field="id", reason="r", key=KEY)
    assert [one.value for one in found] == expected


def pseudonyms(output: Path) -> list[str]:
    return [line.split(",")[0] for line in (output / "data/t.csv").read_text().splitlines()[1:]]


def test_single_values(out: Path) -> None:
    first, second, _ = pseudonyms(out)
    assert told(scrubber.reveal(out, first, field="name", reason="r", key=KEY)) == [
        (1, "name", NAMES[0])
    ]
    found = scrubber.reveal(out, [second, first], field="name", reason="r", key=KEY)
    assert [one.value for one in found] == [NAMES[1], NAMES[0]]


def test_a_whole_file(out: Path) -> None:
    for file in (None, "t.csv", "data/t.csv"):
        found = scrubber.reveal(out, file=file, reason="r", key=KEY)
        assert sorted(one.value for one in found) == sorted([*NAMES, "7", "8", "9"])


def log(output: Path) -> list[dict[str, Any]]:
    path = output / "access.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


REFUSED: list[tuple[dict[str, Any], type[ScrubberError], str]] = [
    ({"field": "plan"}, InputError, "not-encrypted"),
    ({"field": "nme"}, InputError, "no-field"),
    ({"field": "name", "file": "u.csv"}, InputError, "no-file"),
    ({"field": "name", "reason": " "}, InputError, "reason"),
    ({"field": "name", "reason": "x" * 501}, InputError, "reason"),
    ({"field": "name", "key": OTHER}, KeyFault, "key-other"),
    ({"values": "siv1.abc"}, InputError, "no-field"),
]


@pytest.mark.parametrize(("given", "error", "code"), REFUSED)
def test_what_is_refused_leaves_no_trace(
    out: Path, given: dict[str, Any], error: type[ScrubberError], code: str
) -> None:
    with pytest.raises(error, match=code):
        scrubber.reveal(out, **{"reason": "r", "key": KEY, **given})
    assert log(out) == []


def flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_a_changed_pseudonym_is_found_wherever_it_was_changed(out: Path) -> None:
    first, *_ = pseudonyms(out)
    changed = {flipped(first, at) for at in range(len(first) - 1)}
    changed |= {first[:-4], first + "AAAA", first + "=", f" {first}", first.upper(), "", "x"}
    for text in sorted(changed):
        with pytest.raises(TamperedError, match="not-authentic") as caught:
            scrubber.reveal(out, text, field="name", reason="r", key=KEY)
        assert not text.strip() or text not in str(caught.value)
    assert log(out) == []


def test_one_that_is_of_another_domain_is_not_revealed(out: Path) -> None:
    first, *_ = pseudonyms(out)
    with pytest.raises(TamperedError, match="not-authentic"):
        scrubber.reveal(out, first, field="id", reason="r", key=KEY)


def test_if_one_is_changed_none_is_revealed(out: Path) -> None:
    path, (_, second, _) = out / "data/t.csv", pseudonyms(out)
    path.write_text(path.read_text().replace(second, flipped(second, 9)))
    with pytest.raises(TamperedError, match=r"row 2, field name.*not-authentic") as caught:
        scrubber.reveal(out, field="name", reason="r", key=KEY)
    assert "Zebulon" not in str(caught.value)
    assert log(out) == []


# ---- the log of access


def test_access_is_on_record_and_verifies(out: Path) -> None:
    before = {check.id for check in check_run(out, None, TODAY)}
    scrubber.reveal(out, field="name", reason="case 17", key=KEY)
    scrubber.reveal(out, pseudonyms(out)[0], field="name", reason="case 18", key=KEY)
    first, second = log(out)
    assert (first["reason"], second["reason"]) == ("case 17", "case 18")
    assert (first["fields"], first["files"]) == (["name"], ["data/t.csv"])
    assert (second["fields"], second["files"]) == (["name"], [])
    assert first["by"]["uid"] == os.getuid()
    path = out / "access.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not any(name in path.read_text() for name in NAMES)
    checks = check_run(out, None, TODAY)
    assert all(check.passed for check in checks)
    assert {check.id for check in checks} == before | {"access"}


def test_every_change_of_the_log_but_a_cut_end_is_found(out: Path) -> None:
    for reason in ("one", "two", "three"):
        scrubber.reveal(out, field="name", reason=reason, key=KEY)
    path = out / "access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    changed = [
        b"".join([lines[1], lines[0], lines[2]]),
        b"".join([lines[0], lines[2]]),
        b"".join(lines[1:]),
        b"".join([*lines, lines[2]]),
        b"".join(lines).replace(b"one", b"eno"),
        b"".join(lines).replace(b"three", b"eerth"),
        b"".join(lines) + b"{}\n",
        b"".join(lines) + b"C-000001",
        b"\n" + b"".join(lines),
        b"\xff\n",
    ]
    for content in changed:
        path.write_bytes(content)
        failed = {check.id for check in check_run(out, None, TODAY) if not check.passed}
        assert failed == {"access"}
        with pytest.raises(TamperedError, match="access-form"):
            scrubber.reveal(out, field="name", reason="four", key=KEY)
        assert path.read_bytes() == content


def test_the_log_of_another_output_is_none_of_this_one(out: Path, tmp_path: Path) -> None:
    scrubber.reveal(out, field="name", reason="r", key=KEY)
    raw = (out / "access.jsonl").read_bytes()
    (tmp_path / "other").mkdir()
    table = pa.table({"name": NAMES[:1], "plan": ["a"]})
    other = scrubbed(tmp_path / "other", table, "t.csv")
    (other / "access.jsonl").write_bytes(raw)
    with pytest.raises(TamperedError, match="access-form"):
        read_access(other, scrubber.read_manifest(other).data["header"]["id"])


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "full"])
def test_what_cannot_be_logged_is_not_revealed(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = out / "access.jsonl"
    match kind:
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case _:
            monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises((OutputError, TamperedError)):
        scrubber.reveal(out, field="name", reason="r", key=KEY)
    assert not (tmp_path / "elsewhere").exists()
    if kind == "full":
        assert path.read_bytes() == b""


def test_half_a_line_in_the_log_goes_with_the_next_access(tmp_path: Path) -> None:
    access = Access(("id",), (), "0" * 16, "an audit", "0" * 64)
    write_access(tmp_path, "m", access)
    path = tmp_path / ACCESS
    whole = path.read_bytes()
    for half in (whole[:1], whole[:-1], whole[:40] + bytes(9)):
        path.write_bytes(whole + half)
        assert len(read_access(tmp_path, "m")) == 1
        write_access(tmp_path, "m", access)
        assert len(read_access(tmp_path, "m")) == 2
        assert path.read_bytes().startswith(whole + b'{"at":')
    path.write_bytes(whole + b"C-000001")
    with pytest.raises(TamperedError, match="access-form"):
        read_access(tmp_path, "m")


def test_in_a_store(tmp_path: Path, s3: S3) -> None:
    """Each access is a line beside the manifest there; one that is not on record gives nothing."""
    write(pa.table({"name": NAMES, "plan": ["a", "b", "c"]}), tmp_path / "t.csv")
    url = s3.url("out")
    scrubber.scrub(str(tmp_path / "t.csv"), RULES, key=KEY, out=url)
    for number, reason in enumerate(["case 17", "case 18"], 1):
        found = scrubber.reveal(url, field="name", reason=reason, key=KEY)
        assert told(found) == [(i, "name", name) for i, name in enumerate(NAMES, 1)]
        lines = s3.get(f"out/{ACCESS}").splitlines()
        assert len(lines) == number
        assert json.loads(lines[-1])["reason"] == reason
        assert not any(name.encode() in s3.get(f"out/{ACCESS}") for name in NAMES)
        checks = check_run(locate(url), None, TODAY)
        assert all(check.passed for check in checks)
        assert "access" in {check.id for check in checks}
    log = s3.get(f"out/{ACCESS}")
    s3.put(f"out/{ACCESS}", log.replace(b"case 17", b"case 71"))
    with pytest.raises(TamperedError, match="access-form"):
        scrubber.reveal(url, field="name", reason="case 19", key=KEY)
    assert "access" in {one.id for one in check_run(locate(url), None, TODAY) if not one.passed}
    s3.put(f"out/{ACCESS}", log[:-9])  # half a line goes with the next access
    scrubber.reveal(url, field="name", reason="case 19", key=KEY)
    reasons = [json.loads(line)["reason"] for line in s3.get(f"out/{ACCESS}").splitlines()]
    assert reasons == ["case 17", "case 19"]
