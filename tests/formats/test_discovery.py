from __future__ import annotations

import os

import pytest

from scrubber import formats
from scrubber.errors import InputError, NotAvailable


@pytest.fixture(autouse=True)
def tree(tmp_path, monkeypatch):
    for name in (
        "a.csv", "b.parquet", "sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV", ".hidden.csv",
        "_SUCCESS", "sub/_temporary/x.csv", "sub/.git/y.csv",
    ):  # fmt: skip
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("inputs", "aliases"),
    [
        (["data/a.csv"], ["a.csv"]),
        (["data/sub/c.jsonl.gz", "data/a.csv"], ["a.csv", "c.jsonl.gz"]),
        (["data"], ["a.csv", "b.parquet", "sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV"]),
        (["data/sub/"], ["c.jsonl.gz", "deep/d.arrow", "e.CSV"]),
        (["data/*.csv"], ["a.csv"]),
        (["data/**/*.arrow"], ["sub/deep/d.arrow"]),
        (["data/*/*.gz"], ["sub/c.jsonl.gz"]),
        (["*/a.csv"], ["data/a.csv"]),
        (["data/s*"], ["sub/c.jsonl.gz", "sub/deep/d.arrow", "sub/e.CSV"]),
        (["data/.hid*.csv"], [".hidden.csv"]),
        (["data/.hidden.csv"], [".hidden.csv"]),
        (["./data/../data/a.csv"], ["a.csv"]),
    ],
)
def test_aliases(inputs, aliases):
    found = formats.discover(inputs)
    assert [source.alias for source in found] == aliases
    assert all(os.path.isfile(source.path) for source in found)  # noqa: PTH113


def test_the_same_for_an_absolute_glob(tree):
    assert [s.alias for s in formats.discover([f"{tree}/data/sub/*.gz"])] == ["c.jsonl.gz"]


def test_a_name_with_wildcard_characters_is_a_name(tree):
    (tree / "data[1].csv").write_bytes(b"x")
    assert [s.alias for s in formats.discover(["data[1].csv"])] == ["data[1].csv"]


def test_links_are_followed_once(tree):
    (tree / "data" / "loop").symlink_to(tree / "data")
    (tree / "other").mkdir()
    (tree / "other" / "o.csv").write_bytes(b"x")
    (tree / "data" / "linked").symlink_to(tree / "other")
    aliases = [s.alias for s in formats.discover(["data"])]
    assert "linked/o.csv" in aliases
    assert len(aliases) == 6


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ([], "input-missing"),
        (["nothing.csv"], "input-missing"),
        ([""], "input-missing"),
        (["a\0b.csv"], "input-missing"),
        (["data/*.tsv"], "input-no-match"),
        (["data/a.csv", "data/a.csv"], "input-clash"),
        (["data/a.csv", "data"], "input-clash"),
        (["data/*/../a.csv"], "input-name"),
    ],
)
def test_refuses(inputs, code):
    with pytest.raises(InputError) as caught:
        formats.discover(inputs)
    assert caught.value.code == code


def test_refuses_urls_of_no_store():
    with pytest.raises(NotAvailable) as caught:
        formats.discover(["ftp://host/x.csv"])
    assert caught.value.code == "storage-unknown"


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("notes.doc", "input-unsupported", "glob"),
        ("t.parquet.gz", "input-unsupported", "compress"),
        ("noextension", "input-unsupported", "glob"),
        ("x.gz", "input-unsupported", "glob"),
        ("\x1b[31mred.xlsx", "input-unsupported", "glob"),
    ],
)
def test_an_unknown_file_in_a_folder_is_not_passed_over(tree, name, code, hint):
    (tree / "data" / name).write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        formats.discover(["data"])
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert "\x1b" not in str(caught.value)
    assert [s.alias for s in formats.discover(["data/*.csv"])] == ["a.csv"]


def test_an_empty_file_a_folder_of_none_a_pipe_a_broken_link(tree):
    (tree / "data" / "z.csv").touch()
    (tree / "none").mkdir()
    (tree / "pipe").mkdir()
    os.mkfifo(tree / "pipe" / "p.csv")
    (tree / "gone.csv").symlink_to(tree / "nowhere.csv")
    for given, code in [
        ("data", "input-empty"), ("none", "input-no-match"), ("pipe", "input-special"),
        ("gone.csv", "input-missing"),
    ]:  # fmt: skip
        with pytest.raises(InputError) as caught:
            formats.discover([given])
        assert caught.value.code == code


def test_an_unreadable_file(monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read all
    with pytest.raises(InputError) as caught:
        formats.discover(["data/a.csv"])
    assert caught.value.code == "input-unreadable"


def test_a_name_that_is_no_text(tree):
    with open(os.fsencode(tree) + b"/data/\xff.csv", "wb") as file:  # noqa: PTH123
        file.write(b"x")
    with pytest.raises(InputError) as caught:
        formats.discover(["data"])
    assert caught.value.code == "input-name"
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("alias", "target", "name"),
    [
        ("a.csv", "same", "a.csv"),
        ("x/a.csv.gz", "same", "x/a.csv.gz"),
        ("a.ndjson", "jsonl", "a.ndjson"),
        ("a.feather", "arrow", "a.feather"),
        ("x/a.csv.gz", "parquet", "x/a.parquet"),
        ("x/a.csv.gz", "jsonl", "x/a.jsonl.gz"),
        ("a.parquet", "csv", "a.csv"),
        ("a.b.c.tsv", "csv", "a.b.c.csv"),
        ("A.CSV.GZ", "arrow", "A.arrow"),
    ],
)
def test_output_names(alias, target, name):
    assert formats.output_name(alias, formats.format_of(alias)[0], target) == name
    if target != "same":
        assert formats.format_of(name)[0] == target


def test_source_bytes(tree):
    (tree / "data" / "a.csv").write_bytes(b"12345")
    assert formats.source_bytes(formats.discover(["data/a.csv"])[0]) == 5
