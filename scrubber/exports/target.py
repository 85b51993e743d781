"""Target: a form that a manifest can be written in, as its module declares it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A form: its name on the command line, its title, the usual name of its file, and what
    writes it."""

    name: str
    title: str
    file_name: str
    write: Callable[[Mapping[str, Any]], str]


def as_json(make: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], str]:
    """A writer of the JSON text of `make`."""
    # Beyond ASCII all is escaped: hostile names cannot reorder a reader's screen.
    return lambda data: json.dumps(make(data), ensure_ascii=True, indent=2) + "\n"
