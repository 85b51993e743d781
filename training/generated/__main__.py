"""Samples to look at: python -m training.generated DATA --count 20 --kind chat"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from training.generated import KINDS, Document, documents


def marked(document: Document) -> str:
    """The text with every name in brackets, followed by the first letter of its label."""
    pieces: list[str] = []
    at = 0
    for start, end, label in document.spans:
        pieces += [document.text[at:start], "⟦", document.text[start:end], "|", label[0], "⟧"]
        at = end
    pieces.append(document.text[at:])
    return "".join(pieces)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.generated", description=__doc__)
    parser.add_argument("data", type=Path, help="the shared data folder (with names/)")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--jsonl", action="store_true", help="text, spans and kind as JSON lines")
    arguments = parser.parse_args()
    kinds = tuple(arguments.kind or KINDS)
    for document in documents(arguments.data, arguments.seed, arguments.count, kinds=kinds):
        if arguments.jsonl:
            spans = [{"start": s, "end": e, "label": label} for s, e, label in document.spans]
            row = {"text": document.text, "spans": spans, "kind": document.kind}
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(f"--- {document.kind}\n{marked(document)}")


if __name__ == "__main__":
    main()
