"""Numbers of Hypothesis examples, smaller under the profile that `make test` selects."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

FULL = 100  # examples of a test that asks for no number
LEAST = 10


def examples(count: int, **others: Any) -> settings:
    """Settings for `count` examples under the full profile, and for fewer under the quick one."""
    scaled = count * settings().max_examples // FULL
    return settings(max_examples=min(count, max(LEAST, scaled)), **others)
