"""Lists of names: given names and surnames, folded."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def given_names() -> frozenset[str]:
    """Common given names of many countries, in lower case without accents."""
    return _read("given.txt")


@cache
def surnames() -> frozenset[str]:
    """Common surnames of many countries, in lower case without accents."""
    return _read("surnames.txt")


def _read(name: str) -> frozenset[str]:
    return frozenset(files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines())
