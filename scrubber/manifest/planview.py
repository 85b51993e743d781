"""The screen of a plan: like that of a manifest, with expectations instead of counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scrubber.errors import printable
from scrubber.manifest.planned import PlanDocument
from scrubber.manifest.reversal import reversal_lines
from scrubber.manifest.view import (
    FieldLine,
    Row,
    Screen,
    commitments,
    group_of,
    treatment,
    unknown_facts,
)

_LIMITATIONS: Final = (
    "This is a plan: nothing has been scrubbed yet.",
    "Shares are estimates from a sample, given only for large numbers of values.",
)


def plan_screen(document: PlanDocument) -> Screen:
    """The screen of a plan, kept fields first."""
    data = document.data
    groups: dict[str, list[FieldLine]] = {"keep": [], "drop": [], "": []}
    for field in data["fields"]:
        name = f"{printable(field['name'])} ({', '.join(map(printable, field['sources']))})"
        groups[group_of(field)].append(FieldLine(name, treatment(field)))
    kept, gone, changed = (len(groups[kind]) for kind in ("keep", "drop", ""))
    title = data["dataset"]["name"]["value"]
    return Screen(
        title=f"Plan: {printable(title) if title else 'unnamed dataset'}",
        id=document.id,
        verdict=(
            f"Planned, not done: {kept} of {len(data['fields'])} fields kept, {changed} "
            f"transformed, {gone} removed; on_unlisted: {data['policy']['on_unlisted']}, "
            f"on_error: {data['policy']['on_error']}"
        ),
        kept=tuple(groups["keep"]),
        transformed=tuple(groups[""]),
        removed=tuple(groups["drop"]),
        reversal=tuple(reversal_lines(data["fields"])),
        unknown=tuple(unknown_facts(data)),
        commitments=tuple(commitments(data)),
        rows=tuple(_expected(document)),
        findings=(),
        risk=(),
        second_look=(),
        outputs=(),
        checks=(),
        deletion=(),
        limitations=_LIMITATIONS,
    )


def disclosure_said(min_cell: int, base: int) -> str:
    """The protection of counts in words.

    >>> disclosure_said(11, 5)
    'counts from 1 to 10 are withheld, others rounded to multiples of 5'
    """
    others = "others exact" if base == 1 else f"others rounded to multiples of {base}"
    return f"counts from 1 to {min_cell - 1} are withheld, {others}"


def _expected(document: PlanDocument) -> Iterator[Row]:
    """The protection of counts, and shares other than 0 and 1, which do not follow from the
    rules."""
    yield Row("in the manifest", disclosure_said(**document.data["header"]["disclosure"]))
    for share in document.shares:
        what = "records" if share.field is None else printable(share.field)
        if 0 < share.milli < 1000:
            label = f"{what} of {printable(share.source)} {share.event}, expected"
            yield Row(label, f"about {share.milli // 10} %")
