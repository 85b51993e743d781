"""The packages that a run used, as one digest: who has the same ones can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r";.*\bextra\b")


@cache
def lock_digest() -> str:
    """SHA-256 (hex) over ``name==version``, a line each, sorted, of the installed packages that
    this one needs, directly or through others; extras are left out, and what is not installed."""
    return sha256("".join(f"{line}\n" for line in sorted(_needed("scrubber"))).encode()).hexdigest()


def _needed(root: str) -> Iterator[str]:
    seen, waiting = {root}, [root]
    while waiting:
        name = waiting.pop()
        found = _installed(name)
        if found is None:
            continue
        if name != root:
            yield f"{name}=={found.version}"
        for requirement in found.requires or ():
            match = _NAME.match(requirement)
            if match is not None and not _EXTRA.search(requirement):
                other = re.sub(r"[-_.]+", "-", match.group()).lower()  # PEP 503
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
