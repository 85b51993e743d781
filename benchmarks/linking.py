"""Row-linked values: what looking for a row's own identifiers costs on top of detection.

    python -m benchmarks.linking [ROWS]

Prints, on one core and in one run, the rows per second of detection by patterns alone; of the
search for four linked fields (first and last name, e-mail, telephone) where no text holds them,
where every twentieth does and where all do; and of a whole scrub without and with them. Texts are
those of the detection benchmark (about 330 bytes, 2 % with personal data).
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

import scrubber
from benchmarks.corpus import rows
from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.linked.search import LinkedColumn, find_linked
from scrubber.transform.surrogate.lists import lists_of

FIELDS = {
    "fname": "FIRST_NAME",
    "lname": "LAST_NAME",
    "email": "EMAIL_ADDRESS",
    "tel": "PHONE_NUMBER",
}


def table(count: int, share: float) -> dict[str, list[str]]:
    """Columns of invented people, and texts of which `share` name theirs."""
    lists, draw = lists_of("en_US"), random.Random(7)
    made: dict[str, list[str]] = {name: [] for name in (*FIELDS, "note")}
    for i, text in enumerate(rows(count, 0.02)):
        first, last = draw.choice(lists.given.entries), draw.choice(lists.surnames.entries)
        mail = f"{first.lower()}.{last.lower()}{draw.randrange(1000)}@example.com"
        tel = f"({draw.randrange(200, 999)}) 555-{draw.randrange(10_000):04d}"
        named = share > 0 and i % round(1 / share) == 0
        note = f"{text} Seen by Mr. {last}, {mail}." if named else text
        for name, value in zip(made, (first, last, mail, tel, note), strict=True):
            made[name].append(value)
    return made


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def linked(made: dict[str, list[str]]) -> Callable[[], object]:
    columns = [LinkedColumn(entity, [(v,) for v in made[name]]) for name, entity in FIELDS.items()]
    texts: Sequence[object] = made["note"]
    return lambda: find_linked(texts, range(len(texts)), columns)


def scrubbing(made: dict[str, list[str]], links: Sequence[str]) -> Callable[[], object]:
    text: dict[str, Any] = {"name": "note", "class": "text", "entities": {"default": "redact"}}
    if links:
        text["linked"] = list(links)
    names = [{"name": n, "transform": "drop", "linked_as": e} for n, e in FIELDS.items()]
    decided = {"version": 1, "detect": {"ner": "none"}, "fields": [*names, text]}
    data = pa.table(made)
    return lambda: scrubber.scrub(data, decided)


def main(count: int) -> None:
    """Print the table."""
    none, some, every = table(count, 0), table(count, 0.05), table(count, 1)
    detector = build_detector(DetectSpec())
    detector.detect(["warm up: ann@example.com"])
    scrubbing(table(100, 1), tuple(FIELDS))()
    print(f"{count} rows of about 330 bytes, four linked fields\n")
    print("| what | seconds | rows/s |\n|---|---|---|")
    for name, run in (
        ("patterns alone", lambda: detector.detect(none["note"])),
        ("linked, no text holds them", linked(none)),
        ("linked, every 20th text holds them", linked(some)),
        ("linked, every text holds them", linked(every)),
        ("scrub, nothing linked", scrubbing(some, ())),
        ("scrub, four fields linked", scrubbing(some, tuple(FIELDS))),
    ):
        took = seconds(run)
        print(f"| {name} | {took:.1f} | {count / took:,.0f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
