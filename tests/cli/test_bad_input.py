"""Bad input, end to end: the code, the place, the exit code, and nothing half-written.

Each case is a folder, a command line, and what must be said. Nothing that was said may hold a
value of the data, a control character or a traceback, and nothing may have been published.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from scrubber.cli import main
from scrubber.cli.console import begin
from scrubber.manifest import read_manifest

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
SECRET = "zqxsecret"  # stands in every file of data

RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
detect: {ner: none, entities: [EMAIL_ADDRESS]}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: d}}}
  - {name: note, class: text, entities: {default: redact}}
"""
LENIENT = RULES + "on_error: drop_row\n"
KEEPING = """\
version: 1
detect: {ner: none}
on_unlisted: keep
fields: []
"""
CSV = f"id,note\n1,{SECRET} a\n2,{SECRET} b@example.com\n"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Said:
    """What a command line did: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


Cli = Callable[..., Said]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """Runs a command line in this process, in an empty folder that holds the rule file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRUBBER_KEY", KEY)
    (tmp_path / "rules.yaml").write_text(RULES)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
    before = [(number, signal.getsignal(number)) for number in numbers]

    def run(*words: str) -> Said:
        begin("")
        monkeypatch.setattr(sys, "argv", ["scrubber", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        said = Said(ended.value.code, out, err)
        assert "Traceback" not in said.all
        assert SECRET not in said.all
        assert _CONTROL.search(said.all) is None
        return said

    yield run
    for number, handler in before:
        signal.signal(number, handler)


def published(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def arrow_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def lines(*texts: str) -> bytes:
    return ("\n".join(texts) + "\n").encode()


GOOD_LINE = json.dumps({"id": "1", "note": SECRET})
TABLE = pa.table({"id": [f"{SECRET}{i}" for i in range(99)], "note": [SECRET] * 99})
TWO_NAMES = pa.Table.from_arrays([pa.array([SECRET])] * 2, names=["id", "id"])
WHOLE = parquet_bytes(TABLE)

BAD = [
    # (file, its bytes, code, where)
    ("a.csv", b"", "input-empty", "a.csv"),
    ("a.tsv", b"", "input-empty", "a.tsv"),
    ("a.jsonl", b"", "input-empty", "a.jsonl"),
    ("a.parquet", b"", "input-empty", "a.parquet"),
    ("a.arrow", b"", "input-empty", "a.arrow"),
    ("a.csv.gz", b"", "input-empty", "a.csv.gz"),
    ("a.xls", CSV.encode(), "input-unsupported", "a.xls"),
    ("a.xml", b"[]", "input-unsupported", "a.xml"),
    ("a.csv", f"id,note\n1,{SECRET}\n2,caf\xe9\n".encode("latin-1"), "encoding", "a.csv, row 2"),
    ("a.csv", CSV.encode("utf-16"), "encoding", "a.csv"),
    ("a.jsonl", GOOD_LINE.encode("utf-16"), "encoding", "a.jsonl"),
    ("a.jsonl", b'{"id": "\xff"}\n', "encoding", "a.jsonl, line 1, row 1"),
    ("a.csv", lines("id,note", f"1,{SECRET}", f"2,{SECRET},3"), "csv-ragged", "a.csv, row 2"),
    ("a.csv", lines("id,note", f"1,{SECRET}", SECRET), "csv-ragged", "a.csv, row 2"),
    ("a.csv", lines("id,note", f'1,"{SECRET}'), "csv-quote", "a.csv, line 2 column 3"),
    ("a.csv", lines("id,note", f'1,"{SECRET}" x'), "csv-quote", "a.csv, line 2 column "),
    ("a.csv", lines("id,id", f"1,{SECRET}"), "duplicate-field", "field id"),
    ("a.csv", lines("id,,", f"1,{SECRET},x"), "csv-header", "a.csv, line 1"),
    ("a.jsonl", lines(GOOD_LINE, '{"id": ' + SECRET), "json-line", "a.jsonl, line 2, row 2"),
    ("a.jsonl", lines(GOOD_LINE, f'["{SECRET}"]'), "json-line", "a.jsonl, line 2, row 2"),
    ("a.jsonl", lines(f"[{GOOD_LINE},", f"{GOOD_LINE}]"), "json-line", "a.jsonl, line 1"),
    ("a.jsonl", lines(GOOD_LINE, '{"id": {"x": 1}}'), "unlisted-field", "id.x"),
    ("a.jsonl", lines(GOOD_LINE, '{"id": "\\ud800"}'), "json-line", "a.jsonl, line 2, row 2"),
    ("a.jsonl", lines("[" * 5000), "json-line", "a.jsonl, line 1"),
    ("a.jsonl.gz", gzip.compress(lines(GOOD_LINE) * 99)[:-9], "compressed-unreadable", "a.jsonl"),
    ("a.csv.zst", CSV.encode(), "compressed-unreadable", "a.csv.zst"),
    ("a.parquet", WHOLE[: len(WHOLE) // 2], "parquet-unreadable", "a.parquet"),
    ("a.parquet", CSV.encode(), "parquet-unreadable", "a.parquet"),
    ("a.parquet", b"PAR1" + SECRET.encode() + b"PAR1", "parquet-unreadable", "a.parquet"),
    ("a.parquet", parquet_bytes(TWO_NAMES), "duplicate-field", "field id"),
    ("a.arrow", arrow_bytes(TABLE)[:300], "arrow-unreadable", "a.arrow"),
    ("a.arrow", CSV.encode(), "arrow-unreadable", "a.arrow"),
]


@pytest.mark.parametrize(
    ("name", "content", "code", "where"),
    BAD,
    ids=[f"{i}-{name}-{code}" for i, (name, _, code, _) in enumerate(BAD)],
)
def test_a_bad_file_stops_the_run_and_the_check(
    cli: Cli, tmp_path: Path, name: str, content: bytes, code: str, where: str
) -> None:
    (tmp_path / name).write_bytes(content)
    for command in (("run", "--out", "deep/out"), ("check",), ("plan",)):
        said = cli(command[0], "rules.yaml", name, *command[1:])
        if command[0] != "run" and said.code == 0:
            continue  # what stands in the records is looked at by the run alone
        assert said.code == 2, said
        assert f"[{code}" in said.err, said
        assert where in said.err, said
        assert published(tmp_path) == sorted([name, "rules.yaml"])


def test_a_bad_record_among_many_is_named_by_its_row(cli: Cli, tmp_path: Path) -> None:
    rows = [f'{i},"{SECRET}\n{i}"' for i in range(20_000)]
    rows[12_344] = f"12344,{SECRET},{SECRET}"
    (tmp_path / "a.csv").write_bytes(lines("id,note", *rows))
    said = cli("run", "rules.yaml", "a.csv", "--out", "out")
    assert said.code == 2
    assert "a.csv, row 12345: [csv-ragged] the record has 3 cells, the header has 2" in said.err


MISSING = [
    ("no.csv", "input-missing", "no.csv"),
    ("no*.csv", "input-no-match", "no*.csv"),
    ("empty", "input-no-match", "empty"),
    ("", "input-missing", ""),
    ("dangling.csv", "input-missing", "dangling.csv"),
    ("folder.csv", "input-no-match", "folder.csv"),
    ("pipe.csv", "input-special", "pipe.csv"),
    ("\x1b[31mno.csv", "input-no-match", "\\x1b[31mno.csv"),
    ("ftp://host/a.csv", "storage-unknown", ""),
    ("memory://nowhere/a.csv", "input-missing", "memory://nowhere/a.csv"),
    ("s3://key:planted@bucket/a.csv", "storage-credentials", ""),
]


@pytest.mark.parametrize(("given", "code", "where"), MISSING)
def test_an_input_that_is_not_there(
    cli: Cli, tmp_path: Path, given: str, code: str, where: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "dangling.csv").symlink_to("gone.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    before = published(tmp_path)
    said = cli("run", "rules.yaml", given, "--out", "out")
    assert (said.code, f"[{code}]" in said.err, where in said.err) == (2, True, True), said
    assert published(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "a.csv").chmod(0)
    said = cli("run", "rules.yaml", "a.csv", "--out", "out")
    assert said.code == 2
    assert "a.csv: [input-unreadable]" in said.err


@pytest.mark.parametrize(
    ("name", "content", "good", "bad"),
    [
        ("a.csv", lines("id,note", *[f"{i},x" for i in range(30)], *["1,2,3"] * 15), 30, 15),
        ("a.csv", lines("id,note", *[f"{i},x" for i in range(30)], *["1"] * 15), 30, 15),
        ("a.jsonl", lines(*[GOOD_LINE] * 30, *['{"id": 1'] * 15), 30, 15),
        ("a.jsonl", lines(*[GOOD_LINE] * 30, *['{"id": "\\ud800"}'] * 15), 30, 15),
        ("a.jsonl", lines(*[GOOD_LINE] * 30, *[f'"{SECRET}"'] * 15), 30, 15),
    ],
)
def test_bad_records_can_be_quarantined(
    cli: Cli, tmp_path: Path, name: str, content: bytes, good: int, bad: int
) -> None:
    (tmp_path / "rules.yaml").write_text(LENIENT)
    (tmp_path / name).write_bytes(content)
    assert cli("run", "rules.yaml", name, "--out", "out").code == 0
    records = read_manifest(tmp_path / "out").to_json()["records"]
    assert records["in"] == {"n": good + bad}
    assert records["out"] == {"n": good}
    assert records["quarantined"] == [{"reason": "unreadable", "count": {"n": bad}}]
    assert cli("verify", "out").code == 0


ZERO = [
    ("a.csv", b"id,note\n"),
    ("a.csv", b"id,note"),
    ("a.tsv", b"id\tnote\n"),
    ("a.parquet", parquet_bytes(TABLE.slice(0, 0))),
    ("a.arrow", arrow_bytes(TABLE.slice(0, 0))),
]


@pytest.mark.parametrize(("name", "content"), ZERO)
def test_zero_records_give_an_empty_output_of_the_same_schema(
    cli: Cli, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    said = cli("run", "rules.yaml", name, "--out", "out")
    assert said.code == 0, said
    assert read_manifest(tmp_path / "out").data["records"]["in"] == {"n": 0}
    assert cli("verify", "out").code == 0
    made = tmp_path / "out" / "data" / name
    if name.endswith("parquet"):
        assert pq.read_schema(made).names == ["id", "note"]
    elif name.endswith("arrow"):
        assert pa.ipc.open_file(made).schema.names == ["id", "note"]
    else:
        assert made.read_bytes().rstrip() == content.rstrip()


HOSTILE = [
    "\x1b[2J\x1b[31mred",
    "\u202egnp.exe",
    "line\nbreak",
    "nul\0nul",
    "\x9b31m",
    "x" * 250,  # longer ones are refused as data, in every format
    "[bold]x[/]",
    "\r",
    "{}%s",
    "`$(id)`",
]


@pytest.mark.parametrize("strict", [True, False])
def test_hostile_names_do_not_reach_the_terminal(cli: Cli, tmp_path: Path, strict: bool) -> None:
    """The control characters are looked for by the fixture, in all that was printed."""
    table = pa.table({name: ["a"] * 20 for name in HOSTILE})
    (tmp_path / "a.parquet").write_bytes(parquet_bytes(table))
    (tmp_path / "rules.yaml").write_text(RULES if strict else KEEPING)
    if strict:  # no rule lists these fields
        for command, rest in (("run", ("--out", "out")), ("check", ()), ("plan", ())):
            said = cli(command, "rules.yaml", "a.parquet", *rest)
            assert said.code == 2
            assert "\\x1b[2J" in said.err
        return
    for words in (
        ("check", "rules.yaml", "a.parquet"),
        ("plan", "rules.yaml", "a.parquet"),
        ("run", "rules.yaml", "a.parquet", "--out", "out"),
        ("show", "out"),
        ("verify", "out"),
        ("plan", "rules.yaml", "a.parquet", "--json"),
        ("show", "out", "--json"),
    ):
        said = cli(*words)
        assert said.code == 0, said
        assert all(len(line) < 5000 for line in said.out.splitlines())


def test_a_hostile_file_name_does_not_reach_the_terminal(cli: Cli, tmp_path: Path) -> None:
    name = "\x1b[31m\u202e\n.csv"
    (tmp_path / name).write_text(CSV)
    for words in (("run", "rules.yaml", name, "--out", "out"), ("show", "out"), ("verify", "out")):
        assert cli(*words).code == 0
    (tmp_path / name).write_text("id,id\n")
    assert cli("run", "rules.yaml", name, "--out", "\x1b[31mout").code == 2
    assert cli("run", "rules.yaml", name, "--out", "out").code == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id": ["1"], "note": ["x"]}, {"id": ["1"], "note": [7]}),
        ({"id": ["1"], "note": ["x"]}, {"id": ["1"]}),
        ({"id": ["1"]}, {"id": ["1"], "note": ["x"]}),
    ],
)
def test_shards_that_differ(
    cli: Cli, tmp_path: Path, first: dict[str, list[object]], second: dict[str, list[object]]
) -> None:
    (tmp_path / "in").mkdir()
    for number, columns in enumerate((first, second)):
        pq.write_table(pa.table(columns), tmp_path / "in" / f"part-{number}.parquet")
    said = cli("run", "rules.yaml", "in", "--out", "out")
    assert said.code == 2
    assert "part-1.parquet, field note: [schema-drift]" in said.err
    assert "part-0.parquet" in said.err
    assert published(tmp_path) == ["in", "rules.yaml"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_cell_of_ten_megabytes(cli: Cli, tmp_path: Path, name: str) -> None:
    text = f"{'lorem ipsum ' * 400_000} ann@example.com {'dolor sit ' * 500_000}"
    rows = [{"id": "1", "note": text}, {"id": "2", "note": "bob@example.com"}]
    content = (
        "id,note\n" + "".join(f"{row['id']},{row['note']}\n" for row in rows)
        if name.endswith("csv")
        else "".join(json.dumps(row) + "\n" for row in rows)
    )
    (tmp_path / name).write_text(content)
    said = cli("run", "rules.yaml", name, "--out", "out")
    assert said.code == 0, said
    made = (tmp_path / "out" / "data" / name).read_text()
    assert made.count("{EMAIL_ADDRESS}") == 2
    assert "@example.com" not in made
    assert len(made) > 9_000_000


def test_nul_and_astral_characters_pass_where_they_are_allowed(cli: Cli, tmp_path: Path) -> None:
    row = {"id": "a\0b", "note": "\0 \U0001f600 ann@example.com \0"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    assert cli("run", "rules.yaml", "a.jsonl", "--out", "out").code == 0
    made = json.loads((tmp_path / "out" / "data" / "a.jsonl").read_text())
    assert made["note"] == "\0 \U0001f600 {EMAIL_ADDRESS} \0"


KEYS = [
    (None, "key-missing"),
    ("", "key-missing"),
    ("  ", "key-missing"),
    ("zqxsecret", "key-"),
    ("00" * 8, "key-"),
    ("00" * 32, "key-weak"),
    (KEY[:-1], "key-"),
    (KEY + "é", "key-"),
]


@pytest.mark.parametrize(("value", "code"), KEYS)
def test_a_bad_key(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, code: str
) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    if value is None:
        monkeypatch.delenv("SCRUBBER_KEY")
    else:
        monkeypatch.setenv("SCRUBBER_KEY", value)
    said = cli("run", "rules.yaml", "a.csv", "--out", "out")
    assert said.code == 2, said
    assert f"[{code}" in said.err
    assert not (value and value.strip()) or value not in said.all
    assert published(tmp_path) == ["a.csv", "rules.yaml"]


@pytest.mark.parametrize(
    ("mode", "content", "code"),
    [
        (0o644, KEY, "key-exposed"),
        (0o640, KEY, "key-exposed"),
        (0o600, "junk", "key-"),
        (0o600, "", "key-"),
        (None, "", "key-missing"),
    ],
)
def test_a_bad_key_file(
    cli: Cli, tmp_path: Path, mode: int | None, content: str, code: str
) -> None:
    (tmp_path / "rules.yaml").write_text(RULES.replace("env: SCRUBBER_KEY", "file: the.key"))
    (tmp_path / "a.csv").write_text(CSV)
    if mode is not None:
        (tmp_path / "the.key").write_text(content)
        (tmp_path / "the.key").chmod(mode)
    said = cli("run", "rules.yaml", "a.csv", "--out", "out")
    assert said.code == 2, said
    assert f"[{code}" in said.err
    assert KEY not in said.all
    assert "out" not in published(tmp_path)


OUTPUTS = [
    # (--out, input, code, code with --overwrite)
    ("exists", "in", "output-exists", "output-foreign"),
    ("file", "in", "output-exists", "output-foreign"),
    ("in/out", "in", "output-in-input", "output-in-input"),
    ("in", "in", "output-in-input", "output-in-input"),
    (".", "in", "input-in-output", "input-in-output"),
    ("in/a.csv", "in/a.csv", "input-in-output", "input-in-output"),
    ("in", "in/a.csv", "input-in-output", "input-in-output"),
    ("in", "in/*.csv", "output-exists", "input-in-output"),
    ("in", "link.csv", "input-in-output", "input-in-output"),
    ("in", "*k.csv", "output-exists", "input-in-output"),
    ("file/out", "in", "output-write", "output-write"),
    ("/proc/out", "in", "output-write", "output-write"),
    ("x" * 300, "in", "output-write", "output-write"),
]


@pytest.mark.parametrize(("out", "given", "code", "replacing"), OUTPUTS)
def test_an_output_that_must_not_be_written(
    cli: Cli, tmp_path: Path, out: str, given: str, code: str, replacing: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(CSV)
    (tmp_path / "in" / "manifest.json").write_text("{}") if given != "in" else None
    (tmp_path / "link.csv").symlink_to("in/a.csv")
    (tmp_path / "exists").mkdir()
    (tmp_path / "exists" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    for flags, expected in (((), code), (("--overwrite",), replacing)):
        said = cli("run", "rules.yaml", given, "--out", out, *flags)
        assert (said.code, f"[{expected}]" in said.err) == (2, True), said
        assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_two_sources_with_one_output_name(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(CSV)
    (tmp_path / "in" / "a.parquet").write_bytes(WHOLE)
    said = cli("run", "rules.yaml", "in", "--out", "out", "--format", "parquet")
    assert said.code == 2
    assert "a.parquet: [output-clash] its output a.parquet is that of a.csv too" in said.err
    assert published(tmp_path) == ["in", "rules.yaml"]
    assert cli("run", "rules.yaml", "in", "--out", "out").code == 0


USAGE = [
    ("run", "rules.yaml", "a.csv"),
    ("run", "rules.yaml", "--out", "out"),
    ("run", "rules.yaml", "a.csv", "--out", "out", "--workers", "0"),
    ("run", "rules.yaml", "a.csv", "--out", "out", "--workers", "many"),
    ("run", "rules.yaml", "a.csv", "--out", "out", "--format", "xlsx"),
    ("run", "rules.yaml", "a.csv", "--out", "out", "--colour"),
    ("plan", "rules.yaml", "a.csv", "--rows", "-1"),
    ("verify",),
    ("scrub",),
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_use(cli: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    said = cli(*words)
    assert said.code == 2
    assert "Usage: scrubber" in said.err
    assert published(tmp_path) == ["a.csv", "rules.yaml"]


BROKEN_RULES = """\
version: 1
detect: {ner: nonne}
fields:
  - {name: id, class: direct_identifier, transform: {tokn: {domain: d}}}
  - {name: note, klass: text}
  - {name: id, class: nothing, keep: ""}
"""


def test_all_problems_of_a_rule_file_at_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(BROKEN_RULES)
    (tmp_path / "a.csv").write_text(CSV)
    for words in (("check", "rules.yaml"), ("run", "rules.yaml", "a.csv", "--out", "out")):
        said = cli(*words)
        assert said.code == 2
        places = re.findall(r"^rules\.yaml:(\d+):\d+ \[[a-z-]+\] \S", said.err, re.MULTILINE)
        assert {"4", "5", "6"} <= set(places), said
        assert "did you mean token" in said.err
    assert published(tmp_path) == ["a.csv", "rules.yaml"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "rules.yaml:1:1"),
        (b"# nothing\n", "rules.yaml:1:1"),
        (b"version: 1\nname: caf\xe9\n", "rules.yaml:2:"),
        ("version: 1\n".encode("utf-16"), "rules.yaml:1:1"),
        (b"version: 1\n\x1b: 2\n", "rules.yaml:2:"),
        (b"version: [1\n", "rules.yaml:"),
        (b"version: 1\nversion: 1\n", "rules.yaml:2:1"),
        (b"- 1\n", "rules.yaml:1:1"),
        (b"a: &a [*a]\n", "rules.yaml:1:"),
        (b"version: !!python/object:os.system x\n", "rules.yaml:1:"),
        (b"[" * 5000, "rules.yaml:1:"),
        (None, "rules.yaml"),
    ],
)
def test_a_rule_file_that_is_none(
    cli: Cli, tmp_path: Path, content: bytes | None, where: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.unlink()
    path.mkdir() if content is None else path.write_bytes(content)
    said = cli("check", "rules.yaml")
    assert said.code == 2, said
    assert where in said.err, said


def test_a_rule_file_that_is_not_there(cli: Cli) -> None:
    said = cli("check", "no.yaml")
    assert said.code == 2
    assert "no.yaml" in said.err


def _spoil_manifest(out: Path) -> None:
    path = out / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"n":40', b'"n":41', 1))


TAMPERED: list[tuple[Callable[[Path], object], int, str]] = [
    (lambda out: (out / "manifest.json").unlink(), 5, "no-manifest"),
    (_spoil_manifest, 4, "FAIL  id"),
    (lambda out: (out / "manifest.json").write_bytes(b""), 4, "FAIL  form"),
    (lambda out: (out / "manifest.json").write_bytes(b"\xff{}"), 4, "FAIL  form"),
    (lambda out: (out / "manifest.json").write_bytes(b"{}"), 4, "FAIL  schema"),
    (lambda out: (out / "data" / "a.csv").write_text("x"), 4, "FAIL  output data/a.csv"),
    (lambda out: (out / "data" / "a.csv").unlink(), 4, "FAIL  output data/a.csv"),
    (lambda out: (out / "data" / "b\x1b[31m").write_text("x"), 4, "FAIL  unlisted"),
]


@pytest.mark.parametrize(("spoil", "code", "said_so"), TAMPERED)
def test_an_output_that_was_tampered_with(
    cli: Cli, tmp_path: Path, spoil: Callable[[Path], object], code: int, said_so: str
) -> None:
    (tmp_path / "a.csv").write_bytes(lines("id,note", *[f"{i},{SECRET}" for i in range(40)]))
    assert cli("run", "rules.yaml", "a.csv", "--out", "out").code == 0
    spoil(tmp_path / "out")
    said = cli("verify", "out")
    assert said.code == code, said
    assert said_so in said.all


@pytest.mark.parametrize("name", ["empty", "no"])
@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_folder_that_is_no_output(cli: Cli, tmp_path: Path, name: str, command: str) -> None:
    (tmp_path / "empty").mkdir()
    said = cli(command, name)
    assert said.code == 5, said
    assert "[no-manifest]" in said.err


def test_one_envelope_for_errors_too(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(lines("id,note", f"1,{SECRET},3"))
    said = cli("run", "rules.yaml", "a.csv", "--out", "out", "--json")
    envelope = json.loads(said.out)
    assert said.err == ""
    assert envelope["exit_code"] == said.code == 2
    assert envelope["error"]["code"] == "csv-ragged"
    assert envelope["error"]["place"] == {
        "file": "a.csv", "row": 1, "line": None, "column": None, "field": None,
    }  # fmt: skip


@pytest.mark.parametrize("where", ["scrubber.formats.io.sink.os.fsync", "os.mkdir"])
@pytest.mark.parametrize("out", ["out", "deep/er/out"])
def test_a_full_disk(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, out: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, f"No space left on {SECRET}")

    (tmp_path / "a.csv").write_text(CSV)
    with monkeypatch.context() as patched:
        patched.setattr(where, full)
        said = cli("run", "rules.yaml", "a.csv", "--out", out)
    assert (said.code, "[disk-full]" in said.err) == (5, True), said
    assert published(tmp_path) == ["a.csv", "rules.yaml"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("target", ["csv", "parquet", "jsonl", "arrow"])
def test_a_disk_that_really_is_full(cli: Cli, tmp_path: Path, tiny_disk: Path, target: str) -> None:
    rows = [f"{i},{SECRET} {os.urandom(20).hex()}" for i in range(9_000)]
    (tmp_path / "a.csv").write_bytes(lines("id,note", *rows))
    said = cli("run", "rules.yaml", "a.csv", "--out", "disk/out", "--format", target)
    assert (said.code, "[disk-full]" in said.err) == (5, True), said
    assert os.listdir(tiny_disk) == []


def test_audit_and_init_say_what_a_run_would_refuse(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines('{"a": "x"}', f'{{"a": "{SECRET}", "a": "y"}}'))
    for command in (("audit", "a.jsonl"), ("init", "a.jsonl", "--out", "made.yaml")):
        said = cli(*command)
        assert said.code == 1
        assert "1-10 records were skipped" in said.out
        assert "a.jsonl, line 2, row 2, field a: [json-duplicate-key]" in said.out
        assert SECRET not in said.out + said.err
    assert SECRET not in (tmp_path / "made.yaml").read_text()
    envelope = json.loads(cli("audit", "a.jsonl", "--json").out)
    assert envelope["exit_code"] == 1
