"""The lists of the gate: common words and how they may be written, and names.

``meta.json`` beside them says from what, under which licences and by which command they were made.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from scrubber.errors import NotAvailable

WORDS, NAMES = "words.txt.gz", "names.txt.gz"


def read_words() -> Mapping[str, str]:
    """The spellings in which each common word (in lower case) is no name: ``l`` in lower case,
    ``s`` with a capital where a sentence begins, ``t`` with a capital anywhere, ``u`` in capitals;
    ``d`` says that it is a name elsewhere. Raises NotAvailable ``gate-lists-broken``."""
    known: dict[str, str] = {}
    ways: dict[str, str] = {}
    for line in _lines(WORDS):
        word, _, own = line.partition(" ")
        ways[word] = known.setdefault(own, own)
    return ways


@cache
def common_words() -> frozenset[str]:
    """Words that stand in lower case in common text and are no names anywhere. Raises as
    :func:`read_words`."""
    return frozenset(word for word, ways in read_words().items() if "l" in ways and "d" not in ways)


def read_names() -> frozenset[str]:
    """Names, in lower case without accents, that look like forms of common words. Raises as
    :func:`read_words`."""
    return frozenset(_lines(NAMES))


def may_stand(ways: str, word: str, *, start: bool) -> bool:
    """True if a common word with these `ways` may be written as `word` is.

    >>> [may_stand("ls", word, start=start) for word, start in (("May", True), ("May", False))]
    [True, False]
    """
    if word.islower():
        return "l" in ways
    return (word.isupper() and "u" in ways) or (
        word.istitle() and ("t" in ways or (start and "s" in ways))
    )


def digest() -> str:
    """``sha256:...`` of both lists, which meta.json must name too; raises as :func:`read_words`."""
    try:
        record = json.loads((files(__name__) / "meta.json").read_bytes())["lists"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _broken() from None
    found = {name: hashlib.sha256(_packed(name)).hexdigest() for name in (WORDS, NAMES)}
    if found != record:
        raise _broken()
    whole = "".join(f"{name} {own}\n" for name, own in sorted(found.items()))
    return f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def _lines(name: str) -> list[str]:
    try:
        return gzip.decompress(_packed(name)).decode("ascii").splitlines()
    except (OSError, EOFError, ValueError):
        raise _broken() from None


def _packed(name: str) -> bytes:
    try:
        return (files(__name__) / name).read_bytes()
    except OSError:
        raise _broken() from None


def _broken() -> NotAvailable:
    return NotAvailable(
        "gate-lists-broken",
        "the lists of words of this installation cannot be read",
        hint="their files were changed; install scrubber again",
    )
