"""The built-in names model: what it must find, and what it promises whatever the text."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.ner import builtin as names
from scrubber.detect.ner import network
from scrubber.detect.ner.builtin import FOLDER, builtin, identity
from scrubber.detect.ner.decode import LABELS, widened
from scrubber.detect.ner.tokens import Tokens
from scrubber.errors import NotAvailable

PERSONS = [
    ("My name is John Smith and I live in Boston.", "John Smith"),
    ("hi, my name is maria gonzalez and i need help", "maria gonzalez"),
    ("The applicant, Mr Ivan Petrov, was born in 1961.", "Ivan Petrov"),
    ("Dear Dr. Henrik Larsson,\nthank you for your letter.", "Henrik Larsson"),
    ("From: Susan Miller <x@example.com>\nTo: all", "Susan Miller"),
    ("Patient: JAMES WILSON, seen today", "JAMES WILSON"),
    ("Best regards,\nEmily Johnson", "Emily Johnson"),
    ("Name: Olivia Brown", "Olivia Brown"),
]
LOCATIONS = [
    ("She moved to London last year.", "London"),
    ("Please ship it to 12 Main Street, Springfield, IL 62701.", "12 Main Street"),
    ("I live in Berlin, Germany.", "Berlin"),
]
NOTHING = ["", " ", "\n\n", "12345", "...", "\u200b", "?!", "2024-01-01 10:00"]


def covered(text: str, label: str) -> set[int]:
    (found,) = builtin().find([text])
    return {i for name in found if name.label == label for i in range(name.start, name.end)}


def missing(text: str, part: str, label: str) -> set[int]:
    start = text.index(part)
    inside = {start + i for i, char in enumerate(part) if char.isalnum()}
    return inside - covered(text, label)


@pytest.mark.parametrize(("text", "person"), PERSONS)
def test_people_are_wholly_covered(text: str, person: str) -> None:
    assert not missing(text, person, "PERSON")


@pytest.mark.parametrize(("text", "place"), LOCATIONS)
def test_places_are_wholly_covered(text: str, place: str) -> None:
    assert not missing(text, place, "LOCATION")


@pytest.mark.parametrize("gap", ["", " "])
def test_a_handle_is_found_with_its_sign_and_without_a_blank(gap: str) -> None:
    text = f"RT @{gap}annpoe: what a day"
    handle = range(3, text.index(":"))
    assert covered(text, "PERSON") == {i for i in handle if text[i] != " "}


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_found_where_no_word_is(text: str) -> None:
    detector = build_detector(DetectSpec(ner="builtin", entities=LABELS))
    assert detector.detect([text]) == [()]


TEXT = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["John", "smith", "in", "Paris", "\n", " ", ",", "Dr", "é", "王", "🙂", "\ud800"]
    )
).map(" ".join)


@given(st.lists(TEXT, max_size=8), TEXT)
def test_a_texts_names_depend_on_that_text_alone(others: list[str], text: str) -> None:
    alone = builtin().find([text])[0]
    assert builtin().find([*others, text])[-1] == alone
    for name in alone:
        assert 0 <= name.start < name.end <= len(text)
    for one, two in pairwise(alone):
        assert one.end <= two.start


@given(st.text(max_size=200))
def test_tokens_are_the_texts_own(text: str) -> None:
    tokens = Tokens.of(text)
    at = 0
    for word, start in zip(tokens.words, tokens.starts, strict=True):
        assert text[start : start + len(word)] == word
        assert start >= at
        assert not text[at:start].strip()
        at = start + len(word)
    assert not text[at:].strip()


@pytest.mark.slow
def test_a_long_text_is_looked_at_to_its_end() -> None:
    text = "the quick brown fox jumps over the lazy dog. " * 6000 + "My name is John Smith."
    detector = build_detector(DetectSpec(ner="builtin", entities=("PERSON",)))
    (spans,) = detector.detect([text])
    at = text.index("John Smith")
    assert any(s.start <= at and at + len("John Smith") <= s.end for s in spans)


@pytest.mark.slow
def test_a_long_text_goes_through_the_network_in_parts_with_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "\n".join(f"{i} {t}" for i in range(60) for t, _ in PERSONS + LOCATIONS)
    assert len(Tokens.of(text).words) > 6 * network.BATCH
    in_parts = builtin().find([text])
    monkeypatch.setattr(network, "BATCH", len(text))
    assert in_parts == builtin().find([text])
    monkeypatch.setattr(network, "BATCH", 7)
    assert in_parts == builtin().find([text])


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["\u4e2d\u6587\u5b57", "@@@"])
def test_the_networks_memory_is_bounded_whatever_the_texts_length(unit: str) -> None:
    text = unit * 30_000
    builtin().find(["warm"])
    tracemalloc.start()
    builtin().find([text])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("user \x1b[31mJohn Smith\x1b[0m logged in", "John Smith"),
        ("user \x1b[1;38;5;12mJohn Smith\x1b[m logged in", "John Smith"),
        ("\x1b[2KMy name is \x1b[1mMaria Gonzalez\x1b[0m.", "Maria Gonzalez"),
    ],
)
def test_a_name_in_colour_is_found_in_its_place(text: str, name: str) -> None:
    (spans,) = build_detector(DetectSpec(entities=("PERSON",), ner="builtin")).detect([text])
    assert name in [text[s.start : s.end] for s in spans]


def test_only_the_entities_that_are_asked_for() -> None:
    detector = build_detector(DetectSpec(ner="builtin", entities=("LOCATION",)))
    (spans,) = detector.detect(["My name is John Smith and I live in Berlin, Germany."])
    assert {span.label for span in spans} == {"LOCATION"}
    assert {span.recognizer for span in spans} == {"scrubber.names"}


def test_the_model_is_small_and_says_what_it_was_made_of() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 10_000_000
    meta = json.loads((FOLDER / "meta.json").read_text(encoding="utf-8"))
    weights = (FOLDER / names.COMPONENT / names.WEIGHTS).read_bytes()
    assert meta["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert meta["inputs"]
    assert meta["scores"]
    assert all(one["licence"] and len(one["sha256"]) == 64 for one in meta["inputs"])
    assert not any("SA" in one["licence"] for one in meta["inputs"])


def test_the_manifest_names_the_model_by_its_digest() -> None:
    detector = build_detector(DetectSpec(ner="builtin"))
    assert identity() in detector.identities
    assert identity()[1].partition("+sha256:")[2].isalnum()


def test_the_model_is_a_spacy_pipeline() -> None:
    nlp = spacy.load(FOLDER)
    doc = nlp("Dear Dr. Henrik Larsson,\n  thank you.")
    assert doc.text == "Dear Dr. Henrik Larsson,\n  thank you."
    assert any("Larsson" in ent.text and ent.label_ == "PERSON" for ent in doc.ents)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for path in FOLDER.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    monkeypatch.setattr(names, "FOLDER", tmp_path)
    names.builtin.cache_clear()
    names.digest.cache_clear()
    yield tmp_path
    names.builtin.cache_clear()
    names.digest.cache_clear()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda folder: (folder / "meta.json").unlink(), "names-model-missing"),
        (lambda folder: (folder / "names" / "weights.npz").unlink(), "names-model-missing"),
        (lambda folder: (folder / "meta.json").write_text("{"), "names-model-broken"),
        (lambda folder: (folder / "meta.json").write_text("[]"), "names-model-broken"),
        (lambda folder: (folder / "names" / "weights.npz").write_bytes(b"x"), "names-model-broken"),
    ],
)
def test_a_damaged_model_is_refused(copied: Path, damage, code: str) -> None:  # type: ignore[no-untyped-def]
    damage(copied)
    with pytest.raises(NotAvailable) as caught:
        build_detector(DetectSpec(ner="builtin"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "first", "last", "whole"),
    [
        ("a certain N.B. said", 3, 4, "N.B."),
        ("a certain N.B. said", 2, 3, "N.B."),
        ("Ann Smith-Jones left", 0, 2, "Ann Smith-Jones"),
        ("Ann Smith-Jones left", 3, 4, "Smith-Jones"),
        ("by O'Neil today", 3, 4, "O'Neil"),
        ("Ann Poe. Then", 0, 2, "Ann Poe"),
        ("seen by Ann.Bob", 4, 5, "Bob"),
        ("Ann - Bob", 0, 1, "Ann"),
        ("-Ann", 1, 2, "Ann"),
        ("Poe-", 0, 1, "Poe"),
        ("N.", 0, 1, "N."),
        (".", 0, 1, "."),
        ("by @annpoe today", 2, 3, "@annpoe"),
        ("by @ annpoe today", 2, 3, "@ annpoe"),
        ("x@annpoe", 2, 3, "annpoe"),
        ("@annpoe", 1, 2, "@annpoe"),
    ],
)
def test_a_name_ends_within_no_initials_and_no_joined_word(
    text: str, first: int, last: int, whole: str
) -> None:
    tokens = Tokens.of(text)
    ends = [s + len(w) for s, w in zip(tokens.starts, tokens.words, strict=True)]
    joined = [False, *(e == s for e, s in zip(ends, tokens.starts[1:], strict=False))]
    a, b = widened(tokens.words, joined, first, last)
    assert text[tokens.starts[a] : ends[b - 1]] == whole
