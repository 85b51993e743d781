"""The facts of a leak index in a manifest."""

from __future__ import annotations

from typing import Any

from scrubber.assess.leaks.prints import Prints, index_key
from scrubber.manifest import RuleFacts
from scrubber.manifest.leak_index import INDEX
from scrubber.policy.plan import LeakIndexRules
from scrubber.transform.keys import RootKey


def index_rule(
    place: str, asked: LeakIndexRules, key: RootKey | None, prints: Prints | None, min_cell: int
) -> RuleFacts:
    """The index in a manifest: its last day and key, and after the run the kinds with at least
    `min_cell` fingerprints and the order of magnitude of their number."""
    stated: dict[str, Any] = {"delete_by": asked.delete_by.isoformat(), "verbatim": asked.verbatim}
    if key is not None:
        stated["key_id"] = index_key(key).id
    if prints is not None:
        stated |= _result(prints, min_cell)
    return RuleFacts(INDEX, place, "removed identifiers", INDEX, stated)


def _result(prints: Prints, min_cell: int) -> dict[str, Any]:
    kinds = [kind for kind, marks in prints.values.items() if len(marks) >= min_cell]
    size = sum(map(len, prints.values.values()))
    band = f"fewer than {min_cell}"
    if size >= min_cell:
        least = 10 ** (len(str(size)) - 1)
        band = f"{max(least, min_cell):,} to {10 * least - 1:,}"
    return {"kinds": kinds, "fingerprints": band}
