"""Probing a model's outputs for what was removed from its training data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

from scrubber.api.arguments import AnyPath, PathsLike, as_paths, today
from scrubber.assess.leaks.index_file import read_index
from scrubber.assess.leaks.probing import Chunk, Probed, probed
from scrubber.errors import InputError, Place
from scrubber.keystore import as_key
from scrubber.transform.keys import RootKey

_LINES: Final = 5_000
_JSON: Final = frozenset({".jsonl", ".ndjson"})


def probe(
    outputs: PathsLike, index: AnyPath, key: RootKey | bytes | str, *, on: date | None = None
) -> Probed:
    """Look a model's `outputs` up in the leak index of a run (``leak_index:`` in its rules).

    `outputs` are files of text, a record a line, or of JSON Lines, of which all texts and numbers
    are read. `key` is the key of the run, or the key of probes that is derived from it
    (:func:`scrubber.keygen`). The result says which records hold a removed value, of which entity,
    and which repeat 15 words or more of the training text. It holds no value. `on` is the day of
    the probe (default: today in UTC).

    Raises: InputError ``no-paths``, ``input-unreadable``, ``not-text``, ``json-line``,
    ``not-an-index``, ``index-exposed``, ``index-expired``; KeyFault, also ``key-other``;
    TamperedError ``index-damaged``.
    """
    paths = [Path(path) for path in as_paths(outputs)]
    found, own = read_index(Path(index), as_key(key), on or today())
    return probed(found, own, _chunks(paths))


def _chunks(paths: list[Path]) -> Iterator[Chunk]:
    for path in paths:
        try:
            with path.open(encoding="utf-8-sig") as lines:
                numbered = enumerate(lines, start=1)
                while some := list(islice(numbered, _LINES)):
                    yield _chunk(path, some)
        except OSError:
            place = Place(file=str(path))
            raise InputError("input-unreadable", "the file cannot be read", place=place) from None
        except UnicodeDecodeError:
            raise _no_text(path) from None


def _no_text(path: Path) -> InputError:
    text = "this is no text in UTF-8, so nothing would be found in it"
    hint = "give outputs as text or JSON Lines, not compressed"
    return InputError("not-text", text, place=Place(file=str(path)), hint=hint)


def _chunk(path: Path, lines: list[tuple[int, str]]) -> Chunk:
    if any("\0" in line for _, line in lines):
        raise _no_text(path)
    if path.suffix.lower() not in _JSON:
        records = [number for number, _ in lines]
        return Chunk(str(path), [line for _, line in lines], records)
    texts: list[str] = []
    numbers: list[int] = []
    for number, line in lines:
        read = list(_texts(_parsed(path, number, line))) if line.strip() else []
        texts += read
        numbers += [number] * len(read)
    return Chunk(str(path), texts, numbers)


def _parsed(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        place = Place(file=str(path), line=number)
        raise InputError("json-line", "this line is not JSON", place=place) from None


def _texts(value: Any) -> Iterator[str]:
    """All texts, numbers and keys in a JSON value, in order."""
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, dict):
            left += [part for pair in reversed(inner.items()) for part in reversed(pair)]
        elif isinstance(inner, list):
            left += reversed(inner)
        elif inner is not None:
            yield str(inner)
