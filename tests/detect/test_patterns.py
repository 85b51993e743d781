"""What any regex of Presidio's or the house's finds is found, pattern by pattern: the prefilter and
the search in parts lose nothing. Proved on texts made from each pattern itself, in noise."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import product

import phonenumbers
import pytest
import regex
from presidio_analyzer.predefined_recognizers import PhoneRecognizer
from tldextract import TLDExtract

from benchmarks.parity import country_recognizers
from scrubber.detect import Detector, DetectSpec
from scrubber.detect.matchers.phone import PhoneLooker
from scrubber.detect.matchers.phone_prefilter import trigger
from scrubber.detect.presidio.registry import HOUSE_NAMES, registry
from tests.detect.matching import matches, matching, searching

pytestmark = pytest.mark.slow

NOISE = (
    *("", " ", "  ", "\n", "\r\n", ".", ",", ":", "-", "/", "@", "_", "x", "9", " 1", "a "),
    *("\x00", "\u0301", "\u200d", "\u2028", "é", "ſ", "İ", "ı", "K", "Σ", "ς", "١٢٣", "Ⅻ", "🙏"),
)
FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
TEXTS = 60  # a pattern

COUNTRIES = DetectSpec(recognizers=country_recognizers())
RECOGNIZERS = {recognizer.name: recognizer for recognizer in registry(COUNTRIES, None).recognizers}
BY_REGEX = sorted(name for name, one in RECOGNIZERS.items() if getattr(one, "patterns", None))


@cache
def unvalidated(name: str) -> Detector:
    """A detector with each pattern of a recognizer as one of its own, with no validation."""
    own = [
        {
            "name": f"{name} {part}",
            "supported_entity": f"{part}",
            "patterns": [{"name": "one", "regex": pattern.regex, "score": 0.5}],
        }
        for part, pattern in enumerate(RECOGNIZERS[name].patterns)
    ]
    return searching(DetectSpec(entities=(), recognizers=tuple(map(json.dumps, own))))


def in_noise(text: str, rng: random.Random) -> str:
    return "".join((*rng.choices(NOISE, k=2), text, *rng.choices(NOISE, k=2)))


def test_these_are_all_patterns() -> None:
    assert len(BY_REGEX) == len(RECOGNIZERS) - 3  # three look for phone numbers
    assert set(BY_REGEX) > HOUSE_NAMES
    presidios = [RECOGNIZERS[name] for name in BY_REGEX if name not in HOUSE_NAMES]
    assert sum(len(one.patterns) for one in presidios) > 170
    # As own recognizers they have the flags that they have with Presidio.
    assert {one.global_regex_flags for one in presidios} == {FLAGS}


@pytest.mark.parametrize("name", BY_REGEX)
def test_what_a_regex_finds_is_found(name: str) -> None:
    rng = random.Random(name)
    for part, pattern in enumerate(RECOGNIZERS[name].patterns):
        compiled = regex.compile(pattern.regex, FLAGS)
        for _ in range(50):  # a regex with narrow conditions matches few of the texts made from it
            texts = [in_noise(matching(pattern.regex, FLAGS, rng), rng) for _ in range(TEXTS)]
            expected = [[m.span() for m in compiled.finditer(text) if m.group()] for text in texts]
            if any(expected):
                break
        assert any(expected), (
            f"{pattern.name}: the regex finds nothing in texts made from it: nothing is proved"
        )
        for text, spans, there in zip(
            texts, unvalidated(name).detect(texts), expected, strict=True
        ):
            found = [(span.start, span.end) for span in spans if span.label == str(part)]
            assert found == there, ascii(text)


def test_what_a_regex_finds_is_found_among_all_the_others() -> None:
    """In one database, patterns share parts, and in one scan, texts have neighbours."""
    detector = searching(COUNTRIES)
    (language,) = detector.languages
    parts = [(looker, part) for looker in language.lookers for part in range(len(looker.triggers))]
    rng = random.Random(6)
    made: list[tuple[str, int]] = []  # a text, and the number of a trigger that is in it
    for number, (looker, part) in enumerate(parts):
        pattern = (getattr(RECOGNIZERS[looker.name], "patterns", None) or {part: None})[part]
        if pattern is None:
            continue
        flags = RECOGNIZERS[looker.name].global_regex_flags
        compiled = regex.compile(pattern.regex, flags)
        texts = (in_noise(matching(pattern.regex, flags, rng), rng) for _ in range(12))
        made += [(text, number) for text in texts if any(map(len, compiled.findall(text)))]
    assert len(made) > 2_000
    rng.shuffle(made)
    there = {hit.index: hit.ends for hit in detector.prefilter.hits([text for text, _ in made])}
    for index, (text, number) in enumerate(made):
        assert number in there.get(index, ()), (parts[number][0].name, ascii(text))


def test_every_top_level_domain_is_found() -> None:
    suffixes = TLDExtract(cache_dir=None, suffix_list_urls=()).tlds
    names = sorted({suffix.rsplit(".")[-1] for suffix in suffixes})
    assert len(names) > 1200
    forms = ("see ab.{}", "http://a.{}/x", "'https://a.{}'", "A.{}:80")
    texts = [form.format(name) for name, form in product(names, forms)]
    texts += [text.upper() for text in texts]
    patterns = [regex.compile(p.regex, FLAGS) for p in RECOGNIZERS["UrlRecognizer"].patterns]
    found = 0
    for text, spans in zip(texts, unvalidated("UrlRecognizer").detect(texts), strict=True):
        ours = {(span.label, span.start, span.end) for span in spans}
        assert ours == {
            (str(part), *match.span())
            for part, pattern in enumerate(patterns)
            for match in pattern.finditer(text)
        }, text
        found += len(ours)
    assert found > 5000


# ── phone numbers ─────────────────────────────────────────────────────────────────────────────

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = range(phonenumbers.PhoneNumberType.VOICEMAIL + 1)
FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)
FULL_WIDTH = {ord("0") + digit: ord("０") + digit for digit in range(10)}


def examples(region: str) -> Iterator[str]:
    """Numbers of every kind of a region, in every way of writing, and in noise."""
    rng = random.Random(region)
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            for form in FORMATS:
                written = phonenumbers.format_number(number, form)
                yield written
                yield in_noise(written.replace(" ", rng.choice(("  ", ". ", "\u00a0", "–"))), rng)
                yield in_noise(written.translate(FULL_WIDTH), rng)


def test_phone_numbers_are_found_in_texts_of_all_regions() -> None:
    detector = searching(DetectSpec(entities=("PHONE_NUMBER",), house=False))
    recognizer = PhoneRecognizer()
    ours = PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS
    texts = [text for region in ours for text in examples(region)]
    texts += random.Random(8).sample([t for region in REGIONS for t in examples(region)], 600)
    found = 0
    for text, spans in zip(texts, detector.detect(texts), strict=True):
        expected = {(r.start, r.end) for r in recognizer.analyze(text, ["PHONE_NUMBER"])}
        assert {(span.start, span.end) for span in spans} == expected, ascii(text)
        found += bool(expected)
    assert found > 700


def test_a_looker_for_any_regions_finds_what_presidio_finds() -> None:
    rng = random.Random(4)
    found = 0
    for _ in range(12):
        regions = tuple(rng.sample(REGIONS, 8))
        recognizer = PhoneRecognizer(supported_regions=regions)
        looker = PhoneLooker.of(recognizer)
        for text in (t for region in regions for t in rng.sample([*examples(region)], 12)):
            ours = {(span.start, span.end) for span in looker.look(text, {})}
            expected = {(r.start, r.end) for r in recognizer.analyze(text, ["PHONE_NUMBER"])}
            assert ours == expected, ascii(text)
            found += bool(ours)
    assert found > 600


@pytest.mark.parametrize("region", [*PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS, *REGIONS[::6]])
def test_the_trigger_of_a_region_is_in_every_text_with_a_number(region: str) -> None:
    sources = trigger((region,), 1).sources
    found = 0
    for text in examples(region):
        if any(phonenumbers.PhoneNumberMatcher(text, region)):
            found += 1
            assert not sources or matches(sources, text), ascii(text)
    assert found > 10
