"""What the second look at the result costs: batches scrubbed with it and without it, in turn.

    python -m benchmarks.second_look [--rows N]

Rows of about 330 bytes, 35 % of them with personal data, and documents of 60 such rows each; by
patterns only and with the names model. Prints markdown; the seconds are the best of three.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from benchmarks.corpus import rows
from scrubber.formats.base import CHUNK_BYTES, CHUNK_ROWS
from scrubber.model.batch import Batch, BatchRef
from scrubber.pipeline.batch import scrub_batch, tools_for
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.policy.plan import Plan
from scrubber.run.planted_recall import planted_in_table

_TRIES = 3
_PER_DOCUMENT = 60


def batches(texts: list[str]) -> Iterator[Batch]:
    """The texts in batches as a run reads them."""
    size = sum(map(len, texts)) // len(texts) + 1
    step = max(1, min(CHUNK_ROWS, CHUNK_BYTES // size))
    for ordinal, start in enumerate(range(0, len(texts), step)):
        part = texts[start : start + step]
        ref = BatchRef("s", ordinal, start + 1, len(part))
        yield Batch(ref, pa.table({"note": part}))


def seconds(plan: Plan, texts: list[str], *, again: bool) -> float:
    """The seconds that the batches take, with a second look or without one."""
    tools = tools_for(plan, None)
    tools = tools if again else replace(tools, second=None)
    started = time.perf_counter()
    for batch in batches(texts):
        scrub_batch(plan, batch, tools)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    count = parser.parse_args().rows
    short = list(rows(count, 0.35))
    step = _PER_DOCUMENT
    long = ["\n".join(short[i : i + step]) for i in range(0, len(short) - step + 1, step)]
    print("| texts | s without | s with | ratio | s to plant |\n|---|---|---|---|---|")
    for ner in ("none", "builtin"):
        rules = {
            "version": 1,
            "detect": {"ner": ner},
            "fields": [{"name": "note", "class": "text", "entities": {"default": "redact"}}],
        }
        for name, texts in (("rows", short), ("documents", long)):
            table = pa.table({"note": texts})
            plan = compile_plan(rules_from_mapping(rules), {"s": table.schema})
            seconds(plan, texts[:100], again=True)
            both = [
                (seconds(plan, texts, again=a), a) for _ in range(_TRIES) for a in (False, True)
            ]
            without, with_ = (min(s for s, again in both if again is a) for a in (False, True))
            started = time.perf_counter()
            planted_in_table(plan, "s", table)
            planting = time.perf_counter() - started
            print(
                f"| {len(texts):,} {name}, ner {ner} | {without:.2f} | {with_:.2f} "
                f"| {with_ / without:.3f} | {planting:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
