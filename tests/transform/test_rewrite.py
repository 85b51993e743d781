"""rewrite: what is covered is replaced, the rest stays to the letter, and offsets move along."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import TransformError
from scrubber.model.finding import Action, Cover, Piece, Span
from scrubber.model.findings import Covers, Findings
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, Transform
from scrubber.transform.columns.distinct import per_distinct
from scrubber.transform.erase import Mask, Redact
from scrubber.transform.rewrite import OffsetMap, rewrite, rewrite_column, widen

REDACT = Action(Strictness.REDACT, "redact")
MASK = Action(Strictness.MASK, "mask", consumes=False)
KEEP = Action(Strictness.KEEP, "keep", consumes=False)
ACUTE = "\u0301"


def cover(*pieces: tuple[int, int] | tuple[int, int, str] | tuple[int, int, str, Action]) -> Cover:
    defaults: tuple[Any, ...] = (0, 0, "PERSON", REDACT)
    return Cover(tuple(Piece(*(*p, *defaults[len(p) :])) for p in pieces))


@pytest.mark.parametrize(
    ("text", "pieces", "replacements", "expected"),
    [
        ("", [], [], ""),
        ("unchanged", [], [], "unchanged"),
        ("I am Ann.", [(5, 8)], ["{PERSON}"], "I am {PERSON}."),
        ("Ann", [(0, 3)], [""], ""),
        ("AnnBob", [(0, 3), (3, 6)], ["1", "22"], "122"),
        ("x Ann y Bob z", [(2, 5), (8, 11)], ["longer than", ""], "x longer than y  z"),
        ("😀 Ann 😀", [(2, 5)], ["👩\u200d👧"], "😀 👩\u200d👧 😀"),
        ("a\x00b\u202ec", [(1, 2)], ["-"], "a-b\u202ec"),
        # the very span is replaced, not the first text that looks like it
        ("Ann met Ann", [(8, 11)], ["X"], "Ann met X"),
    ],
)
def test_rewrite(
    text: str, pieces: list[tuple[int, int]], replacements: list[str], expected: str
) -> None:
    assert rewrite(text, cover(*pieces), replacements).text == expected


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("Ann", [(0, 4)]), ("", [(0, 1)]), ("Ann", [(5, 7)]), ("Annabel", [(0, 4), (3, 5)])],
)
def test_a_cover_of_another_text_is_an_error(text: str, pieces: list[tuple[int, int]]) -> None:
    with pytest.raises(TransformError) as caught:
        rewrite(text, cover(*pieces), ["x"] * len(pieces))
    assert caught.value.code == "cover-outside"
    assert "Ann" not in str(caught.value)


def test_one_replacement_per_piece() -> None:
    with pytest.raises(ValueError):
        rewrite("Ann", cover((0, 3)), [])


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        # "x Ann y Bob z" -> "x {NAME} y  z"
        ((0, 1), (0, 1)),  # before
        ((0, 2), (0, 2)),  # ends where the piece begins
        ((0, 3), (0, 8)),  # reaches into it: takes all of the replacement
        ((2, 5), (2, 8)),  # the piece itself
        ((3, 4), (2, 8)),  # inside
        ((4, 7), (2, 10)),  # begins inside
        ((5, 6), (8, 9)),  # begins where the piece ends
        ((6, 7), (9, 10)),  # between two
        ((8, 11), (11, 11)),  # the second is gone
        ((11, 13), (11, 13)),  # behind
        ((0, 13), (0, 13)),
    ],
)
def test_offsets(span: tuple[int, int], expected: tuple[int, int]) -> None:
    result = rewrite("x Ann y Bob z", cover((2, 5), (8, 11)), ["{NAME}", ""])
    assert result.text == "x {NAME} y  z"
    assert result.offsets.map(*span) == expected


@pytest.mark.parametrize("span", [(-1, 1), (2, 2), (3, 2)])
def test_offsets_of_no_range(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        OffsetMap().map(*span)


@pytest.mark.parametrize(
    ("text", "pieces", "expected"),
    [
        ("Jose says", [(0, 4)], [(0, 4)]),
        (f"Jose{ACUTE} says", [(0, 4)], [(0, 5)]),
        (f"Jose{ACUTE}{ACUTE}", [(0, 4)], [(0, 6)]),
        (f"Jose{ACUTE}{ACUTE}", [(0, 5)], [(0, 6)]),
        ("👩🏽 x", [(0, 1)], [(0, 2)]),  # skin tone
        ("❤\ufe0f x", [(0, 1)], [(0, 2)]),  # variation selector
        ("👩\u200d👧 x", [(0, 1)], [(0, 3)]),  # joined
        ("Ann\u200d x", [(0, 3)], [(0, 4)]),  # a joiner with nothing to join
        (f"e{ACUTE}a", [(1, 3)], [(0, 3)]),  # begins on the mark: takes the letter
        (f"Jose{ACUTE}Bob", [(0, 4), (4, 8)], [(0, 4), (4, 8)]),  # the neighbour covers it
        (f"a{ACUTE}{ACUTE}b", [(0, 1), (2, 3)], [(0, 2), (2, 3)]),
    ],
)
def test_widen(text: str, pieces: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert [(p.start, p.end) for p in widen(text, cover(*pieces)).pieces] == expected


class _Calls(list[tuple[str | None, list[str], Any]]):
    pass


@dataclass(frozen=True)
class Upper:
    """Upper case; fails on "bad"; remembers what it was given."""

    name: ClassVar[str] = "upper"
    calls: _Calls

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "masking")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        document = None if context.document is None else context.document.to_pylist()
        self.calls.append((context.label, array.to_pylist(), document))
        return per_distinct(
            array, lambda v: None if v == "bad" else v.upper(), array.type, "cannot be raised"
        )


UPPER = Action(Strictness.TOKEN, "upper")


def column(
    texts: Sequence[str | None],
    covers: Sequence[Cover],
    type_: pa.DataType = pa.string(),  # noqa: B008
    context: Context = Context(field="f"),  # noqa: B008
    calls: _Calls | None = None,
) -> Outcome:
    operators: dict[str, Transform] = {
        "redact": Redact(),
        "mask": Mask(keep_last=1),
        "upper": Upper(_Calls() if calls is None else calls),
    }
    return rewrite_column(pa.array(texts, type_), Covers.of(covers), operators.get, context)


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()])
def test_column(type_: pa.DataType) -> None:
    outcome = column(
        ["I am Ann", None, "nothing", "Bob, call 555", ""],
        [
            cover((5, 8)),
            cover(),
            cover(),
            cover((0, 3, "PERSON", KEEP), (10, 13, "PHONE_NUMBER", MASK)),
            cover(),
        ],
        type_,
    )
    assert outcome.array.to_pylist() == ["I am {PERSON}", None, "nothing", "Bob, call **5", ""]
    assert outcome.array.type == type_
    assert outcome.failed is None


def test_each_group_is_one_call_with_its_label_and_documents() -> None:
    calls = _Calls()
    documents = pa.array([b"d0", b"d1", b"d2"], pa.binary())
    outcome = column(
        ["ann bob", "oslo", "ann, paris"],
        [
            cover((0, 3, "PERSON", UPPER), (4, 7, "PERSON", UPPER)),
            cover((0, 4, "CITY", UPPER)),
            cover((0, 3, "PERSON", UPPER), (5, 10, "CITY", UPPER)),
        ],
        context=Context(field="f", document=documents),
        calls=calls,
    )
    assert outcome.array.to_pylist() == ["ANN BOB", "OSLO", "ANN, PARIS"]
    assert calls == [
        ("PERSON", ["ann", "bob", "ann"], [b"d0", b"d0", b"d2"]),
        ("CITY", ["oslo", "paris"], [b"d1", b"d2"]),
    ]


def test_a_failed_piece_fails_its_text() -> None:
    outcome = column(
        ["ann bad", "ann", "bad"],
        [
            cover((0, 3, "PERSON", UPPER), (4, 7, "PERSON", UPPER)),
            cover((0, 3, "PERSON", UPPER)),
            cover((0, 3, "PERSON", KEEP)),
        ],
    )
    assert outcome.array.to_pylist() == [None, "ANN", "bad"]
    assert outcome.failed.to_pylist() == [True, False, False]
    assert outcome.why == "PERSON: cannot be raised"


def test_no_mark_of_a_covered_name_remains_even_beside_a_kept_piece() -> None:
    text = f"Jose{ACUTE}!"
    outcome = column([text], [cover((0, 4), (4, 5, "X", KEEP))])
    assert outcome.array.to_pylist() == ["{PERSON}!"]


@pytest.mark.parametrize(
    ("text", "one", "code"),
    [
        ("Ann", cover((0, 4)), "cover-outside"),
        ("Ann", cover((1, 9, "X", KEEP)), "cover-outside"),
        (None, cover((0, 1)), "cover-outside"),
        ("Ann", cover((0, 3, "X", Action(Strictness.TOKEN, "unknown"))), "no-operator"),
    ],
)
def test_what_cannot_be_rewritten_is_an_error(text: str | None, one: Cover, code: str) -> None:
    with pytest.raises(TransformError) as caught:
        column([text], [one])
    assert caught.value.code == code


def test_a_cover_without_a_text_is_an_error() -> None:
    with pytest.raises(TransformError) as caught:
        column(["a"], [cover(), cover((0, 1))])
    assert caught.value.code == "cover-outside"


def test_pieces_that_overlap_are_an_error() -> None:
    with pytest.raises(TransformError) as caught:
        column(["Annabel"], [cover((0, 4), (3, 5))])
    assert caught.value.code == "cover-outside"


def test_what_is_known_already_is_not_asked_for() -> None:
    calls = _Calls()
    known = Piece(0, 3, "PERSON", UPPER, "Eve")
    outcome = column(
        ["ann bob", "ann"],
        [Cover((known, Piece(4, 7, "PERSON", UPPER))), Cover((known,))],
        calls=calls,
    )
    assert outcome.array.to_pylist() == ["Eve BOB", "Eve"]
    assert [texts for _, texts, _ in calls] == [["bob"]]


def test_text_that_is_not_utf8_is_failed() -> None:
    offsets = pa.py_buffer(struct.pack("<iii", 0, 1, 2))
    texts = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"\xffa")])
    outcome = rewrite_column(texts, Covers.of([cover((0, 1)), cover()]), {}.get, Context(field="f"))
    assert outcome.array.to_pylist() == [None, "a"]
    assert outcome.failed.to_pylist() == [True, False]


def test_a_large_text() -> None:
    text = "Ann " * 250_000
    one = cover(*((i * 4, i * 4 + 3) for i in range(0, 250_000, 50)))
    (out,) = column([text], [one]).array.to_pylist()
    assert out.count("{PERSON}") == 5_000
    assert len(out) == len(text) + 5_000 * (len("{PERSON}") - 3)


letters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(f"ab {ACUTE}\u200d🏽")


@st.composite
def covered(draw: st.DrawFn) -> tuple[str, Cover]:
    text = draw(st.text(letters, max_size=20))
    ends = st.integers(0, len(text))
    findings = [
        Span(min(a, b), max(a, b), "PERSON", 0.5, "r")
        for a, b in draw(st.lists(st.tuples(ends, ends), max_size=5))
        if a != b
    ]
    return text, Findings.of([findings]).covers(lambda _: REDACT).of_text(0)


@given(covered(), st.data())
def test_rewrite_is_total_and_changes_the_pieces_alone(
    given_: tuple[str, Cover], data: st.DataObject
) -> None:
    text, one = given_
    count = len(one.pieces)
    words = data.draw(st.lists(st.text(letters, max_size=5), min_size=count, max_size=count))
    result = rewrite(text, one, words)
    # back to front, the plain way
    expected = text
    for piece, word in reversed(list(zip(one.pieces, words, strict=True))):
        expected = expected[: piece.start] + word + expected[piece.end :]
    assert result.text == expected
    for (start, end), word in zip(result.offsets.new, words, strict=True):
        assert result.text[start:end] == word


@given(covered(), st.data())
def test_offsets_hold_what_the_span_held(given_: tuple[str, Cover], data: st.DataObject) -> None:
    text, one = given_
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    result = rewrite(text, one, ["<>"] * len(one.pieces))
    new_start, new_end = result.offsets.map(start, end)
    assert 0 <= new_start <= new_end <= len(result.text)
    touched = [p for p in one.pieces if p.start < end and start < p.end]
    low = min([start, *(p.start for p in touched)])
    high = max([end, *(p.end for p in touched)])
    inner = [Piece(p.start - low, p.end - low, p.label, p.action) for p in touched]
    assert (
        result.text[new_start:new_end]
        == rewrite(text[low:high], Cover(tuple(inner)), ["<>"] * len(inner)).text
    )


@given(covered())
def test_widen_only_grows_and_stays_disjoint(given_: tuple[str, Cover]) -> None:
    text, one = given_
    wide = widen(text, one)
    assert len(wide.pieces) == len(one.pieces)
    at = 0
    for before, after in zip(one.pieces, wide.pieces, strict=True):
        assert at <= after.start <= before.start < before.end <= after.end <= len(text)
        at = after.end
    assert widen(text, wide) == wide


@given(st.lists(covered(), max_size=6))
def test_no_covered_text_remains(rows: list[tuple[str, Cover]]) -> None:
    outcome = column([t for t, _ in rows], [c for _, c in rows])
    assert outcome.failed is None
    for (text, one), out in zip(rows, outcome.array.to_pylist(), strict=True):
        wide = widen(text, one)
        assert out == rewrite(text, wide, ["{PERSON}"] * len(wide.pieces)).text
