"""One tool over one file of texts, in a process of its own; prints what it took and found as JSON.

    python -m benchmarks.tools TOOL SCOPE FILE COUNTED

FILE holds a JSON string a line, COUNTED is how many of them the findings are counted on (untimed).
Imports nothing of scrubber but for scrubber itself, so that peers run in their own environment.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Counts = dict[str, int]  # "email" and "ip", and "all" where the scope is everything
Run = Callable[[Sequence[str]], Any]
Count = Callable[[Any], Counts]

EVERYTHING, TWO = "everything", "email+ip"


def scrubber(scope: str) -> tuple[Run, Count]:
    from scrubber.detect import DetectSpec, build_detector

    detector = build_detector(DetectSpec(entities=_entities(scope)))
    detector.detect(["warm up: ann@example.com"])

    def count(found: Any) -> Counts:
        return _counted(span.label for spans in found for span in spans)

    return detector.detect, count


def presidio(scope: str) -> tuple[Run, Count]:
    """BatchAnalyzerEngine with the recognizers that Presidio enables by default."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine

    from scrubber.detect import DetectSpec
    from scrubber.detect.presidio.engines import nlp_engine
    from scrubber.detect.presidio.registry import registry

    spec = DetectSpec()
    engine = nlp_engine(spec)
    known = registry(spec, engine)
    known.recognizers = [r for r in known.recognizers if "presidio" in type(r).__module__]
    batch = BatchAnalyzerEngine(AnalyzerEngine(registry=known, nlp_engine=engine))
    wanted = list(_entities(scope))

    def run(texts: Sequence[str]) -> Any:
        return batch.analyze_iterator(list(texts), "en", entities=wanted)

    def count(found: Any) -> Counts:
        return _counted(result.entity_type for results in found for result in results)

    return run, count


def maskops(scope: str) -> tuple[Run, Count]:
    """Finds and masks in one step."""
    import maskops as library
    import polars

    chosen = {} if scope == EVERYTHING else {"patterns": ["email", "ip"]}
    audit = library.mask_pii_audit("text", **chosen)

    def run(texts: Sequence[str]) -> Any:
        return polars.DataFrame({"text": texts}).select(audit.alias("audit"))

    def count(found: Any) -> Counts:
        sums = found.unnest("audit").unnest("counts").drop("masked").sum().row(0, named=True)
        return {"all": sum(map(int, sums.values())), "email": sums["email"], "ip": sums["ip"]}

    return run, count


def datafog(scope: str) -> tuple[Run, Count]:
    import datafog as library

    chosen = {} if scope == EVERYTHING else {"entity_types": ["EMAIL", "IP_ADDRESS"]}

    def run(texts: Sequence[str]) -> Any:
        return [library.scan(text, engine="regex", **chosen).entities for text in texts]

    def count(found: Any) -> Counts:
        return _counted(entity.type for entities in found for entity in entities)

    return run, count


def scrubadub(scope: str) -> tuple[Run, Count]:
    """Knows no IP addresses."""
    import scrubadub as library

    cleaner = library.Scrubber()
    if scope == TWO:
        for name in list(cleaner._detectors):
            if name != "email":
                cleaner.remove_detector(name)

    def run(texts: Sequence[str]) -> Any:
        return [list(cleaner.iter_filth(text)) for text in texts]

    def count(found: Any) -> Counts:
        return _counted(filth.type for filths in found for filth in filths)

    return run, count


def datatrove(scope: str) -> tuple[Run, Count]:
    """Finds and replaces; e-mail and IP addresses are all that it knows."""
    from datatrove.pipeline.formatters import PIIFormatter

    marks = {"email": "\x00E", "ip": "\x00I"}
    formatter = PIIFormatter(
        only_remove_public_ips=False, email_replacement=marks["email"], ip_replacement=marks["ip"]
    )
    if scope != TWO:
        raise ValueError(scope)

    def run(texts: Sequence[str]) -> Any:
        return [formatter.format(text) for text in texts]

    def count(found: Any) -> Counts:
        return {kind: sum(text.count(mark) for text in found) for kind, mark in marks.items()}

    return run, count


TOOLS: dict[str, tuple[str, Callable[[str], tuple[Run, Count]]]] = {
    "scrubber": ("scrubber", scrubber),
    "presidio": ("presidio-analyzer", presidio),
    "maskops": ("maskops", maskops),
    "datafog": ("datafog", datafog),
    "scrubadub": ("scrubadub", scrubadub),
    "datatrove": ("datatrove", datatrove),
}


def _entities(scope: str) -> tuple[str, ...]:
    """Presidio's default entities for English that need no model, or the two."""
    if scope == TWO:
        return ("EMAIL_ADDRESS", "IP_ADDRESS")
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    made = RecognizerRegistryProvider().create_recognizer_registry()
    return tuple(
        sorted(
            entity
            for recognizer in made.recognizers
            if recognizer.supported_language == "en" and "spacy" not in type(recognizer).__module__
            for entity in recognizer.supported_entities
        )
    )


_KINDS = {"EMAIL_ADDRESS": "email", "EMAIL": "email", "email": "email", "IP_ADDRESS": "ip"}


def _counted(labels: Any) -> Counts:
    counts = {"all": 0, "email": 0, "ip": 0}
    for label in labels:
        counts["all"] += 1
        if label in _KINDS:
            counts[_KINDS[label]] += 1
    return counts


def peak() -> float:
    """MB at most in use; getrusage would count what the parent process held when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(tool: str, scope: str, file: str, counted: int) -> None:
    """Print the measure."""
    texts = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    size = sum(len(text.encode()) for text in texts) / 1e6
    package, make = TOOLS[tool]
    run, count = make(scope)
    counts = count(run(texts[:counted]))  # also a warm-up
    wall, cpu = time.perf_counter(), time.process_time()
    run(texts)
    seconds = time.process_time() - cpu
    print(
        json.dumps(
            {
                "version": version(package),
                "mb": size,
                "cpu_s": seconds,
                "wall_s": time.perf_counter() - wall,
                "peak_mb": peak(),
                **counts,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
