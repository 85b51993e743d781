"""A secret that records tell of their persons is a gain; one that the population tells is none."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scrubber.assess.clues import Making
from scrubber.assess.inference import inference
from scrubber.assess.pairing import Table
from scrubber.errors import InputError, NotAvailable

pytest.importorskip("sklearn")

PLAIN = Making("forms", shows="form")
KNOWN = ("age", "zip")


def patients(records: int, seed: int, *, told_by_age: bool = False) -> Table:
    chance = random.Random(seed)
    ages = [str(chance.randrange(18, 90)) for _ in range(records)]
    secrets = [
        ("yes" if int(age) > 50 else "no") if told_by_age else chance.choice(["yes", "no"])
        for age in ages
    ]
    zips = [f"{chance.randrange(10**5):05d}" for _ in range(records)]
    return Table({"age": ages, "zip": zips, "secret": secrets})


MADE = dict.fromkeys(("age", "zip", "secret"), PLAIN)


def test_unchanged_records_tell_the_secret() -> None:
    source = patients(600, 1)
    found = inference(source, source, np.arange(600), MADE, "secret", KNOWN)
    nearest = found.guesses[0]
    assert nearest.members.share > 0.95
    assert nearest.gain.low > 0.3
    assert 0.45 < found.chance < 0.6


def test_what_the_population_tells_is_no_gain() -> None:
    source = patients(600, 2, told_by_age=True)
    hidden = Table({**source.columns, "zip": ["*"] * 600})
    found = inference(source, hidden, np.arange(600), MADE, "secret", KNOWN)
    for guessing in found.guesses:
        assert guessing.control.share > 0.9
        assert guessing.gain.low <= 0 <= guessing.gain.high


def test_a_coarse_output_tells_nothing() -> None:
    source = patients(600, 3)
    coarse = Table({**source.columns, "age": ["*"] * 600, "zip": ["*"] * 600})
    for guessing in inference(source, coarse, np.arange(600), MADE, "secret", KNOWN).guesses:
        assert guessing.gain.low <= 0 <= guessing.gain.high


@pytest.mark.slow
def test_a_shuffled_secret_is_no_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "scrubber.assess.inference._classifier", lambda *_: lambda of: ["no"] * len(of)
    )
    covered = 0
    for seed in range(200):
        source = patients(120, seed)
        mixed = list(source.columns["secret"])
        random.Random(seed).shuffle(mixed)
        out = Table({**source.columns, "secret": mixed})
        gain = (
            inference(source, out, np.arange(120), MADE, "secret", KNOWN, seed=seed).guesses[0].gain
        )
        covered += gain.low <= 0 <= gain.high
    assert covered >= 183


def test_a_secret_is_right_in_the_form_that_was_published() -> None:
    source = patients(400, 4)
    ages = source.columns["age"]
    out = Table(
        {
            **source.columns,
            "age": [f"[{int(a) // 20 * 20}, {int(a) // 20 * 20 + 20})" for a in ages],
        }
    )
    found = inference(source, out, np.arange(400), MADE, "age", ("zip",))
    assert found.guesses[0].members.share > 0.95
    keyed = Table({**source.columns, "secret": [f"t-{s}" for s in source.columns["secret"]]})
    made = {**MADE, "secret": Making("hidden", repeats=True)}
    found = inference(source, keyed, np.arange(400), made, "secret", KNOWN)
    assert found.guesses[0].members.share > 0.95


def test_few_records_are_refused() -> None:
    source = patients(99, 5)
    with pytest.raises(InputError, match="too-few-records"):
        inference(source, source, np.arange(99), MADE, "secret", KNOWN)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    source = patients(200, 6)
    with pytest.raises(NotAvailable, match=r"extra-missing.*\[evidence\]"):
        inference(source, source, np.arange(200), MADE, "secret", KNOWN)
