"""Attacks on outputs of runs: the manifest says how fields were made, the order pairs records."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.api.records import pairs_of
from scrubber.errors import InputError

RULES: dict[str, Any] = {
    "version": 1,
    "subject": "id",
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "id"}}},
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "zip", "class": "quasi_identifier", "transform": {"prefix": {"keep": 2}}},
        {"name": "seen", "class": "quasi_identifier", "transform": {"date_shift": {"max_days": 9}}},
        {"name": "spent", "class": "insensitive", "transform": {"round": {"to": 100}}},
        {"name": "town", "class": "quasi_identifier", "transform": {"token": {"domain": "town"}}},
        {"name": "gone", "class": "insensitive", "transform": "drop"},
        {"name": "ill", "class": "sensitive", "keep": "the label"},
    ],
}
KEY = bytes(range(32))


def rows(records: int) -> list[dict[str, Any]]:
    chance = random.Random(1)
    return [
        {
            "id": f"p{n}",
            "age": chance.randrange(18, 90),
            "zip": f"{chance.randrange(10**5):05d}",
            "seen": f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
            "spent": chance.randrange(10**4),
            "town": chance.choice(["a", "b", "b", "c", "c", "c"]),
            "gone": n,
            "ill": chance.choice(["yes", "no"]),
        }
        for n in range(records)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source, its output, and one that lacks every fifth record."""
    folder = tmp_path_factory.mktemp("attacked")
    pl.DataFrame(rows(400)).write_csv(folder / "people.csv")
    source = str(folder / "people.csv")
    scrubber.scrub(source, RULES, out=folder / "whole", key=KEY)
    fewer = {**RULES, "rows": [{"drop": "CAST(gone AS INT) % 5 = 0", "reason": "a fifth"}]}
    scrubber.scrub(source, fewer, out=folder / "fewer", key=KEY)
    return folder


KNOWN = ["age", "zip", "seen", "spent", "town", "gone"]


def test_the_manifest_says_what_the_attacker_can_compute(made: Path) -> None:
    pairs = pairs_of(made / "people.csv", made / "whole", KNOWN)
    kinds = {name: one.kind for name, one in pairs.makings.items()}
    assert kinds == {
        "id": "hidden",
        "age": "function",
        "zip": "function",
        "seen": "window",
        "spent": "function",
        "town": "hidden",
        "ill": "forms",
    }
    assert pairs.makings["seen"].days == 9
    assert pairs.origin.tolist() == list(range(400))


def test_records_that_a_run_dropped_are_passed_over(made: Path) -> None:
    pairs = pairs_of(made / "people.csv", made / "fewer", KNOWN)
    kept = [n for n in range(400) if n % 5]
    clear = [(at, one) for at, one in enumerate(pairs.origin.tolist()) if one >= 0]
    assert len(clear) > 300
    assert all(kept[at] == one for at, one in clear)


def test_more_knowledge_finds_more_persons(made: Path) -> None:
    source, out = made / "people.csv", made / "whole"
    found = [
        scrubber.attack_linkage(source, out, KNOWN[:number]).found.share for number in (1, 2, 4)
    ]
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.8
    result = scrubber.attack_linkage(source, out, KNOWN)
    assert result.unused == ("town", "gone")
    ((field, share, _),) = result.by_frequency
    assert (field, share.share) == ("town", 1)


def test_files_without_a_manifest_are_read_by_their_forms(made: Path, tmp_path: Path) -> None:
    frame = pl.DataFrame(rows(400)).select("age", "zip", "ill")
    frame.with_columns(pl.col("zip").str.head(2) + "***").write_parquet(tmp_path / "other.parquet")
    found = scrubber.attack_linkage(made / "people.csv", tmp_path / "other.parquet", ["age", "zip"])
    assert found.found.share > 0.9


@pytest.mark.slow
def test_inference_and_membership_answer_for_outputs(made: Path) -> None:
    pytest.importorskip("sklearn")
    source, out = made / "people.csv", made / "whole"
    guessed = scrubber.attack_inference(source, out, "ill", ["age", "zip", "seen"])
    assert guessed.guesses[0].gain.low > 0.3
    attacked = scrubber.attack_membership(out, "ill", source=source)
    assert [(one.data, one.model) for one in attacked.attacked] == [
        ("scrubbed", "logistic"),
        ("scrubbed", "boosted"),
        ("raw", "logistic"),
        ("raw", "boosted"),
    ]
    assert attacked.attacked[3].ranking.auc.low > 0.6
    with pytest.raises(InputError, match="holdout-overlaps"):
        scrubber.attack_membership(out, "ill", holdout=out)


def test_strangers_are_refused(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("age,zip\n" + "1,2\n" * 500)
    with pytest.raises(InputError, match="records-unaligned"):
        scrubber.attack_linkage(other, made / "whole" / "data" / "people.csv", "age")
    with pytest.raises(InputError, match="nothing-in-common"):
        scrubber.attack_linkage(other, made / "whole", "age")
    with pytest.raises(InputError, match="nothing-in-common"):
        scrubber.attack_linkage(made / "people.csv", made / "whole", "gone")


@pytest.mark.slow
def test_no_value_is_in_a_result(made: Path) -> None:
    pytest.importorskip("sklearn")
    source, out = made / "people.csv", made / "whole"
    for found in (
        scrubber.attack_linkage(source, out, KNOWN),
        scrubber.attack_inference(source, out, "ill", ["age"]),
        scrubber.attack_membership(out, "ill"),
    ):
        said = f"{found.to_json()}{found!r}"
        assert "yes" not in said
        assert "2024-" not in said
