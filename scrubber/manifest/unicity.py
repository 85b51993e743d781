"""Unicity in a manifest: the shares of records that fields of the output single out.

A share is published in steps of at least the smallest count: ``at_most`` 120 with a ``step`` of 20
says that the share lies above 10 % and is at most 12 %. All shares are in thousandths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Literal

from scrubber.errors import printable
from scrubber.privacy.singled_records import Estimate, SingledRecords

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_WHOLE: Final = 1000


@dataclass(frozen=True)
class UnicityFacts:
    """The unicity of a table of the output, which `sources` share: of `fields` that others may
    know, without text and values made with the key. A record is singled out if it is `alone` with
    its values, or if they belong to one ``subject`` alone. `declared` are the quasi-identifiers.
    """

    sources: tuple[str, ...]
    fields: tuple[str, ...]
    declared: frozenset[str]
    counted: Literal["records", "subjects"]
    found: SingledRecords


def unicity_section(facts: UnicityFacts, min_cell: int, base: int) -> dict[str, Any]:
    """An entry of ``risk.unicity``."""
    found = facts.found
    step = _step(found.records, max(min_cell, base))

    def published(one: Estimate) -> dict[str, Any]:
        return {
            "fields": list(one.fields),
            "at_most": _stepped(one.alone, found.records, step),
            "bound": _stepped(one.bound, found.records, step),
        }

    fewest = found.fewest
    named = {name for one in found.by_itself for name in one.fields}
    if fewest is not None and fewest.alone:
        named |= set(fewest.fields)
    return {
        "sources": sorted(facts.sources),
        "fields": len(facts.fields),
        "counted": facts.counted,
        "one_in": found.one_in,
        "step": step,
        "by_itself": [published(one) for one in found.by_itself],
        "best": [published(one) for one in found.best],
        "undeclared": sorted(named - facts.declared),
    }


def _step(records: int, least: int) -> int:
    """The smallest step, in thousandths, that is a share of at least `least` records."""
    return next((step for step in _STEPS if step * records >= _WHOLE * least), _WHOLE)


def _stepped(alone: float, records: int, step: int) -> int:
    """`alone` as a share of the records, up to the next step."""
    return min(step * ceil(_WHOLE * alone / (records * step)), _WHOLE) if alone else 0


def highest(section: Mapping[str, Any]) -> int:
    """The highest share that fields of a table single out."""
    rows = (*section["by_itself"], *section["best"])
    return max((int(one["at_most"]) for one in rows), default=0)


def min_share(section: Mapping[str, Any]) -> int:
    """The lower end of the step of the highest share."""
    return max(highest(section) - int(section["step"]), 0)


def unicity_lines(sections: Sequence[Mapping[str, Any]], before_deletion: bool) -> Iterator[str]:
    """``risk.unicity`` in words, a table in up to three lines; `before_deletion`: records were
    deleted since it was measured."""
    earlier = " (before records were deleted)" if before_deletion else ""
    for section in sections:
        table = printable(section["sources"][0])
        if len(section["sources"]) > 1:
            table += f" and {len(section['sources']) - 1:,} more"
        if not section["fields"]:
            yield f"{table}: no field with one value per record that others may know"
            continue
        yield f"{table}: {_said(section)}{earlier}"
        if section["undeclared"]:
            names = ", ".join(map(printable, section["undeclared"]))
            yield f"{table}: not declared as quasi-identifiers: {names}"


def _said(section: Mapping[str, Any]) -> str:
    said = [f"{_share(one)} by {_names(one)} alone" for one in section["by_itself"]]
    best = section["best"]
    if best:
        most = next((one for one in best if one["at_most"] > _WHOLE // 2), None)
        one = most or max(best, key=lambda row: row["at_most"])
        nobody = "none by other fields" if said else "none"
        said.append(f"{_share(one)} by {_names(one)}" if one["at_most"] else nobody)
    of = "records" if section["counted"] == "records" else "records of one subject"
    sampled = f" (estimated from one in {section['one_in']})" if section["one_in"] > 1 else ""
    return f"{of} singled out: {'; '.join(said)}{sampled}"


def _names(one: Mapping[str, Any]) -> str:
    return " + ".join(map(printable, one["fields"]))


def _share(one: Mapping[str, Any]) -> str:
    """A share in words.

    >>> _share({"at_most": 120, "bound": 130}), _share({"at_most": 20, "bound": 20})
    ('at most 12 % (13 % with 95 % confidence)', 'at most 2 %')
    """
    bound = f" ({one['bound'] / 10:g} % with 95 % confidence)"
    return f"at most {one['at_most'] / 10:g} %" + (bound if one["bound"] > one["at_most"] else "")
