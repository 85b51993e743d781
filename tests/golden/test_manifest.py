"""Golden manifests: fixed facts seal to the same bytes, on every machine and in every release.

A difference is a change of what reviewers read: run ``python tests/golden/regenerate.py`` and look
at the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent

from scrubber.manifest import Manifest, seal  # noqa: E402
from tests.golden.manifest_facts import GOLDEN  # noqa: E402


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_sealed_bytes_are_the_golden_ones(name: str) -> None:
    golden = (HERE / f"manifest-{name}.json").read_bytes()
    facts, ledger = GOLDEN[name]
    assert seal(facts, ledger).to_bytes() == golden
    assert Manifest.from_bytes(golden).to_bytes() == golden


def test_every_golden_file_has_its_facts() -> None:
    assert {p.name for p in HERE.glob("manifest-*.json")} == {f"manifest-{n}.json" for n in GOLDEN}
