"""The lists of the gate: common words and how they may be written, and names.

``meta.json`` beside them says from what, under which licences and by which command they were made.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from importlib.resources import files

from scrubber.errors import NotAvailable


@dataclass(frozen=True, slots=True)
class Words:
    """`harmless`: words as they may stand when they are no name, with a full stop before those that
    begin a sentence. `doubtful`: those of them, in lower case, that are names elsewhere."""

    harmless: frozenset[bytes]
    doubtful: frozenset[bytes]


def read_words() -> Words:
    """The common words. Raises NotAvailable ``gate-lists-broken``."""
    harmless = {b"."}
    harmless.update(b"%b%b" % (mark, b"0" * n) for n in range(1, 21) for mark in (b"", b"."))
    doubtful: set[bytes] = set()
    for line in _lines("words"):
        word, _, ways = line.partition(" ")
        harmless.update(form.encode() for form in forms(word, ways))
        if "d" in ways:
            doubtful.update((word.encode(), f".{word}".encode()))
    return Words(frozenset(harmless), frozenset(doubtful))


def read_names() -> frozenset[str]:
    """Names of people and places, in lower case without accents. Raises as :func:`read_words`."""
    return frozenset(_lines("names"))


def forms(word: str, ways: str) -> list[str]:
    """How `word` (lower case) may stand: ``l`` in lower case, ``s`` with a capital where a sentence
    begins, ``t`` with a capital anywhere, ``u`` in capitals; ``d`` only says that it is doubtful.

    >>> forms("may", "ls")
    ['may', '.may', '.May']
    """
    made = []
    if "l" in ways:
        made += [word, f".{word}"]
    if "s" in ways or "t" in ways:
        made.append(f".{word.capitalize()}")
    if "t" in ways:
        made.append(word.capitalize())
    if "u" in ways:
        made += [word.upper(), f".{word.upper()}"]
    return made


def _lines(name: str) -> list[str]:
    try:
        packed = (files(__name__) / f"{name}.txt.gz").read_bytes()
        return gzip.decompress(packed).decode("ascii").splitlines()
    except (OSError, EOFError, ValueError):
        raise NotAvailable(
            "gate-lists-broken", f"the list {name} of this installation cannot be read"
        ) from None
