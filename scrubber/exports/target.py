"""Target: an export format, as declared by its module."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Writer = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its name on the command line, its title, its usual file name, and its writer.

    `several` writes one document about several manifests, where the format allows it. `profiles`
    are writers with the demands of a venue, by name.
    """

    name: str
    title: str
    file_name: str
    write: Writer
    several: Callable[[Sequence[Mapping[str, Any]]], str] | None = None
    profiles: Mapping[str, Writer] = field(default_factory=lambda: MappingProxyType({}))


def as_json(make: Callable[[Mapping[str, Any]], Any]) -> Writer:
    """A writer of the result of `make` as JSON text."""
    return lambda data: json_text(make(data))


def json_text(value: Any) -> str:
    """JSON text with all characters beyond ASCII escaped, so that hostile names cannot reorder a
    reader's screen."""
    return json.dumps(value, ensure_ascii=True, indent=2) + "\n"
