"""Texts that are read as JSON, code, logs or tokens come out in their format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.errors import RuleError, TransformError
from scrubber.pipeline.forms import shown
from scrubber.policy.plan import Format
from scrubber.transform.rewrite import OffsetMap

KEY = bytes(range(32))
MAIL, GONE = "ann@example.com", "{EMAIL_ADDRESS}"


def run(folder: Path, form: str, texts: list[Any], **more: Any) -> list[Any]:
    (folder / "a.jsonl").write_text("".join(json.dumps({"x": one}) + "\n" for one in texts))
    rule = {"name": "x", "class": "text", "entities": {"default": "redact"}, "format": form}
    detect = {"ner": "none", "entities": ["EMAIL_ADDRESS", "PASSWORD"]}
    rules = {"version": 1, "detect": detect, "fields": [rule], **more}
    scrubber.scrub(str(folder / "a.jsonl"), rules, out=str(folder / "out"), key=KEY)
    return [
        json.loads(line)["x"] for line in (folder / "out/data/a.jsonl").read_text().splitlines()
    ]


JSON = [
    ("spelling and spaces stay", '{"a" :\t1.0,"b":[1e3, -0, true,null], "c":"\\u00e9"}', None),
    ("a value", f'{{"to": "{MAIL}", "n": 7}}', f'{{"to": "{GONE}", "n": 7}}'),
    ("an escaped value",
     '{"to": "ann\\u0040example.com\\n\\"x\\""}', f'{{"to": "{GONE}\\n\\"x\\""}}'),
    ("JSON in JSON", json.dumps({"a": json.dumps({"b": [MAIL]})}),
     json.dumps({"a": json.dumps({"b": [GONE]})})),
    ("a key that is data", f'{{"{MAIL}": 1, "k": 2}}', f'{{"{GONE}": 1, "k": 2}}'),
    ("a key that is a name", '{"email": 1, "Password": "x"}', None),
    ("text", f"no JSON, {MAIL}", f"no JSON, {GONE}"),
    ("broken JSON is text", f'{{"to": "{MAIL}"', f'{{"to": "{GONE}"'),
    ("NaN is no JSON", f'{{"n": NaN, "to": "{MAIL}"}}', f'{{"n": NaN, "to": "{GONE}"}}'),
    ("deep", "[" * 5000 + f'"{MAIL}"' + "]" * 5000, "[" * 5000 + f'"{GONE}"' + "]" * 5000),
    ("empty", "", None), ("null", None, None), ("an empty object", "{}", None),
]  # fmt: skip


def test_json_in_text(tmp_path: Path) -> None:
    found = run(tmp_path, "json", [text for _, text, _ in JSON])
    for (name, text, expected), got in zip(JSON, found, strict=True):
        assert got == (text if expected is None else expected), name


def test_a_value_under_its_key(tmp_path: Path) -> None:
    """The key says what the value is, as in prose."""
    (found,) = run(tmp_path, "json", ['{"password": "hunter2-Zq9"}'])
    assert "hunter2" not in found
    assert json.loads(found).keys() == {"password"}


def test_a_number_becomes_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"x": '{"card": 4111111111111111, "n": 3}'}))
    rule = {"name": "x", "class": "text", "entities": {"default": "redact"}, "format": "json"}
    rules = {"version": 1, "detect": {"ner": "none"}, "fields": [rule]}
    scrubber.scrub(str(tmp_path / "a.jsonl"), rules, out=str(tmp_path / "out"), key=KEY)
    found = json.loads((tmp_path / "out/data/a.jsonl").read_text())["x"]
    assert found == '{"card": "{CREDIT_CARD}", "n": 3}'


def test_keys_that_become_the_same_are_refused(tmp_path: Path) -> None:
    texts = ['{"ann@example.com": 1, "bo@example.com": 2}']
    with pytest.raises(TransformError, match="two keys"):
        run(tmp_path, "json", texts)
    assert run(tmp_path, "json", texts, on_error="null") == [None]


def test_auto_tells_json_and_logs_from_prose(tmp_path: Path) -> None:
    log = (
        f'2026-01-02 10:00:00 INFO in {MAIL}\n{{"m": "{MAIL}\\n"}}\r\n2026-01-02 10:00:01 WARN ok\n'
    )
    texts = [f'["{MAIL}"]', log, f"Write to {MAIL}.\nBye"]
    expected = [f'["{GONE}"]', log.replace(MAIL, GONE), f"Write to {GONE}.\nBye"]
    assert run(tmp_path, "auto", texts) == expected


def test_code_keeps_its_names(tmp_path: Path) -> None:
    code = f"import os\n# {MAIL}\nnn = Module.forward(x)\n"
    assert run(tmp_path, "code", [code]) == [code.replace(MAIL, GONE)]


def test_tokens_keep_their_number(tmp_path: Path) -> None:
    texts = [["to", MAIL, ",", "ann@", "example.com", "!"], [], None, ["a", None, MAIL]]
    found = run(tmp_path, "tokens", texts)
    assert [None if one is None else len(one) for one in found] == [6, 0, None, 3]
    assert found[0][:3] == ["to", GONE, ","]
    assert found[3] == ["a", None, GONE]


SPLIT = [
    ("jane . doe @ example . com", 7),
    ("jane.doe @ example.com", 3),
    ("jane_doe@ example.com", 2),
    ("JANE @ EXAMPLE . ORG", 5),
    ("192 . 168 . 1 . 77", 7),
    ("4111 - 1111 - 1111 - 1111", 7),
]


@pytest.mark.parametrize(("shape", "count"), SPLIT)
def test_what_a_tokenizer_splits_is_found(shape: str, count: int, tmp_path: Path) -> None:
    tokens = ["Reach", "me", "at", *shape.split(), ".", "Thanks", "."]
    (made,) = run(tmp_path, "tokens", [tokens], detect={"ner": "none"})
    assert len(made) == len(tokens)
    assert made[:3] + made[-3:] == ["Reach", "me", "at", ".", "Thanks", "."]
    assert len(shape.split()) == count
    assert all(word[0] == "{" for word in made[3:-3]), made


@pytest.mark.parametrize("text", ["lunch @ home . Then", "a - b - c", "in 2019 . 3 men", "@ @ ."])
def test_other_tokens_are_joined_by_a_space(text: str, tmp_path: Path) -> None:
    assert run(tmp_path, "tokens", [text.split()]) == [text.split()]


def test_tokens_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="elements of a list"):
        run(tmp_path, "tokens", ["a text"])


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(values, st.booleans())
def test_json_that_nothing_changes_is_itself(value: Any, ascii_: bool) -> None:
    text = json.dumps([value], ensure_ascii=ascii_, indent=1)
    form = shown(text, Format.JSON).form
    assert form is not None
    assert form.closed("", OffsetMap()) == text


@given(values)
def test_json_whose_values_change_is_json(value: Any) -> None:
    text = json.dumps([value])
    opened = shown(text, Format.JSON)
    assert opened.form is not None
    pieces = [(a, b) for a, b in opened.form.ranges if a < b]
    new, made, at, grown = [], [], 0, 0
    for number, (start, end) in enumerate(pieces):
        word = f'"{number}\\'
        new.append((start + grown, start + grown + len(word)))
        made += [opened.text[at:start], word]
        at, grown = end, grown + len(word) - (end - start)
    made.append(opened.text[at:])
    closed = opened.form.closed("".join(made), OffsetMap(tuple(pieces), tuple(new)))
    assert json.dumps(json.loads(closed)).count('\\"') >= len(pieces)
