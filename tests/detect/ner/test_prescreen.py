"""The gate: which texts can hold a name."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.ner.builtin import Name, Names
from scrubber.detect.ner.prescreen import Gate, digest, lists, tokens
from scrubber.errors import NotAvailable

GATE = Gate()


@pytest.mark.parametrize(
    "text",
    [
        # a capital inside a sentence, an unknown word, a given name
        "It is for Ann.",
        "ask ravi about it",
        "the parcel for kavisri is lost",
        "Please call maria about it.",
        # an unknown word in small letters
        "He says mchoke was there.",
        "where was it? Turkey?",
        # no sentence begins there, or one does
        "it is the “Rose” of the day, says everybody here",
        "i saw it.Ann too",
        "the parcel is here\nAnn has it",
        "the parcel is here (Ann has it)",
        # words that are names, where a name is likely
        "my name is rose",
        "Thanks, rose",
        "dear grace, it came",
        # cells
        "Smith",
        "smith",
        "rose",
        "Rose",
        "MARK",
        "Oslo",
        "United States",
        "UNITED STATES",
        # addresses
        "12 park drive",
        "send it to 12 old mill road",
        "my zip code is 35649",
        "Postcode: 35649",
        "the flat no. 12 is mine",
        "po box 12",
        # other scripts, accents, handles, initials
        "Грета",
        "田中さん",
        "zoë called",
        "@annpoe said so",
        "mike42 wrote it",
        "J. was here",
    ],
)
def test_texts_that_can_hold_a_name(text: str) -> None:
    assert GATE.may_hold_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "...",
        "12.50",
        "The parcel was damaged, please send another one.",
        "the order will be here on the 3rd at 5pm",
        "I do not know what to do. It is the same again!",
        "thank you very much, that is all",
        "Is it open at 10:30?",
        "The parcel is here.\n\nThe other one is not.\r\nIt will be sent (again).",
        "what?! no... it is version 1.2.3, as of 12.50",
        "it was in a damaged box for 7.65",
        "We rescheduled it – “as soon as possible”…",
        "ok",
        "yes",
        "👍",
        "\ud800",
    ],
)
def test_texts_that_can_hold_none(text: str) -> None:
    assert not GATE.may_hold_name(text)


def test_tokens() -> None:
    assert tokens("It is so. No, 12.5!") == [b".It", b"is", b"so", b".No", b"00", b".0", b"."]


word = st.sampled_from("the is parcel zorblax Ann rose thanks 12 road name . \n é @x".split(" "))


@given(st.lists(st.lists(word, max_size=8).map(" ".join), max_size=6))
def test_the_answer_depends_on_the_text_alone(texts: list[str]) -> None:
    """What it saw before, and what it has forgotten, changes nothing."""
    fresh = [Gate.__new__(Gate) for _ in texts]
    for gate in fresh:
        gate.__dict__ |= {"_ways": GATE._ways, "_names": GATE._names}
        gate.__dict__ |= {"_harmless": set(), "_suspects": set(), "_plain": set()}
    expected = [gate.may_hold_name(t) for gate, t in zip(fresh, texts, strict=True)]
    assert [GATE.may_hold_name(text) for text in texts] == expected
    assert [GATE.may_hold_name(text) for text in reversed(texts)] == expected[::-1]


@given(st.text(max_size=40), st.sampled_from(["Zorblax", "zorblax", "Ännä"]))
def test_an_unknown_word_in_a_text_lets_it_through(text: str, name: str) -> None:
    assert GATE.may_hold_name(f"{text.lower()} {name.capitalize()}Q {text}")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.detect.ner.prescreen._REMEMBERED", 20)
    gate = Gate()
    for i in range(200):
        assert not gate.may_hold_name(f"the parcel {'0' * i}{'.' * i} was here")
    assert max(map(len, (gate._harmless, gate._plain, gate._suspects))) < 30


def test_a_long_text_is_judged_in_good_time() -> None:
    assert not GATE.may_hold_name("the parcel is here. " * 50_000)
    assert not GATE.may_hold_name("12 " * 300_000)
    assert GATE.may_hold_name("x" * 1_000_000)


def test_the_lists_are_small_and_are_what_their_record_says() -> None:
    folder = files(lists.__name__)
    record = json.loads((folder / "meta.json").read_text())
    assert all(
        source["licence"] for kind in ("text", "names", "dictionaries") for source in record[kind]
    )
    size = 0
    for name, own in record["lists"].items():
        packed = (folder / name).read_bytes()
        size += len(packed)
        assert hashlib.sha256(packed).hexdigest() == own
        lines = gzip.decompress(packed).decode("ascii").splitlines()
        assert lines == sorted(set(lines))
    assert size < 500_000
    assert digest().startswith("sha256:")


def test_lists_that_are_not_those_of_the_record_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = lists._packed
    monkeypatch.setattr(lists, "_packed", lambda name: real(name) + b"x" * (name == lists.NAMES))
    with pytest.raises(NotAvailable, match="gate-lists-broken"):
        digest()


def test_a_list_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> bytes:
        raise EOFError

    monkeypatch.setattr(lists.gzip, "decompress", broken)
    with pytest.raises(NotAvailable, match="gate-lists-broken"):
        Gate()


def test_the_model_sees_only_what_the_gate_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def find(_: Names, texts: Sequence[str]) -> list[list[Name]]:
        seen.extend(texts)
        return [[] for _ in texts]

    monkeypatch.setattr(Names, "find", find)
    detector = build_detector(DetectSpec(ner="builtin", entities=("PERSON",)))
    assert detector.detect(["the parcel was damaged", "ask Ann", "", "12"]) == [()] * 4
    assert seen == ["ask Ann"]


def test_the_lists_are_in_the_detectors_identities() -> None:
    assert ("scrubber.names.gate", digest()) in build_detector(DetectSpec(ner="builtin")).identities
    without = build_detector(DetectSpec(ner="none")).identities
    assert not any(name.startswith("scrubber.names") for name, _ in without)
