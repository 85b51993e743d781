"""Exports: the manifest in the words of other tools. Nothing but what the manifest publishes.

Each module makes plain dicts (or text) from a sealed manifest and reads nothing else, so an export
can say no more than the manifest does: counts that it withholds stay withheld.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from scrubber.exports.croissant import croissant
from scrubber.exports.dta import dta
from scrubber.exports.hfcard import hf_card
from scrubber.exports.junit import junit
from scrubber.exports.openlineage import openlineage
from scrubber.exports.sarif import sarif
from scrubber.manifest import Manifest

__all__ = ["TARGETS", "Target", "export"]


@dataclass(frozen=True, slots=True)
class Target:
    """A format: what it is, the usual name of its file, and what writes it."""

    title: str
    file_name: str
    write: Callable[[Mapping[str, Any]], str]


def _json(make: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], str]:
    # Beyond ASCII all is escaped: hostile names cannot reorder a reader's screen.
    return lambda data: json.dumps(make(data), ensure_ascii=True, indent=2) + "\n"


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "croissant": Target("Croissant 1.1 with RAI, JSON-LD", "croissant.json", _json(croissant)),
        "openlineage": Target("OpenLineage run event", "openlineage.json", _json(openlineage)),
        "sarif": Target("SARIF 2.1.0 for code scanning", "scrubber.sarif", _json(sarif)),
        "junit": Target("JUnit XML", "scrubber-junit.xml", junit),
        "hf-card": Target("Hugging Face dataset card", "README.md", hf_card),
        "dta": Target("Data & Trust Alliance provenance metadata", "dta.json", _json(dta)),
    }
)


def export(manifest: Manifest, target: str) -> str:
    """`manifest` in the form of `target`, a key of TARGETS; the same text for the same manifest."""
    return TARGETS[target].write(manifest.data)
