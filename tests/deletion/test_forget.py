"""Records of people are removed from outputs, as if the people had never been in the data."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather, ipc, parquet

import scrubber
from scrubber.errors import GateError, InputError, KeyFault, OutputError, RuleError, TamperedError
from scrubber.manifest import screen, validate, verify
from scrubber.review import compare
from tests.commands import call

KEY = bytes(range(32))
TOKEN = {"class": "direct_identifier", "transform": {"token": {"domain": "crm"}}}
KEPT = {"class": "insensitive", "keep": "says nothing"}


def rules(how: dict[str, Any] = TOKEN, **more: Any) -> dict[str, Any]:
    fields = [{"name": "id", **how}, {"name": "**", **KEPT}]
    return {"version": 1, "subject": "id", "fields": fields, **more}


def columns(ids: Iterable[Any]) -> dict[str, list[Any]]:
    listed = list(ids)
    return {
        "id": listed,
        "n": list(range(len(listed))),
        "text": [f'line\n"{i}", \u00fc' if i % 3 else None for i in range(len(listed))],
    }


def records(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def csv(path: Path, table: dict[str, list[Any]]) -> None:
    rows = ["id,n,text"]
    for row in records(table):
        text = "" if row["text"] is None else '"' + row["text"].replace('"', '""') + '"'
        rows.append(f"{row['id']},{row['n']},{text}")
    path.write_text("\n".join(rows) + "\n")


def lines(table: dict[str, list[Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in records(table))


def stream(path: Path, table: dict[str, list[Any]]) -> None:
    whole = pa.table(table)
    with ipc.new_stream(path, whole.schema) as writer:
        writer.write_table(whole)


WRITERS: dict[str, Callable[[Path, dict[str, list[Any]]], Any]] = {
    "a.csv": csv,
    "a.jsonl": lambda path, table: path.write_text(lines(table)),
    "a.jsonl.gz": lambda path, table: path.write_bytes(gzip.compress(lines(table).encode())),
    "a.json": lambda path, table: path.write_text(json.dumps(records(table))),
    "a.parquet": lambda path, table: parquet.write_table(pa.table(table), path, row_group_size=7),
    "a.arrow": lambda path, table: feather.write_feather(pa.table(table), path),
    "b.arrow": stream,
}


def made(folder: Path, out: str, decided: dict[str, Any]) -> Path:
    scrubber.scrub(folder, decided, key=KEY, out=folder.with_name(out), overwrite=True)
    return folder.with_name(out)


def data(out: Path) -> dict[str, bytes]:
    found = (path for path in (out / "data").rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in found if not path.name.startswith(".")}


def intact(out: Path) -> bool:
    return all(check.passed for check in verify(out))


@pytest.mark.parametrize("name", WRITERS)
def test_the_output_is_that_of_data_without_the_person(tmp_path: Path, name: str) -> None:
    ids = [f"u{i % 20}" for i in range(50)]
    for folder, kept in (("in", ids), ("in2", [one for one in ids if one not in ("u3", "u19")])):
        (tmp_path / folder).mkdir()
        table = columns(ids)
        table = {key: [v for v, one in zip(table[key], ids, strict=True) if one in kept]
                 for key in table}  # fmt: skip
        WRITERS[name](tmp_path / folder / name, table)
    out = made(tmp_path / "in", "out", rules())
    done = scrubber.forget(["u3", "u19", "nobody"], out, key=KEY, reason="DSR-17")
    assert (done.subjects, done.unknown, done.exit_code) == (3, 1, 3)
    assert (done.outputs[0].found, done.outputs[0].records) == (2, 5)
    other = made(tmp_path / "in2", "other", rules())
    if name == "a.parquet":  # its row groups stay, and so they are smaller
        both = [parquet.ParquetFile(one / "data" / name) for one in (out, other)]
        assert both[0].read().equals(both[1].read())
        assert [both[0].metadata.row_group(i).num_rows for i in range(8)] == [
            6,
            7,
            6,
            6,
            7,
            6,
            6,
            1,
        ]
    else:
        assert data(out) == data(other)
    assert intact(out)


def test_a_person_is_removed_from_the_leak_index(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    csv(tmp_path / "in/a.csv", columns([f"user-{n}" for n in range(12)]))
    index = tmp_path / "leak.index"
    asked = {"leak_index": {"file": str(index), "delete_by": "2099-12-31"}}
    out = made(tmp_path / "in", "out", rules(**asked))
    (tmp_path / "g.txt").write_text("user-3 and\nuser-4")
    assert len(scrubber.probe(tmp_path / "g.txt", index, KEY).hits) == 2
    with pytest.raises(KeyFault, match="key-other"):
        scrubber.forget(["user-3"], out, key=bytes(range(1, 33)), index=index)
    done = scrubber.forget(["user-3"], out, key=KEY, index=index)
    assert done.to_json()["fingerprints"] == 1
    assert [hit.record for hit in scrubber.probe(tmp_path / "g.txt", index, KEY).hits] == [2]
    assert intact(out)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from("abcdefg"), min_size=1), st.sets(st.sampled_from("abcdxyz")))
def test_every_record_of_the_subjects_goes_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], gone: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("forget") / "in"
    folder.mkdir()
    WRITERS["a.jsonl"](folder / "a.jsonl", columns(ids))
    out = made(folder, "out", rules())
    before = data(out)["a.jsonl"].splitlines(keepends=True)
    if gone:
        done = scrubber.forget(sorted(gone), out, key=KEY)
        assert done.unknown == len(gone - set(ids))
    kept = [line for line, one in zip(before, ids, strict=True) if one not in gone]
    assert data(out)["a.jsonl"] == b"".join(kept)
    assert intact(out)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for shard in range(4):
        (folder / f"{shard}.csv").write_text(
            "id,n\n" + "".join(f"person{shard}x{i},{i}\n" for i in range(20))
        )
    return folder


def test_files_without_the_subject_keep_their_inodes_and_bytes(shards: Path) -> None:
    out = made(shards, "out", rules())
    before = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
              for p in (out / "data").glob("*.csv")}  # fmt: skip
    done = scrubber.forget(["person2x7"], out, key=KEY)
    assert done.outputs[0].files == ("data/2.csv",)
    for path in (out / "data").glob("*.csv"):
        now = (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        assert (now == before[path.name]) is (path.name != "2.csv")
        assert path.stat().st_nlink == 1
    assert [p.name for p in shards.parent.iterdir() if p.name.startswith(".")] == []


def test_the_child_manifest_names_the_parent_and_repeats_its_counts(shards: Path) -> None:
    out = made(shards, "out", rules())
    parent = scrubber.read_manifest(out)
    scrubber.forget(["person2x7"], out, key=KEY, reason="DSR 17")
    child = scrubber.read_manifest(out)
    assert validate(child.to_json()) == []
    assert child.data["header"]["previous"] == parent.id
    assert child.data["records"] == parent.data["records"]
    mark = "(before records were deleted)"
    assert any(mark in line for line in screen(child).risk)
    assert not any(mark in line for line in screen(parent).risk)
    (event,) = child.to_json()["deletion"]["events"]
    assert event.pop("month").startswith("20")
    assert event == {
        "reference": "DSR 17",
        "previous": parent.id,
        "files": ["data/2.csv"],
        "subjects": {"lt": 11},
        "records": {"suppressed": True},
        "suppressed": False,
    }
    changes = compare(parent, child)
    assert {change.effect.value for change in changes} == {"neutral"}
    assert "deletion" in {change.aspect for change in changes}
    assert any("DSR 17" in line for line in screen(child).deletion)


def test_numbers_are_published_from_eleven_subjects_on(shards: Path) -> None:
    out = made(shards, "out", rules())
    scrubber.forget([f"person2x{i}" for i in range(11)], out, key=KEY)
    (event,) = scrubber.read_manifest(out).to_json()["deletion"]["events"]
    assert (event["subjects"], event["records"]) == ({"n": 11}, {"n": 11})


def test_deletions_follow_each_other(shards: Path) -> None:
    out = made(shards, "out", rules())
    for shard in range(4):
        assert scrubber.forget([f"person{shard}x0"], out, key=KEY).exit_code == 0
        assert intact(out)
    assert len(scrubber.read_manifest(out).data["deletion"]["events"]) == 4
    assert len(list((out / "previous").glob("*.json"))) == 4
    again = scrubber.forget(["person1x0"], out, key=KEY)
    assert (again.exit_code, again.outputs[0].files) == (3, ())
    assert again.outputs[0].before == again.outputs[0].after


def test_a_child_that_changed_more_than_it_says_does_not_verify(shards: Path) -> None:
    from scrubber.manifest import Manifest
    from scrubber.manifest.canonical import manifest_id

    out = made(shards, "out", rules())
    scrubber.forget(["person1x0"], out, key=KEY)
    whole = scrubber.read_manifest(out).to_json()
    for forge in (
        lambda one: one["outputs"]["files"][0].update(rows={"n": 21}),
        lambda one: one["deletion"]["events"][0].update(files=["data/0.csv"]),
        lambda one: one["records"].update({"in": {"n": 79}}),
        lambda one: one["fields"][0].update(linkable=False),
    ):
        forged = json.loads(json.dumps(whole))
        forge(forged)
        forged["header"]["id"] = manifest_id(forged)
        (out / "manifest.json").write_bytes(Manifest(forged).to_bytes())
        assert not intact(out)


UNREACHABLE = [
    ({"class": "direct_identifier", "transform": "drop"}, "subject-unreachable"),
    ({"class": "direct_identifier", "transform": {"surrogate": {"entity": "PERSON"}}},
     "subject-unreachable"),
    ({"class": "direct_identifier", "transform": {"prefix": {"keep": 1}}},
     "subject-unreachable"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "code"), UNREACHABLE)
def test_a_subject_that_cannot_be_found_is_refused(
    shards: Path, how: dict[str, Any], code: str
) -> None:
    out = made(shards, "out", rules(how))
    before = data(out)
    with pytest.raises(InputError) as caught:
        scrubber.forget(["person1x0"], out, key=KEY)
    assert (caught.value.code, data(out)) == (code, before)
    assert caught.value.hint


FOUND: list[tuple[dict[str, Any], str]] = [
    (KEPT, "7"),
    ({"class": "direct_identifier", "transform": {"token": {"bits": 96, "prefix": "c-"}}}, "7"),
    ({"class": "direct_identifier", "transform": {"token": {"canonical": "typed"}}}, "7"),
    ({"class": "direct_identifier", "transform": {"encrypt": {"pad_to": 32}}}, "7"),
    ({"class": "direct_identifier", "transform": {"surrogate": {"entity": "ID"}}}, "7"),
]


@pytest.mark.parametrize(("how", "subject"), FOUND)
@pytest.mark.parametrize("kind", [pa.int64(), pa.string()])
def test_numbers_and_texts_are_found_through_each_pseudonym(
    tmp_path: Path, how: dict[str, Any], subject: str, kind: pa.DataType
) -> None:
    (tmp_path / "in").mkdir()
    ids = pa.array(range(1_000_000_000, 1_000_000_030)).cast(kind)
    parquet.write_table(pa.table({"id": ids}), tmp_path / "in" / "a.parquet")
    out = made(tmp_path / "in", "out", rules(how))
    done = scrubber.forget([f"100000000{subject}"], out, key=KEY)
    assert (done.outputs[0].records, done.unknown) == (1, 0)
    assert parquet.read_table(out / "data" / "a.parquet").num_rows == 29


def test_nested_subjects_and_tables_without_one(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [{"who": {"a.b": f"p{i}"}, "n": i} for i in range(20)]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    parquet.write_table(pa.Table.from_pylist(rows), folder / "b.parquet")
    (folder / "c.csv").write_text("n\n1\n")
    named = {"name": 'who."a.b"', **TOKEN}
    decided = rules(subject='who."a.b"', fields=[named, {"name": "**", **KEPT}])
    out = made(folder, "out", decided)
    done = scrubber.forget(["p3", "p3"], out, key=KEY).outputs[0]
    assert (done.found, done.records, done.searched) == (1, 2, 2)
    assert done.unsearched == ("data/c.csv",)
    assert intact(out)


OF_OTHER_DOMAIN = {"class": "direct_identifier", "transform": {"token": {"domain": "other"}}}
REDACTED = {"class": "direct_identifier", "transform": "redact"}
AS_ID = {"class": "direct_identifier", "transform": {"surrogate": {"entity": "ID"}}}


def mixed(tmp_path: Path, text: dict[str, Any], number: dict[str, Any], more: str = "") -> Path:
    (tmp_path / "in").mkdir()
    ids = ('"100000007"', "100000007", '"100000009"', "100000008")
    rows = "".join(f'{{"id":{id_},"n":{n}}}\n' for n, id_ in enumerate(ids, 1))
    (tmp_path / "in" / "a.jsonl").write_text(rows + more)
    named = [{"name": "id.{text}", **text}, {"name": "id.{number}", **number}]
    decided = rules(subject="id.{text}", fields=[*named, {"name": "**", **KEPT}])
    return made(tmp_path / "in", "out", decided)


@pytest.mark.parametrize("text", [TOKEN, KEPT])
@pytest.mark.parametrize("number", [TOKEN, KEPT, OF_OTHER_DOMAIN])
def test_a_subject_written_in_several_kinds_goes_in_each(
    tmp_path: Path, text: dict[str, Any], number: dict[str, Any]
) -> None:
    out = mixed(tmp_path, text, number)
    done = scrubber.forget(["100000007"], out, key=KEY)
    assert (done.unknown, done.outputs[0].records) == (0, 2)
    assert [json.loads(row)["n"] for row in data(out)["a.jsonl"].splitlines()] == [3, 4]
    assert intact(out)


@pytest.mark.parametrize("subject", ["id", "id.{text}"])
def test_files_that_write_the_subject_in_other_kinds_are_searched(
    tmp_path: Path, subject: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"id":"7","n":1}\n{"id":7,"n":2}\n{"id":"b","n":3}\n')
    (tmp_path / "in" / "b.jsonl").write_text('{"id":7,"n":4}\n{"id":8,"n":5}\n')
    fields = [{"name": "id", **TOKEN}, {"name": "id.*", **TOKEN}, {"name": "**", **KEPT}]
    out = made(tmp_path / "in", "out", rules(subject=subject, fields=fields))
    done = scrubber.forget(["7"], out, key=KEY).outputs[0]
    assert (done.records, done.unsearched) == (3, ())
    assert b'"n":4' not in data(out)["b.jsonl"]
    assert intact(out)


@pytest.mark.parametrize(
    ("text", "number", "more"),
    [(TOKEN, REDACTED, ""), (AS_ID, KEPT, ""), (TOKEN, TOKEN, '{"id":["100000007"],"n":5}\n')],
)
def test_a_kind_of_subject_that_cannot_be_searched_is_refused(
    tmp_path: Path, text: dict[str, Any], number: dict[str, Any], more: str
) -> None:
    out = mixed(tmp_path, text, number, more)
    before = data(out)
    with pytest.raises(InputError) as caught:
        scrubber.forget(["100000007"], out, key=KEY)
    assert (caught.value.code, data(out)) == ("subject-unreachable", before)


def test_the_error_for_a_subject_of_several_kinds_names_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"id":"7"}\n{"id":7}\n')
    with pytest.raises(RuleError, match=r"several kinds: id\.\{number\}, id\.\{text\}"):
        made(tmp_path / "in", "out", rules())


def test_another_key_is_found_before_anything_is_touched(shards: Path, tmp_path: Path) -> None:
    outs = [made(shards, "out", rules()), tmp_path / "later"]
    scrubber.scrub(shards, rules(), key=bytes(range(1, 33)), out=outs[1])
    before = [data(out) for out in outs]
    for key in (KEY, bytes(range(2, 34)), None):
        with pytest.raises(KeyFault) as caught:
            scrubber.forget(["person1x0"], outs, key=key)
        assert caught.value.code in ("key-other", "key-missing")
        assert [data(out) for out in outs] == before


def test_a_changed_file_is_not_vouched_for(shards: Path) -> None:
    out = made(shards, "out", rules())
    with (out / "data" / "1.csv").open("a") as file:
        file.write("x,1\n")
    for subjects in (["person1x0"], ["person1x0", "person0x0"]):
        with pytest.raises(TamperedError) as caught:
            scrubber.forget(subjects, out, key=KEY)
        assert caught.value.code == "not-intact"
        assert (out / "data" / "0.csv").read_text().count("\n") == 21


def classes(folder: Path) -> Path:
    folder.mkdir()
    rows = [("aaa", i) for i in range(3)] + [("bbb", 10 + i) for i in range(5)]
    text = "id,town,n\n" + "".join(f"p{i},{town},1\n" for town, i in rows)
    (folder / "a.csv").write_text(text)
    (folder / "b.csv").write_text(text.replace("p1", "q1"))
    quasi = {"name": "town", "class": "quasi_identifier"}
    fields = [{"name": "id", **TOKEN}, quasi, {"name": "**", **KEPT}]
    hierarchies = {"town": [{"prefix": {"keep": 1}}]}
    decided = rules(fields=fields, privacy={"k": 3, "hierarchies": hierarchies})
    return made(folder, "out", decided)


@pytest.mark.parametrize("below", ["suppress", "stop"])
def test_classes_that_become_too_small(tmp_path: Path, below: Any) -> None:
    out = classes(tmp_path / "in")
    before = data(out)
    if below == "stop":
        with pytest.raises(GateError) as caught:
            scrubber.forget(["p1", "q1"], out, key=KEY, below_k=below)
        assert (caught.value.code, data(out)) == ("below-k", before)
        return
    done = scrubber.forget(["p1"], out, key=KEY, below_k=below).outputs[0]
    # p0 and p2 are two persons in both files, and q1 the third: k is three persons
    assert (done.records, done.suppressed) == (1, 0)
    done = scrubber.forget(["q1"], out, key=KEY, below_k=below).outputs[0]
    assert (done.records, done.suppressed) == (1, 4)
    for name in ("a.csv", "b.csv"):
        assert ",a," not in (out / "data" / name).read_text()
        assert (out / "data" / name).read_text().count(",b,") == 5
    assert scrubber.read_manifest(out).data["deletion"]["events"][-1]["suppressed"]
    assert intact(out)


def test_leftovers_of_stopped_runs_go(shards: Path) -> None:
    out = made(shards, "out", rules())
    hidden = out.with_name(".out.scrubber-partial")
    for name in ("parts", "output/data"):
        (hidden / name).mkdir(parents=True)
    (hidden / "parts" / "x").write_text("{}")
    (hidden / "output" / "data" / "old.csv").write_text("person1x0")
    scrubber.forget(["person1x0"], out, key=KEY)
    assert not hidden.exists()
    assert intact(out)
    assert sorted(data(out)) == ["0.csv", "1.csv", "2.csv", "3.csv"]


def test_signatures_and_logs_of_the_parent_are_kept_with_it(shards: Path, tmp_path: Path) -> None:
    out = made(shards, "out", rules())
    scrubber.keygen(signing=True, out=tmp_path / "sign.pem")
    scrubber.sign(out, f"file:{tmp_path / 'sign.pem'}")
    signature = (out / "manifest.intoto.jsonl").read_bytes()
    parent = scrubber.forget(["person1x0"], out, key=KEY).outputs[0].before
    assert not (out / "manifest.intoto.jsonl").exists()
    assert (out / "previous" / f"{parent}.intoto.jsonl").read_bytes() == signature
    assert scrubber.verify(out).exit_code == 0


SUBJECTS = [
    (b"", "subjects-empty"),
    (b"\n \n", "subjects-empty"),
    (b"\xff\xfe", "subjects-unreadable"),
    (b'{"name": "zqxname"}', "subjects-form"),
    (b'{"subject": ["zqxname"]}', "subjects-form"),
    (b'{"subject": "zqxname", "mail": 3}', "subjects-form"),
    (b'{"subject": "zqxname"', "subjects-form"),
]


@pytest.mark.parametrize(("content", "code"), SUBJECTS)
def test_bad_lists_of_subjects(shards: Path, tmp_path: Path, content: bytes, code: str) -> None:
    out = made(shards, "out", rules())
    (tmp_path / "subjects").write_bytes(content)
    with pytest.raises(InputError) as caught:
        scrubber.forget(tmp_path / "subjects", out, key=KEY)
    assert caught.value.code == code
    assert "zqx" not in str(caught.value)


def test_the_reason_names_nobody(shards: Path) -> None:
    out = made(shards, "out", rules())
    for reason in ("about PERSON1x0", " ", "x" * 201, "a\nb"):
        with pytest.raises(InputError) as caught:
            scrubber.forget(["person1x0"], out, key=KEY, reason=reason)
        assert caught.value.code == "reason"


def test_no_word_of_a_subject_is_shown(
    shards: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = made(shards, "out", rules())
    (tmp_path / "subjects").write_text("person1x0\nperson77nobody\n")
    (tmp_path / "key").write_text(KEY.hex())
    (tmp_path / "key").chmod(0o600)
    words = ["forget", str(tmp_path / "subjects"), "--in", str(out), "--key"]
    assert call(*words, f"file:{tmp_path / 'key'}") == 3
    shown = "".join(capsys.readouterr())
    assert call(*words, f"file:{tmp_path / 'key'}", "--json") == 3
    envelope = json.loads(capsys.readouterr().out)
    shown += json.dumps(envelope)
    shown += "".join(p.read_text() for p in out.rglob("*.json") if p.is_file())
    assert "person1x" not in shown.replace(str(tmp_path), "")
    assert "nobody" not in shown.replace("nobody's", "")
    assert envelope["data"]["unknown"] == 2


def test_outputs_that_are_none_or_twice(shards: Path) -> None:
    out = made(shards, "out", rules())
    with pytest.raises(InputError):
        scrubber.forget(["a"], [out, out], key=KEY)
    link = out.with_name("link")
    link.symlink_to(out)
    for other in (link, Path(os.path.relpath(out)), str(out) + "/"):
        with pytest.raises(InputError):
            scrubber.forget(["person1x0"], [out, other], key=KEY)
    assert scrubber.forget(["person1x0"], link, key=KEY).outputs[0].out == str(link)
    assert link.is_symlink()
    assert intact(out)
    shutil.rmtree(out)
    with pytest.raises(Exception, match="no-manifest"):
        scrubber.forget(["a"], out, key=KEY)


def test_a_second_command_waits_for_nobody(shards: Path) -> None:
    from scrubber.outputs.folder import staged_in_folder

    out = made(shards, "out", rules())
    before = data(out)
    held = staged_in_folder(out, [], overwrite=True)
    held.__enter__()
    with pytest.raises(OutputError, match="output-busy"):
        scrubber.forget(["person1x0"], out, key=KEY)
    assert data(out) == before
