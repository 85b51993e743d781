"""Leases on outputs in a store: one holder, who lives; the dead are inherited from."""

from __future__ import annotations

import threading
import time

import fsspec
import pytest

from scrubber import storage
from scrubber.errors import IncompleteError, OutputError
from scrubber.outputs import lease
from scrubber.outputs.lease import Lease
from tests.stores import S3


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT", 0.1)
    monkeypatch.setattr(lease, "PATIENCE", 0.8)
    monkeypatch.setattr(lease, "SETTLE", 0.1)


# Seconds of patience that no busy machine comes near: what ends sooner did not wait for it.
LONG = 30


@pytest.fixture(params=[pytest.param("s3", marks=pytest.mark.slow), "memory"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "s3":
        s3: S3 = request.getfixturevalue("s3")
        return s3.url("out/lock")
    fsspec.filesystem("memory").store.clear()
    return "memory://bucket/out/lock"


def test_a_second_run_is_refused_while_the_first_one_lives(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "PATIENCE", LONG)
    with Lease(url, "out") as first:
        began = time.monotonic()
        with pytest.raises(OutputError) as caught, Lease(url, "out"):
            pass
        assert caught.value.code == "output-busy"
        assert time.monotonic() - began < LONG / 2  # a sign of life is enough
        lease.refuse_superseded(url, first.owner, "out")
    assert storage.read(url, "out") is None
    with Lease(url, "out"):
        pass


def test_who_died_is_inherited_from(url: str) -> None:
    storage.write(url, b"someone 17\n", "out")
    with Lease(url, "out") as heir:
        lease.refuse_superseded(url, heir.owner, "out")
    assert storage.read(url, "out") is None


def test_a_lease_that_is_given_back_meanwhile_is_taken(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "PATIENCE", LONG)
    storage.write(url, b"someone 17\n", "out")
    threading.Timer(0.2, lambda: storage.remove([url], "out")).start()
    began = time.monotonic()
    with Lease(url, "out"):
        assert time.monotonic() - began < LONG / 2


@pytest.mark.slow
def test_of_many_heirs_one_inherits(url: str) -> None:
    storage.write(url, b"someone 17\n", "out")
    held: list[str] = []
    refused: list[str] = []

    def run() -> None:
        try:
            with Lease(url, "out") as mine:
                held.append(mine.owner)
                time.sleep(1)
                lease.refuse_superseded(url, mine.owner, "out")
        except OutputError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 1
    assert refused == ["output-busy"] * 4


def test_who_slept_and_was_inherited_from_goes_no_further(url: str) -> None:
    with Lease(url, "out") as sleeper:
        storage.write(url, b"heir 1\n", "out")
        time.sleep(0.3)  # its own signs of life do not bring it back
        with pytest.raises(IncompleteError) as caught:
            lease.refuse_superseded(url, sleeper.owner, "out")
        assert caught.value.code == "superseded"
    assert storage.read(url, "out") == b"heir 1\n"  # nor does its end take the heir's away


def test_a_sign_of_life_that_comes_late_takes_nothing_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heir comes between the holder's look at the lease and its next sign of life."""
    looked, go_on = threading.Event(), threading.Event()
    held = lease.is_held

    def slow(*args: str) -> bool:
        answer = held(*args)
        if threading.current_thread() is not threading.main_thread() and not looked.is_set():
            looked.set()
            assert go_on.wait(LONG)
        return answer

    monkeypatch.setattr(lease, "is_held", slow)
    with Lease(url, "out"):
        assert looked.wait(LONG)
        storage.write(url, b"heir 1\n", "out")
        go_on.set()
        time.sleep(0.3)
        assert storage.read(url, "out") == b"heir 1\n"
    assert storage.read(url, "out") == b"heir 1\n"


def test_nothing_is_left_of_a_lease(url: str) -> None:
    with Lease(url, "out"):
        time.sleep(0.3)
        assert len(storage.below(url.rpartition("/")[0], "out")) == 2
    assert storage.below(url.rpartition("/")[0], "out") == []


def test_it_is_given_back_after_an_error(url: str) -> None:
    with pytest.raises(KeyboardInterrupt), Lease(url, "out"):
        raise KeyboardInterrupt
    assert storage.read(url, "out") is None
