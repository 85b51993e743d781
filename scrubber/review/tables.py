"""Tables with captions, and charts: tables with a bar in each row.

The numbers of a chart serve readers who cannot see the bars. Long names wrap like text, and charts
may have any number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scrubber.manifest.view import Count, count_text, sum_text
from scrubber.review.html import Html, element, join

Cell = str
LONGEST: Final = 24
"""Maximum number of rows that are shown without a fold."""
SHOWN: Final = 8
"""Rows of a longer table that are shown; the others are folded."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, and the class of its cells (``number``, ``bar``, ``code``)."""

    head: str
    kind: str = ""


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], kind: str = ""
) -> Html:
    """A table with a header in each row. On narrow pages it scrolls on its own, also by
    keyboard. Of a long one, the rest is folded."""
    listed = list(rows)
    if len(listed) <= LONGEST:
        return _table(caption, columns, listed, kind)
    said = f"{len(listed) - SHOWN:,} more rows of {len(listed):,}"
    return join(
        _table(f"{caption}: the first {SHOWN} of {len(listed):,}", columns, listed[:SHOWN], kind),
        folded(said, _table(f"{caption}: the others", columns, listed[SHOWN:], kind)),
    )


def folded(said: str, *parts: str) -> Html:
    """Parts that are closed until a reader opens them, under the words `said`."""
    return element("details", element("summary", said), *parts)


def _table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], kind: str
) -> Html:
    head = element("tr", *(_head(column) for column in columns))
    body = [
        element(
            "tr",
            element("th", row[0], scope="row", class_=columns[0].kind or None),
            *(
                element("td", cell, class_=column.kind or None)
                for cell, column in zip(row[1:], columns[1:], strict=True)
            ),
        )
        for row in rows
    ]
    whole = element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *body),
        class_=kind or None,
    )
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _head(column: Column) -> Html:
    if column.kind == "bar":  # its numbers are in the next column
        return element("td", class_="bar")
    return element("th", column.head, scope="col", class_=column.kind or None)


def chart(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[tuple[Sequence[Cell], Sequence[Count]]],
    base: int,
) -> Html:
    """A table with labels, a bar and a number in each row.

    The number is the sum of the row's published counts, and all bars share one scale.
    """
    listed = list(rows)
    top = max((_published(counts) for _, counts in listed), default=0)
    columns = [
        *(Column(head) for head in heads[:-1]),
        Column("", "bar"),
        Column(heads[-1], "number"),
    ]
    return table(
        caption,
        columns,
        ((*labels, bar(counts, top), sum_text(counts, base)) for labels, counts in listed),
        "chart",
    )


def bar(counts: Sequence[Count], top: int) -> Html:
    """A bar for the published part of `counts`, as a share of `top`. Withheld counts add an outline
    of fixed size, whatever their value."""
    shown = _published(counts)
    width = round(960 * shown / top) if top else 0
    shapes = [element("rect", width=max(width, 3), height=10)] if shown else []
    if any("n" not in count for count in counts):
        shapes.append(element("rect", class_="withheld", x=width + 6, y=1, width=28, height=8))
    return element(
        "svg",
        *shapes,
        viewBox="0 0 1000 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _published(counts: Sequence[Count]) -> int:
    return sum(int(count.get("n", 0)) for count in counts)


def share(count: Count, of: Count, base: int) -> str:
    """`count` in words, or ``all`` if it is published and equal to `of`."""
    return "all" if count.get("n", 0) and count == of else count_text(count, base)


def facts(rows: Iterable[tuple[str, Cell]], kind: str = "facts") -> Html:
    """Terms and descriptions, as a definition list."""
    pairs = (element("div", element("dt", term), element("dd", said)) for term, said in rows)
    return element("dl", *pairs, class_=kind)


def bullets(items: Iterable[Cell], kind: str | None = None) -> Html:
    return element("ul", *(element("li", item) for item in items), class_=kind)


def tags(*names: str) -> Html:
    return join(*(element("span", name, class_="tag") for name in names if name))


def parameters(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{row['name']} {row['value']}" for row in rows)
