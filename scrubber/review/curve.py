"""The page of a tradeoff: a table of the points tried, and their curve."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scrubber.errors import printable
from scrubber.review.html import Html, element, join
from scrubber.review.page import document
from scrubber.review.tables import Column, table

_WIDTH: Final = 640
_HEIGHT: Final = 360
_MARGIN: Final = 56


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A setting with its accuracy and its records singled out, in 0..1, and the cells of its row in
    the table."""

    setting: str
    accuracy: float
    singled: float
    cells: tuple[str, ...]


def curve_page(
    title: str,
    lead: str,
    columns: Sequence[str],
    points: Sequence[CurvePoint],
    best: Collection[str],
) -> str:
    """One self-contained HTML page, without scripts; the points of `best` are filled."""
    rows = ((printable(one.setting), *one.cells) for one in points)
    content = join(
        element("header", element("h1", printable(title)), element("p", lead, class_="lead")),
        element(
            "main",
            element("section", element("h2", "Accuracy against protection"), _curve(points, best)),
            element(
                "section",
                element("h2", "The points"),
                table("Figures of each setting", [Column(name) for name in columns], rows),
            ),
        ),
    )
    return document(f"{printable(title)}: tradeoff", content)


def _curve(points: Sequence[CurvePoint], best: Collection[str]) -> Html:
    if not points:
        return element("p", "There are no points.")
    low = min(one.accuracy for one in points)
    high = max(one.accuracy for one in points)
    spread = max(high - low, 0.02)

    def place(one: CurvePoint) -> tuple[float, float]:
        x = _MARGIN + one.singled * (_WIDTH - 2 * _MARGIN)
        y = _HEIGHT - _MARGIN - (one.accuracy - low) / spread * (_HEIGHT - 2 * _MARGIN)
        return round(x, 1), round(y, 1)

    ordered = sorted(points, key=lambda one: (one.singled, one.accuracy))
    line = " ".join(f"{x},{y}" for x, y in map(place, ordered))
    return element(
        "svg",
        *_axes(low, low + spread),
        element("polyline", points=line, fill="none", stroke="currentColor", stroke_width=1),
        *(part for one in ordered for part in _mark(one, place(one), one.setting in best)),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label="Accuracy by the share of records singled out",
    )


def _axes(low: float, high: float) -> Iterator[Html]:
    bottom, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    frame = f"{_MARGIN},{_MARGIN} {_MARGIN},{bottom} {right},{bottom}"
    yield element("polyline", points=frame, fill="none", stroke="currentColor", stroke_width=2)
    yield _text(_MARGIN, bottom + 20, "0%", "middle")
    yield _text(right, bottom + 20, "100%", "middle")
    yield _text(_WIDTH / 2, bottom + 40, "records singled out", "middle")
    yield _text(_MARGIN - 8, bottom, f"{low:.0%}", "end")
    yield _text(_MARGIN - 8, _MARGIN, f"{high:.0%}", "end")
    yield _text(_MARGIN, _MARGIN - 16, "accuracy", "start")


def _mark(one: CurvePoint, at: tuple[float, float], best: bool) -> Iterator[Html]:
    x, y = at
    filled = "currentColor" if best else "none"
    yield element("circle", cx=f"{x}", cy=f"{y}", r=5, fill=filled, stroke="currentColor")
    yield _text(x + 9, y - 7, printable(one.setting), "start")


def _text(x: float, y: float, words: str, anchor: str) -> Html:
    return element(
        "text", words, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, fill="currentColor", font_size=13
    )
