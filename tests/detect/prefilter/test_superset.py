"""A superset finds at least as much: by examples, and for regexes made at random."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.prefilter.alphabet import Image, mask, project, special_letters, table
from scrubber.detect.prefilter.narrowing import Narrowing
from scrubber.detect.prefilter.parse import UnknownError, groups, image, parsed
from scrubber.detect.prefilter.superset import superset
from tests.detect.matching import matches, matching
from tests.examples import examples

pytestmark = pytest.mark.slow

CASELESS, LINES, DOTALL = int(regex.IGNORECASE), int(regex.MULTILINE), int(regex.DOTALL)

# ── the alphabet ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("Az09 _\n\x00\x7f", b"Az09 _\n\x00\x7f"),
        ("é中Я", b"___"),
        ("٣３𝟘", b"000"),
        ("\u00a0\u2028\u3000\x85", b"\x80\x80\x80\x80"),
        ("🙏–\u200b\ufffd", b"\x81\x81\x81\x81"),
        ("\u017f\u212a\u0131\u0130", b"skii"),
        ("\ud800a", b"\x81a"),
    ],
    ids=ascii,
)
def test_a_text_becomes_a_byte_a_code_point(text: str, data: bytes) -> None:
    assert project(text) == data


@pytest.mark.parametrize(
    ("escape", "members"),
    [
        (r"\d", b"0123456789"),
        (r"\w", b"0123456789_" + bytes(range(65, 91)) + bytes(range(97, 123))),
        (r"\s", b"\t\n\v\f\r \x80"),
    ],
)
def test_bytes_mean_what_the_regex_module_says_of_every_code_point(
    escape: str, members: bytes
) -> None:
    codes = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    inside = set(map(ord, regex.findall(escape, "".join(map(chr, codes)))))
    bytes_ = table()
    assert {code for code in codes if bytes_[code] in members} == inside


def test_the_letters_beyond_ascii_that_equal_one_without_case_are_known() -> None:
    beyond = "".join(chr(code) for code in range(128, 0x110000) if not 0xD800 <= code <= 0xDFFF)
    for letter in map(chr, range(97, 123)):
        for one in (letter, letter.upper(), f"[{letter}0]", f"[{letter.upper()}-{letter.upper()}]"):
            for found in regex.findall(one, beyond, regex.IGNORECASE):
                assert special_letters()[ord(found)] == ord(letter)


@given(st.integers(0, 0x10FFFF), st.integers(0, 0x200), st.integers(0, 0x10FFFF))
def test_images_and_their_complements_hold_all_members(low: int, width: int, code: int) -> None:
    high = min(low + width, 0x10FFFF)
    if not 0xD800 <= code <= 0xDFFF:
        members = Image.of_codes(low, high)
        side = members if low <= code <= high else ~members
        assert side.some & mask(project(chr(code)))


# ── trees ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("pattern", [r"(?r)ab", r"(?p)a|ab", r"(?f)ß", "(?V1)a"])
def test_flags_of_another_meaning_are_refused(pattern: str) -> None:
    with pytest.raises(UnknownError):
        parsed(pattern, CASELESS)
    assert superset(pattern, CASELESS) == ()


@pytest.mark.parametrize(
    "pattern", ["(?:foo){e<=1}", r"(a)(?(1)b|c)", r"(a(?1)?b)", r"\Xa", r"(?|(a)|(b))\2"]
)
def test_what_is_not_understood_has_no_superset(pattern: str) -> None:
    assert superset(pattern, 0) == ()


def test_groups_are_known_by_their_number() -> None:
    assert {number: len(found) for number, found in groups(parsed(r"(a)(b(c))", 0)).items()} == {
        1: 1,
        2: 1,
        3: 1,
    }


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("[a-c]", b"abc", b"dA_\x81"),
        ("[^a]", b"bA0_\x80\x81", b"a"),
        (r"\d", b"059", b"a\x80"),
        (r"[\w-]", b"a_0-", b".\x80\x81"),
        ("é", b"_", b"ea"),
        (r"[^\s]", b"a_\x81", b" \x80"),
        (r"\p{Lu}", b"AZ_", b"5 \n"),
    ],
)
def test_sets_become_bytes(pattern: str, inside: bytes, outside: bytes) -> None:
    made = image(parsed(pattern, 0).items[0])
    assert all(made.some >> byte & 1 for byte in inside)
    assert not any(made.some >> byte & 1 for byte in outside)


# ── supersets ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pattern", "flags", "texts", "others"),
    [
        (r"\bab\b", 0, ["ab", "x ab.", "é ab"], ["xab", "éab", "AB"]),
        (r"ab", CASELESS, ["aB", "AB"], ["a b"]),
        (r"kilo", CASELESS, ["KILO", "Kilo", "kİlo"], ["milo"]),
        (r"[A-Z]{2}1", CASELESS, ["ıx1", "ſK1"], ["é1", "a1"]),
        (r"^ab$", LINES, ["ab", "x\nab\ny", "ab\n"], ["xab", "abx"]),
        (r"\Aab", 0, ["abc"], ["xab", "\nab"]),
        (r"ab\Z", 0, ["xab"], ["abx"]),
        (r"(?<=id )\d+", 0, ["id 5"], ["ix 5", "5"]),
        (r"\d(?=%)", 0, ["5%"], ["5"]),
        (r"(?<!\w)ab(?!\w)", 0, ["ab", " ab."], ["éab", "ab1"]),
        (r"([ab])x\1", 0, ["axa", "bxb"], ["cxc"]),
        (r"a(?:b|c)*d", 0, ["ad", "abcbd"], ["axd"]),
        (r"(?i)straße", 0, ["STRAßE"], ["str"]),
        (r"a(?#note)b(?x: c )", 0, ["abc"], ["ab c"]),
        (r"x*\d{3}y*", 0, ["123"], ["12"]),
        (r"(?:com|community|co\.uk)", 0, ["com", "co.uk"], ["c.om"]),
        ("a.b", DOTALL, ["a\nb", "a🙏b"], ["ab"]),
        ("a.b", 0, ["a\u2028b"], ["a\nb"]),
    ],
)
def test_texts_that_it_matches_and_texts_that_it_spares(
    pattern: str, flags: int, texts: list[str], others: list[str]
) -> None:
    sources = superset(pattern, flags)
    assert sources
    assert all(matches(sources, text) for text in texts)
    assert not any(matches(sources, text) for text in others)
    assert all(regex.search(pattern, text, flags) for text in texts)


@pytest.mark.parametrize("pattern", ["", "a*", "(?:)", r"\b", "a?|b", "(", "(?!a)"])
def test_what_would_match_everywhere_has_none(pattern: str) -> None:
    assert superset(pattern, 0) == ()


ATOM = st.sampled_from(
    [
        *("a", "B", "7", "é", "ß", "k", "s", "I", "_", "-", r"\.", "@", " ", "σ", "ı"),
        *(r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", ".", "[a-f]", "[^a-z]", "[A-Z0-9]", r"[\w.-]"),
        *("[é-ü]", r"\p{L}", r"[^\W\d]", "[i-k]"),
    ]
)
EDGE = st.sampled_from(
    [
        *(r"\b", r"\B", "^", "$", r"\A", r"\Z", "(?=a)", "(?!b)", "(?<=7)", r"(?<!\w)", r"(?!\d)"),
        *(r"(?<=ab)", r"(?=.*\d)", r"(?<!a7)", r"(?=$|\s)", r"(?<=^|[^\w])", r"\m", r"\M"),
    ]
)
COUNT = st.sampled_from(
    ["", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "*?", "++", "{2,}", "{5,7}"]
)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    row = st.lists(parts | EDGE, min_size=1, max_size=4).map("".join)
    return st.one_of(
        row,
        st.tuples(row, row).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(row, COUNT).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        row.map(lambda one: f"({one})"),
        row.map(lambda one: f"(?>{one})"),
        row.map(lambda one: f"(?i:{one})"),
    )


REGEX = st.recursive(st.tuples(ATOM, COUNT).map("".join), _joined, max_leaves=8)
FLAGS = st.sampled_from(
    [0, CASELESS, CASELESS | LINES | DOTALL, LINES, DOTALL, DOTALL | int(regex.VERSION1)]
)
NOISE = st.lists(
    st.sampled_from(["", " ", "\n", "a", "b", "7", "é", "-", "ſ", "ı", "\u2028", "🙏", "ab"]),
    max_size=3,
).map("".join)


@examples(400)
@given(REGEX, FLAGS, NOISE, NOISE, st.integers(0, 2**32))
def test_where_any_regex_finds_characters_its_superset_matches(
    pattern: str, flags: int, left: str, right: str, seed: int
) -> None:
    try:
        compiled = regex.compile(pattern, flags)
    except regex.error:
        return
    sources = superset(pattern, flags)
    rng = random.Random(seed)
    with suppress(TimeoutError):  # nested counts
        for _ in range(3 if sources else 0):
            text = left + matching(pattern, flags, rng)[:200] + right
            if any(match.group() for match in compiled.finditer(text, timeout=1)):
                assert matches(sources, text), (sources, ascii(text))


# ── narrowing ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "pattern",
    ["(?<=id:)[0-9]+", "[0-9]+(?=px)", "[0-9]+(?!pt)", "(?<!no )[0-9]+", ".+", r"(?:a){e<=1}"],
)
def test_a_regex_that_looks_far_or_knows_all_characters_is_not_narrowed(pattern: str) -> None:
    assert Narrowing.of(pattern, DOTALL) is None


def test_the_stretches_are_the_runs_around_the_ends_of_matches() -> None:
    narrowing = Narrowing.of(r"[a-z]+@[a-z]+", 0)
    assert narrowing is not None
    text = "to ab@cd, or ef@gh (ij)"
    ends = [text.index("@") + 2, text.index(","), text.index("gh") + 1, text.index(" (")]
    assert [text[a:b] for a, b in narrowing.stretches(project(text), ends)] == ["ab@cd", "ef@gh"]
    assert list(narrowing.stretches(project(text), [])) == []
