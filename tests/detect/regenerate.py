"""Write the positives of all patterns anew: ``python tests/detect/regenerate.py``."""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "de", "es", "fi", "it", "ko", "pl", "th")
TEXTS, LONGEST, ATTEMPTS = 3, 300, 400


def patterns() -> Iterator[tuple[str, int]]:
    """Every regex that some spec can have from Presidio or from the house, and its flags."""
    from benchmarks.parity import country_recognizers
    from scrubber.detect import DetectSpec
    from scrubber.detect.presidio.registry import registry

    specs = [DetectSpec(recognizers=country_recognizers())]
    specs += [DetectSpec(languages=(language,)) for language in LANGUAGES]
    for spec in specs:
        for recognizer in registry(spec, None).recognizers:
            for pattern in getattr(recognizer, "patterns", ()):
                yield pattern.regex, int(recognizer.global_regex_flags)


def texts(pattern: str, flags: int) -> list[str]:
    """Texts that the regex matches, few and short."""
    import regex

    from tests.detect.matching import matching

    rng = random.Random(pattern)
    compiled = regex.compile(pattern, flags)
    found: list[str] = []
    for _ in range(ATTEMPTS):
        made = matching(pattern, flags, rng)
        if any(map(len, compiled.findall(made))):
            found.append(made)
        if sum(len(one) <= LONGEST for one in found) == TEXTS:
            break
    return sorted(found, key=lambda one: (len(one) > LONGEST, len(one)))[:TEXTS]


def content(wanted: Iterable[tuple[str, int]]) -> bytes:
    from scrubber.detect.prefilter.positives import digest

    made = {digest(*one): texts(*one) for one in sorted(set(wanted))}
    return gzip.compress(json.dumps(made, indent=0, sort_keys=True).encode(), mtime=0)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from scrubber.detect.prefilter.positives import FILE

    FILE.write_bytes(content(patterns()))
