"""Target: an export format, as declared by its module."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its name on the command line, its title, its usual file name, and its writer."""

    name: str
    title: str
    file_name: str
    write: Callable[[Mapping[str, Any]], str]


def as_json(make: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], str]:
    """A writer of the result of `make` as JSON text."""
    # All characters beyond ASCII are escaped, so hostile names cannot reorder a reader's screen.
    return lambda data: json.dumps(make(data), ensure_ascii=True, indent=2) + "\n"
