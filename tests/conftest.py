"""Fixtures of all tests: Hypothesis without clocks, an S3 server, the finished parts of a run.

Signal handlers are restored after each test, since those of the command line would end the run.
"""

from __future__ import annotations

import signal
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from scrubber.detect.base import Detector
from scrubber.outputs import checkpoints as parts
from scrubber.run import planted_recall
from tests import stores

settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.register_profile("quick", settings.get_profile("steady"), max_examples=20)
settings.load_profile("steady")  # `--hypothesis-profile=quick` replaces it

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session", autouse=True)
def _planted_once() -> Iterator[None]:
    """What a detector finds of the values planted in equal texts, worked out once: most tests scrub
    the same few texts, and planting takes longer than the rest of such a run."""
    real = planted_recall._caught_in
    answers: dict[Hashable, tuple[Detector, Any]] = {}

    def caught(texts: Sequence[str], kinds: Sequence[tuple[str, str]], detector: Detector) -> Any:
        key = (id(detector), tuple(texts), tuple(kinds))
        if key not in answers:
            answers[key] = (detector, real(texts, kinds, detector))  # kept, so that its id is too
        return answers[key][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planted_recall, "_caught_in", caught)
        patch.setattr(planted_recall, "_caught_anew", real, raising=False)
        yield


@pytest.fixture
def planted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that change a detector in place."""
    monkeypatch.setattr(planted_recall, "_caught_in", vars(planted_recall)["_caught_anew"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests of the S3 server as slow: starting it and its client takes many seconds."""
    for item in items:
        if "s3_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[stores.S3]:
    yield from stores.serve()


@pytest.fixture
def s3(s3_server: stores.S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[stores.S3]:
    """An empty bucket that scrubber reaches by its environment, as users have it."""
    stores.reach(s3_server.endpoint, monkeypatch)
    s3_server.empty()
    yield s3_server
    s3_server.empty()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts finished during the test, by the name of their output."""
    names: list[str] = []
    keep = parts.Parts.keep

    def keeps(self: parts.Parts, identity: str, part: parts.Part, draft: Any) -> None:
        keep(self, identity, part, draft)
        names.append(part.output.path)

    monkeypatch.setattr(parts.Parts, "keep", keeps)
    return names
