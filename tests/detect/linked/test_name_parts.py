"""Names in texts: what is one, and what is an everyday word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.linked.folding import Folded, fold
from scrubber.detect.linked.person import Person, may_name, name_words
from scrubber.detect.linked.person_search import NameSearch, WordIndex

NOAH = ["Noah", "Gray"]
WILL = ["Will", "An"]

# (the values of the row, a text, what is found in it)
CASES: list[tuple[list[str], str, list[str]]] = [
    (NOAH, "Mr. Gray, gray discharge", ["Gray"]),
    (NOAH, "noah gray", ["noah gray"]),
    (NOAH, "GRAY, NOAH", ["GRAY, NOAH"]),
    (NOAH, "Gray, N. saw N. Gray", ["Gray, N.", "N. Gray"]),
    (NOAH, "n. gray", ["n. gray"]),
    (NOAH, "N.G. or N. G. but not NG", ["N.G.", "N. G."]),
    (NOAH, "e.g. an n.g. of it", []),
    (NOAH, "Noah G. and N Gray", ["Noah G.", "N Gray"]),
    (NOAH, "Noah Q. Gray", ["Noah Q. Gray"]),
    (NOAH, "Noah Quincy Gray", ["Noah Quincy Gray"]),
    (NOAH, "Noah's, Noahs, the Grays", ["Noah", "Noahs", "Grays"]),
    (NOAH, "noah_gray; @noah.gray; gray-noah", ["noah_gray", "noah.gray", "gray-noah"]),
    (NOAH, "ngray1; noahgray, grayn", ["ngray", "noahgray", "grayn"]),
    (NOAH, "Dear Noah\nGray", ["Noah\nGray"]),
    (NOAH, "Noahide Grayson ignoah", []),
    (NOAH, "dr gray is in", ["gray"]),
    (WILL, "An apple. An apple an An apple", ["An"]),
    (WILL, "will you? Will you? we will. I met Will", ["Will"]),
    (WILL, "Will An will call", ["Will An"]),
    (WILL, "Dr. An", ["An"]),
    (WILL, "WILL CALL AN AGENT", []),
    (["Ed", "Li"], "Ed said: Li led, ed li", ["Ed", "Li", "ed li"]),
    (["José", "Müller"], "Jose\u0301 MUELLER; jose muller", ["Jose\u0301 MUELLER", "jose muller"]),
    (["Mueller"], "Herr Müller, muller", ["Müller"]),
    (["Straße"], "STRASSE", ["STRASSE"]),
    (["O'Brien"], "O’Brien, OBrien; o brien", ["O’Brien", "OBrien", "o brien"]),
    (["Mary-Ann", "Lee"], "Mary Ann Lee; Ann; maryann", ["Mary Ann Lee", "Ann", "maryann"]),
    (["Vincent", "van der Berg"], "Vincent van der Berg; van der", ["Vincent van der Berg"]),
    (["Al", "Haddad"], "Al el al; Al Haddad", ["Al", "Al Haddad"]),
    (["Dr. Ann Poe, MD"], "Dr. Poe, MD", ["Poe"]),
    (["王", "伟"], "王伟先生说王好", ["王伟"]),
    (["김", "민수"], "김민수가 왔다", ["김민수"]),
    (["Иван", "Петров"], "иван петров, Петровна", ["иван петров"]),
    (["محمد"], "قال محمد نعم", ["محمد"]),
    (["सुरेन्द्र", "पाण्डे"], "कल सुरेन्द्र पाण्डे आये, पाण्डे ने कहा", ["सुरेन्द्र पाण्डे", "पाण्डे"]),
    (["নুসরাত", "বসু"], "আজ নুসরাত বসু এসেছেন", ["নুসরাত বসু"]),
    (["இந்துமதி"], "நேற்று இந்துமதி வந்தார்", ["இந்துமதி"]),
    (["ပိုင်မြို့"], "မနေ့က ပိုင်မြို့ လာသည်", ["ပိုင်မြို့"]),
    ([""], "nobody", []),
    (["123"], "123", []),
    (["J"], "J is a letter", []),
    (NOAH, "", []),
]  # fmt: skip


@pytest.mark.parametrize(("values", "text", "expected"), CASES)
def test_names_in_texts(values: list[str], text: str, expected: list[str]) -> None:
    whole = Folded.of(text)
    names = NameSearch([Person(values)])
    found = [text[hit.start : hit.end] for hit in names.search(whole)]
    assert found == expected
    by_index = names.search(whole, WordIndex(whole.folded))
    assert [text[hit.start : hit.end] for hit in by_index] == expected
    if found:
        assert may_name(values, whole.folded)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Dr. Mary-Ann O'Brien, MD", ("mary", "ann", "o'brien")),
        ("Noah's", ("noah",)),
        ("Mr", ("mr",)),
        ("", ()),
        ("x" * 1_000, ()),
    ],
)
def test_the_words_of_a_name(value: str, words: tuple[str, ...]) -> None:
    assert name_words(value) == words


NAME = st.from_regex(r"\A[A-Z][a-zàéöüß]{3,9}\Z")
WRITINGS = st.sampled_from(
    [
        "{f} {l}", "{l}, {f}", "{l} {f}", "{i}. {l}", "{l}, {i}.", "{f}", "{l}", "{f}'s", "{l}s",
        "{f}_{l}", "{f}.{l}", "mr {l}", "{f} X. {l}", "{f}{l}", "{i}{l}",
    ]
)  # fmt: skip
CASING = st.sampled_from([str, str.lower, str.upper, str.title])


@given(NAME, NAME, WRITINGS, CASING)
def test_no_writing_of_a_rare_name_is_missed(
    first: str, last: str, writing: str, cased: object
) -> None:
    first, last = first + "zq", last + "qz"  # no everyday word, and no part of the other
    assert callable(cased)
    said = cased(writing.format(f=first, l=last, i=first[0]))
    text = f"we saw {said} today"
    whole = Folded.of(text)
    assert may_name([first, last], whole.folded)
    rest = text
    for hit in reversed(NameSearch([Person([first, last])]).search(whole)):
        rest = rest[: hit.start] + "{}" + rest[hit.end :]
    assert fold(first) not in fold(rest)
    assert fold(last) not in fold(rest)


@given(st.lists(st.text(max_size=12), max_size=3), st.text(max_size=60))
def test_the_cheap_tests_rule_out_nothing_that_is_found(values: list[str], text: str) -> None:
    whole = Folded.of(text)
    found = NameSearch([Person(values)]).search(whole)
    if found:
        assert may_name(values, whole.folded)
    for hit in found:
        assert 0 <= hit.start < hit.end <= len(text)


@given(st.lists(st.sampled_from(["ab", "AB.,-'\n", "éß王", " ", "an", "Will"]), max_size=30))
def test_hits_are_in_order_and_apart(pieces: list[str]) -> None:
    text = "".join(pieces)
    hits = NameSearch(Person([v]) for v in ("Ab An", "B王", "Will")).search(Folded.of(text))
    ends = [0, *(hit.end for hit in hits)]
    assert all(hit.start >= end for hit, end in zip(hits, ends, strict=False))
