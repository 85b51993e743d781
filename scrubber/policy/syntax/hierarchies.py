"""Hierarchy files: ``leaf;level 1;level 2;...;*``, one leaf a line, as ARX writes them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.source import Path_
from scrubber.storage import LargeFile, UnfitFile, read_small
from scrubber.transform.base import FromFile

_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class HierarchyFile:
    """The lines of a hierarchy file (leaf, level 1, ...), all of the same length, and the SHA-256
    (hex) of its bytes, for the policy's digest."""

    rows: tuple[tuple[str, ...], ...]
    digest: str


def read_hierarchy_file(
    report: Report, path: Path_, file: str, folder: Path, form: str = FromFile.line
) -> HierarchyFile | None:
    """The file named at `path`, which lies relative to `folder`; a leaf has one line of ancestors.

    None where a problem was reported: ``hierarchy-missing``, ``hierarchy-bad``.
    """
    try:
        raw = read_small(folder / file, _MAX_BYTES).content
    except LargeFile as large:
        report.value(path, "hierarchy-bad", large.reason)
        return None
    except UnfitFile as unfit:
        hint = "the path is relative to the rule file"
        report.value(path, "hierarchy-missing", unfit.reason, hint)
        return None
    reason = ""
    rows: dict[str, tuple[str, ...]] = {}
    try:
        for line, cells in _lines(raw.decode("utf-8-sig")):
            row = (cells[0].strip(), *cells[1:])
            if rows.setdefault(row[0], row) != row:
                reason = reason or f"line {line} gives a leaf a second ancestor"
    except UnicodeDecodeError:
        reason = "the file is not UTF-8"
    except _Ragged as ragged:
        reason = f"line {ragged.line} has more or fewer levels than the first"
    except csv.Error:
        reason = "the file is not CSV"
    if not rows and not reason:
        reason = "the file is empty"
    if reason:
        report.value(path, "hierarchy-bad", reason, form)
        return None
    return HierarchyFile(tuple(rows.values()), hashlib.sha256(raw).hexdigest())


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
