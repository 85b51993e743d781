"""Report sections about assessments: equivalence classes, and the rescan of the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scrubber.errors import printable
from scrubber.manifest.assessment import caught, left_in, looked_line
from scrubber.manifest.risk import risk_lines
from scrubber.manifest.unicity import unicity_lines
from scrubber.manifest.view import count_text
from scrubber.review.html import Html, element
from scrubber.review.sections import Data, base_of
from scrubber.review.tables import Column, bullets, chart, table


def risk_parts(section: Data, base: int) -> Iterator[Html]:
    """Equivalence classes before and after, from ``risk.privacy``."""
    yield bullets(line[:1].upper() + line[1:] for line in risk_lines(section))
    columns = (
        Column("Quasi-identifier"),
        Column("Level", "number"),
        Column("Highest level", "number"),
        Column("Origin of levels"),
        Column("Share of the loss", "number"),
    )
    yield table(
        "Quasi-identifiers and their levels of generalization (0 is the value itself)",
        columns,
        (
            (
                element("code", printable(one["name"])),
                "class by class" if one["level"] is None else str(one["level"]),
                str(one["levels"] - 1),
                {"file": "a hierarchy file", "transforms": "its transforms"}.get(
                    one["hierarchy"], "none: the value or *"
                ),
                _part(one["part_of_loss"]),
            )
            for one in section["quasi_identifiers"]
        ),
    )
    for when in ("before", "after"):
        sizes = section[when]["class_sizes"]
        caption = f"Equivalence classes {when}: records by the size of their class"
        if sizes is None:
            yield element("p", f"{caption}: not shown, since they would reveal a small count.")
            continue
        yield chart(
            caption,
            ("Class size", "Records"),
            (((_band(one),), [one["records"]]) for one in sizes),
            base,
        )


def unicity_parts(sections: Sequence[Data], before_deletion: bool) -> Iterator[Html]:
    """The records that fields single out, from ``risk.unicity``."""
    lines = list(unicity_lines(sections, before_deletion))
    if not lines:
        yield element("p", "There is no output.")
        return
    yield bullets(line[:1].upper() + line[1:] for line in lines)
    rows = [
        (
            printable(section["sources"][0]),
            element("code", ", ".join(map(printable, one["fields"]))),
            f"at most {one['at_most'] / 10:g} %",
            f"{one['bound'] / 10:g} %",
        )
        for section in sections
        for one in (*section["by_itself"], *section["best"])
    ]
    if rows:
        yield table(
            "Records that fields of the output single out, for up to four fields",
            (
                Column("Table"),
                Column("Fields"),
                Column("Records", "number"),
                Column("95 % bound", "number"),
            ),
            rows,
        )


def _part(milli: int | None) -> str:
    return "not shown" if milli is None else f"{milli / 10:g}%"


def _band(one: Data) -> str:
    low, high = one["from"], one["to"]
    if low == high:
        return str(low)
    return f"{low} or more" if high is None else f"{low} to {high}"


def second_look_parts(data: Data) -> Iterator[Html]:
    """The residuals in the result, and planted recall."""
    risk, base = data["risk"], base_of(data)
    rescan = risk["rescan"]
    if rescan is None:
        yield element("p", "The outputs were not scanned again.")
        return
    said = looked_line(rescan, count_text(rescan["looked_at"], base))
    left = left_in(risk)
    nothing = "" if left else "; no residuals"
    yield element("p", f"{said[:1].upper()}{said[1:]}{nothing}.")
    if left:
        yield chart(
            "Residuals: words that occur in the same value of the input",
            ("Field", "Entity", "Residuals"),
            (
                (
                    (element("code", printable(one.field)), printable(one.entity)),
                    list(one.counts),
                )
                for one in left
            ),
            base,
        )
    if risk["planted"]:
        yield table(
            "Planted recall: the share of synthetic values found in real texts, lowest first",
            (
                Column("Entity"),
                Column("Writing"),
                Column("Planted", "number"),
                Column("Found (95 % interval)", "number"),
            ),
            (
                (
                    printable(one["entity"]),
                    printable(one["writing"]),
                    str(one["planted"]),
                    caught(one),
                )
                for one in sorted(risk["planted"], key=lambda one: (one["low"], one["recall"]))
            ),
        )
