"""One digest of the packages that a run used, to compare environments."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import HeaderParser
from functools import cache
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION: Final = "scrubber-pii"
"""The distribution's name in pyproject.toml; the package and the command are called scrubber."""


@cache
def lock_digest() -> str | None:
    """SHA-256 (hex) over sorted lines ``name==version`` of the installed packages that this package
    needs, directly or indirectly, without extras and missing packages. None if this package runs
    without having been installed.
    """
    if _installed(DISTRIBUTION) is None:
        return None
    lines = sorted(_needed(canonicalize_name(DISTRIBUTION)))
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _needed(root: str) -> Iterator[str]:
    seen, waiting = {root}, [root]
    while waiting:
        name = waiting.pop()
        found = _installed(name)
        if found is None:
            continue
        version, requirements = _metadata(found)
        if name != root:
            yield f"{name}=={version}"
        for requirement in requirements:
            wanted = Requirement(requirement)
            # Ray adds packages of other systems to the path; they are not needed.
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                other = canonicalize_name(wanted.name)
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)


def _metadata(found: Distribution) -> tuple[str, list[str]]:
    """The version and requirements of a package. The long description, after the headers, is not
    parsed."""
    text = found.read_text("METADATA")
    if text is None:
        return found.version, found.requires or []
    headers = HeaderParser().parsestr(text.partition("\n\n")[0])
    return str(headers["Version"]), headers.get_all("Requires-Dist", [])


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
