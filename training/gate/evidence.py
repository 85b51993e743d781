"""How the words of labelled text stand: in names, outside of them, where a sentence begins."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scrubber.detect.ner import prescreen as gate

# English text whose licence allows lists made from it; see meta.json.
SOURCES = {
    "btc_train": "CC BY 4.0",
    "emailcoref_enron": "Apache-2.0",
    "evi_en_spoken": "CC BY 4.0",
    "gum_ccby": "CC BY",
    "inlegalner_judgment_en": "Apache-2.0",
    "litbank_prop": "CC BY 4.0",
    "masc": "open",
    "multidogo_chat": "CDLA-Permissive 1.0",
    "multiner_lk_en": "CC0",
    "nlu_eval_assistant": "CC BY 4.0",
    "re3d_open": "CC BY 3.0 AU, public domain, OGL",
    "restaurant8k": "CC BY 4.0",
    "snips_assistant": "CC0",
    "star_dialog": "MIT",
    "tweebank_ner": "Apache-2.0",
}

_LABELS = frozenset({"PER", "LOC", "ORG", "MISC", "FAC", "ADDRESS", "USERNAME"})
_SOUGHT = frozenset({"PER", "LOC", "ADDRESS"})
_ROW = 600  # code points; longer documents are cut at line breaks


@dataclass
class Evidence:
    """How often words stand outside of names (`start`: where a sentence begins) and in them."""

    outside: Counter[str] = field(default_factory=Counter)
    start: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    spans: list[list[str]] = field(default_factory=list)
    rows: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def often(self, word: str) -> int:
        """How often `word` stands outside of names, in lower case."""
        return self.outside[word.lower()] + self.start[word.lower()]


def read(data: Path) -> Evidence:
    """Counts of the words of all sources, and each row that holds a person or a place."""
    evidence = Evidence()
    for name in SOURCES:
        for line in (data / "train" / f"{name}.jsonl").open(encoding="utf-8"):
            record = json.loads(line)
            for text, spans in _rows(record["text"], record["spans"]):
                outside = list(text)
                sought = []
                for start, end, label in spans:
                    outside[start:end] = " " * (end - start)
                    evidence.spans.append([t.lstrip(".") for t in tokens(text[start:end])])
                    if label in _SOUGHT:
                        sought.append(text[start:end])
                for token in tokens("".join(outside)):
                    (evidence.start if token.startswith(".") else evidence.outside)[
                        token.lstrip(".")
                    ] += 1
                if sought:
                    evidence.rows.append((text, tuple(sought)))
    for words in evidence.spans:
        # Of "The Hague" it is Hague that makes a name of it: the word that is rarest elsewhere.
        evidence.inside[min(words, key=evidence.often, default="")] += 1
    return evidence


def _rows(
    text: str, spans: list[dict[str, object]]
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    labels = [(int(s["start"]), int(s["end"]), str(s["label"])) for s in spans]  # type: ignore[call-overload]
    labels = [one for one in labels if one[2] in _LABELS]
    start = 0
    for part in text.splitlines(keepends=True) if len(text) > _ROW else [text]:
        end = start + len(part)
        inside = [(s - start, e - start, x) for s, e, x in labels if start <= s and e <= end]
        yield part, inside
        start = end


def tokens(text: str) -> list[str]:
    """The gate's words of `text`."""
    return [token.decode("utf-8", "replace") for token in gate.tokens(text)]
