"""One generated text with its names, and the writer that builds it piece by piece."""

from __future__ import annotations

from dataclasses import dataclass

PERSON = "PERSON"
LOCATION = "LOCATION"
ORGANIZATION = "ORGANIZATION"

Span = tuple[int, int, str]
"""Start and end in Unicode code points (end excluded), and the label."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text in which every name is labelled: spans are in order and never overlap."""

    text: str
    spans: tuple[Span, ...]
    kind: str


class Writer:
    """Collects pieces of text; a piece with a label becomes a span."""

    __slots__ = ("capital", "length", "pieces", "spans")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.spans: list[Span] = []
        self.length = 0
        self.capital = False

    def add(self, text: str, label: str | None = None) -> None:
        if label is not None:
            text = text.strip()
        if not text:
            return
        if self.capital:
            self.capital = False
            first = text[0].upper()
            if len(first) == 1:
                text = first + text[1:]
        if label is not None:
            self.spans.append((self.length, self.length + len(text), label))
        self.pieces.append(text)
        self.length += len(text)

    def document(self, kind: str) -> Document:
        return Document("".join(self.pieces), tuple(self.spans), kind)
