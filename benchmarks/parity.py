"""Whether scrubber finds what Presidio finds: every text of every set in a folder, both looking.

    make parity DATA=FOLDER            or: python -m benchmarks.parity FOLDER

FOLDER holds JSONL sets, each line an object with a `text` (and an `id`). Each text is looked at by
scrubber's detector and by Presidio's own AnalyzerEngine with the same registry and NLP engine:
first with the recognizers that Presidio enables by default, then with all of its country-specific
ones switched on as well. What is compared is the set of (entity, start, end, score). A difference
is told as set, id, entity, place and score, never as text; exit status 1 where there is one.

Two kinds of texts are counted by themselves, not compared: `failed`, where AnalyzerEngine raises
(scrubber may as well, or find more), and `long`, over what is read at one go, where context words
may differ (scrubber.detect.presidio). Where scrubber alone raises, that is a difference.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from presidio_analyzer import AnalyzerEngine, predefined_recognizers

from scrubber.detect import Detector, DetectSpec, build_detector
from scrubber.detect.presidio.engines import nlp_engine
from scrubber.detect.presidio.registry import predefined_names, registry
from scrubber.detect.windows import WINDOW
from scrubber.errors import DetectionError

Finding = tuple[str, int, int, float]  # entity, start and end in code points, score
Answer = frozenset[Finding]

_CHUNK = 128  # texts in memory at once
_SHOWN = 20  # differences shown a set; all are counted


def country_recognizers() -> tuple[str, ...]:
    """Presidio's recognizers of all countries, for English, as `DetectSpec.recognizers`."""
    return tuple(
        json.dumps({"name": name, "type": "predefined", "supported_languages": ["en"]})
        for name in predefined_names()
        if getattr(predefined_recognizers, name).COUNTRY_CODE
    )


PASSES = {
    "default recognizers": DetectSpec(house=False),
    "with all countries": DetectSpec(recognizers=country_recognizers(), house=False),
}


def analyzer(spec: DetectSpec) -> AnalyzerEngine:
    """Presidio's engine with the very registry and NLP engine that scrubber uses for `spec`."""
    engine = nlp_engine(spec)
    return AnalyzerEngine(
        registry=registry(spec, engine),
        nlp_engine=engine,
        supported_languages=list(spec.languages),
        default_score_threshold=dict(spec.score_thresholds).get("default", spec.least_score),
    )


def theirs(spec: DetectSpec, engine: AnalyzerEngine, text: str) -> Answer:
    """What AnalyzerEngine finds in `text`, in the first language of `spec`."""
    results = engine.analyze(
        text,
        language=spec.languages[0],
        entities=list(spec.entities) if spec.entities else None,
        allow_list=list(spec.allow_list) or None,
    )
    return frozenset((r.entity_type, r.start, r.end, r.score) for r in results)


def ours(detector: Detector, texts: Sequence[str]) -> list[Answer]:
    """What scrubber finds in each of `texts`."""
    return [
        frozenset((s.label, s.start, s.end, s.score) for s in spans)
        for spans in detector.detect(texts)
    ]


def _each(look: Callable[[str], Answer], text: str) -> Answer | None:
    """What `look` finds; None where it raises: Presidio's validators do on some values."""
    try:
        return look(text)
    except Exception:  # noqa: BLE001  Presidio raises what it likes; scrubber, DetectionError
        return None


@dataclass
class Tally:
    """What came of a set: texts, findings of scrubber, differing findings, texts not compared."""

    texts: int = 0
    findings: int = 0
    differences: int = 0
    failed: int = 0
    long: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, name: str, length: int, found: Answer | None, expected: Answer | None) -> None:
        """Counts one text of `length` code points, and what both sides made of it."""
        self.texts += 1
        self.findings += len(found or ())
        if expected is None:
            self.failed += 1
        elif found is None:
            self._differ(f"{name} scrubber raises and Presidio does not")
        elif length > WINDOW:
            self.long += 1
        else:
            for side, only in (("scrubber", found - expected), ("Presidio", expected - found)):
                for entity, start, end, score in sorted(only):
                    self._differ(f"{name} only {side}: {entity} {start}-{end} {score}")

    def _differ(self, how: str) -> None:
        self.differences += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(how)

    def row(self, name: str) -> str:
        cells = (name, self.texts, self.findings, self.differences, self.failed, self.long)
        return "| " + " | ".join(map(str, cells)) + " |"


class Comparison:
    """Both sides for one `spec`, made ready once."""

    def __init__(self, spec: DetectSpec) -> None:
        self._spec, self._detector, self._engine = spec, build_detector(spec), analyzer(spec)

    def tally(self, texts: Iterable[tuple[str, str]], progress: Progress) -> Tally:
        """The tally over `texts`, which are (id, text)."""
        tally, waiting = Tally(), iter(texts)
        while chunk := list(islice(waiting, _CHUNK)):
            for (name, text), found in zip(chunk, self._found(chunk), strict=True):
                expected = _each(partial(theirs, self._spec, self._engine), text)
                tally.add(name, len(text), found, expected)
                progress.step()
        return tally

    def _found(self, chunk: Sequence[tuple[str, str]]) -> Sequence[Answer | None]:
        texts = [text for _, text in chunk]
        try:
            return ours(self._detector, texts)
        except DetectionError:  # one of them; what is in the others must still be seen
            return [_each(lambda one: ours(self._detector, [one])[0], text) for text in texts]


def read(path: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of the lines of a set; a line without an id is called by its number."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            text = row["text"].encode("utf-8", "replace").decode()  # no lone surrogates
            yield f"{path.stem}:{row.get('id', number)}", text


class Progress:
    """One line on a terminal's standard error: the set, the texts so far, the rate."""

    def __init__(self, name: str) -> None:
        self._name, self._done, self._start = name, 0, time.monotonic()

    def step(self) -> None:
        self._done += 1
        if self._done % 100 == 0 and sys.stderr.isatty():
            rate = self._done / (time.monotonic() - self._start)
            print(f"\r{self._name}: {self._done} texts, {rate:.0f}/s ", end="", file=sys.stderr)

    def close(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 where something differs, 2 where there is nothing to compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity")
    parser.add_argument("folder", type=Path, help="a folder of JSONL sets, or one set")
    parser.add_argument("--limit", type=int, help="at most so many texts of a set")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    sets = [folder] if folder.is_file() else sorted(folder.rglob("*.jsonl"))
    if not sets:
        print(f"no JSONL sets in {folder}", file=sys.stderr)
        return 2
    differences = 0
    for title, spec in PASSES.items():
        print(f"\n{title}\n\n| set | texts | findings | differences | failed | long |")
        print("|---|---|---|---|---|---|", flush=True)
        total, comparison = Tally(), Comparison(spec)
        for path in sets:
            progress = Progress(path.stem)
            tally = comparison.tally(islice(read(path), options.limit), progress)
            progress.close()
            print(tally.row(path.stem), *tally.shown, sep="\n  ", flush=True)
            for count in ("texts", "findings", "differences", "failed", "long"):
                setattr(total, count, getattr(total, count) + getattr(tally, count))
        print(total.row("all"), flush=True)
        differences += total.differences
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
