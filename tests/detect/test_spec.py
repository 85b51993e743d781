"""What each part of a DetectSpec does, seen from outside: texts in, spans out."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from scrubber.detect import Detector, DetectSpec, Exclude, Hotword, known_entities
from scrubber.errors import DetectionError, NotAvailable

Build = Callable[[DetectSpec], Detector]


def own(**keys: object) -> str:
    base = {
        "name": "ticket",
        "supported_entity": "TICKET_ID",
        "patterns": [{"name": "t", "regex": r"TCK-\d{6}", "score": 0.3}],
    }
    return json.dumps({**base, **keys}, sort_keys=True)


def seen(detector: Detector, text: str, *labels: str) -> list[tuple[str, str]]:
    """(label, covered text) of the findings, of all labels or of `labels` alone."""
    (spans,) = detector.detect([text])
    return [(s.label, text[s.start : s.end]) for s in spans if not labels or s.label in labels]


# ── the shape of the answer ───────────────────────────────────────────────────────────────────


def test_one_tuple_per_text_in_order(detector: Build) -> None:
    found = detector(DetectSpec()).detect(["", "a@b.com", "nothing", "a@b.com"])
    assert [len(spans) > 0 for spans in found] == [False, True, False, True]
    assert found[1] == found[3]
    assert all(
        spans == tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label))) for spans in found
    )
    assert detector(DetectSpec()).detect([]) == []


@pytest.mark.parametrize(
    ("before", "start"),
    [("", 0), ("é ", 2), ("e\u0301 ", 3), ("😀 ", 2), ("👩‍👩‍👧 ", 6), ("\r\n", 2), ("\x00 ", 2)],
)
def test_spans_are_in_code_points(detector: Build, before: str, start: int) -> None:
    (spans,) = detector(DetectSpec(entities=("EMAIL_ADDRESS",))).detect([before + "zoë@b.com"])
    assert [(s.start, s.end) for s in spans] == [(start, start + 9)]


def test_the_recognizer_is_named(detector: Build) -> None:
    (spans,) = detector(DetectSpec(entities=("EMAIL_ADDRESS",))).detect(["a@b.com"])
    assert [s.recognizer for s in spans] == ["EmailRecognizer"]


# ── entities and thresholds ───────────────────────────────────────────────────────────────────


def test_entities_choose_among_presidios_recognizers(detector: Build) -> None:
    text = "a@b.com 4111111111111111"
    assert seen(detector(DetectSpec(entities=("CREDIT_CARD",))), text) == [
        ("CREDIT_CARD", "4111111111111111")
    ]


def test_own_recognizers_and_deny_lists_look_whatever_the_entities(detector: Build) -> None:
    spec = DetectSpec(
        entities=("CREDIT_CARD",),
        recognizers=(own(),),
        deny_list=(("PROJECT_CODE", ("Osprey",)),),
    )
    assert seen(detector(spec), "osprey a@b.com TCK-123456") == [
        ("PROJECT_CODE", "osprey"),
        ("TICKET_ID", "TCK-123456"),
    ]


@pytest.mark.parametrize(
    ("thresholds", "labels"),
    [
        ((), {"EMAIL_ADDRESS", "URL", "TICKET_ID"}),
        ((("default", 0.9),), {"EMAIL_ADDRESS"}),
        ((("URL", 0.9),), {"EMAIL_ADDRESS", "TICKET_ID"}),
        ((("default", 0.9), ("TICKET_ID", 0.1)), {"EMAIL_ADDRESS", "TICKET_ID"}),
        (
            (("EMAIL_ADDRESS", 1.0), ("TICKET_ID", 0.3), ("URL", 0.51)),
            {"EMAIL_ADDRESS", "TICKET_ID"},
        ),
    ],
)
def test_thresholds_per_entity_with_a_default(
    detector: Build, thresholds: tuple[tuple[str, float], ...], labels: set[str]
) -> None:
    spec = DetectSpec(
        entities=("EMAIL_ADDRESS", "URL"), score_thresholds=thresholds, recognizers=(own(),)
    )
    assert {label for label, _ in seen(detector(spec), "a@b.com TCK-123456")} == labels


@pytest.mark.parametrize(
    ("rules", "found"),
    [((), False), ((("default", 0.0),), False), ((("TICKET_ID", 0.2),), True)],
)
def test_a_recognizers_own_threshold_yields_to_the_entitys_alone(
    detector: Build, rules: tuple[tuple[str, float], ...], found: bool
) -> None:
    spec = DetectSpec(recognizers=(own(score_thresholds={"default": 0.5}),), score_thresholds=rules)
    assert bool(seen(detector(spec), "TCK-123456", "TICKET_ID")) is found


@pytest.mark.parametrize(
    ("text", "rules", "labels"),
    [
        ("we saw 100037", (), set()),
        ("my driver license is 100037", (), {"US_DRIVER_LICENSE"}),  # a word for it
        ("in Q3", (), set()),
        ("we saw 100037", (("default", 0.0),), {"US_DRIVER_LICENSE"}),
        ("we saw 100037", (("US_DRIVER_LICENSE", 0.01),), {"US_DRIVER_LICENSE"}),
        ("TCK-123456", (), {"TICKET_ID"}),  # an own recognizer's finding counts at any score
        ("TCK-123456", (("default", 0.31),), set()),
    ],
)
def test_the_least_score_is_for_what_no_rule_speaks_of(
    detector: Build, text: str, rules: tuple[tuple[str, float], ...], labels: set[str]
) -> None:
    weak = {"name": "t", "regex": r"TCK-\d{6}", "score": 0.1}
    spec = DetectSpec(
        entities=("US_DRIVER_LICENSE",),
        recognizers=(own(patterns=[weak]),),
        score_thresholds=rules,
        least_score=0.35,
    )
    assert {label for label, _ in seen(detector(spec), text)} == labels


# ── lists ─────────────────────────────────────────────────────────────────────────────────────


def test_the_allow_list_is_exact(detector: Build) -> None:
    spec = DetectSpec(entities=("EMAIL_ADDRESS",), allow_list=("a@b.com",))
    assert seen(detector(spec), "a@b.com A@b.com aa@b.com") == [
        ("EMAIL_ADDRESS", "A@b.com"),
        ("EMAIL_ADDRESS", "aa@b.com"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bluebird", ["Bluebird"]),
        ("the BLUEBIRD flies", ["BLUEBIRD"]),
        ("Bluebirds and xBluebird", []),
        ("(bluebird)", ["bluebird"]),
        ("New York, New Jersey", ["New York", "New"]),  # the longest word, not the first
        ("C++ code", ["C++"]),
        ("Zoë", ["Zoë"]),
    ],
)
def test_deny_list_words_are_whole_and_of_any_case(
    detector: Build, text: str, words: list[str]
) -> None:
    spec = DetectSpec(
        entities=("UUID",), deny_list=(("WORD", ("Bluebird", "New", "New York", "C++", "Zoë")),)
    )
    assert seen(detector(spec), text) == [("WORD", word) for word in words]


def test_blank_deny_list_words_hide_nothing(detector: Build) -> None:
    spec = DetectSpec(entities=("UUID",), deny_list=(("WORD", ("", " ", "Osprey")), ("NONE", ())))
    assert seen(detector(spec), " Osprey ") == [("WORD", "Osprey")]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (Exclude(r"@example\.com$", "EMAIL_ADDRESS"), ["b@other.org"]),
        (Exclude(r"@example\.com$"), ["b@other.org"]),
        (Exclude(r"@example\.com$", "URL"), ["a@example.com", "b@other.org"]),
        (Exclude(r"@EXAMPLE\.com$"), ["a@example.com", "b@other.org"]),  # case counts
    ],
)
def test_excludes_drop_findings_by_their_text(
    detector: Build, exclude: Exclude, left: list[str]
) -> None:
    spec = DetectSpec(entities=("EMAIL_ADDRESS",), excludes=(exclude,))
    found = seen(detector(spec), "a@example.com b@other.org")
    assert [text for _, text in found] == left


def test_an_excluded_finding_hides_no_other(detector: Build) -> None:
    spec = DetectSpec(
        recognizers=(
            own(patterns=[{"name": "long", "regex": r"TCK-\d{6} ok", "score": 0.9}]),
            own(name="short", patterns=[{"name": "short", "regex": r"\d{6}", "score": 0.5}]),
        ),
        excludes=(Exclude("ok$"),),
    )
    assert seen(detector(spec), "TCK-123456 ok", "TICKET_ID") == [("TICKET_ID", "123456")]


# ── hotwords and context ──────────────────────────────────────────────────────────────────────


def test_a_hotword_lifts_a_weak_finding_over_the_threshold(detector: Build) -> None:
    spec = DetectSpec(
        entities=("EMAIL_ADDRESS",),
        recognizers=(own(),),
        hotwords=(Hotword("ref", "TICKET_ID", 0.9),),
        score_thresholds=(("default", 0.5),),
    )
    assert seen(detector(spec), "TCK-123456 a@b.com") == [("EMAIL_ADDRESS", "a@b.com")]
    assert seen(detector(spec), "REF TCK-123456") == [("TICKET_ID", "TCK-123456")]


def test_a_hotword_never_lowers_a_score(detector: Build) -> None:
    spec = DetectSpec(entities=("EMAIL_ADDRESS",), hotwords=(Hotword("to", "EMAIL_ADDRESS", 0.2),))
    ((span,),) = detector(spec).detect(["to a@b.com"])
    assert span.score == 1.0


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("TCK-123456", 0.3),
        ("ticket TCK-123456", 0.65),
        ("Tickets: TCK-123456", 0.65),
        ("ticket one two three four TCK-123456", 0.65),
        ("ticket alpha beta gamma delta epsilon zeta TCK-123456", 0.3),
        ("TCK-123456 ticket", 0.3),
    ],
)
def test_context_words_raise_a_score_without_any_model(
    detector: Build, text: str, score: float
) -> None:
    spec = DetectSpec(recognizers=(own(context=["ticket"]),))
    (spans,) = detector(spec).detect([text])
    assert [s.score for s in spans if s.label == "TICKET_ID"] == [pytest.approx(score)]


# ── Presidio's own form of recognizers ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("recognizer", "text", "found"),
    [
        (own(patterns=[], deny_list=["Osprey"]), "an osprey", ["osprey"]),
        (own(supported_languages=["en"]), "TCK-123456", ["TCK-123456"]),
        (own(supported_language="en"), "TCK-123456", ["TCK-123456"]),
        (
            own(supported_languages=[{"language": "en", "context": ["x"]}]),
            "TCK-123456",
            ["TCK-123456"],
        ),
        (own(type="custom", enabled=True), "TCK-123456", ["TCK-123456"]),
        (own(enabled=False), "TCK-123456", []),
    ],
)
def test_the_keys_of_own_recognizers(
    detector: Build, recognizer: str, text: str, found: list[str]
) -> None:
    spec = DetectSpec(recognizers=(recognizer,))
    assert [value for _, value in seen(detector(spec), text, "TICKET_ID")] == found


def test_a_predefined_recognizer_can_be_switched_off_and_on(detector: Build) -> None:
    off = json.dumps({"name": "UrlRecognizer", "type": "predefined", "enabled": False})
    on = json.dumps({"name": "UkNinoRecognizer", "type": "predefined"})
    spec = DetectSpec(recognizers=(off, on), house=False)
    assert "URL" not in known_entities(spec)
    assert "UK_NINO" in known_entities(spec)
    assert "URL" in known_entities(DetectSpec())
    assert seen(detector(spec), "http://a.com AB123456C", "URL", "UK_NINO") == [
        ("UK_NINO", "AB123456C")
    ]


@pytest.mark.parametrize(
    "recognizer",
    [
        "[]",
        "{",
        '{"name": 7}',
        own(contxt=["typo"]),
        own(patterns=[{"name": "t", "regex": "(", "score": 0.5}]),
        own(patterns=[{"name": "t", "regex": "a", "score": 7}]),
        own(patterns=[{"name": "t", "regex": "a"}]),
        own(patterns=[{"name": "t", "score": 0.5}]),
        own(patterns=[]),
        own(supported_entity=None),
        own(supported_languages=["de"]),
        own(name="EmailRecognizer"),
        '{"name": "NoSuchRecognizer", "type": "predefined"}',
        '{"name": "SpacyRecognizer", "type": "predefined"}',
    ],
)
def test_a_bad_recognizer_is_refused_and_named(recognizer: str) -> None:
    with pytest.raises(DetectionError) as caught:
        known_entities(DetectSpec(recognizers=(own(name="good"), recognizer)))
    assert caught.value.code == "recognizer-invalid"
    assert "recognizers[1]" in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    "name", ["GLiNERRecognizer", "HuggingFaceNerRecognizer", "AzureAILanguageRecognizer"]
)
def test_recognizers_that_use_the_network_are_not_available(name: str) -> None:
    config = json.dumps({"name": name, "type": "predefined"})
    with pytest.raises(NotAvailable, match="network"):
        known_entities(DetectSpec(recognizers=(config,)))


# ── languages ─────────────────────────────────────────────────────────────────────────────────


def test_every_language_looks_and_the_answers_are_united(detector: Build) -> None:
    text = "DNI 12345678Z, ssn 432-12-3456, a@b.com"
    both = seen(detector(DetectSpec(languages=("en", "es"))), text)
    assert {"ES_NIF", "US_SSN", "EMAIL_ADDRESS"} <= {label for label, _ in both}
    assert len([label for label, _ in both if label == "EMAIL_ADDRESS"]) == 1
    for language in ("en", "es"):
        assert set(seen(detector(DetectSpec(languages=(language,))), text)) <= set(both)


def test_a_language_that_spacy_does_not_know(detector: Build) -> None:
    assert seen(detector(DetectSpec(languages=("zz",))), "a@b.com", "EMAIL_ADDRESS")


def test_a_malformed_language_is_refused() -> None:
    with pytest.raises(DetectionError, match="language-unknown"):
        known_entities(DetectSpec(languages=("english please",)))


# ── what the detector says of itself ──────────────────────────────────────────────────────────


def test_identities_name_everything_that_looks(detector: Build) -> None:
    spec = DetectSpec(
        entities=("EMAIL_ADDRESS",),
        recognizers=(own(),),
        deny_list=(("WORD", ("x",)),),
        house=False,
    )
    from importlib.metadata import version

    presidio = f"presidio-analyzer {version('presidio-analyzer')}"
    assert detector(spec).identities == (
        ("EmailRecognizer", presidio),
        ("deny_list", "rule file"),
        ("spacy.blank:en", version("spacy")),
        ("ticket", "rule file"),
    )


def test_known_entities_do_not_depend_on_the_chosen_ones() -> None:
    spec = DetectSpec(recognizers=(own(),), deny_list=(("PROJECT_CODE", ("x",)),))
    known = known_entities(spec)
    assert {"EMAIL_ADDRESS", "US_SSN", "TICKET_ID", "PROJECT_CODE"} <= known
    assert "PERSON" not in known  # no model, no names
    chosen = replace(spec, entities=("URL",))
    assert known_entities(chosen) == known


def test_an_unknown_entity_is_refused(detector: Build) -> None:
    with pytest.raises(DetectionError, match=r"entity-unknown.*EMAIL_ADRESS"):
        detector(DetectSpec(entities=("EMAIL_ADRESS", "URL")))


@pytest.mark.parametrize(
    "spec", [DetectSpec(hotwords=(Hotword("(", "URL", 1.0),)), DetectSpec(excludes=(Exclude("["),))]
)
def test_a_bad_regex_is_refused(detector: Build, spec: DetectSpec) -> None:
    with pytest.raises(DetectionError, match="regex-invalid"):
        detector(spec)


@pytest.mark.slow
def test_a_worker_rebuilds_the_same_detector_from_the_spec(detector: Build) -> None:
    spec = DetectSpec(
        recognizers=(own(context=["ticket"]),),
        hotwords=(Hotword("ssn", "US_SSN", 0.95, 30),),
        excludes=(Exclude("^x"),),
        deny_list=(("WORD", ("Osprey",)),),
    )
    text = "ssn 432-12-3456 ticket TCK-123456 osprey"
    script = (
        "import pickle, sys\n"
        "from scrubber.detect import build_detector\n"
        "spec, texts = pickle.load(sys.stdin.buffer)\n"
        "sys.stdout.buffer.write(pickle.dumps(build_detector(spec).detect(texts)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps((spec, [text])),
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert pickle.loads(done.stdout) == detector(spec).detect([text])
    assert done.stderr == b""


def test_the_package_is_light_until_asked() -> None:
    script = (
        "import sys, scrubber.detect\n"
        "heavy = {'presidio_analyzer', 'spacy', 'tldextract', 'phonenumbers'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.parametrize(
    ("text", "allowed", "left"),
    [
        ("ask info@acme.com now", "info@acme.com", []),
        ("see https://acme.com/a now", "https://acme.com/a", []),
        ("ask info@acme.com or ann@acme.com", "info@acme.com", ["ann@acme.com", "acme.com"]),
        # what is larger than an allowed text is another one
        (
            "https://acme.com/info@acme.com",
            "info@acme.com",
            ["https://acme.com/info@acme.com", "acme.com/info@acme.com"],
        ),
        ("xinfo@acme.com", "info@acme.com", ["xinfo@acme.com", "acme.com"]),
        ("ask info@acme.com", "acme.com", ["info@acme.com"]),
    ],
)
def test_an_allowed_text_is_not_broken_by_what_lies_within(
    detector: Build, text: str, allowed: str, left: list[str]
) -> None:
    spec = DetectSpec(entities=("EMAIL_ADDRESS", "URL"), allow_list=(allowed,), least_score=0.35)
    assert sorted(value for _, value in seen(detector(spec), text)) == sorted(left)
