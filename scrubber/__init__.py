"""scrubber: data minimization and PII scrubbing before training, with a provenance manifest.

The public API; everything else may change. Importing it is cheap: the rooms behind it are loaded
when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber._version import __version__

if TYPE_CHECKING:
    from scrubber.api import Scrubbed, find, scrub
    from scrubber.batches import ScrubBatches
    from scrubber.manifest import Manifest, read_manifest
    from scrubber.policy import Rules, load_rules
    from scrubber.profiling.report import Audit, audit
    from scrubber.run.reveal import Revealed, reveal

__all__ = [
    "Audit",
    "Manifest",
    "Revealed",
    "Rules",
    "ScrubBatches",
    "Scrubbed",
    "__version__",
    "audit",
    "find",
    "load_rules",
    "read_manifest",
    "reveal",
    "scrub",
]

_HOMES = {
    "Audit": "scrubber.profiling.report",
    "Manifest": "scrubber.manifest",
    "Revealed": "scrubber.run.reveal",
    "Rules": "scrubber.policy",
    "ScrubBatches": "scrubber.batches",
    "Scrubbed": "scrubber.api",
    "audit": "scrubber.profiling.report",
    "find": "scrubber.api",
    "load_rules": "scrubber.policy",
    "read_manifest": "scrubber.manifest",
    "reveal": "scrubber.run.reveal",
    "scrub": "scrubber.api",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'scrubber' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
