"""Fragments keep the conservation law; ledgers merge like sets that cannot disagree."""

from __future__ import annotations

import json
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import ConservationError, InputError
from scrubber.manifest.ledger import Fragment, Ledger
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally

REF = BatchRef("a.csv", 0, 1, 10, "d1")
NAMES = st.sampled_from(["a", "é", "e\u0301", "👩‍👩‍👧", "x\x1b[31m", ""])
SMALL = st.integers(0, 5)


def fragment(**changes: Any) -> Fragment:
    base: dict[str, Any] = {
        "ref": REF,
        "output_digest": "d2",
        "rows_in": 10,
        "rows_out": 7,
        "dropped": Tally({"rows[0]": 2}),
        "quarantined": Tally({"unreadable": 1}),
        "fields": Tally({("f", "in"): 7, ("f", "changed"): 5, ("f", "nulled"): 2}),
        "findings": Tally({("f", "PERSON", "r", "redact"): 9}),
    }
    return Fragment(**{**base, **changes})


@st.composite
def fragments(draw: st.DrawFn) -> Fragment:
    dropped = Tally(draw(st.dictionaries(NAMES, SMALL)))
    quarantined = Tally(draw(st.dictionaries(NAMES, SMALL)))
    out = draw(SMALL)
    rows = out + dropped.total + quarantined.total
    fields = []
    for name in draw(st.sets(NAMES)):
        events = {event: draw(SMALL) for event in ("changed", "removed", "nulled")}
        fields += [((name, event), n) for event, n in events.items()]
        fields.append(((name, "in"), sum(events.values()) + draw(SMALL)))
    keys = st.tuples(NAMES, NAMES, NAMES, NAMES)
    ref = BatchRef(draw(st.sampled_from("abc")), draw(st.integers(0, 3)), 1, rows, "d")
    return Fragment(
        ref,
        "o",
        rows,
        out,
        dropped,
        quarantined,
        Tally(fields),
        Tally(draw(st.dictionaries(keys, SMALL))),
        inner=Tally(draw(st.dictionaries(st.tuples(NAMES, NAMES, NAMES), SMALL))),
    )


def distinct(found: list[Fragment]) -> list[Fragment]:
    return list({(f.ref.source, f.ref.ordinal): f for f in found}.values())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rows_in": 11}, "rows-lost"),
        ({"rows_out": 8}, "rows-lost"),
        ({"dropped": Tally()}, "rows-lost"),
        ({"quarantined": Tally({"unreadable": 2})}, "rows-lost"),
        ({"rows_out": -1, "dropped": Tally({"r": 10})}, "rows-lost"),
        ({"ref": replace(REF, rows=11)}, "rows-lost"),
        ({"fields": Tally({("f", "in"): 6, ("f", "changed"): 7})}, "field-counts"),
        ({"fields": Tally({("f", "removed"): 1})}, "field-counts"),
        (
            {"fields": Tally({("f", "in"): 2, ("f", "changed"): 2, ("f", "nulled"): 1})},
            "field-counts",
        ),
        ({"fields": Tally({("f", "lost"): 1})}, "field-counts"),
    ],
)
def test_counts_that_do_not_add_up(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ConservationError) as caught:
        fragment(**changes)
    assert caught.value.code == code


def test_rejected_records_count_as_in_and_quarantined() -> None:
    made = fragment(ref=replace(REF, rows=9))
    assert made.rows_in == made.ref.rows + made.quarantined["unreadable"]


def test_one_batch_has_one_account() -> None:
    ledger = Ledger.of([fragment()])
    assert ledger | Ledger.of([fragment()]) == ledger
    for other in (fragment(output_digest="x"), fragment(ref=replace(REF, digest="other content"))):
        with pytest.raises(ConservationError) as caught:
            ledger.merge(Ledger.of([other]))
        assert caught.value.code == "batch-differs"


def test_look_up_is_by_the_whole_address() -> None:
    ledger = Ledger.of([fragment()])
    assert ledger[REF] == fragment()
    assert REF in ledger
    assert replace(REF, digest="changed") not in ledger
    assert "a.csv" not in ledger
    with pytest.raises(KeyError):
        ledger[replace(REF, ordinal=1)]


@given(st.lists(fragments(), max_size=8), st.data())
def test_merge_is_associative_commutative_and_idempotent(
    found: list[Fragment], data: st.DataObject
) -> None:
    found = distinct(found)
    a, b, c = (Ledger(data.draw(st.sets(st.sampled_from(found))) if found else ()) for _ in "abc")
    assert (a | b) | c == a | (b | c)
    assert a | b == b | a
    assert a | a == a
    assert a | Ledger() == a
    assert hash(a | b) == hash(b | a)
    assert list(a | b) == list(b | a)


@given(st.lists(fragments(), max_size=8).map(distinct))
def test_totals_obey_the_conservation_law(found: list[Fragment]) -> None:
    ledger = Ledger(found)
    assert ledger.rows_in == ledger.rows_out + ledger.dropped.total + ledger.quarantined.total
    parts = ledger.by_source()
    assert sum(part.rows_in for part in parts.values()) == ledger.rows_in
    assert sum((part.fields for part in parts.values()), Tally()) == ledger.fields
    assert sum((part.findings for part in parts.values()), Tally()) == ledger.findings


@given(st.lists(fragments(), max_size=6).map(distinct))
def test_written_and_read_back(found: list[Fragment]) -> None:
    ledger = Ledger(found)
    raw = ledger.to_bytes()
    assert Ledger.from_bytes(raw) == ledger
    assert Ledger(reversed(found)).to_bytes() == raw


@pytest.mark.parametrize(
    "change",
    [
        {"rows_in": "10"},
        {"rows_in": 10.0},
        {"ref": ["a.csv", 0, 1, 10]},
        {"ref": ["a.csv", 0, 1, "10", "d"]},
        {"dropped": [["rows[0]", 1], ["rows[0]", 1]]},
        {"dropped": [["rows[0]", -2], ["x", 4]]},
        {"dropped": [["rows[0]", True], ["x", 1]]},
        {"dropped": [[1, 2]]},
        {"findings": [["f", "PERSON", 1]]},
        {"fields": "f"},
        {"more": 1},
        {"output_digest": None},
    ],
    ids=str,
)
def test_malformed_fragments_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        Fragment.from_json({**fragment().to_json(), **change})
    assert caught.value.code == "fragment-form"


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b'{"format":"scrubber/ledger/v1"}', b'{"format":"x","fragments":[]}'],
)
def test_malformed_ledgers_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        Ledger.from_bytes(raw)


def test_a_ledger_that_was_edited_into_contradiction_is_refused() -> None:
    body = json.loads(Ledger([fragment()]).to_bytes())
    body["fragments"][0]["rows_out"] = 8
    raw = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(ConservationError):
        Ledger.from_bytes(raw)


def test_repr_tells_no_counts() -> None:
    assert repr(Ledger([fragment()])) == "Ledger(1 fragments)"


def test_all_batches_as_one() -> None:
    """Every count is added up: also one that a fragment gets later."""
    left, inner = Tally({("f", "PERSON", "r"): 2}), Tally({("at", "", ""): 7})
    spoken = Tally({"fi": 2})
    full = fragment(rescanned=3, residual=left, inner=inner, languages=spoken)
    other = replace(full, ref=replace(REF, ordinal=1, first_row=11))
    whole = Ledger.of([full, other]).as_one(replace(REF, rows=20), "o")
    assert whole.ref.rows == 20
    for one in dataclass_fields(Fragment):
        before, after = getattr(full, one.name), getattr(whole, one.name)
        if isinstance(before, Tally):
            assert len(before)
            assert after == before + before
        elif isinstance(before, int):
            assert before
            assert after == 2 * before
        else:
            assert one.name in ("ref", "output_digest")
