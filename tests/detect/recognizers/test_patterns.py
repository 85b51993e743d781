"""Every pattern goes into one database; with a refused one, each start compiles anew."""

from __future__ import annotations

import hyperscan
import pytest
import regex

from scrubber.detect.prefilter.superset import superset
from scrubber.detect.recognizers import RECOGNIZERS

_FLAGS = int(regex.DOTALL | regex.MULTILINE)
PATTERNS = [(r, p) for r in RECOGNIZERS for p in r.patterns]


@pytest.mark.parametrize(
    ("recognizer", "pattern"), PATTERNS, ids=[f"{r.name}-{p.name}" for r, p in PATTERNS]
)
def test_vectorscan_takes_it(recognizer: object, pattern: object) -> None:
    flags = _FLAGS | (regex.IGNORECASE if recognizer.ignore_case else 0)  # type: ignore[attr-defined]
    sources = superset(pattern.regex, flags)  # type: ignore[attr-defined]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    for source in sources:
        database.compile(expressions=[source], ids=[0], elements=1, flags=[0])
