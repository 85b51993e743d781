"""The verbs of the library: scrub and find. The CLI is built on the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from scrubber.detect.linked.consistency import Consistency, spread
from scrubber.detect.shared import detector_for
from scrubber.errors import OutputError
from scrubber.frames import open_frame, paths_of
from scrubber.keystore import as_key
from scrubber.manifest import Manifest
from scrubber.model.finding import Span
from scrubber.policy import Rules, detect_spec, load_rules, rules_from_mapping
from scrubber.run.run import run, run_on_table
from scrubber.run.survey import Progress
from scrubber.storage import locate
from scrubber.transform.keys import RootKey

T = TypeVar("T")
RulesLike = Rules | str | PathLike[str] | Mapping[str, Any]


@dataclass(frozen=True)
class Scrubbed(Generic[T]):
    """What came out: `data` of the caller's kind (for a path: the output folder), and the record of
    what was done to it."""

    data: T = field(repr=False)
    manifest: Manifest


def scrub(
    data: T,
    rules: RulesLike,
    *,
    key: RootKey | bytes | str | None = None,
    out: str | PathLike[str] | None = None,
    workers: int | None = None,
    executor: str = "local",
    address: str | None = None,
    format: str = "same",
    overwrite: bool = False,
    quarantine_unreadable: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Scrubbed[T]:
    """Scrub a table or files by a rule file.

    `data` is a Polars DataFrame or LazyFrame, a pandas DataFrame, an Arrow table (or anything with
    ``__arrow_c_stream__``), and ``.data`` of the result is of the same kind with its dtypes; or it
    is a path or a URL in a store (a file, a folder or a glob, or a list of them), and then `out`
    names the folder for ``data/`` and ``manifest.json``, and ``.data`` is that folder as a Path (or
    its URL). `rules` is a path, a mapping of the same shape as a rule file, or what
    :func:`load_rules` gave. `key` (32 bytes, or the text that ``scrubber keygen`` prints) stands in
    for the rule file's ``key:``. Files are scrubbed in `workers` processes of this machine (default
    1), or with `executor` ``ray`` on the cluster at `address` (default: as many workers as it has
    CPUs); the bytes are the same. A file that cannot be read stops the run, or with
    `quarantine_unreadable` is left out as a whole and named in the manifest, whose check
    ``sources-read`` then fails.

    Errors: RuleError (every problem at once), KeyFault, InputError, TransformError,
    DetectionError, OutputError, IncompleteError. No message holds a value of the data.
    """
    parsed = as_rules(rules)
    key = as_key(key) if key is not None else None
    paths = paths_of(data)
    if paths is None:
        opened = open_frame(data)
        table, manifest = run_on_table(parsed, opened.table, key=key)
        return Scrubbed(opened.back(table), manifest)
    if out is None:
        raise OutputError("output-missing", "scrubbing files needs a folder for them", hint="out=…")
    where = locate(out)
    manifest = run(
        parsed,
        paths,
        where,
        key=key,
        workers=workers,
        executor=executor,
        address=address,
        target_format=format,
        overwrite=overwrite,
        quarantine_unreadable=quarantine_unreadable,
        progress=progress,
    )
    folder = where if isinstance(where, Path) else str(where)
    return Scrubbed(folder, manifest)  # type: ignore[arg-type]


@overload
def find(  # type: ignore[overload-overlap]  # a string is an iterable of strings
    texts: str, detect: Mapping[str, Any] | None = None
) -> tuple[Span, ...]: ...


@overload
def find(
    texts: Iterable[str | None], detect: Mapping[str, Any] | None = None
) -> list[tuple[Span, ...]]: ...


def find(
    texts: str | Iterable[str | None], detect: Mapping[str, Any] | None = None
) -> tuple[Span, ...] | list[tuple[Span, ...]]:
    """The findings of each text: spans with start, end (code points), label, score, recognizer.

    A string is one text, and its findings come as one tuple; of several texts there is a list with
    a tuple for each.
    `detect` is the ``detect:`` part of a rule file as a mapping, or None for Presidio's default
    patterns and the built-in names model, in English. Each text is a document of its own, in which
    a name that was found once is found everywhere. A finding counts from a score of 0.35, unless
    `detect` sets other thresholds. A null or empty text has no findings. Errors:
    RuleError for a `detect` that is not valid, DetectionError where a text could not be looked at,
    TypeError for what is no text.
    """
    if isinstance(texts, str):
        return find([texts], detect)[0]
    given = ["" if text is None else text for text in texts]
    if not all(isinstance(text, str) for text in given):  # bytes are numbers
        raise TypeError("find takes a text, or several")
    spec = detect_spec(detect)
    distinct = list(dict.fromkeys(given))
    seen = spread(Consistency(spec), distinct, detector_for(spec).detect(distinct))
    found = dict(zip(distinct, seen, strict=True))
    return [found[text] for text in given]


def as_rules(rules: RulesLike) -> Rules:
    """Rules from a path, a mapping, or rules themselves. Errors: RuleError."""
    if isinstance(rules, Rules):
        return rules
    return rules_from_mapping(rules) if isinstance(rules, Mapping) else load_rules(Path(rules))
