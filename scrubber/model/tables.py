"""The names of tables in rules: a source is called by its file, its file's stem or its folder."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath


def in_table(glob: str, alias: str) -> bool:
    """True if the source `alias` is a part of the table that `glob` names.

    Names of a source are its whole path, its file name, the same without extensions, and each
    folder above it, since a table may be a folder of shards.

    >>> in_table("notes", "clinic/notes.csv.gz"), in_table("visits", "visits/part-0001.parquet")
    (True, True)
    >>> in_table("note", "notes.csv"), in_table("2024-*", "2024-05.csv")
    (False, True)
    """
    path = PurePosixPath(alias)
    stem = path.name.partition(".")[0] or path.name
    names = {alias, path.name, stem, str(path.parent / stem), *path.parent.parts}
    return any(fnmatchcase(name, glob) for name in names)
