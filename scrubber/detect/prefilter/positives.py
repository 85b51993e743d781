"""Texts that the patterns of Presidio and of the house match, made from the patterns themselves.

At each start every recognizer proves on them that it finds what it should: a cache that makes it
pass over something is found out. ``python tests/detect/regenerate.py`` writes the file. It is
compressed, since much of it looks like real secrets to those who scan for them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("positives.json.gz")


def positives(pattern: str, flags: int) -> tuple[str, ...]:
    """Some texts in which the regex matches; none where none are known."""
    return tuple(_known().get(digest(pattern, flags), ()))


def digest(pattern: str, flags: int) -> str:
    """The name of a regex in the file."""
    return hashlib.sha256(f"{flags}\0{pattern}".encode()).hexdigest()[:16]


@cache
def _known() -> Mapping[str, list[str]]:
    known: dict[str, list[str]] = json.loads(gzip.decompress(FILE.read_bytes()))
    return known
