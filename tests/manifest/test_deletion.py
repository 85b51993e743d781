"""How the records of a person are found again: the section, its sentences, and its changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scrubber
from scrubber.manifest import Manifest, screen, validate
from scrubber.review import compare
from scrubber.transform.keys import RootKey

KEY = RootKey(bytes(range(32)))
ROWS = "id,n\n" + "".join(f"u{i},{i}\n" for i in range(30))
TOKEN = {"class": "direct_identifier", "transform": {"token": {"domain": "crm"}}}
KEPT = {"class": "insensitive", "keep": "a number that says nothing"}
DROPPED = {"class": "direct_identifier", "transform": "drop"}


def manifest(folder: Path, how: dict[str, Any], **rules: Any) -> Manifest:
    (folder / "a.csv").write_text(ROWS)
    decided = {
        "version": 1,
        "fields": [{"name": "id", **how}, {"name": "n", "class": "insensitive", "keep": "n"}],
        **rules,
    }
    out = folder / f"out{len(list(folder.iterdir()))}"
    made = scrubber.scrub(folder / "a.csv", decided, key=bytes(range(32)), out=out).manifest
    assert validate(made.to_json()) == []
    return made


SAID = [
    (
        TOKEN,
        f"to find a person's records, compute the pseudonym for `id`: key {KEY.id}, domain crm",
    ),
    (KEPT, "to find a person's records, search `id` for the value in the source"),
    (DROPPED, "a person's records cannot be found: the values of `id` were changed"),
]


@pytest.mark.parametrize(("how", "sentence"), SAID)
def test_a_subject_is_stated_and_told(tmp_path: Path, how: dict[str, Any], sentence: str) -> None:
    made = manifest(tmp_path, how, subject="id")
    assert made.to_json()["deletion"]["events"] == []
    assert screen(made).deletion == (sentence,)


def test_without_a_subject_there_is_no_section(tmp_path: Path) -> None:
    made = manifest(tmp_path, TOKEN)
    assert made.to_json()["deletion"] is None
    assert screen(made).deletion == ()


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ((TOKEN, "id"), (DROPPED, "id"), "weaker"),
        ((DROPPED, "id"), (TOKEN, "id"), "stronger"),
        ((TOKEN, None), (TOKEN, "id"), "stronger"),
        ((TOKEN, "id"), (TOKEN, None), "weaker"),
        ((DROPPED, None), (DROPPED, "id"), "neutral"),
    ],
)
def test_records_that_can_no_more_be_found_are_a_weakness(
    tmp_path: Path, before: Any, after: Any, effect: str
) -> None:
    made = [
        manifest(tmp_path, how, **({"subject": subject} if subject else {}))
        for how, subject in (before, after)
    ]
    changes = [change for change in compare(*made) if change.aspect == "deletion"]
    assert [change.effect.value for change in changes] == [effect]
