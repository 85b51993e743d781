"""Whatever is read: a value, or an error of ours that tells nothing of what is in it.

Files of every format, rule files and manifests; signed envelopes are in tests/attest.

The same cases each time. `python -m tests.laws.fuzzing` looks for others, for as long as one likes.
"""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import ScrubberError
from tests.examples import examples
from tests.laws import fuzzing
from tests.laws.fuzzing_documents import (
    manifests,
    reads_manifest,
    reads_rules,
    rule_files,
    spoilt_manifest,
    spoilt_text,
)

pytestmark = pytest.mark.slow

CHANGES = st.lists(
    st.builds(
        fuzzing.Change,
        st.sampled_from(fuzzing.KINDS),
        st.integers(0, 2**16 - 1) | st.integers(2**16 - 2000, 2**16 - 1),
        st.sampled_from([1, 2, 4, 8, 16, 64]),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=5,
)
SEEDS = fuzzing.seeds()
PACKED = [name for name in SEEDS if fuzzing.inside(name) is not None]


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


@pytest.mark.parametrize("name", SEEDS)
def test_the_seeds_are_good(name: str, tmp_path: Path) -> None:
    """Else their changes would reach nothing."""
    (tmp_path / name).write_bytes(SEEDS[name])
    assert fuzzing.rows_of(tmp_path / name) > 0


@pytest.mark.parametrize("name", SEEDS)
@given(changes=CHANGES)
@examples(25, derandomize=True)
def test_files(name: str, changes: list[fuzzing.Change]) -> None:
    with folder() as place:
        fuzzing.reads(place, name, fuzzing.changed(SEEDS[name], changes))


@pytest.mark.parametrize("name", PACKED)
@given(changes=CHANGES)
@examples(15, derandomize=True)
def test_what_is_compressed(name: str, changes: list[fuzzing.Change]) -> None:
    packed = fuzzing.inside(name)
    assert packed is not None
    pack, data = packed
    with folder() as place:
        fuzzing.reads(place, name, pack(fuzzing.changed(data, changes)))


@given(chance=st.randoms(use_true_random=False))
@examples(100, derandomize=True)
def test_rule_files(chance: random.Random) -> None:
    text = spoilt_text(chance.choice(rule_files()), chance)
    with folder() as place, contextlib.suppress(ScrubberError):
        reads_rules(place, text)


@given(chance=st.randoms(use_true_random=False))
@examples(100, derandomize=True)
def test_manifests(chance: random.Random) -> None:
    raw = spoilt_manifest(chance.choice(manifests()), chance)
    with folder() as place, contextlib.suppress(ScrubberError):
        reads_manifest(place, raw)
