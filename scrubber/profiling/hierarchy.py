"""A first hierarchy file for a field: its values, with levels suggested by their form."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa

from scrubber.anonymize.labels import LABEL
from scrubber.anonymize.measure import label_arrays
from scrubber.errors import InputError, Place
from scrubber.manifest.kept import unless_kept
from scrubber.privacy.hierarchy import TOP, in_order
from scrubber.storage import PRIVATE, write_whole
from scrubber.transform.base import Context, Transform, transformed
from scrubber.transform.generalize import Bin, Prefix, TruncateDate

_STEPS = 20
_MOST = 6
_MAX_LEAVES = 100_000


@dataclass(frozen=True)
class HierarchyDraft:
    """The lines of the file (leaf, level 1, ..., *), a short description of each level, and the
    written file, if any."""

    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    levels: tuple[str, ...]
    out: str | None = None

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The file, the number of leaves and the levels; no value of the data."""
        return {"out": self.out, "leaves": len(self.rows), "levels": list(self.levels)}


def draft_hierarchy(inputs: Sequence[str], name: str) -> HierarchyDraft:
    """Draft a hierarchy of all values of the field `name`, with levels for numbers (ranges,
    doubling in width), dates (month, quarter, year) and codes of one length (shortening prefixes).

    Other values get only the root, since a person must group them. Null has no line: it is always a
    leaf of its own.

    Raises: InputError, as for `measure`, ``hierarchy-empty`` for a field without values,
    ``hierarchy-large`` for more than 100,000 values.
    """
    found: set[str] = set()
    for arrays in label_arrays(inputs, [name]):
        texts = arrays[name].unique().to_pylist()
        found.update(text.strip() for text in texts if text is not None)
        if len(found) > _MAX_LEAVES:
            text = f"the field has more than {_MAX_LEAVES:,} distinct values"
            hint = "levels by transforms: hierarchies: {field: [{bin: {width: 10}}]}"
            raise InputError("hierarchy-large", text, place=Place(field=name), hint=hint)
    leaves = [text for text in in_order(found) if text is not None]
    if not leaves:
        raise InputError("hierarchy-empty", "the field has no values", place=Place(field=name))
    levels, said = [leaves], []
    values = pa.array(leaves, LABEL)
    for step, words in _suggested(leaves):
        outcome = transformed(step, values, Context(field=name))
        made = outcome.array.to_pylist()
        if None in made or len(set(made)) == len(set(levels[-1])):
            continue
        if len(set(made)) < 2:
            break
        levels.append(made)
        said.append(words)
    rows = zip(*levels, [TOP] * len(leaves), strict=True)
    return HierarchyDraft(tuple(rows), (*said, TOP))


def write_hierarchy(made: HierarchyDraft, path: Path, *, overwrite: bool = False) -> None:
    """Write the file with mode 0600, since it holds values of the data.

    Raises: OutputError ``hierarchy-exists``, ``output-kept``, ``output-write``.
    """
    text = StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(made.rows)
    write_whole(
        path,
        text.getvalue().encode(),
        exists="hierarchy-exists",
        hint="--force replaces it",
        replace=unless_kept if overwrite else None,
        mode=PRIVATE,
        parents=True,
    )


def _suggested(leaves: Sequence[str]) -> Iterator[tuple[Transform, str]]:
    """Transforms of the values, finer ones first, with descriptions."""
    numbers = _numbers(leaves)
    lengths = {len(text) for text in leaves}
    if len(lengths) == 1 and (length := lengths.pop()) > 2 and _are_codes(leaves):
        for keep in range(length - 1, max(length - _MOST, 0), -1):
            yield Prefix(keep=keep), f"first {keep}"
    elif numbers is not None:
        width = _width(max(numbers) - min(numbers))
        for _ in range(_MOST):
            yield Bin(width=width), f"ranges of {width:g}"
            width *= 2
    else:
        for to in ("month", "quarter", "year"):
            yield TruncateDate(to=to), to


def _are_codes(leaves: Sequence[str]) -> bool:
    """True for codes rather than numbers: digits with leading zeros, or letters mixed with
    digits."""
    digits = all(text.isdecimal() for text in leaves)
    if digits:
        return any(text.startswith("0") for text in leaves) or len(leaves[0]) > 3
    return all(text.isalnum() and any(ch.isdecimal() for ch in text) for text in leaves)


def _numbers(leaves: Sequence[str]) -> list[float] | None:
    try:
        return [float(text) for text in leaves]
    except ValueError:
        return None


def _width(span: float) -> float:
    """A round width (5, 10, 50, ...) such that about twenty cover the span; at least 5."""
    width = 5.0
    factor = 2
    while span / width > _STEPS:
        width *= factor
        factor = 7 - factor
    return int(width)
