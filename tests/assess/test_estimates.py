"""Estimates from noisy values: unbiased, with intervals that cover the truth."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

import scrubber
from scrubber.assess.estimates import true_mean, true_shares
from scrubber.errors import InputError
from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey
from scrubber.transform.laplace import Laplace
from scrubber.transform.randomized_response import RandomizedResponse

PEOPLE = pa.array([f"p{i}" for i in range(100)])


KEY = bytes(range(32))


def key(seed: int) -> RootKey:
    return RootKey(sha256(b"%d" % seed).digest())


def test_shares_are_unbiased_over_a_thousand_keys() -> None:
    asked = RandomizedResponse(("yes", "no", "unknown"), p=0.6)
    answers = pa.array(["yes"] * 20 + ["no"] * 70 + ["unknown"] * 10)
    found, covered = [], 0
    for seed in range(1000):
        noisy = asked.apply(answers, Context("f", key(seed), subject=PEOPLE)).array
        share = true_shares(Counter(noisy.to_pylist()), asked)["yes"]
        found.append(share.value)
        covered += share.low <= 0.2 <= share.high
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - 0.2) < 4 * error
    assert covered >= 930


def test_means_are_unbiased_over_a_thousand_keys() -> None:
    asked = Laplace(1, 0, 50, 10)
    numbers = np.arange(100) % 6 * 10
    found, covered = [], 0
    for seed in range(1000):
        noisy = asked.apply(pa.array(numbers), Context("f", key(seed), subject=PEOPLE)).array
        mean = true_mean(noisy.to_numpy().astype(float))
        found.append(mean.value)
        covered += mean.low <= numbers.mean() <= mean.high
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - numbers.mean()) < 4 * error
    assert covered >= 930


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey")
    ids = list(range(3000))
    table = pa.table(
        {
            "id": ids,
            "drugs": ["yes" if i % 5 == 0 else "no" for i in ids],
            "income": [i % 100 for i in ids],
        }
    )
    pyarrow.csv.write_csv(table, folder / "people.csv")
    rules = {
        "version": 1,
        "key": {"env": "SCRUBBER_KEY"},
        "subject": "id",
        "fields": [
            {"name": "id", "transform": "token"},
            {
                "name": "drugs",
                "transform": {"randomized_response": {"values": ["yes", "no"], "p": 0.75}},
            },
            {"name": "income", "transform": {"laplace": {"epsilon": 1, "lower": 0, "upper": 100}}},
        ],
    }
    scrubber.scrub(folder / "people.csv", rules, out=folder / "out", key=KEY)
    return folder / "out"


def test_an_output_says_how_to_estimate_from_it(released: Path) -> None:
    shares = scrubber.estimate(released, "drugs")
    assert shares.records == 3000
    assert shares.shares["yes"].low <= 0.2 <= shares.shares["yes"].high
    mean = scrubber.estimate(released, "income").mean
    assert mean is not None
    assert mean.low <= 49.5 <= mean.high
    said = scrubber.read_manifest(released).data["risk"]["limitations"]
    text = " ".join(row["text"] for row in said)
    assert "true share = (share - 0.25) / 0.5" in text
    assert "whoever holds it can undo the noise" in text
    fields = {row["name"]: row for row in scrubber.read_manifest(released).data["fields"]}
    assert "epsilon 1.09861" in fields["drugs"]["technique"]


@pytest.mark.parametrize(("field", "code"), [("id", "no-noise"), ("nope", "unknown-field")])
def test_what_cannot_be_estimated(released: Path, field: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        scrubber.estimate(released, field)
