"""YAML to a tree: every surprise of YAML is a problem with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scrubber.policy.syntax.scalars import Trap, plain_scalar
from scrubber.policy.syntax.source import MAX_BYTES, parse_tree, plain_tree, read_tree

PLAIN = [
    ("34", 34),
    ("-7", -7),
    ("+0", 0),
    ("0.5", 0.5),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("true", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("2027-06-30", "2027-06-30"),
    ("2026-01/2026-06", "2026-01/2026-06"),
    ("1.2.3", "1.2.3"),
    ("y", "y"),
    ("n", "n"),
    ("None", "None"),
    ("naïve", "naïve"),
    ("😀", "😀"),
    ("TCK-7", "TCK-7"),
    ("12:30:99", "12:30:99"),  # no base-60 number either
    ("1-2", "1-2"),
    ("0", 0),
]


@pytest.mark.parametrize(("word", "value"), PLAIN)
def test_a_plain_word_means_what_yaml_1_2_says(word: str, value: object) -> None:
    found = plain_scalar(word)
    assert found == value
    assert type(found) is type(value)


TRAPS = [
    *[(word, "yaml-boolean") for word in ("yes", "No", "NO", "on", "Off", "OFF", "YES")],
    *[
        (word, "yaml-number")
        for word in (
            "0123", "-07", "0899", "0x1F", "0o17", "0b11", "12:30", "1:30:00", "12:30.5", "1_000",
            ".inf", "-.Inf", ".nan", "1e999", "9" * 30, "-" + "9" * 5000,
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("word", "code"), TRAPS)
def test_a_word_that_programs_read_differently_is_refused(word: str, code: str) -> None:
    found = plain_scalar(word)
    assert isinstance(found, Trap)
    assert found.code == code


def test_in_quotes_every_word_is_text() -> None:
    tree, problems = parse_tree("a: \"NO\"\nb: '0123'\nc: |\n  12:30\n", "r.yaml")
    assert not problems
    assert tree.data == {"a": "NO", "b": "0123", "c": "12:30\n"}


def test_every_key_and_value_has_its_place() -> None:
    tree, problems = parse_tree("a: 1\nb:\n  - {c: é, d: x}\n", "r.yaml")
    assert not problems
    assert str(tree.key_mark(("b",))) == "r.yaml:2:1"
    assert str(tree.key_mark(("b", 0, "d"))) == "r.yaml:3:12"  # code points, not bytes
    assert str(tree.value_mark(("b", 0, "d"))) == "r.yaml:3:15"
    assert str(tree.value_mark(("b", 0, "missing", "deeper"))) == "r.yaml:3:5"
    assert tree.at(("b", 0, "c")) == "é"
    assert tree.at(("b", 7, "c")) is None


BAD = [
    ("a: NO\n", ["1:4 [yaml-boolean]"]),
    ("on: x\n", ["1:1 [yaml-boolean]"]),
    ("a: 0123\n", ["1:4 [yaml-number]"]),
    ("a: 1\nb: 2\na: 3\n", ["3:1 [duplicate-key]"]),
    ("a: {b: 1, b: 2}\nc: {d: 1, d: 2}\n", ["1:11 [duplicate-key]", "2:11 [duplicate-key]"]),
    ("7: x\n", ["1:1 [yaml-key]"]),
    ("null: x\n", ["1:1 [yaml-key]"]),
    ("? [a]\n: x\n", ["1:3 [yaml-key]"]),
    ("a: &k {b: 1}\nc:\n  <<: *k\n", ["3:3 [yaml-merge]"]),
    ("a: !!python/object:os.system 1\n", ["1:4 [yaml-tag]"]),
    ("a: !secret x\n", ["1:4 [yaml-tag]"]),
    ("a: *nowhere\n", ["1:4 [yaml-alias]"]),
    ("a: &x [*x]\n", ["1:4 [yaml-alias]"]),
    ("a: 1\n---\nb: 2\n", ["2:1 [yaml-documents]"]),
    ("a:\n\tb: 1\n", ["2:1 [yaml-syntax]"]),
    ("a: [1\n", ["2:1 [yaml-syntax]"]),
    ("a: b: c\n", ["1:5 [yaml-syntax]"]),
    ("", ["1:1 [empty-file]"]),
    ("# only a comment\n", ["1:1 [empty-file]"]),
    ("- a\n", ["1:1 [not-a-mapping]"]),
    ("some text\n", ["1:1 [not-a-mapping]"]),
    ("a: x\x07\n", ["1:5 [bad-encoding]"]),
    ("a: x\u2028\n", ["1:5 [bad-encoding]"]),
    ("ab: 1\nc: \x1b[31m\n", ["2:4 [bad-encoding]"]),
    ("a: " + "[" * 200 + "]" * 200, ["1:43 [too-deep]"]),
]


@pytest.mark.parametrize(("text", "expected"), BAD)
def test_bad_yaml_is_a_problem_with_its_place(text: str, expected: list[str]) -> None:
    _, problems = parse_tree(text, "r.yaml")
    assert [f"{p.mark.line}:{p.mark.column} [{p.code}]" for p in problems] == expected


def test_a_tab_is_named() -> None:
    assert "spaces" in parse_tree("a:\n\tb: 1\n", "r.yaml")[1][0].hint


def test_a_bomb_of_aliases_is_defused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    _, problems = parse_tree("\n".join(lines), "r.yaml")
    assert [p.code for p in problems] == ["yaml-alias"]


def test_an_alias_within_the_limit_is_a_copy() -> None:
    tree, problems = parse_tree("a: &x {b: 1}\nc: *x\n", "r.yaml")
    assert not problems
    assert tree.data == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: 1\nb: caf\xe9\n", "2:7 [bad-encoding]"),
        ("a: ü".encode("utf-16"), "1:1 [bad-encoding]"),
        (b"#" * (MAX_BYTES + 1), "1:1 [file-too-big]"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(content)
    _, (problem,) = read_tree(path, "r.yaml")
    assert f"{problem.mark.line}:{problem.mark.column} [{problem.code}]" == expected


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_tree(path, "r.yaml")[0].data == {"a": 1, "b": 2}


def test_a_missing_file_or_a_folder_is_a_problem(tmp_path: Path) -> None:
    assert read_tree(tmp_path / "x.yaml", "x.yaml")[1][0].code == "file-missing"
    assert read_tree(tmp_path, "x")[1][0].code == "file-unreadable"


def test_a_mapping_of_a_program_is_copied_and_checked() -> None:
    given_ = {"a": ({"b": 1},)}
    tree, problems = plain_tree(given_, "<rules>")
    assert not problems
    assert tree.data == {"a": [{"b": 1}]}
    for bad, code in [
        ({7: 1}, "yaml-key"),
        ({"a": object()}, "wrong-type"),
        ({"a": float("nan")}, "wrong-type"),
        ({"a": "\ud800"}, "bad-encoding"),
    ]:
        assert [p.code for p in plain_tree(bad, "<rules>")[1]] == [code]
    loop: dict[str, object] = {}
    loop["a"] = loop
    assert [p.code for p in plain_tree(loop, "<rules>")[1]] == ["too-deep"]


@given(
    st.text(alphabet=st.sampled_from("ab: -[]{}\n\t#&*!|>'\"%@`?,0.yno<\x00é😀\u2028"), max_size=80)
)
def test_parsing_is_total(text: str) -> None:
    tree, problems = parse_tree(text, "r.yaml")
    if not problems:
        # What is accepted is YAML by the same scanner; PyYAML's own refuses a tab after a colon.
        read = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        assert read.keys() == tree.data.keys()
    for problem in problems:
        assert 1 <= problem.mark.line <= text.count("\n") + 2
