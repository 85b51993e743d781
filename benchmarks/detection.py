"""Detection by patterns against Presidio's own BatchAnalyzerEngine, in one run on one core.

    make bench            or: python -m benchmarks.detection [ROWS] [SAMPLE]

Prints the rate of both as MB/s of UTF-8 text and their ratio, for rows of about 330 bytes of which
2 % and 35 % hold personal data. Presidio gets a sample, since it takes minutes for the whole.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine

from benchmarks.corpus import rows
from scrubber.detect import DetectSpec, build_detector
from scrubber.detect.presidio.engines import nlp_engine
from scrubber.detect.presidio.registry import registry


def rate(run: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """MB of UTF-8 per second of processor time."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    start = time.process_time()
    run(texts)
    return size / (time.process_time() - start)


def presidio() -> BatchAnalyzerEngine:
    """Presidio's engine with the very registry and NLP engine that scrubber uses."""
    spec = DetectSpec()
    engine = nlp_engine(spec)
    return BatchAnalyzerEngine(AnalyzerEngine(registry=registry(spec, engine), nlp_engine=engine))


def main(count: int, sample: int) -> None:
    """Print the table."""
    ours, theirs = build_detector(DetectSpec()), presidio()
    ours.detect(["warm up: ann@example.com"])
    print(f"presidio-analyzer {version('presidio-analyzer')}, {count} rows, sample {sample}")
    print("| rows with personal data | scrubber MB/s | presidio MB/s | ratio |\n|---|---|---|---|")
    for share in (0.02, 0.35):
        texts = list(rows(count, share))
        fast = rate(ours.detect, texts)
        slow = rate(lambda part: list(theirs.analyze_iterator(part, "en")), texts[:sample])
        print(f"| {share:.0%} | {fast:.2f} | {slow:.3f} | {fast / slow:.0f} |")


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:3], *("100000", "1500")[len(sys.argv) - 1 :])))
