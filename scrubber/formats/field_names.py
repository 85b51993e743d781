"""Names of fields go into manifests and messages, so they must not be data."""

from __future__ import annotations

import re

_NAME_LENGTH = 256
_NAME_DIGITS = 9
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


def looks_like_data(name: str) -> bool:
    """Whether a field's name looks like a value: an e-mail address, nine digits or more, or more
    than 256 characters. Names go into manifests and messages, so they must not be data.

    >>> looks_like_data("ann@example.com"), looks_like_data("phone_2")
    (True, False)
    """
    return (
        len(name) > _NAME_LENGTH
        or sum(ch.isdigit() for ch in name) >= _NAME_DIGITS
        or _ADDRESS.search(name) is not None
    )
