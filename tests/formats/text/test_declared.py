"""Texts, access logs and tables without a header: what is read, and the same kind comes out."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import scrubber
from scrubber import formats
from scrubber.errors import InputError, OutputError, ScrubberError
from scrubber.formats import FileForm

MAIL = "ann@example.com"
LABEL = "{EMAIL_ADDRESS}"
COMMON = f'192.0.2.7 - ann [10/Oct/2000:13:55:36 -0700] "GET /u?{MAIL} HTTP/1.0" 200 2326'
COMBINED = COMMON + ' "https://example.com/\\"a\\"" "Mozilla/5.0 (X11; \\\\ Linux)"'
TEXT = {"name": "text", "class": "text", "entities": {"default": "redact"}}
LOG = [
    {"name": "host", "class": "direct_identifier", "transform": "drop"},
    {"name": "user", "class": "direct_identifier", "transform": {"token": {"domain": "user"}}},
    {
        "name": ["request", "referer"],
        "class": "text",
        "entities": {"default": "redact", "URL": {"keep": "where readers come from"}},
    },
    {"name": "forwarded_for", "class": "direct_identifier", "transform": "drop", "optional": True},
    {"name": "*", "class": "insensitive", "keep": "technical"},
]


def rules(read: list[dict[str, Any]], *fields: dict[str, Any]) -> dict[str, Any]:
    detect = {"ner": "none"}
    return {"version": 1, "detect": detect, "read": read, "fields": list(fields or (TEXT,))}


def records(path: Path, **form: Any) -> list[dict[str, Any]]:
    (source,) = formats.discover([str(path)], forms=[FileForm(**form)])
    chunks = formats.read(source, formats.schemas([source])[source.alias])
    return [row for chunk in chunks for row in chunk.table.to_pylist()]


def scrubbed(tmp_path: Path, name: str, given: bytes, told: dict[str, Any], **more: Any) -> bytes:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / name).write_bytes(given)
    result = scrubber.scrub(raw, told, out=tmp_path / "out", key=bytes(range(32)), **more)
    assert scrubber.verify(tmp_path / "out").exit_code == 0
    (written,) = (path for path in (tmp_path / "out/data").iterdir() if path.suffix != ".json")
    assert result.manifest.data["records"]["in"] == {"lt": 11}
    return written.read_bytes()


@pytest.mark.parametrize(
    ("given", "cut", "expected"),
    [
        ("a\n\nb\r\n", "file", ["a\n\nb\r\n"]),
        ("a\n\nb\r\n", "line", ["a", "", "b"]),
        ("a", "line", ["a"]),
        ("a\nb\n\n \n\nc\n", "paragraph", ["a\nb", "c"]),
        ("\n\n  a\n\t\nb", "paragraph", ["  a", "b"]),
        ("a\r\n\r\nb\r\n", "paragraph", ["a", "b"]),
        ("\ufeffü 👩‍👩‍👧\x00", "file", ["ü 👩‍👩‍👧\x00"]),
        ("\n", "line", [""]),
        ("\n \n", "paragraph", []),
    ],
)
def test_a_text_is_cut_into_records(
    given: str, cut: str, expected: list[str], tmp_path: Path
) -> None:
    for name in ("a.txt", "a.md"):
        (tmp_path / name).write_bytes(given.encode())
        assert [row["text"] for row in records(tmp_path / name, records=cut)] == expected
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(given.encode()))
    assert [row["text"] for row in records(tmp_path / "a.txt.gz", records=cut)] == expected


@pytest.mark.parametrize(
    ("cut", "given", "expected"),
    [
        ("file", f"# Notes\n\n{MAIL}\r\n", f"# Notes\n\n{LABEL}\r\n"),
        ("line", f"{MAIL}\n\nx\n", f"{LABEL}\n\nx\n"),
        ("line", f"{MAIL}\r\nx\r\n", f"{LABEL}\r\nx\r\n"),
        ("paragraph", f"a\n{MAIL}\n\n\nx\n", f"a\n{LABEL}\n\nx\n"),
    ],
)
def test_a_text_comes_out_as_a_text(cut: str, given: str, expected: str, tmp_path: Path) -> None:
    told = rules([{"files": "*.md", "records": cut}])
    assert scrubbed(tmp_path, "a.md", given.encode(), told) == expected.encode()


def test_lines_are_blocks_of_bounded_size(tmp_path: Path) -> None:
    lines = [f"{i} {'x' * 200}" for i in range(100_000)]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    (source,) = formats.discover([str(tmp_path / "a.txt")], forms=[FileForm(records="line")])
    chunks = list(formats.read(source, formats.schemas([source])["a.txt"]))
    assert len(chunks) > 1
    assert [row for c in chunks for row in c.table["text"].to_pylist()] == lines
    assert [c.first_row for c in chunks][1] == chunks[0].table.num_rows + 1


def test_bytes_that_are_no_text_are_an_error_with_their_record(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"zqx\nzqx\xff\n")
    with pytest.raises(InputError, match="encoding") as caught:
        records(tmp_path / "a.txt", records="line")
    assert caught.value.place is not None
    assert caught.value.place.row == 2
    assert "zqx" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("apache_common", COMMON),
        ("apache_combined", COMBINED),
        ("nginx_main", COMBINED + ' "203.0.113.9"'),
    ],
)
def test_a_log_has_named_fields_and_comes_out_as_a_log(
    name: str, line: str, tmp_path: Path
) -> None:
    path = tmp_path / "access.log"
    path.write_text(line + "\n\n" + line.replace("200 2326", "304 -") + "\n")
    first, second = records(path, format=name)
    assert first["host"] == "192.0.2.7"
    assert first["identity"] is None
    assert first["time"] == "10/Oct/2000:13:55:36 -0700"
    assert first["request"] == f"GET /u?{MAIL} HTTP/1.0"
    assert (first["status"], first["bytes"], second["bytes"]) == ("200", "2326", None)
    if name != "apache_common":
        assert first["referer"] == 'https://example.com/"a"'
        assert first["user_agent"] == "Mozilla/5.0 (X11; \\ Linux)"
    fields = [one for one in LOG if name != "apache_common" or one["name"] != LOG[2]["name"]]
    fields.insert(2, {**LOG[2], "name": "request"})
    out = scrubbed(
        tmp_path, "access.log", path.read_bytes(), rules([{"files": "*", "format": name}], *fields)
    ).decode()
    token = out.split()[2]
    expected = line.replace("192.0.2.7", "-").replace(" ann ", f" {token} ", 1)
    expected = expected.replace(f"{MAIL}", LABEL).replace('"203.0.113.9"', '"-"')
    assert len(token) > 20
    assert out.splitlines()[0] == expected


def test_a_log_is_known_by_its_extension_and_converted(tmp_path: Path) -> None:
    given = f"{COMBINED}\n".encode()
    out = scrubbed(tmp_path, "access.log", given, rules([], *LOG), format="jsonl").decode()
    assert '"status":"200"' in out.replace(" ", "")
    assert MAIL not in out
    (table,) = scrubber.audit(tmp_path / "raw").tables
    assert "user_agent" in [field.name for field in table.fields]


@pytest.mark.parametrize("line", ["zqx", COMBINED + " zqx", 'a b c [d] "e" f g "h" "i', "\x00 - -"])
def test_a_line_of_another_form_is_an_error_or_counted(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(f"{COMBINED}\n{line}\n{COMBINED}\n")
    with pytest.raises(InputError, match="log-line") as caught:
        records(path)
    assert caught.value.place is not None
    assert caught.value.place.line == 2
    assert "zqx" not in str(caught.value)
    told = {**rules([], *LOG), "on_error": "drop_row"}
    result = scrubber.scrub(path, told, out=tmp_path / "out", key=bytes(range(32)))
    assert len((tmp_path / "out/data/a.log").read_text().splitlines()) == 2
    assert result.manifest.data["records"]["in"] == {"lt": 11}


def test_a_value_that_would_break_a_line_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(COMBINED + "\n")
    fields = [LOG[0], {**LOG[1], "transform": {"replace": {"with": "some body"}}}, *LOG[2:]]
    told = rules([], *fields)
    with pytest.raises(OutputError, match="fields-in-log"):
        scrubber.scrub(tmp_path / "a.log", told, out=tmp_path / "out", key=bytes(range(32)))
    assert not (tmp_path / "out").exists()


CSV = [
    {"name": "id", "class": "direct_identifier", "transform": "drop"},
    {"name": "note", "class": "text", "entities": {"default": "redact"}},
    {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
]


def test_a_table_without_a_header_comes_out_without_one(tmp_path: Path) -> None:
    read = [{"files": "*.csv", "header": ["id", "note", "age"], "delimiter": ";"}]
    told = {**rules(read, *CSV), "gates": {"min_k": 2}}  # the output is read again
    given = f'7;"write; {MAIL}";31\r\n8;;33\r\n'.encode()
    expected = f'"write; {LABEL}";[30, 40)\r\n;[30, 40)\r\n'.encode()
    assert scrubbed(tmp_path, "a.csv", given, told) == expected


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ([], "csv-header"),
        ([{"files": "*.csv", "header": ["id", "note"]}], "csv-header"),
        ([{"files": "*.csv", "header": ["id", "note", "id"]}], "duplicate-field"),
        ([{"files": "*.csv", "header": ["id", "note", MAIL]}], "field-name"),
        ([{"files": "*.csv", "delimiter": ";;"}], "bad-value"),
        ([{"files": "*.csv", "format": "nosuch"}], "format-unknown"),
        ([{"files": "*.csv", "records": "page"}], "unknown-value"),
        ([{"header": ["a"]}], "missing-key"),
    ],
)
def test_a_wrong_declaration_is_refused(read: Any, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"7,{MAIL},1999-03-04\n8,{MAIL},1999-03-05\n")
    with pytest.raises(ScrubberError) as caught:
        scrubber.check(rules(read, *CSV), tmp_path / "a.csv")
    assert code in str(caught.value) or code in {
        problem.code for problem in getattr(caught.value, "problems", ())
    }


def test_workers_and_increments_know_declared_forms(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(3):
        (raw / f"part-{number}.csv").write_text(f"{number};{MAIL};31\n")
    read = [{"files": "*.csv", "header": ["id", "note", "age"], "delimiter": ";"}]
    told, key = rules(read, *CSV), bytes(range(32))
    scrubber.scrub(raw, told, out=tmp_path / "out", key=key, workers=2)
    assert (tmp_path / "out/data/part-2.csv").read_text() == f"{LABEL};[30, 40)\n"
    (raw / "part-3.csv").write_text(f"3;{MAIL};47\n")
    scrubber.scrub(raw, told, out=tmp_path / "more", key=key, incremental=tmp_path / "out")
    assert (tmp_path / "more/data/part-3.csv").read_text() == f"{LABEL};[40, 50)\n"
    assert len(list((tmp_path / "more/data").glob("*.csv"))) == 1
