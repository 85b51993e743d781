"""The names of all entities that can be found, kept in the cache: `check` needs them, no more.

Asking Presidio takes a second, most of which is importing it. The answer depends on the languages,
on Presidio's version, on the recognizers of the house and on those of the rule file, and the file
that keeps it is named by these. Of words that a rule file lists nothing reaches the cache.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from scrubber._version import __version__
from scrubber.detect.prefilter.cache import FORMAT, CacheFolder
from scrubber.detect.spec import DetectSpec

_WITHOUT_ENGINE = ("none", "builtin")


def remembered(spec: DetectSpec, ask: Callable[[DetectSpec], frozenset[str]]) -> frozenset[str]:
    """The result of `ask` for `spec`, from the cache if it was asked before; raises as `ask`."""
    folder = CacheFolder.of_user("entities")
    words = any('"deny_list"' in recognizer for recognizer in spec.recognizers)
    if folder is None or words or spec.ner not in _WITHOUT_ENGINE:
        return ask(spec)
    listed = frozenset(entity for entity, each in spec.deny_list if any(map(str.strip, each)))
    spec = replace(spec, deny_list=())
    name = _name(spec)
    stored = folder.read(name)
    if stored is not None:
        with suppress(ValueError, TypeError):  # of another making: ask again
            return frozenset(map(str, json.loads(stored))) | listed
    names = ask(spec)
    folder.write(name, json.dumps(sorted(names)).encode())
    return names | listed


def _name(spec: DetectSpec) -> str:
    digest = hashlib.sha256()
    asked = (spec.ner, spec.languages, spec.recognizers, spec.house, spec.countries)
    for part in (FORMAT, __version__, version("presidio-analyzer"), json.dumps(asked)):
        digest.update(part.encode() + b"\0")
    here = Path(__file__).parent
    for path in sorted([*here.glob("recognizers/*.py"), *here.glob("presidio/*.py")]):
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()[:32]}.names"
