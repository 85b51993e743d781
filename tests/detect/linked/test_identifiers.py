"""Identifiers in texts, in the ways that people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.linked.dates import days_of, written_days
from scrubber.detect.linked.folding import Folded, squash
from scrubber.detect.linked.identifiers import CODE, DATE, MAILBOX, PHONE, PHRASE, Kind

KINDS = {"mail": MAILBOX, "phone": PHONE, "code": CODE, "date": DATE, "phrase": PHRASE}


def found(kind: Kind, value: str, text: str) -> list[str]:
    """What of `text` is `value`; the cheap tests must not have ruled it out."""
    whole = Folded.of(text)
    squashed = squash(whole.folded)
    spans = set()
    for identifier in kind.make(value):
        here = {whole.span(place.start, place.end) for place in identifier.search(whole)}
        assert not here or identifier.possible(whole.folded, squashed)
        spans |= here
    needle = kind.needle(value)
    assert not spans or needle is None or needle in (squashed if kind.squashed else whole.folded)
    assert not spans or needle != ""
    outer = [
        one
        for one in spans
        if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spans)
    ]
    return [text[start:end] for start, end in sorted(outer)]


GRAY, TEL, BERLIN = "NGray1@mac.com", "617-248-4867", "+49 30 901820"

# (kind, the value, a text, what is found in it)
CASES: list[tuple[str, str, str, list[str]]] = [
    ("mail", GRAY, "ngray1@mac.com, NGRAY1@MAC.COM", ["ngray1@mac.com", "NGRAY1@MAC.COM"]),
    ("mail", GRAY, "ngray1 at mac dot com", ["ngray1 at mac dot com"]),
    ("mail", GRAY, "ngray1 (at) mac [dot] com", ["ngray1 (at) mac [dot] com"]),
    ("mail", GRAY, "user ngray1 or ngray1@work.org", ["ngray1", "ngray1"]),
    ("mail", GRAY, "ngray12 or angray1", []),
    ("mail", "al@x.org", "al and al@x.org", ["al@x.org"]),
    ("mail", "info@x.org", "more info: INFO@x.org", ["INFO@x.org"]),
    ("mail", "ann12@", "ann-12", ["ann-12"]),
    ("mail", "no mail at all", "No mail at all!", ["No mail at all"]),
    ("phone", TEL, "(617) 248-4867", ["(617) 248-4867"]),
    ("phone", TEL, "+1 617 248 4867;", ["+1 617 248 4867"]),
    ("phone", TEL, "1-617.248.4867", ["1-617.248.4867"]),
    ("phone", TEL, "6172484867", ["6172484867"]),
    ("phone", TEL, "001 617 2484867", ["001 617 2484867"]),
    ("phone", TEL, "61 72 48 48 67", ["61 72 48 48 67"]),
    ("phone", TEL, "call 248-4867", ["248-4867"]),
    ("phone", TEL, "ring 2 617-248-4867", ["617-248-4867"]),
    ("phone", TEL, "212-248-4867", []),
    ("phone", TEL, "96172484867 and 61724848671", []),
    ("phone", TEL, "248 then 4867", []),
    ("phone", "(617) 248-4867 x12", "617.248.4867", ["617.248.4867"]),
    ("phone", BERLIN, "030 901820", ["030 901820"]),
    ("phone", BERLIN, "030/90 18 20", ["030/90 18 20"]),
    ("phone", BERLIN, "0049 (0)30 901820", ["0049 (0)30 901820"]),
    ("phone", "020 7946 0000", "+44 (0)20 7946 0000", ["+44 (0)20 7946 0000"]),
    ("phone", "110", "110 people", []),
    ("phone", "none", "there is none", ["none"]),
    ("code", "C-100037", "c100037, C 100037", ["c100037", "C 100037"]),
    ("code", "C-100037", "number 100037, 1000375", ["100037"]),
    ("code", "123-45-6789", "123456789 or 123 45 6789", ["123456789", "123 45 6789"]),
    ("code", "00123456", "123456, 0123456, 1234567", ["123456", "0123456"]),
    ("code", "2127", "02127 but not 21270 or 12127", ["02127"]),
    ("code", "7", "7 of 7", []),
    ("code", "A000000", "000000", ["000000"]),
    ("code", "198.51.100.8", "198.51.100.8 and 198.51.100.80", ["198.51.100.8"]),
    ("code", "AB12", "xab12 ab123 ab12", ["ab12"]),
    ("code", "Б12345", "счёт Б12345", ["Б12345"]),
    ("code", "agent orange", "Agent  Orange", ["Agent  Orange"]),
    ("date", "10/03/2022", "2022-10-03 or Oct 3, 2022", ["2022-10-03", "Oct 3, 2022"]),
    ("date", "2022-10-03", "3 October 2022; 3rd of October", ["3 October 2022", "3rd of October"]),
    ("date", "2022-10-03", "October 3rd was 10.3.22", ["October 3rd", "10.3.22"]),
    ("date", "2022-10-03", "20221003 and 03.10.2022", ["20221003", "03.10.2022"]),
    ("date", "2022-10-03", "3. Oktober 2022, 3 octobre", ["3. Oktober 2022", "3 octobre"]),
    ("date", "2022-10-03", "October 2022, Oct 31, 2021-10-03, 10/3", []),
    ("date", "2022-10-03T10:00:00", "on 10/3/2022", ["10/3/2022"]),
    ("date", "unknown", "unknown", ["unknown"]),
    ("phrase", "841 6th St,", "841 6th Street. 841 6TH ST", ["841 6th Street", "841 6TH ST"]),
    ("phrase", "841 6th St,", "at 841 6th and Main", ["841 6th"]),
    ("phrase", "841 6th St, Boston, MA", "841 6th st, Boston MA", ["841 6th st, Boston MA"]),
    ("phrase", "841 6th St, Boston, MA", "841 6th Street, boston", ["841 6th Street"]),
    ("phrase", "841 6th St", "1841 6th St", []),
    ("phrase", "12 North Hill Rd", "12 N. Hill Road", ["12 N. Hill Road"]),
    ("phrase", "Las Vegas", "las vegas Las\nVegas", ["las vegas", "Las\nVegas"]),
    ("phrase", "Reading", "reading in Reading", ["Reading"]),
    ("phrase", "Of", "of Of", []),
    ("phrase", "Köln", "Koln", ["Koln"]),
    ("phrase", "", "", []),
    ("phrase", "x" * 2_000, "x" * 2_000, []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "text", "expected"), CASES)
def test_identifiers_in_texts(kind: str, value: str, text: str, expected: list[str]) -> None:
    assert found(KINDS[kind], value, text) == expected


DAYS = st.dates(date(1930, 1, 1), date(2029, 12, 31))
FORMATS = st.sampled_from(
    ["%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y", "%b. %d %y", "%Y%m%d", "%m/%d/%y"]
)


@given(DAYS, FORMATS, FORMATS)
def test_a_day_is_found_in_any_format(day: date, one: str, other: str) -> None:
    value = day.strftime("%Y-%m-%d" if "%y" in one else one)
    said = day.strftime(other)
    assert found(DATE, value, f"seen on {said}.") == [said]


@given(DAYS, st.integers(32, 300))
def test_another_day_is_not(day: date, away: int) -> None:
    other = (day + timedelta(days=away)).strftime("%B %d, %Y")
    assert found(DATE, day.isoformat(), other) == []


GAPS = st.lists(st.sampled_from(["", " ", "-", ".", ") "]), min_size=9, max_size=9)
PREFIXES = st.sampled_from(["", "+1 ", "1-", "(", "001"])


@given(st.from_regex(r"\A[2-9][0-9]{2}[2-9][0-9]{6}\Z"), GAPS, PREFIXES)
def test_a_number_is_found_in_any_grouping(digits: str, gaps: list[str], before: str) -> None:
    said = before + "".join(d + g for d, g in zip(digits, [*gaps, ""], strict=True))
    text = f"call {said}, please"
    hits = found(PHONE, digits, text)
    assert len(hits) == 1
    assert "".join(filter(str.isdigit, hits[0])).endswith(digits)


@given(st.text(max_size=20), st.text(max_size=50))
def test_any_value_and_any_text(value: str, text: str) -> None:
    for kind in KINDS.values():
        found(kind, value, text)
        found(kind, value, f"x {value} y")


@given(st.from_regex(r"\A[A-Z]{1,3}[0-9]{4,8}\Z"), st.integers(0, 2**30))
def test_a_code_is_found_with_any_separators(value: str, seed: int) -> None:
    gaps = ["", "-", " ", "."]
    said = "".join(char + gaps[seed >> i & 3] for i, char in enumerate(value)).rstrip("-. ")
    assert any(said in hit or hit in said for hit in found(CODE, value, f"no {said}!"))


def test_a_day_of_two_meanings() -> None:
    assert {(d.month, d.day) for d in days_of("03/04/2022")} == {(3, 4), (4, 3)}
    assert "2022" not in repr(days_of("03/04/2022"))
    assert list(written_days("99/99/2022, 2022-13-01")) == []
