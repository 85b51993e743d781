"""Wherever a regex of Presidio's finds something, the prefilter lets its recognizer look; and what
is left out of the search by narrowing holds nothing. Proved pattern by pattern, on texts made from
the pattern itself, in noise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import phonenumbers
import pytest
import regex
from matching import matching
from presidio_analyzer.predefined_recognizers import PhoneRecognizer
from tldextract import TLDExtract

from benchmarks.parity import country_recognizers
from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.narrowing import Narrowing
from scrubber.detect.phones import PhoneLooker
from scrubber.detect.phonetrigger import trigger
from scrubber.detect.prefilter import Prefilter
from scrubber.detect.presidio.registry import registry
from scrubber.detect.superset import superset

SPEC = DetectSpec(recognizers=country_recognizers())
NOISE = (
    *("", " ", "  ", "\n", "\r\n", ".", ",", ":", "-", "/", "@", "_", "x", "9", " 1", "a "),
    *("\x00", "\u0301", "\u200d", "\u2028", "é", "ſ", "İ", "ı", "K", "Σ", "ς", "١٢٣", "Ⅻ", "🙏"),
)
TEXTS = 60  # a pattern

RECOGNIZERS = {r.name: r for r in registry(SPEC, None).recognizers}
BY_REGEX = sorted(name for name, r in RECOGNIZERS.items() if getattr(r, "patterns", None))


@cache
def wired() -> tuple[Prefilter, dict[str, int]]:
    """The prefilter of a detector, and where the bits of each recognizer begin."""
    detector: Any = build_detector(SPEC)
    first: dict[str, int] = {}
    place = 0
    for looker in detector.languages[0].lookers:
        first[looker.name] = place
        place += len(looker.triggers)
    return detector.prefilter, first


def may_look(name: str, part: int, text: str) -> bool:
    scan, first = wired()
    return bool(scan.possible(text) >> first[name] + part & 1)


def in_noise(text: str, rng: random.Random) -> str:
    return "".join((*rng.choices(NOISE, k=2), text, *rng.choices(NOISE, k=2)))


def whole(compiled: regex.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in compiled.finditer(text) if match.group()]


def narrowed(
    compiled: regex.Pattern[str], narrowing: Narrowing, text: str
) -> Iterator[tuple[int, int]]:
    for start, end in narrowing.stretches(text):
        yield from (match.span() for match in compiled.finditer(text, start, end + 1))


def test_these_are_all_of_presidios_patterns() -> None:
    assert len(BY_REGEX) == len(RECOGNIZERS) - 3  # three look for phone numbers
    assert sum(len(RECOGNIZERS[name].patterns) for name in BY_REGEX) > 170


@pytest.mark.parametrize("name", BY_REGEX)
def test_what_a_regex_finds_is_let_through(name: str) -> None:
    flags = RECOGNIZERS[name].global_regex_flags
    rng = random.Random(name)
    for part, pattern in enumerate(RECOGNIZERS[name].patterns):
        compiled = regex.compile(pattern.regex, flags)
        narrowing = Narrowing.of(pattern.regex, flags, superset(pattern.regex, flags))
        found = 0
        for _ in range(TEXTS):
            text = in_noise(matching(pattern.regex, flags, rng), rng)
            if spans := whole(compiled, text):
                found += 1
                assert may_look(name, part, text), ascii(text)
            if narrowing:
                assert list(narrowed(compiled, narrowing, text)) == spans, ascii(text)
        assert found, "the regex finds nothing in texts made from it, so nothing is proved"


def test_every_top_level_domain_is_let_through() -> None:
    recognizer = RECOGNIZERS["UrlRecognizer"]
    patterns = [regex.compile(p.regex, recognizer.global_regex_flags) for p in recognizer.patterns]
    suffixes = TLDExtract(cache_dir=None, suffix_list_urls=()).tlds
    names = sorted({suffix.rsplit(".")[-1] for suffix in suffixes})
    assert len(names) > 1200
    found = 0
    for name, form in product(names, ("see ab.{}", "http://a.{}/x", "'https://a.{}'", "A.{}:80")):
        for text in {form.format(name), form.format(name).upper(), form.format(name.title())}:
            for part, pattern in enumerate(patterns):
                if pattern.search(text):
                    found += 1
                    assert may_look("UrlRecognizer", part, text), text
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


@pytest.mark.parametrize("region", [*PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS, *REGIONS[::8]])
def test_numbers_of_a_region_are_let_through(region: str) -> None:
    found = 0
    scan = Prefilter([trigger((region,), 1)])
    for text in examples(region):
        if any(phonenumbers.PhoneNumberMatcher(text, region)):
            found += 1
            assert scan.possible(text), ascii(text)
    assert found > 10


def test_numbers_of_every_region_are_found_as_presidio_finds_them() -> None:
    rng = random.Random(4)
    pairs = 0
    for _ in range(12):
        regions = tuple(rng.sample(REGIONS, 8))
        recognizer = PhoneRecognizer(supported_regions=regions)
        looker = PhoneLooker.of(recognizer)
        for text in (t for region in regions for t in rng.sample([*examples(region)], 12)):
            ours = {(span.start, span.end) for span in looker.look(text, {})}
            results = recognizer.analyze(text, ["PHONE_NUMBER"])
            assert ours == {(result.start, result.end) for result in results}, ascii(text)
            pairs += bool(ours)
    assert pairs > 600
