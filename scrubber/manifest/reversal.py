"""Who can reverse a document's fields: with which key, and nobody where so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scrubber.errors import printable

Fields = Iterable[Mapping[str, Any]]


def reversal_lines(fields: Fields) -> Iterator[str]:
    """The persons who can restore values, then those who can test guesses; `fields` are those of a
    manifest or of a plan."""
    reversible = _by_key(field for field in fields if field["reversible"])
    for key, names in reversible.items():
        yield f"{key} can restore {names} (scrubber reveal)"
    if not reversible:
        yield "nobody can restore a value"
    guesses = _by_key(field for field in fields if field["linkable"] and not field["reversible"])
    for key, names in guesses.items():
        yield f"{key} can test a guess at a value of {names}, and restore none"


def _by_key(fields: Fields) -> dict[str, str]:
    """The names of fields in words, by the holder of their key."""
    grouped: dict[str, dict[str, None]] = {}
    for field in fields:
        id_ = field.get("key_id")
        holder = f"the holder of key {printable(id_)}" if id_ else "the holder of the key"
        grouped.setdefault(holder, {})[printable(field["name"])] = None
    return {holder: _few(list(names)) for holder, names in grouped.items()}


def _few(names: list[str], limit: int = 12) -> str:
    rest = f" and {len(names) - limit:,} more fields" if len(names) > limit else ""
    return f"{', '.join(names[:limit])}{rest}"
