"""National numbers of a form that proves them, without a word before them."""

from __future__ import annotations

import random
import string

import pytest

from scrubber.detect.recognizers.proved import PROVED_IDS
from tests.detect.recognizers.searching import by, covers

FOUND = [
    "12345678Z", "X2482300W", "Y-0000000-Z", "RSSMRA85T10A562S", "AB123456C", "AB 12 34 56 C",
    "AFZPK7190K", "27AAPFU0939F1ZV", "BOXW310820HNERXN09", "GODE561231GR8", "2 95 10 99 126 111 93",
    "295109912611193", "85.07.30-033.28", "880320-0016", "198803200016", "131052-308T",
    "131052A308T", "151086 95088", "120174-3399", "710319/2745", "6433435F", "S1234567D",
    "11010519491231002X", "971013-9019902", "7503305044089", "770305-02-1234",
    "390.533.447-05", "16.727.230/0001-97", "12.531.909-2", "20-05536168-2", "756.9217.0769.85",
    "7569217076985", "15 070649 C 10 3", "112-233-445 95", "161175-19997", "1EG4-TE5-MK73",
]  # fmt: skip
NONE = [
    "12345678A", "X2482300A", "RSSMRA85T10A562T", "BG123456C", "AB123456E", "AFZQK7190K",
    "27AAPFU0939F1ZA", "BOXW310820HNERXN08", "GODE561331GR8", "2 95 10 99 126 111 94",
    "85.07.30-033.29", "880320-0017", "889920-0016", "131052-308U", "151086 95089", "120174-3389",
    "710319/2746", "6433435E", "S1234567A", "11010519491231002Y", "971313-9019902",
    "7503305044088", "771305-02-1234", "390.533.447-06", "16.727.230/0001-98", "12.531.909-3",
    "20-05536168-3", "756.9217.0769.84", "15 070649 C 10 4", "112-233-445 96", "161175-19998",
]  # fmt: skip
BARE = ["85073003328", "15108695088", "1207433990", "7103192745", "39053344705", "44051401359"]


@pytest.mark.parametrize("number", FOUND)
def test_found_without_a_word(number: str) -> None:
    assert covers(f"It says {number} there.", number, "ID_NUMBER")


@pytest.mark.parametrize("number", NONE)
def test_a_wrong_check_refutes(number: str) -> None:
    text = f"It says {number} there."
    assert not any(by(r.name, [text])[0] for r in PROVED_IDS), number


@pytest.mark.parametrize("number", BARE)
def test_bare_digits_with_one_check_digit_need_a_word(number: str) -> None:
    assert not any(by(r.name, [f"It says {number} there."])[0] for r in PROVED_IDS)


@pytest.mark.parametrize("recognizer", PROVED_IDS, ids=lambda r: r.name)
def test_its_own_example(recognizer: object) -> None:
    assert by(recognizer.name, recognizer.examples) == [True]  # type: ignore[attr-defined]


@pytest.mark.parametrize("length", range(6, 21))
@pytest.mark.parametrize("letters", ["", string.ascii_uppercase], ids=["digits", "letters"])
def test_few_random_strings_pass(length: int, letters: str) -> None:
    rng = random.Random(length)
    texts = ["".join(rng.choices(string.digits + letters, k=length)) for _ in range(6_000)]
    passed = sum(any(each) for each in zip(*(by(r.name, texts) for r in PROVED_IDS), strict=True))
    assert passed <= 12  # .1 % are 6, and chance
