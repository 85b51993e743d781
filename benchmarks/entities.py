"""Secrets and addresses in labelled texts, and what is found in prose, where there are none.

    python -m benchmarks.entities FOLDER [--peers PYTHON]

FOLDER holds credsweeper_samples, detect_secrets_tests, usaddress_us50_test and sets of prose (any
of them may be missing), as JSONL. PYTHON is that of an environment with detect-secrets and
credsweeper. Prints, for each tool: on labelled secrets, recall (the share of labels wholly covered)
and precision (the share of findings that touch a label); on single lines, the share of those with a
secret in which one is found, and of those without; on addresses, the share wholly covered; on
prose, findings by entity. No value of the data is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.recognizers import RECOGNIZERS

SECRETS = frozenset({"API_KEY", "JSON_WEB_TOKEN", "PASSWORD", "PRIVATE_KEY", "SECRET"})
PLACES = frozenset({"LOCATION", "STREET_ADDRESS", "POSTAL_CODE", "COORDINATES"})
PROSE = ("wikigold", "tab_traindev113_fullattrs", "sec_filings_train", "uner_ewt_dev")
PEERS = ("detect-secrets", "credsweeper")

Spans = Sequence[tuple[int, int]]
Found = Sequence[Spans]
Document = Mapping[str, Any]


def documents(folder: Path, name: str) -> list[Document]:
    """The set's records, none where the folder does not hold it."""
    file = next(folder.rglob(f"{name}.jsonl"), None)
    if file is None:
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def labels(document: Document) -> list[tuple[int, int]]:
    return sorted({(span["start"], span["end"]) for span in document["spans"]})


def ours(ner: str, texts: Sequence[str], entities: Iterable[str]) -> Found:
    wanted = frozenset(entities)
    detector = build_detector(DetectSpec(ner=ner))
    return [
        [(span.start, span.end) for span in found if span.label in wanted]
        for found in detector.detect(texts)
    ]


def theirs(tool: str, python: str, given: Sequence[Document]) -> tuple[str, Found]:
    """The tool's version and findings; each text is a file of the name that it had."""
    with tempfile.TemporaryDirectory() as made:
        for number, document in enumerate(given):
            folder = Path(made) / str(number)
            folder.mkdir()
            name = Path(str(document["source"]).rpartition("/")[2]).name
            file = name if "." in name else f"{name}.txt"
            (folder / file).write_text(document["text"], encoding="utf-8", newline="")
        command = [python, "-m", "benchmarks.secret_tools", tool, made]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    return told["version"], [told["found"].get(str(n), []) for n in range(len(given))]


def covered(label: tuple[int, int], spans: Spans) -> bool:
    """Whether every character of the label lies in some span."""
    at = label[0]
    for start, end in sorted(spans):
        if start <= at < end:
            at = end
    return at >= label[1]


def labelled_row(given: Sequence[Document], found: Found) -> str:
    """Recall and precision."""
    gold = [labels(document) for document in given]
    hits = sum(covered(label, s) for ls, s in zip(gold, found, strict=True) for label in ls)
    total = sum(map(len, gold))
    right = sum(
        any(start < end_ and start_ < end for start_, end_ in ls)
        for ls, spans in zip(gold, found, strict=True)
        for start, end in spans
    )
    count = sum(map(len, found))
    return f"{hits / total:.3f} ({hits} of {total}) | {right / max(count, 1):.3f} of {count}"


def lines_row(given: Sequence[Document], found: Found) -> str:
    """The shares of texts with and without a secret in which something is found."""
    said = Counter((d["expect_secret"], bool(s)) for d, s in zip(given, found, strict=True))
    positive = said[True, True] + said[True, False]
    negative = said[False, True] + said[False, False]
    return f"{said[True, True]} of {positive} | {said[False, True]} of {negative}"


def secrets(folder: Path, peers: str | None) -> None:
    """The tables of both sets of secrets."""
    sets = (
        ("credsweeper_samples", "recall | precision", labelled_row),
        ("detect_secrets_tests", "found where one is expected | and where none is", lines_row),
    )
    for name, head, row in sets:
        given = documents(folder, name)
        if not given:
            continue
        print(f"\n## {name}: {len(given)} texts\n\n| tool | {head} |\n|---|---|---|")
        texts = [document["text"] for document in given]
        addressed = SECRETS | {"IP_ADDRESS"} if row is lines_row else SECRETS
        print(f"| scrubber | {row(given, ours('none', texts, addressed))} |", flush=True)
        for tool in PEERS if peers else ():
            version, found = theirs(tool, str(peers), given)
            print(f"| {tool} {version} | {row(given, found)} |", flush=True)


def addresses(folder: Path) -> None:
    """What is covered of addresses in one line, and of their number and street."""
    given = documents(folder, "usaddress_us50_test")
    if not given:
        return
    texts = [document["text"] for document in given]
    print(f"\n## usaddress_us50_test: {len(given)} addresses\n")
    print("| scrubber | number and street covered | all covered |\n|---|---|---|")
    for ner in ("none", "builtin"):
        whole, street, streets = 0, 0, 0
        for document, spans in zip(given, ours(ner, texts, PLACES), strict=True):
            text = document["text"]
            parts = [(s["start"], s["end"]) for s in document["spans"]]
            whole += all(_said(text, part, spans) for part in parts)
            kinds = ("AddressNumber", "StreetName")
            line = [(s["start"], s["end"]) for s in document["spans"] if s["label"] in kinds]
            if len(line) > 1:
                streets += 1
                street += all(_said(text, part, spans) for part in line)
        print(f"| ner: {ner} | {street} of {streets} | {whole} of {len(given)} |", flush=True)


def _said(text: str, part: tuple[int, int], spans: Spans) -> bool:
    """Whether the part is covered but for punctuation at its end."""
    start, end = part
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return covered((start, end), spans)


def prose(folder: Path) -> None:
    """What the recognizers of the house find where little or nothing of their kind stands."""
    house = {recognizer.entity for recognizer in RECOGNIZERS}
    detector = build_detector(DetectSpec(ner="none"))
    print("\n## Prose: findings of the recognizers of the house\n")
    print("| set | KB | findings | by entity |\n|---|---|---|---|")
    for name in PROSE:
        texts = [document["text"] for document in documents(folder, name)]
        if not texts:
            continue
        told = Counter(s.label for spans in detector.detect(texts) for s in spans)
        mine = {label: n for label, n in told.most_common() if label in house}
        size = sum(len(text.encode("utf-8", "replace")) for text in texts) // 1000
        shown = ", ".join(f"{label} {n}" for label, n in mine.items())
        print(f"| {name} | {size} | {sum(mine.values())} | {shown} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Secrets and addresses in labelled texts.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", metavar="PYTHON")
    given_ = parser.parse_args()
    secrets(given_.folder, given_.peers)
    addresses(given_.folder)
    prose(given_.folder)
