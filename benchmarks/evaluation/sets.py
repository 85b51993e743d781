"""Labelled sets: JSONL files, a document a line: id, text, spans [{start, end, label}].

`start` and `end` count Unicode code points of `text`, half open. What is wrong with a line is an
InputError with the file's name and the line's number; it never quotes the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from scrubber.errors import InputError, Place, printable


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A labelled stretch of a text, `start` <= i < `end`."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what is labelled in it."""

    text: str = field(repr=False)
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class LabelledSet:
    """A file of documents; `name` is its path in the folder without the suffix."""

    name: str
    documents: tuple[Document, ...] = field(repr=False)

    @property
    def stem(self) -> str:
        """The file's own name."""
        return self.name.rsplit("/", 1)[-1]


def read_folder(
    folder: Path, pattern: str = "*", limit: int | None = None
) -> tuple[list[LabelledSet], list[str]]:
    """The sets under `folder` whose file name (without suffix) fits one of the globs of `pattern`
    (separated by commas), by name; and the names of those whose first document has no ``spans``.

    `limit` keeps that many documents of each, evenly spread. Raises: InputError.
    """
    if not folder.is_dir():
        raise InputError("input-missing", "is no folder", place=Place(str(folder)))
    sets, unlabelled = [], []
    for path in sorted(folder.rglob("*.jsonl")):
        if not any(fnmatchcase(path.stem, glob.strip()) for glob in pattern.split(",")):
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        documents = read_documents(path)
        if documents is None:
            unlabelled.append(name)
        else:
            sets.append(LabelledSet(name, spread(documents, limit)))
    if not sets:
        raise InputError(
            "input-missing", "holds no labelled set of that name", place=Place(str(folder))
        )
    return sets, unlabelled


def read_documents(path: Path) -> tuple[Document, ...] | None:
    """The documents of the file, in order; None where its first one has no ``spans``."""
    documents: list[Document] = []
    for place, record in _records(path):
        if "spans" not in record and not documents:
            return None
        documents.append(_document(record, place))
    return tuple(documents)


def _records(path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = Place(str(path), line=number)
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                raise InputError("set-malformed", "is not JSON", place=place) from None
            if not isinstance(record, dict):
                raise InputError("set-malformed", "is no JSON object", place=place)
            yield place, record


def _document(record: dict[str, Any], place: Place) -> Document:
    text, spans = record.get("text"), record.get("spans")
    if not isinstance(text, str):
        raise InputError("set-malformed", "has no text", place=place)
    if not isinstance(spans, list):
        raise InputError("set-malformed", "has no list of spans", place=place)
    labels = [_label(span, len(text), number, place) for number, span in enumerate(spans, 1)]
    return Document(text, tuple(sorted(set(labels))))


def _label(span: Any, length: int, number: int, place: Place) -> Label:
    def wrong(what: str) -> InputError:
        return InputError("set-malformed", f"span {number} {what}", place=place)

    if not isinstance(span, dict):
        raise wrong("is no JSON object")
    start, end, label = span.get("start"), span.get("end"), span.get("label")
    if type(start) is not int or type(end) is not int or not isinstance(label, str):
        raise wrong("needs start and end (whole numbers) and label")
    if start == end:
        raise wrong(f"is empty ({start} to {end})")
    if not 0 <= start < end <= length:
        raise wrong(f"is outside the text ({start} to {end} of {length} code points)")
    return Label(start, end, printable(label))


def spread(documents: tuple[Document, ...], limit: int | None) -> tuple[Document, ...]:
    if limit is None or len(documents) <= limit:
        return documents
    return tuple(documents[i * len(documents) // limit] for i in range(limit))
