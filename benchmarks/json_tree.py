"""The rate of JSON read as a tree, beside Arrow's quick way, on the same regular file.

    python -m benchmarks.json_tree [CONVERSATIONS]

Processor time of one core. The tree is what a file takes with values of several kinds at a path.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scrubber
from scrubber import formats
from scrubber.formats.jsonl import reader

WORDS = "the model asks again about an order that came late and the refund we owe for it".split()
ROLES = ("system", "user", "assistant", "user", "assistant")
RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none"},
    "fields": [
        {"name": "messages[].content", "class": "text", "entities": {"default": "redact"}},
        {"name": "**", "keep": "a benchmark"},
    ],
}


def conversation(rng: random.Random, number: int) -> dict[str, Any]:
    def text() -> str:
        words = " ".join(rng.choices(WORDS, k=rng.randint(5, 60)))
        return words + (f" mail u{number}@example.org" if rng.random() < 0.2 else "")

    messages = [{"role": role, "content": text()} for role in ROLES]
    return {"id": number, "messages": messages, "score": rng.random(), "tags": ["a", "b"]}


def taken(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(path: Path, folder: Path) -> tuple[float, float, bytes]:
    """Seconds to read and write, seconds of a run, and the run's output."""
    (source,) = formats.discover([str(path)])

    def copy() -> None:
        schema = formats.schemas([source])[source.alias]
        with formats.open_writer(folder / "c.jsonl", schema, "jsonl", None, like=source) as writer:
            for chunk in formats.read(source, schema):
                writer.write(chunk.table)

    copying = taken(copy)
    running = taken(lambda: scrubber.scrub(str(path), RULES, out=folder / "out", overwrite=True))
    return copying, running, (folder / "out" / "data" / path.name).read_bytes()


def main(count: int) -> None:
    rng = random.Random(1)
    quick_way = reader._at_once
    with TemporaryDirectory() as name:
        path = Path(name) / "a.jsonl"
        path.write_text("".join(json.dumps(conversation(rng, i)) + "\n" for i in range(count)))
        size = path.stat().st_size / 1e6
        measure(path, Path(name))  # the detectors start
        outputs = []
        for way, at_once in (("quick", quick_way), ("tree", lambda block, schema: None)):  # noqa: ARG005
            reader._at_once = at_once  # type: ignore[assignment]
            copying, running, output = measure(path, Path(name))
            outputs.append(output)
            print(
                f"{way}: read and written {size / copying:.1f} MB/s, run {size / running:.2f} MB/s"
            )
        print("equal bytes:", outputs[0] == outputs[1])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12_000)
