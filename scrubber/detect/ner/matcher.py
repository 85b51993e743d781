"""The built-in names model as a recognizer: it looks at many texts at once, beside the lookers.

It reads no windows of Presidio's NLP engine and needs no context words; the language does not
matter to it. Texts in which the gate sees no name are not shown to the model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scrubber.detect.matchers.base import failing_as
from scrubber.detect.ner.builtin import Names, builtin, identity
from scrubber.detect.ner.decode import LABELS
from scrubber.detect.ner.prescreen import Gate, digest
from scrubber.detect.spec import DetectSpec
from scrubber.detect.windows import windows
from scrubber.model.finding import Span

RECOGNIZER = "scrubber.names"

# What colours a terminal: between the words of a log, and no part of any.
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


@dataclass(frozen=True)
class NameLooker:
    """The model with its gate, and which of its labels are wanted. Not for several threads."""

    names: Names = field(repr=False)
    gate: Gate = field(repr=False)
    labels: frozenset[str]
    identities: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, spec: DetectSpec) -> NameLooker | None:
        """The matcher for `spec`; None where it asks for no names of the model's. Raises
        NotAvailable where the model or the gate's lists are missing or broken."""
        wanted = frozenset(LABELS if spec.entities is None else set(LABELS) & set(spec.entities))
        if spec.ner != "builtin" or not wanted:
            return None
        identities = (identity(), (f"{RECOGNIZER}.gate", digest()))
        return cls(builtin(), Gate(), wanted, identities)

    def can_find(self, text: str) -> bool:
        """True if `text` may hold a name at all."""
        return self.gate.may_hold_name(_uncoloured(text))

    def look(self, texts: Sequence[str]) -> list[list[Span]]:
        """The names in each text, with the model's own scores."""
        texts = [_uncoloured(text) for text in texts]
        pieces = [(i, w) for i, text in enumerate(texts) for w in windows(len(text))]
        found: list[list[Span]] = [[] for _ in texts]
        with failing_as(RECOGNIZER):
            names = self.names.find([texts[i][w.start : w.end] for i, w in pieces])
            for (index, window), inside in zip(pieces, names, strict=True):
                found[index].extend(
                    Span(window.start + n.start, window.start + n.end, n.label, n.score, RECOGNIZER)
                    for n in inside
                    if n.label in self.labels
                )
        return found


def _uncoloured(text: str) -> str:
    """`text` with blanks for the escape sequences of terminals; all else stays in its place."""
    return _ESCAPE.sub(lambda found: " " * len(found.group()), text) if "\x1b" in text else text
