"""Exports: the manifest in the formats of other tools.

Each module builds plain dicts (or text) from a sealed manifest and reads nothing else. So an export
reveals no more than the manifest: withheld counts stay withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from scrubber.exports.croissant import CROISSANT
from scrubber.exports.dta import DTA
from scrubber.exports.hfcard import HF_CARD
from scrubber.exports.junit import JUNIT
from scrubber.exports.openlineage import OPENLINEAGE
from scrubber.exports.sarif import SARIF
from scrubber.exports.target import Target
from scrubber.manifest import Manifest

__all__ = ["TARGETS", "Target", "export"]

_REGISTERED: Final = {
    target.name: target for target in (CROISSANT, OPENLINEAGE, SARIF, JUNIT, HF_CARD, DTA)
}
TARGETS: Final[Mapping[str, Target]] = MappingProxyType(_REGISTERED)


def export(manifest: Manifest, target: str) -> str:
    """Convert `manifest` to the format `target`, a key of TARGETS. Equal manifests give equal
    texts."""
    return TARGETS[target].write(manifest.data)
