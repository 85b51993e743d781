"""The leak measure on record: shipped with the package, of the shipped model, or it says so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.assess.wilson import bounds
from scrubber.detect.measured import measure
from scrubber.detect.ner import builtin
from scrubber.manifest import Manifest, validate
from scrubber.review import Effect, compare, report_page

RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "builtin", "entities": ["PERSON"]},
    "fields": [{"name": "note", "class": "text", "entities": {"default": "redact"}}],
}
FRAME = pl.DataFrame({"note": ["we met Martin Miller there"] * 20})


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return scrubber.scrub(FRAME, RULES).manifest


def test_the_measure_names_a_model_and_the_record_says_if_it_is_another(
    manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, leaks = measure(), manifest.data["engine"]["leaks"]
    assert re.fullmatch("[0-9a-f]{64}", taken.model)
    assert (leaks["date"], leaks["model_digest"]) == (taken.date, taken.model)
    assert leaks["current"] is (taken.model == builtin.digest().removeprefix("sha256:"))
    assert validate(manifest.to_json()) == []
    for model, current in ((builtin.digest().removeprefix("sha256:"), True), ("0" * 64, False)):
        other = replace(taken, model=model)
        monkeypatch.setattr("scrubber.run.facts.measure", lambda other=other: other)
        made = scrubber.scrub(FRAME, RULES).manifest
        assert made.data["engine"]["leaks"]["current"] is current
        assert ("on an earlier names model" in report_page(made)) is not current


def test_each_language_has_counts_and_upper_bounds(manifest: Manifest) -> None:
    rows = {row["language"]: row for row in manifest.data["engine"]["leaks"]["languages"]}
    assert rows.keys() == measure().leaks
    for row in rows.values():
        for what in ("documents", "mentions"):
            share = bounds(row[f"{what}_left"], row[what])[1]
            assert row[f"{what}_bound"] == round(1000 * share)
        assert row["sets"]
    english = rows["en"]
    page = report_page(manifest)
    assert f"{english['documents_left']:,} of {english['documents']:,} (" in page
    assert english["sets"][0] in page


def test_without_the_built_in_model_nothing_is_claimed() -> None:
    made = scrubber.scrub(FRAME, {**RULES, "detect": {"ner": "none"}}).manifest
    assert made.data["engine"]["leaks"] is None
    assert "Leaks in labelled sets" not in report_page(made)


def test_more_leaks_are_weaker(manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = measure()
    worse = tuple(replace(one, documents_left=one.documents) for one in taken.languages)
    monkeypatch.setattr("scrubber.run.facts.measure", lambda: replace(taken, languages=worse))
    later = scrubber.scrub(FRAME, RULES).manifest
    changed = {c.aspect: c.effect for c in compare(manifest, later) if c.section == "detector"}
    assert changed["documents left in en"] is Effect.WEAKER
    back = {c.aspect: c.effect for c in compare(later, manifest) if c.section == "detector"}
    assert back["documents left in en"] is Effect.STRONGER
