"""Positions in a text and copies of its parts move along with it; and those that are kept are
recognized."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.errors import RuleError, ScrubberError, TransformError
from scrubber.transform.rewrite import OffsetMap

KEY = bytes(range(32))
MAIL = "ann@example.com"
GONE = "{EMAIL_ADDRESS}"
TEXT: dict[str, Any] = {"name": "t", "class": "text", "entities": {"default": "redact"}}
REST = {"name": "**", "keep": "labels"}


def run(folder: Path, records: list[Any], *fields: dict[str, Any], **more: Any) -> list[Any]:
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    (folder / "a.jsonl").write_text(text, encoding="utf-8")
    detect = {"ner": "none", "entities": ["EMAIL_ADDRESS"]}
    rules = {"version": 1, "detect": detect, "fields": [*fields, REST], **more}
    scrubber.scrub(str(folder / "a.jsonl"), rules, out=str(folder / "out"), key=KEY)
    found = (folder / "out/data/a.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in found]


# "é🙂 to ann@example.com, ok": two characters that are long in bytes and UTF-16
T = f"é🙂 to {MAIL}, ok"
NEW = f"é🙂 to {GONE}, ok"
SPANS = {"start": "s[].b", "end": "s[].e"}
CASES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("before, in, partly in and behind what changed", SPANS,
     {"s": [{"b": 0, "e": 2}, {"b": 6, "e": 21}, {"b": 3, "e": 9},
            {"b": 10, "e": 12}, {"b": 23, "e": 25}]},
     {"s": [{"b": 0, "e": 2}, {"b": 6, "e": 21}, {"b": 3, "e": 21},
            {"b": 6, "e": 21}, {"b": 23, "e": 25}]}),
    ("inclusive ends", {**SPANS, "ends": "inclusive"},
     {"s": [{"b": 0, "e": 1}, {"b": 6, "e": 20}, {"b": 23, "e": 24}]},
     {"s": [{"b": 0, "e": 1}, {"b": 6, "e": 20}, {"b": 23, "e": 24}]}),
    ("bytes", {**SPANS, "unit": "bytes"},
     {"s": [{"b": 2, "e": 6}, {"b": 10, "e": 25}, {"b": 27, "e": 29}]},
     {"s": [{"b": 2, "e": 6}, {"b": 10, "e": 25}, {"b": 27, "e": 29}]}),
    ("UTF-16 units", {**SPANS, "unit": "utf16"},
     {"s": [{"b": 1, "e": 3}, {"b": 7, "e": 22}, {"b": 24, "e": 26}]},
     {"s": [{"b": 1, "e": 3}, {"b": 7, "e": 22}, {"b": 24, "e": 26}]}),
    ("a copy by its place", {**SPANS, "copy": "s[].w"},
     {"s": [{"b": 6, "e": 21, "w": MAIL}, {"b": 23, "e": 25, "w": "ok"}]},
     {"s": [{"b": 6, "e": 21, "w": GONE}, {"b": 23, "e": 25, "w": "ok"}]}),
    ("starts and copies in lists of their own", {"start": "a.s[]", "copy": "a.w[]"},
     {"a": {"s": [6, 23], "w": [MAIL, "ok"]}}, {"a": {"s": [6, 23], "w": [GONE, "ok"]}}),
    ("a copy alone", {"copy": "w[]"},
     {"w": [MAIL, "ok", "ann", None]}, {"w": [GONE, "ok", GONE, None]}),
    ("pairs with a label", {"pair": "p[][]"}, {"p": [[6, 21, "M"], [23, 25, "O"]]},
     {"p": [[6, 21, "M"], [23, 25, "O"]]}),
    ("no place, and null", SPANS,
     {"s": [{"b": -1, "e": -1}, {"b": None, "e": None}, {"b": 3, "e": 3}]},
     {"s": [{"b": -1, "e": -1}, {"b": None, "e": None}, {"b": 3, "e": 3}]}),
    ("a start alone", {"start": "b"}, {"b": 23}, {"b": 23}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("realign", "given", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
@pytest.mark.parametrize("replacement", ["{EMAIL_ADDRESS}", "-"])
def test_fields_move_along(
    realign: dict[str, Any], given: Any, expected: Any, replacement: str, tmp_path: Path
) -> None:
    # the label is as long as the address, so what it gives is what was there; "-" is shorter
    entities = {"default": {"redact": {"with": replacement}}}
    text = {**TEXT, "entities": entities, "realign": [realign]}
    (found,) = run(tmp_path, [{"t": T, **given}], text)
    assert found.pop("t") == NEW.replace(GONE, replacement)
    if replacement == GONE:
        assert found == expected
        return
    unit = realign.get("unit", "code_points")
    last = 21 + {"code_points": 0, "bytes": 4, "utf16": 1}[unit]
    assert found == _shorter(expected, last, realign)


def _shorter(value: Any, last: int, realign: dict[str, Any]) -> Any:
    """The expectation where the 15 letters of the address became one."""
    if isinstance(value, dict):
        return {key: _shorter(inner, last, realign) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shorter(inner, last, realign) for inner in value]
    if value == GONE:
        return "-"
    behind = last - (realign.get("ends") == "inclusive")
    return value - 14 if isinstance(value, int) and value >= behind else value


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("behind the text", {"s": [{"b": 20, "e": 99}]}, "outside"),
    ("before the text", {"s": [{"b": -2, "e": 3}]}, "outside"),
    ("the end before the start", {"s": [{"b": 5, "e": 3}]}, "outside"),
    ("other words", {"s": [{"b": 6, "e": 21, "w": "bob@example.com"}]}, "not those of the copy"),
    ("no text", {"t": None, "s": [{"b": 0, "e": 1}]}, "null"),
]


@pytest.mark.parametrize(("wrong", "why"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_positions_that_cannot_be(wrong: dict[str, Any], why: str, tmp_path: Path) -> None:
    text = {**TEXT, "realign": [{**SPANS, "copy": "s[].w"}]}
    right = {"t": T, "s": [{"b": 6, "e": 21, "w": MAIL}]}
    records = [right, {"t": T, **wrong}]
    with pytest.raises(TransformError, match=why) as caught:
        run(tmp_path, records, text)
    assert caught.value.place is not None
    assert (caught.value.place.file, caught.value.place.row) == ("a.jsonl", 2)
    assert "bob" not in str(caught.value)
    # and such a record alone goes to quarantine where the rules ask for it
    assert len(run(tmp_path, records, text, on_error="drop_row")) == 1


def test_a_position_within_a_character(tmp_path: Path) -> None:
    text = {**TEXT, "realign": [{**SPANS, "unit": "bytes"}]}
    with pytest.raises(TransformError, match="cuts a character"):
        run(tmp_path, [{"t": T, "s": [{"b": 1, "e": 6}]}], text)


@pytest.mark.parametrize(
    "record",
    [
        {"t": T, "s": [{"b": 6, "e": 21, "w": MAIL}]},
        {"t": T, "s": [{"start": 6, "end": 21}]},
        {"t": T, "s": [{"start": 6, "end": 20}]},  # inclusive
        {"t": T, "p": [[6, 21, "M"]]},
        {"t": T, "a": {"answer_start": [6], "text": [MAIL]}},
        {"m": [{"t": T, "s": [{"start": 6, "end": 21}]}, {"t": "x", "s": []}]},
    ],
)
def test_kept_positions_are_refused(record: dict[str, Any], tmp_path: Path) -> None:
    text = {**TEXT, "name": ["t", "m[].t", "s[].w", "a.text[]"], "optional": True}
    with pytest.raises(ScrubberError) as caught:
        run(tmp_path, [record], text)
    assert caught.value.code == "offset-kept"


@pytest.mark.parametrize(
    "record",
    [
        {"t": T, "n": 6, "m": 9},  # no words
        {"t": T, "start": 2, "end": 900},
        {"t": T, "s": [{"start": 6, "end": 7}]},
        {"t": T, "year": 1999, "id": 7, "w": MAIL},
        {"t": "", "start": 0, "end": 0},
    ],
)
def test_other_numbers_are_kept(record: dict[str, Any], tmp_path: Path) -> None:
    (found,) = run(tmp_path, [record], {**TEXT, "name": ["t", "w"], "optional": True})
    assert {k: v for k, v in found.items() if k not in "tw"} == {
        k: v for k, v in record.items() if k not in "tw"
    }


@pytest.mark.parametrize(
    ("realign", "code"),
    [
        ({"end": "b"}, "realign-parts"),
        ({"start": "*"}, "realign-parts"),
        ({"start": "w"}, "wrong-kind"),
        ({"start": "gone"}, "unmatched-rule"),
        ({"start": "b", "copy": "s[].w"}, "realign-parts"),
        ({"start": "b", "unit": "words"}, "unknown-value"),
    ],
)
def test_rules_that_cannot_be(realign: dict[str, Any], code: str, tmp_path: Path) -> None:
    record = {"t": T, "b": 6, "w": MAIL, "s": [{"w": MAIL}]}
    with pytest.raises(RuleError) as caught:
        run(tmp_path, [record], {**TEXT, "realign": [realign]})
    assert code in [one.code for one in caught.value.problems]


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5), st.text(max_size=4))))
def test_a_range_is_mapped_to_its_words(text: str, raw: list[tuple[int, int, str]]) -> None:
    from scrubber.model.finding import Action, Cover, Piece
    from scrubber.transform.rewrite import rewrite

    pieces, at = [], 0
    for skip, length, _ in raw:
        start, end = at + skip, at + skip + length
        if end > len(text):
            break
        pieces.append(Piece(start, end, "X", Action(1, "x")))
        at = end
    made = rewrite(text, Cover(tuple(pieces)), [new for (*_, new) in raw[: len(pieces)]])
    for i in range(len(text)):
        start, end = made.offsets.map(i, i + 1)
        if not made.offsets.touches(i, i + 1):
            assert made.text[start:end] == text[i]
        assert 0 <= start <= end <= len(made.text)
    assert OffsetMap().map(0, 1) == (0, 1)
