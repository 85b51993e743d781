"""Check that labelled text comes out in step: positions, copies and tags.

    python -m benchmarks.labelled [FOLDER] [--records N]

Generated records of four shapes, and with a FOLDER its JSONL files of {text, spans: [{start, end,
label}]} with a copy of the words added. The output is checked by its positions alone: each must
cut out its copy, spans keep their order, and what is labelled and unchanged has the same words
around it. Prints one line a set.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import scrubber

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import labelled

KEY = bytes(range(32))
Record = dict[str, Any]


def with_copies(path: Path, most: int) -> list[Record]:
    """The records of a file, each span with its words."""
    found = []
    for line in path.read_text("utf-8").splitlines()[:most]:
        record = json.loads(line)
        text, spans = record["text"], record.get("spans", ())
        made = [
            {"start": s["start"], "end": s["end"], "text": text[s["start"] : s["end"]],
             "label": s["label"]}
            for s in spans
        ]  # fmt: skip
        found.append({"text": text, "spans": made})
    return found


def spans_of(record: Record) -> list[tuple[int, int, str | None]]:
    """Each span with its copy, if it has one."""
    spans = [(s["start"], s["end"], s["text"]) for s in record.get("spans", ())]
    spans += [(start, end, None) for start, end, _ in record.get("label", ())]
    answers = record.get("answers", {"text": (), "answer_start": ()})
    pairs = zip(answers["answer_start"], answers["text"], strict=True)
    return spans + [(start, start + len(words), words) for start, words in pairs]


def faults(before: Record, after: Record) -> Iterable[str]:
    """The ways in which a record came out of step."""
    if "tokens" in before:
        if len(before["tokens"]) != len(after["tokens"]) or before["ner_tags"] != after["ner_tags"]:
            yield "tags"
        return
    old, new = (one.get("text", one.get("context")) for one in (before, after))
    was, became = spans_of(before), spans_of(after)
    if len(was) != len(became):
        yield "number"
    for (start, end, words), (left, right, copy) in zip(was, became, strict=False):
        if not 0 <= left <= right <= len(new):
            yield "bounds"
        elif copy is not None and new[left:right] != copy:
            yield "copy"
        elif words is None and old == new and (start, end) != (left, right):
            yield "unchanged"
    order = sorted(range(len(was)), key=lambda i: was[i][:2])
    starts = [became[i][0] for i in order]
    if starts != sorted(starts):
        yield "order"


def check(name: str, records: list[Record]) -> None:
    """Scrub the records, and print what came out."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "set.jsonl", Path(folder) / "out"
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in records]
        source.write_text("".join(lines), encoding="utf-8")
        detect = {"languages": {"expected": ["en"], "unmeasured": "patterns_only"}}
        rules = {"version": 1, "include": ["pack:labelled-text"], "detect": detect}
        began = time.process_time()
        scrubber.scrub(str(source), rules, out=str(out), key=KEY)
        seconds = time.process_time() - began
        text = (out / "data/set.jsonl").read_text("utf-8")
    made = [json.loads(line) for line in text.splitlines()]
    bad = [fault for pair in zip(records, made, strict=True) for fault in faults(*pair)]
    spans = sum(len(spans_of(one)) or len(one.get("ner_tags", ())) for one in records)
    moved = sum(a != b for a, b in zip(records, made, strict=True))
    print(f"| {name} | {len(records):,} | {spans:,} | {moved:,} | {len(bad)} | {seconds:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--records", type=int, default=10_000)
    given = parser.parse_args()
    print("| set | records | spans or tags | records changed | out of step | seconds |")
    print("|---|---|---|---|---|---|")
    if given.folder is None:
        for shape in labelled.SHAPES:
            check(f"generated, {shape}", labelled.records(shape, given.records // 4))
        return
    for path in sorted(given.folder.glob("*.jsonl")):
        records = with_copies(path, given.records)
        if any(one["spans"] for one in records):
            check(path.stem, records)


if __name__ == "__main__":
    main()
