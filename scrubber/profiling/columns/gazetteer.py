"""Lists of names for bare cells: given names and surnames, folded."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_LISTS = Path(__file__).parent / "lists"


@cache
def given_names() -> frozenset[str]:
    """Common given names of many countries, as :func:`~.headers.fold` writes them."""
    return _read("given.txt")


@cache
def surnames() -> frozenset[str]:
    """Common surnames of many countries, folded."""
    return _read("surnames.txt")


def _read(name: str) -> frozenset[str]:
    return frozenset((_LISTS / name).read_text(encoding="utf-8").splitlines())
