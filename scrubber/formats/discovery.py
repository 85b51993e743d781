"""Discovery: from inputs (files, folders, globs) to Sources, and the names of outputs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from scrubber import storage
from scrubber.errors import InputError, Place
from scrubber.formats import file_names
from scrubber.formats.base import LeaveOut, Source, leaving_out
from scrubber.formats.io import remote
from scrubber.formats.io.remote import HIDDEN
from scrubber.formats.registry import FORMATS, by_ending
from scrubber.formats.stamps import file_facts, unreadable
from scrubber.model.fileform import FileForm, form_of

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_WILDCARD = re.compile(r"[*?\[]")


def discover(
    inputs: Sequence[str],
    leave_out: LeaveOut | None = None,
    forms: Sequence[FileForm] = (),
) -> tuple[Source, ...]:
    """The sources named by `inputs`, sorted by alias.

    An input is a file, a folder (searched recursively) or a glob (``**`` crosses folders), local or
    as a URL in a store. An existing path is never a glob. The alias of a source is its relative
    name with ``/``: the base name of a file, the path below a folder, or the path below the part of
    a glob without wildcards. In folders and globs, names that begin with ``.`` or ``_`` are skipped
    (unless the glob matches them explicitly). Any other file of unknown format is an error, so that
    none is lost silently. `leave_out` receives empty and unreadable files; the others are returned.
    `forms` are those of files by their names; the first that matches applies.

    Raises: InputError ``input-missing``, ``input-no-match``, ``input-unsupported``,
    ``input-unreadable``, ``input-empty``, ``input-special``, ``input-name``, ``input-clash``; for
    URLs the errors of :mod:`scrubber.storage`.
    """
    if not inputs:
        raise InputError("input-missing", "no input is given")
    named = [one for given in inputs for one in _named(given)]
    file_names.refuse_data({alias for alias, _ in named})
    found: dict[str, Source] = {}
    for alias, source_of in named:
        with leaving_out(alias, leave_out):
            source = source_of(form_of(alias, forms))
            if alias in found:
                raise InputError(
                    "input-clash",
                    "two inputs have the same relative name",
                    place=Place(file=alias),
                    hint="name the folder above them instead",
                )
            found[alias] = source
    return tuple(found[alias] for alias in sorted(found))


def format_of(name: str, declared: str | None = None) -> tuple[str, str | None]:
    """Format and compression by the extension of the file name, in any case. A `declared` format
    counts instead of the extension.

    Raises: InputError ``input-unsupported``.

    >>> format_of("a/b.CSV.gz"), format_of("x.feather")
    (('csv', 'gzip'), ('arrow', None))
    """
    stem, compression = _uncompressed(name)
    if declared is not None and declared not in FORMATS:
        raise InputError(
            "format-unknown",
            f"a declared format is one of {', '.join(FORMATS)}",
            place=Place(file=name),
            hint="read: [{files: …, format: …}]",
        )
    kind = FORMATS[declared] if declared else by_ending(PurePosixPath(stem).suffix.lower())
    if kind is None or (compression and not kind.compressible):
        raise InputError(
            "input-unsupported",
            "files of this type are not supported",
            place=Place(file=name),
            hint=_advice(kind.name if kind is not None else None),
        )
    return kind.name, compression


def output_name(alias: str, source_format: str, target_format: str) -> str:
    """The output name of the source `alias`: unchanged if the format stays.

    A change between text formats keeps the compression; Parquet and Arrow compress internally.

    >>> output_name("x/a.csv.gz", "csv", "parquet"), output_name("x/a.csv.gz", "csv", "jsonl")
    ('x/a.parquet', 'x/a.jsonl.gz')
    >>> output_name("x/a.ndjson", "jsonl", "same")
    'x/a.ndjson'
    """
    if target_format in ("same", source_format):
        return alias
    stem, compression = _uncompressed(alias)
    tail = alias[len(stem) :] if compression and FORMATS[target_format].compressible else ""
    suffix = f".{target_format}" if by_ending(f".{target_format}") is not None else ".log"
    return str(PurePosixPath(stem).with_suffix(suffix)) + tail


def _uncompressed(name: str) -> tuple[str, str | None]:
    suffix = PurePosixPath(name).suffix
    compression = _COMPRESSIONS.get(suffix.lower())
    return (name[: -len(suffix)], compression) if compression else (name, None)


def _advice(kind: str | None) -> str:
    if kind is not None:
        return f"{kind} files are compressed internally: remove the outer compression"
    return "in a folder with other files, use a glob such as 'folder/*.csv'"


def _named(given: str) -> Iterator[tuple[str, Callable[[FileForm], Source]]]:
    """The alias of each file named by `given`, with a function that makes its source."""
    if storage.is_remote(given):
        for url, alias, facts in remote.expand(given):
            yield alias, partial(_remote_source, url, alias, facts)
    else:
        for path, alias in _expand(given):
            yield alias, partial(_source, path, alias)


def _remote_source(url: str, alias: str, facts: storage.Facts, form: FileForm) -> Source:
    """A source in a store. Stores permit any name, but the output may be local and is named after
    it."""
    _check_name(alias)
    if any(step in ("", ".", "..") for step in alias.split("/")) or "\0" in alias:
        text = "the object's name has empty steps, or steps up"
        raise InputError("input-name", text, place=Place(file=alias))
    kind, compression = format_of(alias, form.format)
    if not facts.size:
        raise InputError("input-empty", "the file is empty (0 bytes)", place=Place(file=alias))
    return Source(url, alias, kind, compression, facts, form)


def _expand(given: str) -> Iterator[tuple[Path, str]]:
    path = Path(given)
    if "\0" in given or not given:
        raise InputError("input-missing", "the file or folder does not exist")
    if path.is_dir():
        yield from _walk(path, path)
    elif path.exists() or path.is_symlink():
        yield path, path.name
    elif _WILDCARD.search(given):
        yield from _matches(path)
    else:
        raise InputError(
            "input-missing", "the file or folder does not exist", place=Place(file=given)
        )


def _walk(folder: Path, base: Path) -> Iterator[tuple[Path, str]]:
    count = 0
    visited: set[str] = set()
    for here, folders, files in os.walk(folder, followlinks=True, onerror=_unlistable):
        real = os.path.realpath(here)
        if real in visited:  # a link to a parent folder, already read
            folders.clear()
            continue
        visited.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for name in sorted(files):
            if not name.startswith(HIDDEN):
                count += 1
                path = Path(here) / name
                yield path, path.relative_to(base).as_posix()
    if not count:
        raise InputError("input-no-match", "it contains no file", place=Place(file=folder.name))


def _unlistable(failure: OSError) -> None:
    name = Path(str(failure.filename)).name
    file_names.refuse_data([name])
    raise InputError(
        "input-unreadable", "the folder cannot be read", place=Place(file=name)
    ) from None


def _matches(pattern: Path) -> Iterator[tuple[Path, str]]:
    parts = pattern.parts
    first = next(i for i, part in enumerate(parts) if _WILDCARD.search(part))
    base, rest = Path(*parts[:first]), parts[first:]
    if ".." in rest:
        raise InputError(
            "input-name", "a glob cannot go up again after a wildcard", place=Place(file=rest[0])
        )
    shown = tuple(mark for mark in HIDDEN if any(part.startswith(mark) for part in rest))
    count = 0
    for path in sorted(base.glob(str(PurePosixPath(*rest)))):
        names = path.relative_to(base).parts
        if any(name.startswith(HIDDEN) and not name.startswith(shown) for name in names):
            continue
        if path.is_dir():
            if rest[-1] != "**":  # as in a shell, a matched folder includes all of its files
                count += 1
                yield from _walk(path, base)
        else:
            count += 1
            yield path, path.relative_to(base).as_posix()
    if not count:
        raise InputError("input-no-match", "no file matches", place=Place(file=str(pattern)))


def _check_name(alias: str) -> None:
    try:
        alias.encode()
    except UnicodeEncodeError:
        raise InputError(
            "input-name", "the file's name is not UTF-8", place=Place(file=alias)
        ) from None


def _source(path: Path, alias: str, form: FileForm) -> Source:
    _check_name(alias)
    kind, compression = format_of(alias, form.format)
    facts = file_facts(path, alias)
    if not stat.S_ISREG(facts.st_mode):
        raise InputError("input-special", "this is not a regular file", place=Place(file=alias))
    if not os.access(path, os.R_OK):
        raise unreadable(alias)
    if not facts.st_size:
        raise InputError("input-empty", "the file is empty (0 bytes)", place=Place(file=alias))
    return Source(str(path), alias, kind, compression, None, form)
