"""Hierarchy files: ``leaf;level 1;level 2;...;*``, one leaf a line, as ARX writes them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from scrubber.policy.report import Report
from scrubber.policy.source import Path_
from scrubber.transform.generalize import Hierarchy

_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class ReadHierarchy:
    """A hierarchy with its mapping, and the SHA-256 (hex) of its file, for the policy's digest."""

    transform: Hierarchy
    digest: str


def read_hierarchy(
    report: Report, path: Path_, transform: Hierarchy, folder: Path
) -> ReadHierarchy | None:
    """The hierarchy with the mapping of its file, which lies relative to `folder`.

    None where a problem was reported: ``hierarchy-missing``, ``hierarchy-bad``.
    """
    try:
        raw = (folder / transform.file).read_bytes()
    except (OSError, ValueError):
        hint = "the path is relative to the rule file"
        report.value((*path, "file"), "hierarchy-missing", "the file cannot be read", hint)
        return None
    reason = "the file has more than 64 MiB" if len(raw) > _MAX_BYTES else ""
    mapping: dict[str, str] = {}
    try:
        text = raw.decode("utf-8-sig")
        for line, cells in _lines(text):
            if transform.level >= len(cells):
                reason = reason or f"line {line} has no level {transform.level}"
                break
            leaf, ancestor = cells[0].strip(), cells[transform.level]
            if mapping.setdefault(leaf, ancestor) != ancestor:
                reason = reason or f"line {line} gives a leaf a second ancestor"
    except UnicodeDecodeError:
        reason = "the file is not UTF-8"
    except _Ragged as ragged:
        reason = f"line {ragged.line} has more or fewer levels than the first"
    except csv.Error:
        reason = "the file is not CSV"
    if not mapping and not reason:
        reason = "the file is empty"
    if reason:
        report.value((*path, "file"), "hierarchy-bad", reason, "each line: leaf;level 1;...;*")
        return None
    filled = replace(transform, mapping=tuple(mapping.items()))
    return ReadHierarchy(filled, hashlib.sha256(raw).hexdigest())


class _Ragged(Exception):
    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, with their number; all of the same length."""
    width = 0
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        if not cells:
            continue
        width = width or len(cells)
        if len(cells) != width:
            raise _Ragged(reader.line_num)
        yield reader.line_num, cells
