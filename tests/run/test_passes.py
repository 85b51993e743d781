"""The passes of a run: each gets what the others found out, and one more is one more entry."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from scrubber.errors import GateError
from scrubber.executors.base import in_order
from scrubber.executors.jobs import OutlineJob
from scrubber.formats import Source
from scrubber.manifest import CheckFacts
from scrubber.policy import rules_from_mapping
from scrubber.run import run as story
from scrubber.run.request import Outcome, Request, Session

RULES = {
    "version": 1,
    "fields": [{"name": "n", "class": "insensitive", "keep": "a number"}],
}


@pytest.fixture
def request_of(tmp_path: Path) -> Request:
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(3)))
    return Request(rules_from_mapping(RULES), [str(source)], tmp_path / "out")


def test_a_pass_more_sees_what_was_found_out_and_adds_to_the_manifest(
    request_of: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, list[str], bool]] = []

    def another(session: Session, outcome: Outcome) -> Outcome:
        paths = [output.path for output in outcome.outputs]
        assert isinstance(session.out, Path)
        seen.append((outcome.ledger.rows_out, paths, session.out.exists()))
        check = CheckFacts("another", True, "error", "a check", "holds")
        return replace(outcome, checks=(*outcome.checks, check))

    monkeypatch.setattr(story, "PASSES", (*story.PASSES, another))
    manifest = story.run(request_of)
    assert seen == [(3, ["data/a.jsonl"], False)]  # nothing is published yet
    assert "another" in [check["id"] for check in manifest.data["checks"]]


@pytest.mark.parametrize("at", range(len(story.PASSES) + 1))
def test_a_pass_that_refuses_leaves_nothing(
    request_of: Request, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    def refuses(_session: Session, _outcome: Outcome) -> Outcome:
        raise GateError("another", "not this")

    passes = [*story.PASSES[:at], refuses, *story.PASSES[at:]]
    monkeypatch.setattr(story, "PASSES", tuple(passes))
    with pytest.raises(GateError):
        story.run(request_of)
    assert isinstance(request_of.out, Path)
    assert sorted(path.name for path in request_of.out.parent.iterdir()) == ["a.jsonl"]


@pytest.mark.parametrize("arriving", ["abc", "cba", "bca"])
def test_answers_are_put_in_the_order_of_their_jobs(arriving: str) -> None:
    jobs = [OutlineJob(Source(name, name, "csv"), 0, drop_bad_rows=False) for name in "abc"]
    ended = []

    def answers() -> Generator[tuple[str, str], None, None]:
        try:
            for name in arriving:
                yield name, name.upper()
        finally:
            ended.append(True)

    assert list(in_order(jobs, answers())) == ["A", "B", "C"]  # type: ignore[arg-type]
    early = in_order(jobs, answers())  # type: ignore[arg-type]
    next(early)
    early.close()
    assert ended == [True, True]
