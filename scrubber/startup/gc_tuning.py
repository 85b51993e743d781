"""How often Python looks for garbage that refers to itself, in a process of our own."""

from __future__ import annotations

import gc

_OBJECTS = 20_000


def collect_seldom() -> None:
    """Look when so many new objects are there: starting makes some hundred thousand that all stay,
    and after each 700 of them a look, Python's way, takes a tenth of the time of a small run."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
