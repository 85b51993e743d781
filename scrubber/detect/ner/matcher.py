"""A names model as a recognizer: it scans many texts at once, beside the lookers.

The built-in model and those in ONNX form read no windows of Presidio's NLP engine and need no
context words; the language does not matter to them. They skip texts in which the gate sees no name,
unless they find other entities than names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from scrubber.detect.matchers.base import failing_as
from scrubber.detect.ner.builtin import Name, builtin, identity
from scrubber.detect.ner.decode import LABELS
from scrubber.detect.ner.files import ONNX
from scrubber.detect.ner.onnx.classifier import open_classifier
from scrubber.detect.ner.prescreen import Gate, digest
from scrubber.detect.spec import DetectSpec
from scrubber.detect.windows import windows
from scrubber.errors import printable
from scrubber.model.finding import Span

RECOGNIZER = "scrubber.names"

# What colours a terminal: between the words of a log, and no part of any.
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Finder(Protocol):
    """A names model: the names in each text, which depend on that text alone."""

    def find(self, texts: Sequence[str]) -> list[list[Name]]: ...


@dataclass(frozen=True)
class NameLooker:
    """The model with its gate (None: every text is read), and which of its labels are wanted.
    Not for several threads."""

    names: Finder = field(repr=False)
    gate: Gate | None = field(repr=False)
    labels: frozenset[str]
    identities: tuple[tuple[str, str], ...]
    recognizer: str = RECOGNIZER

    @classmethod
    def of(cls, spec: DetectSpec) -> NameLooker | None:
        """The matcher for `spec`; None where it asks for no names of the model's. Raises
        NotAvailable where the model or the gate's lists are missing or broken."""
        if spec.ner.startswith(ONNX):
            return cls._of_onnx(spec)
        wanted = frozenset(LABELS if spec.entities is None else set(LABELS) & set(spec.entities))
        if spec.ner != "builtin" or not wanted:
            return None
        identities = (identity(), (f"{RECOGNIZER}.gate", digest()))
        return cls(builtin(), Gate(), wanted, identities)

    @classmethod
    def _of_onnx(cls, spec: DetectSpec) -> NameLooker | None:
        path = spec.ner.removeprefix(ONNX)
        model = open_classifier(path, dict(spec.ner_labels))
        wanted = frozenset(model.entities)
        if spec.entities is not None:
            wanted &= set(spec.entities)
        if not wanted:
            return None
        name = f"{ONNX}{printable(Path(path).name)}"
        runtimes = ", ".join(f"{p} {version(p)}" for p in ("onnxruntime", "tokenizers"))
        if not wanted <= set(LABELS):  # the gate knows names alone
            return cls(model, None, wanted, ((name, runtimes),), name)
        identities = ((name, runtimes), (f"{RECOGNIZER}.gate", digest()))
        return cls(model, Gate(), wanted, identities, name)

    def can_find(self, text: str) -> bool:
        """True if `text` may hold a name at all."""
        return self.gate is None or self.gate.may_hold_name(_uncoloured(text))

    def look(self, texts: Sequence[str]) -> list[list[Span]]:
        """The names in each text, with the model's own scores."""
        texts = [_uncoloured(text) for text in texts]
        pieces = [(i, w) for i, text in enumerate(texts) for w in windows(len(text))]
        found: list[list[Span]] = [[] for _ in texts]
        with failing_as(self.recognizer):
            names = self.names.find([texts[i][w.start : w.end] for i, w in pieces])
            for (index, window), inside in zip(pieces, names, strict=True):
                found[index].extend(
                    Span(
                        window.start + n.start,
                        window.start + n.end,
                        n.label,
                        n.score,
                        self.recognizer,
                    )
                    for n in inside
                    if n.label in self.labels
                )
        return found


def _uncoloured(text: str) -> str:
    """`text` with blanks for the escape sequences of terminals; all else stays in its place."""
    return _ESCAPE.sub(lambda found: " " * len(found.group()), text) if "\x1b" in text else text
