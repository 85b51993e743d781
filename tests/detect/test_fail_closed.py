"""A text that could not be looked at is an error that says nothing of the text."""

from __future__ import annotations

import json
import logging
import socket
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, PhoneRecognizer

from scrubber.detect import Detector, DetectSpec, Exclude, Hotword, build_detector
from scrubber.detect.matchers.base import ForeignLooker
from scrubber.detect.matchers.phone import PhoneLooker
from scrubber.errors import DetectionError
from tests.examples import examples

Build = Callable[[DetectSpec], Detector]
SECRET = "Zq7-Xanthippe-4711"


def pattern(regex: str, **keys: object) -> str:
    patterns = [{"name": "p", "regex": regex, "score": 0.5}]
    return json.dumps(
        {"name": "mine", "supported_entity": "MINE", "patterns": patterns, **keys}, sort_keys=True
    )


class Misbehaving(EntityRecognizer):
    """Stands for any recognizer of Presidio's that is not a pattern; does what it is told."""

    def __init__(self, deed: Callable[[str], Any]) -> None:
        self.deed = deed
        super().__init__(supported_entities=["MINE"], name="misbehaving")

    def load(self) -> None:
        pass

    def analyze(self, text: str, **_: Any) -> Any:
        return self.deed(text)


def looker(deed: Callable[[str], Any], skips_after: float = 60) -> ForeignLooker:
    return ForeignLooker.of(Misbehaving(deed), ["MINE"], reads=False, skips_after=skips_after)


def quoting(text: str) -> Any:
    raise ValueError(f"cannot digest {text}")


def beyond(text: str) -> Any:
    return [RecognizerResult("MINE", 0, len(text) + 1, 0.5)]


def backwards(_text: str) -> Any:
    return [RecognizerResult("MINE", 5, 2, 0.5)]


def silent(error: DetectionError) -> bool:
    """Whether neither the error nor what it came from quotes the text."""
    shown = f"{error!r} {error} {error.args} {error.__cause__!r}"
    return SECRET not in shown and error.__cause__ is None and error.__suppress_context__


@pytest.mark.parametrize("deed", [quoting, beyond, backwards], ids=lambda deed: deed.__name__)
def test_a_recognizer_that_misbehaves_is_named(deed: Callable[[str], Any]) -> None:
    with pytest.raises(DetectionError) as caught:
        looker(deed).look(SECRET, {})
    assert caught.value.code == "detector-failed"
    assert "misbehaving" in str(caught.value)
    assert silent(caught.value)


def test_a_recognizer_that_may_have_skipped_a_pattern_has_timed_out() -> None:
    with pytest.raises(DetectionError) as caught:
        looker(lambda _: time.sleep(0.02), skips_after=0.01).look(SECRET, {})
    assert caught.value.code == "detector-timeout"
    assert silent(caught.value)


@pytest.mark.parametrize("text", ["a" * 40 + "! a", "x" * 3000 + "a" * 40 + "! a"])
def test_a_catastrophic_pattern_runs_out_of_time(detector: Build, text: str) -> None:
    spec = DetectSpec(recognizers=(pattern(r"(a|a)+(?=$)"),), timeout=0.1)
    started = time.process_time()
    with pytest.raises(DetectionError) as caught:
        detector(spec).detect(["fine", SECRET + text])
    assert caught.value.code == "detector-timeout"
    assert "mine" in str(caught.value)
    assert silent(caught.value)
    assert time.process_time() - started < 5
    assert detector(spec).detect(["fine"]) == [()]  # the detector is still good


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        (
            DetectSpec(hotwords=(Hotword("(a|a)+$", "EMAIL_ADDRESS", 2),), timeout=0.1),
            "hotword 1",
        ),
        (DetectSpec(excludes=(Exclude("(a|a)+!$"),), timeout=0.1), "exclusion 1"),
    ],
)
def test_catastrophic_hotwords_and_exclusions_run_out_of_time(
    detector: Build, spec: DetectSpec, named: str
) -> None:
    with pytest.raises(DetectionError, match=named) as caught:
        detector(spec).detect(["a" * 40 + "! a@b.com", "a" * 40 + "@b.com"])
    assert caught.value.code == "detector-timeout"


def test_a_validator_that_raises_is_a_failure(
    detector: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreditCardRecognizer, "validate_result", lambda _self, text: quoting(text))
    with pytest.raises(DetectionError, match="CreditCardRecognizer") as caught:
        detector(DetectSpec()).detect(["4111111111111111"])
    assert caught.value.code == "detector-failed"
    assert "4111" not in str(caught.value)


def test_a_pipeline_that_raises_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path
) -> None:
    made = build_detector(DetectSpec(ner=f"spacy:{tiny_model}"))
    engine = made.patterns.languages[0].reader.engine  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "process_batch", lambda texts, *_, **__: quoting(texts[0]))
    with pytest.raises(DetectionError, match="NLP pipeline") as caught:
        made.detect([f"{SECRET} 4111111111111111"])
    assert silent(caught.value)


def test_a_pipeline_that_loses_a_text_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path
) -> None:
    made = build_detector(DetectSpec(ner=f"spacy:{tiny_model}"))
    engine = made.patterns.languages[0].reader.engine  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "process_batch", lambda *_, **__: iter(()))
    with pytest.raises(DetectionError, match="detector-failed"):
        made.detect(["4111111111111111"])


# ── hostile texts ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rubbish", ["\x00", "\ud800", "\udfff\ud800", "\uffff", "\u202e", "\x1b"])
def test_rubbish_around_a_finding_moves_nothing(detector: Build, rubbish: str) -> None:
    text = f"{rubbish} phone {rubbish} card 4111111111111111 {rubbish}"
    (spans,) = detector(DetectSpec(entities=("CREDIT_CARD",))).detect([text])
    assert [text[s.start : s.end] for s in spans] == ["4111111111111111"]
    assert spans[0].score == 1.0


def test_ten_million_code_points(detector: Build) -> None:
    filler = "plain words in a long cell " * 370_000
    text = f"ssn 432-12-3456 {filler} card 4111111111111111"
    assert len(text) > 9_900_000
    spec = DetectSpec(entities=("US_SSN", "CREDIT_CARD"), score_thresholds=(("default", 0.5),))
    (spans,) = detector(spec).detect([text])
    assert [(s.label, text[s.start : s.end], s.score) for s in spans] == [
        ("US_SSN", "432-12-3456", 0.85),
        ("CREDIT_CARD", "4111111111111111", 1.0),
    ]


@pytest.mark.slow
def test_phone_numbers_are_found_after_any_number_of_failed_candidates() -> None:
    # phonenumbers by itself gives up, silently, after 65,535 candidates.
    text = "1 x " * 66_000 + "212-555-5555"
    looker = PhoneLooker.of(PhoneRecognizer(supported_regions=("US",)))
    assert [text[s.start : s.end] for s in looker.look(text, {})] == ["212-555-5555"]
    stopped = list(phonenumbers.PhoneNumberMatcher(text, "US", leniency=1))
    assert stopped == []


@cache
def default() -> Detector:
    return build_detector(DetectSpec())


@examples(80)
@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_gets_an_answer_within_it(text: str) -> None:
    (spans,) = default().detect([text])
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


# ── silence ───────────────────────────────────────────────────────────────────────────────────


def test_no_text_reaches_a_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], detector: Build
) -> None:
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        # Presidio logs the whole of an IBAN whose check digits it cannot compute.
        detector(DetectSpec()).detect(["IBAN DEşş370400440532013000 a@b.com ssn 432-12-3456"])
        build_detector(DetectSpec(languages=("en", "zz"), recognizers=(pattern("x"),)))
    assert caplog.records == []
    assert warned == []
    assert capfd.readouterr() == ("", "")


def test_presidios_logs_are_left_alone_outside_detection(
    caplog: pytest.LogCaptureFixture, detector: Build
) -> None:
    detector(DetectSpec()).detect(["a@b.com"])
    logging.getLogger("presidio-analyzer").warning("of somebody else")
    assert [record.message for record in caplog.records] == ["of somebody else"]


def test_nothing_asks_the_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asked: list[object] = []

    def refuse(*args: object, **_: object) -> None:
        asked.append(args)
        raise OSError("no network in this test")

    monkeypatch.setenv("TLDEXTRACT_CACHE", str(tmp_path_factory.mktemp("no-cache")))
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    (spans,) = build_detector(DetectSpec()).detect(["a@b.com https://www.example.co.uk a@no.tld.x"])
    assert {s.label for s in spans} >= {"EMAIL_ADDRESS", "URL"}
    assert asked == []
