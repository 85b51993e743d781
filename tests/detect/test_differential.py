"""The answers are AnalyzerEngine's, with the same registry and the same NLP engine."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.corpus import rows
from benchmarks.parity import Answer, analyzer, country_recognizers, ours, theirs
from scrubber.detect import DetectSpec, build_detector
from scrubber.errors import DetectionError
from tests.detect.matching import matching, searching
from tests.examples import examples

pytestmark = pytest.mark.slow

TICKET = (
    '{"name": "ticket", "supported_entity": "TICKET_ID", "context": ["ticket", "case"],'
    ' "patterns": [{"name": "t", "regex": "TCK-\\\\d{6}", "score": 0.3},'
    ' {"name": "weak", "regex": "\\\\b\\\\d{6}\\\\b", "score": 0.05}]}'
)
PLAIN = DetectSpec(recognizers=(TICKET,), house=False)
COUNTRIES = DetectSpec(recognizers=(TICKET, *country_recognizers()), house=False)
HOUSE = DetectSpec()  # with the house's recognizers, which Presidio's engine runs as well

TEXTS = [
    "",
    " ",
    "\n",
    "nothing to see here",
    "My name is Ann Poe and I live in Oslo.",
    # e-mail addresses and URLs
    "write to jane.doe@example.com",
    "JANE.DOE@EXAMPLE.CO.UK, bob@localhost, x@y.z",
    "email: a@b.com,c@d.org;e@f.net",
    "punycode x@xn--80ak6aa92e.com and idn иван@почта.рф",
    "see https://example.com/path?q=1#frag and http://foo.bar.baz.io",
    "quoted \"https://example.com/a\" and 'www.example.org'",
    "my website is example.com.",
    "not a host: foo.notatld",
    # numbers of every kind
    "card 4111111111111111",
    "card 4111 1111 1111 1111, visa 4012-8888-8888-1881",
    "4111111111111112 fails its checksum",
    "credit card: 378282246310005 amex",
    "SSN 078-05-1121",
    "social security number is 432-12-3456",
    "ssn:432123456",
    "my ssn # 432 12 3456",
    "000-12-3456 and 666-12-3456 are no SSNs",
    "ITIN 912-70-1234, tax id 912701234",
    "US passport 123456789 passport A12345678",
    "driver license A1234567, license: H12234567",
    "bank account 945456787654, account number 12345678",
    "IBAN DE89370400440532013000 and GB82 WEST 1234 5698 7654 32",
    "I want my deposit in DE89370400440532013000 2 days from today.",
    "iban fr1420041010050500013m02606",
    "IBAN DE00370400440532013000 is wrong",
    "NHS 943 476 5919, nhs number 9434765919",
    "medical certificate DEA BB1388568",
    "bitcoin 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ wallet",
    "btc: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "mac 00:1A:2B:3C:4D:5E and 00-1a-2b-3c-4d-5e and 001A.2B3C.4D5E",
    "ip 192.168.1.1, 10.0.0.256, ::1 and 2001:db8::8a2e:370:7334/64",
    "fe80::1%eth0 on port 0.0.0.0:80",
    # phones
    "call 212-555-5555 or (212) 555-5555 ext. 9",
    "phone +1 212 555 5555, +44 20 7946 0958, +49 30 123456",
    "mobile 07911 123456; téléphone 01 23 45 67 89",
    "2125555555 and 12125555555",
    "order 20240101 of 12/03/2024 at 10:15",
    # dates
    "born 1980-02-29, 02/29/1980, 29.02.1980, Feb 29, 1980, 29-FEB-1980",
    "dob: 1/2/99",
    "date 2024-05-06T07:08:09Z",
    # own recognizer and its context
    "TCK-123456",
    "ticket TCK-123456",
    "my tickets: 123456",
    "case number one two three four five six 123456",
    "the case is that which was with a 123456",
    "case:123456",
    # Unicode, controls, shapes
    "émail: zoë@exämple.com 😀 card 4111111111111111",
    "e\u0301mail a@b.com\u200b, phone\u00a0212-555-5555",
    "👩‍👩‍👧 212-555-5555 👩‍👩‍👧",
    "Телефон: +7 495 123-45-67; почта ivan@example.com",
    "مرحبا 212-555-5555 jane@example.com",
    "電話 03-1234-5678 メール taro@example.jp",
    "fullwidth ４１１１１１１１１１１１１１１１",
    "line\r\nphone: 212-555-5555\r\nmail a@b.com\r\n",
    "tab\tssn\t432-12-3456\t",
    "nul\x00card 4111111111111111\x00",
    "a@b.com" * 5,
    '{"email": "a@b.com", "phone": "212-555-5555"}',
    "<a href='https://example.com'>a@b.com</a>",
    "name,email\nAnn,ann@example.com\nBob,bob@example.com\n",
]

engine = cache(analyzer)
build = cache(searching)


def presidio(spec: DetectSpec, text: str) -> Answer:
    return theirs(spec, engine(spec), text)


def scrubber(spec: DetectSpec, *texts: str) -> list[Answer]:
    return ours(build(spec), texts)


@pytest.mark.parametrize("text", TEXTS)
def test_same_answers_on_the_table(text: str) -> None:
    assert scrubber(PLAIN, text) == [presidio(PLAIN, text)]


def test_the_table_finds_most_of_what_presidio_knows() -> None:
    found = {label for answer in scrubber(PLAIN, *TEXTS) for label, *_ in answer}
    # US_ITIN and the like need their context; these must be there for the table to mean anything.
    assert found >= {
        *("EMAIL_ADDRESS", "URL", "CREDIT_CARD", "US_SSN", "PHONE_NUMBER", "IBAN_CODE"),
        *("IP_ADDRESS", "MAC_ADDRESS", "UUID", "CRYPTO", "DATE_TIME", "TICKET_ID", "UK_NHS"),
        *("US_PASSPORT", "US_DRIVER_LICENSE", "US_BANK_NUMBER", "US_ITIN", "MEDICAL_LICENSE"),
    }


def test_a_text_has_one_answer_whatever_its_neighbours() -> None:
    assert scrubber(PLAIN, *TEXTS) == [scrubber(PLAIN, text)[0] for text in TEXTS]


@pytest.mark.parametrize(
    "spec",
    [
        DetectSpec(entities=("EMAIL_ADDRESS", "PHONE_NUMBER")),
        DetectSpec(score_thresholds=(("default", 0.4),)),
        DetectSpec(least_score=0.35),
        DetectSpec(languages=("es",)),
        DetectSpec(languages=("de",)),
        DetectSpec(languages=("it",)),
    ],
    ids=["entities", "threshold", "least", "es", "de", "it"],
)
def test_same_answers_with_options(spec: DetectSpec) -> None:
    texts = [*TEXTS[::2], "tarjeta 4111111111111111, DNI 12345678Z, NIE X1234567L"]
    assert scrubber(spec, *texts) == [presidio(spec, text) for text in texts]


def test_the_allow_list_takes_what_lies_within_as_well() -> None:
    """Presidio's answers less the allowed texts, and less what it leaves within them."""
    words = ("a@b.com", "4111111111111111", "example.com")
    for text in TEXTS:
        found = presidio(PLAIN, text)
        gone = [(start, end) for _, start, end, *_ in found if text[start:end] in words]
        left = frozenset(s for s in found if not any(a <= s[1] and s[2] <= b for a, b in gone))
        assert ours(build_detector(replace(PLAIN, allow_list=words)), [text]) == [left]


def test_same_answers_with_a_spacy_model(tiny_model: Path) -> None:
    spec = DetectSpec(ner=f"spacy:{tiny_model}", recognizers=(TICKET,))
    texts = [*TEXTS, "Ann Poe met Ravi of Initech in Oslo at seven", "Zoë Müller 😀 Ann Poe"]
    answers = scrubber(spec, *texts)
    assert answers == [presidio(spec, text) for text in texts]
    assert {label for label, *_ in answers[-2]} == {"PERSON", "LOCATION"}


# ── many texts ────────────────────────────────────────────────────────────────────────────────


def sentences(count: int) -> list[str]:
    """Distinct short rows of the benchmark's text; a third hold personal data."""
    parts = (part + "." for row in rows(count, 1.0) for part in row.split(". "))
    return list(dict.fromkeys(parts))[:count]


def patterned(spec: DetectSpec, count: int, seed: int) -> list[str]:
    """Rows of texts made from the recognizers' patterns, their context words, and noise."""
    rng = random.Random(seed)
    recognizers = engine(spec).registry.recognizers
    patterns = [
        (pattern.regex, recognizer.global_regex_flags)
        for recognizer in recognizers
        for pattern in getattr(recognizer, "patterns", ())
    ]
    words = sorted({word for recognizer in recognizers for word in recognizer.context or ()})

    def piece() -> str:
        drawn = rng.random()
        if drawn < 0.35:
            return matching(*rng.choice(patterns), rng)
        return rng.choice(words) if drawn < 0.5 else rng.choice(CUES)

    def row() -> str:
        made = "".join(piece() for _ in range(rng.randint(1, 7)))
        return rng.choice((made, made, made, made.lower(), made.upper()))

    return [row() for _ in range(count)]


def compare(spec: DetectSpec, texts: list[str]) -> int:
    """Asserts the same answers; the number of findings.

    Where a validator of Presidio's raises, scrubber refuses the text as well.
    """
    found = 0
    for start in range(0, len(texts), 500):
        expected: dict[str, Answer] = {}
        for text in texts[start : start + 500]:
            try:
                expected[text] = presidio(spec, text)
            except KeyError:
                with pytest.raises(DetectionError, match="detector-failed"):
                    scrubber(spec, text)
        for text, answer in zip(expected, scrubber(spec, *expected), strict=True):
            assert answer == expected[text], ascii(text)
            found += len(answer)
    return found


def test_same_answers_on_rows_of_plain_text() -> None:
    texts = sentences(12_000)
    assert len(texts) == 12_000
    assert compare(PLAIN, texts) > 3_000


def test_same_answers_on_rows_made_from_patterns() -> None:
    assert compare(PLAIN, patterned(PLAIN, 4_000, seed=1)) > 3_000


def test_same_answers_with_the_recognizers_of_the_house() -> None:
    assert compare(HOUSE, [*TEXTS, *patterned(HOUSE, 600, seed=3)]) > 600


def test_same_answers_with_all_countries() -> None:
    assert len(engine(COUNTRIES).registry.recognizers) > 90
    assert compare(COUNTRIES, [*TEXTS, *sentences(1_500)]) > 1_000
    assert compare(COUNTRIES, patterned(COUNTRIES, 2_500, seed=2)) > 3_000


CUES = (
    *("a@b.com", "4111111111111111", "212-555-5555", "432-12-3456", "http://x.io", "1.2.3.4"),
    *("TCK-123456", "123456", "DE89370400440532013000", "A12345678", "12/03/2024"),
    *("ssn", "phone", "card ", "case", "passport", ":", " ", "\r\n", "\x00", "\u2028"),
    *("e\u0301", "😀", "ſ", "İ", "ı", "K", "Σ", "ς", "ß", "ﬁ", "\u200d", "١٢٣", "３", "Ⅻ"),
)
# Halves of values: what would be found only across two rows.
HALVES = tuple(half for cue in CUES[:11] for half in (cue[: len(cue) // 2], cue[len(cue) // 2 :]))
MIXED = st.lists(st.one_of(st.sampled_from(CUES), st.text(max_size=6)), max_size=12).map("".join)


@pytest.mark.parametrize("spec", [PLAIN, COUNTRIES], ids=["default", "countries"])
@examples(80)
@given(text=MIXED, change=st.sampled_from((str, str.lower, str.upper, str.title)))
@example(text="İBAN DE89370400440532013000 ssı 1", change=str)
@example(text="a@b.com", change=str)
def test_same_answers_on_generated_text(
    spec: DetectSpec, text: str, change: Callable[[str], str]
) -> None:
    safe = change(text).encode("utf-8", "replace").decode()  # spaCy, and so Presidio, needs UTF-8
    compare(spec, [safe])


@examples(40)
@given(st.lists(st.sampled_from(HALVES), min_size=2, max_size=8))
def test_rows_do_not_make_a_value_together(texts: list[str]) -> None:
    assert scrubber(PLAIN, *texts) == [presidio(PLAIN, text) for text in texts]
