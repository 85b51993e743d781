"""FileForm: the form of files, as rules declare it where the bytes do not show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scrubber.model.tables import in_table


@dataclass(frozen=True, slots=True, order=True)
class FileForm:
    """The form of the files whose names match the glob `files`.

    `format` is None for that of the file's extension. `header` names the columns of a CSV file
    without a header; empty if the file has one. `delimiter` separates its cells; "" if the first
    line shows it. `records` cuts a text into records: ``file``, ``line`` or ``paragraph``.
    """

    files: str = "*"
    format: str | None = None
    header: tuple[str, ...] = ()
    delimiter: str = ""
    records: str = "file"


PLAIN = FileForm()


def form_of(alias: str, forms: Iterable[FileForm]) -> FileForm:
    """The first declaration for the source `alias`, or that of nothing."""
    return next((one for one in forms if in_table(one.files, alias)), PLAIN)
