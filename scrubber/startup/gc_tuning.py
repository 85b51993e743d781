"""The frequency of cyclic garbage collection in the program's own processes."""

from __future__ import annotations

import gc

_OBJECTS = 20_000


def collect_seldom() -> None:
    """Look when so many new objects are there: starting makes some hundred thousand that all stay,
    and after each 700 of them a look, Python's way, takes a tenth of the time of a small run."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
