"""Runs in threads, at once: each gives what it gives alone, and the process is left as it was."""

from __future__ import annotations

import random
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
import pytest
from threadpoolctl import threadpool_info

import scrubber
from scrubber.detect.ner import builtin
from scrubber.detect.silence import hushed

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
FIRST = "Ann Ben Chloe Dmitri Elena Farid Grace Hiro Ines Jakub Lena Mateo Nadia Oskar".split()
LAST = "Okafor Miller Garcia Rossi Kowalski Tanaka Nguyen Smith Haddad Silva Jensen".split()
RUNS = 6


def rules(threshold: float) -> dict[str, Any]:
    """Specs that differ have detectors of their own, and share the names model."""
    found = ["PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS"]
    return {
        "version": 1,
        "detect": {"entities": found, "score_thresholds": {"PHONE_NUMBER": threshold}},
        "fields": [
            {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
            {"name": "note", "class": "text", "entities": {"default": "redact"}},
        ],
    }


def frame(number: int) -> pl.DataFrame:
    dice = random.Random(number)
    notes = [
        f"Please tell {dice.choice(FIRST)} {dice.choice(LAST)} to call"
        f" 212-555-01{dice.randrange(100):02} or to write to"
        f" {dice.choice(FIRST).lower()}{i}@example.com about the order"
        for i in range(60)
    ]
    return pl.DataFrame({"id": [f"C-{number}-{i}" for i in range(60)], "note": notes})


def scrubbed(number: int) -> list[dict[str, Any]]:
    done = scrubber.scrub(frame(number), rules(0.1 + number % 2 / 10), key=KEY)
    assert isinstance(done.data, pl.DataFrame)
    return done.data.to_dicts()


def test_runs_at_once_are_as_runs_alone() -> None:
    alone = [scrubbed(number) for number in range(RUNS)]
    filters, threads = list(warnings.filters), threadpool_info()
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            assert list(pool.map(scrubbed, range(RUNS))) == alone
    assert warnings.filters == filters
    assert threadpool_info() == threads


def crossing(enter: Callable[[], Any]) -> None:
    """Two threads in a context: the first one that enters leaves first."""
    inside, left = threading.Event(), threading.Event()

    def second() -> None:
        with enter():
            inside.set()
            left.wait(30)

    thread = threading.Thread(target=second)
    with enter():
        thread.start()
        inside.wait(30)
    left.set()
    thread.join()


def test_silence_of_two_threads_ends_for_both() -> None:
    filters = list(warnings.filters)
    crossing(hushed)
    assert warnings.filters == filters
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)


def test_threads_take_turns_with_the_names_model() -> None:
    """It remembers the words that it has seen, and their places in its tables."""
    names = builtin.Names(builtin.FOLDER / builtin.COMPONENT / builtin.WEIGHTS)
    texts = [row["note"] for number in range(RUNS) for row in frame(number).to_dicts()]
    alone = names.find(texts)
    fresh = builtin.Names(builtin.FOLDER / builtin.COMPONENT / builtin.WEIGHTS)
    parts = [texts[i::RUNS] for i in range(RUNS)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(fresh.find, parts))
    assert found == [alone[i::RUNS] for i in range(RUNS)]
