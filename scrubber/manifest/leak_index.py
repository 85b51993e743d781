"""The leak index of a run, as its manifest states it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrubber.errors import printable

INDEX: Final = "leak_index"
"""The id of the rule."""


def index_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """The index in words: how many fingerprints of which kinds, and the last day of the file."""
    for rule in data["policy"]["rules"]:
        if rule["id"] == INDEX:
            stated = {row["name"]: printable(row["value"]) for row in rule["parameters"]}
            kinds = f" of {stated['kinds']}" if stated.get("kinds") else ""
            number = f"{stated['fingerprints']} " if "fingerprints" in stated else ""
            where = "in a secret file to be deleted by"
            yield f"{number}fingerprints{kinds}, {where} {stated['delete_by']}"
