"""Makers of stand-ins, one module per kind of value.

A maker takes the value (never blank), the draws of its scope and the lists of the locale, and
always gives a stand-in: where it does not understand the shape of the value, a plain one. That the
stand-in is not the value itself is seen to by `Surrogate`, which draws again.
"""

from __future__ import annotations

from collections.abc import Callable

from scrubber.transform.crypto.prf import Draw
from scrubber.transform.surrogate.lists import Lists

Maker = Callable[[str, Draw, Lists], str]
