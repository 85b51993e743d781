"""A regex of the user's own that takes for ever: it is named within its limit, once, wherever texts
are looked at; where on_error takes single records away, it does no more than that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.detect import refine
from scrubber.detect.base import PATIENCE
from scrubber.detect.matchers import base as lookers
from scrubber.detect.shared import detector_for
from scrubber.detect.timeout import TimeLimit
from scrubber.errors import DetectionError, ScrubberError, TransformError
from scrubber.policy import detect_spec, rules_from_mapping
from scrubber.run.preview import run_examples

LIMIT = 0.4
"""Seconds of processor time that stand for the ten of a real run."""
BAD = "a" * 40 + "! he said"
"""What the regex of `mine` takes for ever on: it goes back over all ways to read the letters."""
MINE = {
    "name": "mine",
    "supported_entity": "MINE",
    "patterns": [{"name": "p", "regex": r"(a|a)+!(?<=X!)", "score": 0.5}],
}
DETECT = {"ner": "none", "entities": ["EMAIL_ADDRESS"], "recognizers": [MINE]}
NOTE = {"name": "note", "class": "text", "entities": {"default": "redact"}}
NAMED = "recognizer mine ran out of time on a text"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    def limit(_seconds: float, length: int) -> TimeLimit:
        return TimeLimit(LIMIT, length)

    for module in (lookers, refine):
        monkeypatch.setattr(module, "TimeLimit", limit)


@contextmanager
def within(limits: int) -> Iterator[None]:
    """What is done here takes `limits` times the limit, and less than one time more."""
    started = time.process_time()
    yield
    assert LIMIT * limits <= time.process_time() - started < LIMIT * (limits + 0.9)


def texts(*bad: int, of: int = 40) -> pa.Table:
    """Records, of which these are bad, each in its own way."""
    notes = ["x" * i + BAD if i in bad else f"mail p{i}@example.org" for i in range(of)]
    return pa.table({"note": notes})


def rules(on_error: str, **more: Any) -> dict[str, Any]:
    return {"version": 1, "detect": DETECT, "fields": [NOTE], "on_error": on_error, **more}


def warm(decided: dict[str, Any]) -> dict[str, Any]:
    """These rules, whose detectors are made already."""
    scrubber.scrub(texts(of=1), decided)
    return decided


def test_one_text_stops_a_run_once() -> None:
    decided = warm(rules("fail"))
    with within(1), pytest.raises(TransformError, match=NAMED) as caught:
        scrubber.scrub(texts(7, 8, 9, 10, 11), decided)
    assert str(caught.value.place) == "frame, row 8, field note"
    assert "a" * 20 not in str(caught.value)


@pytest.mark.usefixtures("planted_anew")
@pytest.mark.parametrize("on_error", ["null", "drop_row"])
def test_a_few_texts_are_taken_away_alone(on_error: str) -> None:
    decided = warm(rules(on_error))
    assert PATIENCE == 3
    with within(2 + 2):  # values are planted in these texts, too, until that is seen
        done = scrubber.scrub(texts(7, 20), decided)
    notes = done.data["note"].to_pylist()
    mails = ["mail {EMAIL_ADDRESS}"] * 38
    wanted = [*mails[:7], None, *mails[7:19], None, *mails[19:]] if on_error == "null" else mails
    assert notes == wanted
    planted = done.manifest.data["risk"]["planted"]
    plain = [one for one in planted if one["writing"] == "plain"]
    assert [(one["entity"], one["recall"]) for one in plain] == [("EMAIL_ADDRESS", 1000)]


@pytest.mark.parametrize("on_error", ["null", "drop_row"])
def test_many_texts_stop_a_run_whatever_on_error_says(on_error: str) -> None:
    decided = warm(rules(on_error))
    with within(PATIENCE), pytest.raises(DetectionError, match=NAMED) as caught:
        scrubber.scrub(texts(*range(5, 40)), decided)
    assert str(caught.value.place) == "frame, row 8, field note"
    assert "the last of 3 in one batch" in caught.value.text
    assert "regex" in caught.value.hint


def test_find_says_so_once() -> None:
    scrubber.find(["warm"], DETECT)
    with within(1), pytest.raises(DetectionError, match=NAMED):
        scrubber.find(["fine", BAD, "x" + BAD, "xx" + BAD], DETECT)


def test_an_audit_says_so_once() -> None:
    scrubber.audit(texts(of=12), detect=DETECT)
    with within(1), pytest.raises(DetectionError, match=NAMED) as caught:
        scrubber.audit(texts(5, 6, 7), detect=DETECT)
    assert str(caught.value.place) == "frame, field note"


def test_each_test_of_a_rule_file_says_so_once() -> None:
    tests = [{"given": {"note": one}, "expect": {"note": one}} for one in ("fine", BAD)]
    decided = rules_from_mapping(warm(rules("fail")) | {"tests": tests})
    with within(1):
        good, bad = run_examples(decided)
    assert good.passed
    assert bad.error is not None
    assert NAMED in bad.error


def test_files_fail_alike_and_nothing_is_left_of_a_run(tmp_path: Path) -> None:
    pq.write_table(texts(7, 8), tmp_path / "in.parquet")
    decided = warm(rules("fail"))
    with within(1), pytest.raises(TransformError, match=NAMED) as caught:
        scrubber.scrub(tmp_path / "in.parquet", decided, out=tmp_path / "out")
    assert str(caught.value.place) == "in.parquet, row 8, field note"
    assert not (tmp_path / "out").exists()


def patterns(*regexes: str) -> dict[str, Any]:
    shown = [{"name": f"p{i}", "regex": one, "score": 0.5} for i, one in enumerate(regexes)]
    return DETECT | {"recognizers": [MINE | {"patterns": shown}]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "detect",
    [
        patterns(*(rf"(a|a)+!(?<={one}!)" for one in "XYZ")),
        # an exclusion, a little for each of many findings
        DETECT | {"recognizers": [], "rules": [{"exclude": {"regex": r"(a|a)+(?=@)b"}}]},
    ],
    ids=["patterns", "exclusion"],
)
def test_what_takes_a_little_many_times_has_the_one_limit(detect: dict[str, Any]) -> None:
    made = detector_for(detect_spec(detect))
    text = slow_enough(lambda repeats: made.detect([bad_text(repeats)]))
    with within(1), pytest.raises(DetectionError) as caught:
        made.detect([text])
    assert caught.value.code == "detector-timeout"


def bad_text(repeats: int) -> str:
    mails = " ".join("a" * repeats + f"@ex{i}.org" for i in range(60))
    return f"{mails} {'a' * repeats}!"


def slow_enough(tried: Callable[[int], object]) -> str:
    """The shortest text that takes too long altogether: each of its parts takes far less."""
    for repeats in range(6, 40):
        try:
            tried(repeats)
        except ScrubberError:
            return bad_text(repeats)
    raise AssertionError


@pytest.mark.slow
def test_an_exclusion_that_takes_for_ever_for_what_a_document_repeats() -> None:
    """What was found in one text of a record is looked for in its others: that may fail, too."""
    found, again = "Ann " + "A" + "a" * 40, "ANN " + "A" * 41
    person = MINE | {
        "supported_entity": "PERSON",
        "patterns": [{"name": "p", "regex": f"(?-i:{found})", "score": 0.5}],
    }
    exclude = [{"exclude": {"regex": "(A|A)+(?<=X)"}}]
    detect = DETECT | {"recognizers": [person], "rules": exclude}
    table = pa.table({"note": ["fine", f"{found} came", "fine"], "more": ["", again, ""]})
    fields = [NOTE, NOTE | {"name": "more"}]
    for on_error, left in (("drop_row", ["fine"] * 2), ("null", ["fine", None, "fine"])):
        done = scrubber.scrub(table, rules(on_error) | {"detect": detect, "fields": fields})
        assert done.data["note"].to_pylist() == left
    with pytest.raises(TransformError, match="exclusion 1") as caught:
        scrubber.scrub(table, rules("fail") | {"detect": detect, "fields": fields})
    assert str(caught.value.place) == "frame, row 2, field note"
