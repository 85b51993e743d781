"""Verify a folder against its manifest. Reads files, changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Final

from scrubber import storage
from scrubber.errors import InputError, Place, TamperedError, printable
from scrubber.manifest.beside import entries, strangers, unchecked
from scrubber.manifest.canonical import manifest_id
from scrubber.manifest.chain import manifests_before
from scrubber.manifest.deletion import deleted_last, undeclared_change
from scrubber.manifest.document import Manifest, check_form, parse_manifest, read_bytes
from scrubber.manifest.merkle import outputs_root
from scrubber.manifest.salts import MAX_SALTS, SALTS, parse_salts, salted_digest
from scrubber.manifest.seal import is_output_path
from scrubber.storage import Location, locate

_CHUNK = 1 << 20
SALTS_MISSING: Final = "salts-missing"
"""The failed check if small files cannot be verified for lack of salts, though nothing has
changed."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check. `expected` and `actual` are public texts with escaped names. `waived`
    names the person and the expiry date of a waiver; a waived check has still failed."""

    id: str
    passed: bool
    expected: str
    actual: str
    waived: str = ""


def verify(directory: str | PathLike[str] | Location) -> tuple[Check, ...]:
    """Check `directory` against its ``manifest.json``.

    The checks, in order: ``form`` (canonical JSON), ``schema``, ``id`` over the exact bytes,
    ``conservation`` (as far as counts are published), ``previous`` (earlier manifests),
    ``deletion`` (each changed nothing but the files that it names), ``salts`` of small files,
    ``output`` per file (bytes and SHA-256), ``unlisted`` below ``data/``, ``beside`` (only
    companions of the manifest), ``unchecked`` (allowed files outside of the record; never a
    failure), and ``merkle-root``. Links, hard links, empty folders and hidden files count as files.

    Without the salts, which travel with the data, small files cannot be verified: ``salts-missing``
    fails, and existing small files have no ``output`` check.

    A failure of the manifest itself ends the list, since the rest depends on it. If all checks
    pass, the folder matches the manifest; otherwise it was tampered with (exit code 4).
    Attestations are checked by :mod:`scrubber.attest`.

    Raises: IncompleteError ``no-manifest`` without a manifest (exit code 5); InputError
    ``unreadable`` for missing permissions, ``manifest-version``.
    """
    root = locate(directory)
    checks, manifest = _manifest_checks(read_bytes(root))
    if manifest is None:
        return checks
    files = manifest["outputs"]["files"]
    small = [file["path"] for file in files if file["sha256"] is None]
    salted, salts = _salts(root, small) if small else ((), {})
    tables = manifest["aggregates"]
    listed = {file["path"] for file in (*files, *tables)} | ({SALTS} if small else set())
    chain, chained = _previous(root, manifest)
    found = tuple(entries(root))
    below, beside = strangers(found, listed, chain, root)
    return (
        *checks,
        *chained,
        *salted,
        *(check for file in files for check in _output(root, file, salts)),
        *(check for table in tables for check in _table(root, table)),
        _none("unlisted", "no file below data/ but the outputs and their salts", below),
        _none("beside", "nothing beside the manifest but its companions", beside),
        *(_unchecked(name) for name in unchecked(found, root)),
        _compare("merkle-root", manifest["outputs"]["merkle_root"], outputs_root(files)),
    )


def _none(id_: str, expected: str, found: list[str]) -> Check:
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return Check(id_, not found, expected, ", ".join(found[:5]) + more or "none")


def _unchecked(name: str) -> Check:
    text = "no part of the record: its content is not checked"
    return Check(f"unchecked {printable(name)}", True, text, text)


def _previous(
    root: Location, manifest: Mapping[str, Any]
) -> tuple[tuple[str, ...] | None, tuple[Check, ...]]:
    """The ids of the earlier manifests in the output (None for a broken chain), and the check of
    the chain."""
    previous = manifest["header"]["previous"]
    if previous is None:
        return (), ()
    expected = "every manifest that this one extends"
    try:
        chain = manifests_before(root, previous)
    except TamperedError as fault:
        return None, (Check("previous", False, expected, fault.text),)
    there = Check("previous", True, expected, "they are there")
    return tuple(one.id for one in chain), (there, *_deletions(manifest, chain))


def _deletions(manifest: Mapping[str, Any], chain: Sequence[Manifest]) -> Iterator[Check]:
    """Check that each deletion of the chain changed nothing but the files that it names."""
    newer = manifest
    for older in chain:
        if deleted_last(newer) is not None:
            fault = undeclared_change(older.to_json(), newer)
            expected = f"the deletion after {older.id[:16]} changed the files that it names"
            yield Check("deletion", fault is None, expected, fault or "it did")
        newer = older.to_json()


def _compare(id_: str, expected: str, actual: str) -> Check:
    return Check(id_, expected == actual, expected, actual)


def _manifest_checks(raw: bytes) -> tuple[tuple[Check, ...], dict[str, Any] | None]:
    """The checks of the manifest alone, and its content if all passed."""
    checks: list[Check] = []
    try:
        manifest = parse_manifest(raw)
        checks.append(Check("form", True, "canonical JSON", "canonical JSON"))
        check_form(manifest)
        checks.append(Check("schema", True, "as the schema says", "as the schema says"))
    except TamperedError as fault:
        failed = ("form", "canonical JSON") if not checks else ("schema", "as the schema says")
        return (*checks, Check(failed[0], False, failed[1], fault.text)), None
    checks.append(_compare("id", manifest["header"]["id"], manifest_id(manifest)))
    if not checks[-1].passed:
        return tuple(checks), None
    broken = next(_broken_sums(manifest), None)
    checks.append(
        Check("conservation", broken is None, "the published counts add up", broken or "they do")
    )
    return tuple(checks), manifest if broken is None else None


Interval = tuple[int, int | None]


def _interval(count: Mapping[str, Any], base: int) -> Interval:
    """The range of exact counts behind a published one."""
    match count:
        case {"n": int(n)}:
            return (max(0, n - base + 1), n + base - 1) if n else (0, 0)
        case {"lt": int(limit)}:
            return 1, limit - 1
        case _:
            return 1, None


def _broken_sums(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The sums that cannot hold for any values of the withheld counts."""
    base, min_cell = (manifest["header"]["disclosure"][k] for k in ("base", "min_cell"))
    slack = 1 if base == 1 else base + min_cell
    records = manifest["records"]

    def of(count: Mapping[str, Any]) -> Interval:
        return _interval(count, slack)

    def total(counts: Iterable[Mapping[str, Any]]) -> Interval:
        bounds = [of(count) for count in counts]
        highs = [high for _, high in bounds if high is not None]
        return sum(low for low, _ in bounds), sum(highs) if len(highs) == len(bounds) else None

    def apart(a: Interval, b: Interval) -> bool:
        return (a[1] is not None and b[0] > a[1]) or (b[1] is not None and a[0] > b[1])

    gone = [row["count"] for row in (*records["quarantined"], *records["dropped"])]
    if apart(of(records["in"]), total([records["out"], *gone])):
        yield "records in are not out plus dropped plus quarantined"
    if apart(of(records["in"]), total(source["records"] for source in manifest["sources"])):
        yield "records in are not the sum over the sources"
    files = manifest["outputs"]["files"]
    if files and apart(of(records["out"]), total(file["rows"] for file in files)):
        yield "records out are not the sum over the output files"
    for i, field in enumerate(manifest["fields"]):
        counts = field["counts"]
        spent = total(counts[event] for event in ("changed", "removed", "nulled"))
        high = of(counts["in"])[1]
        if high is not None and spent[0] > high:
            yield f"field {i + 1}: more values were changed than came in"


def _salts(root: Location, small: Sequence[str]) -> tuple[tuple[Check], Mapping[str, str]]:
    """The check of the salts of the `small` files, and the salts; empty if it fails."""
    expected = f"{SALTS} with a salt for each of {len(small)} small files"
    try:
        with _opened(root, SALTS) as stream:
            salts = parse_salts(stream.read(MAX_SALTS + 1), small)
    except FileNotFoundError:
        actual = "missing: small files cannot be checked; the salts travel with the data"
        return (Check(SALTS_MISSING, False, expected, actual),), {}
    except PermissionError:
        raise _unreadable(SALTS) from None
    except (OSError, ValueError):
        return (Check("salts", False, expected, "not the salts of these files"),), {}
    return (Check("salts", True, expected, "they are there"),), salts


def _table(root: Location, table: Mapping[str, Any]) -> Iterator[Check]:
    """Check the file of a table of groups; its path has the form that the schema demands."""
    yield from _bytes(root, {**table, "salted_sha256": None}, {})


def _output(root: Location, file: Mapping[str, Any], salts: Mapping[str, str]) -> Iterator[Check]:
    """Check a listed file: a plain file, reached without links, with the hashed bytes. A small file
    without its salt is checked for existence only."""
    if not is_output_path(file["path"]):
        name = f"output {printable(file['path'])}"
        yield Check(name, False, "a path below data/", "it leads elsewhere")
        return
    yield from _bytes(root, file, salts)


def _bytes(root: Location, file: Mapping[str, Any], salts: Mapping[str, str]) -> Iterator[Check]:
    """Check the bytes of a listed file."""
    path, name = file["path"], f"output {printable(file['path'])}"
    expected = _identity(file["bytes"], file["sha256"], file["salted_sha256"])
    try:
        with _opened(root, path) as stream:
            length, digest = _digest(stream)
    except FileNotFoundError:
        yield Check(name, False, expected, "missing")
        return
    except PermissionError:
        raise _unreadable(path) from None
    except OSError:
        yield Check(name, False, expected, "not a plain file of this folder alone")
        return
    shown = None if file["bytes"] is None else length
    if file["sha256"] is not None:
        yield _compare(name, expected, _identity(shown, digest, None))
    elif path in salts:
        yield _compare(name, expected, _identity(shown, None, salted_digest(digest, salts[path])))


def _unreadable(path: str) -> InputError:
    return InputError("unreadable", "an output cannot be read", place=Place(file=path))


def _identity(length: int | None, plain: str | None, salted: str | None) -> str:
    """The published identity of a file."""
    digest = f"sha256 {plain}" if plain is not None else f"salted sha256 {salted}"
    return digest if length is None else f"{length} bytes, {digest}"


@contextmanager
def _opened(root: Location, path: str) -> Iterator[storage.Readable]:
    """Open the file at `path` below `root`.

    Raises: OSError for a link or anything but a plain file.
    """
    with _plain(root, path.split("/")) if isinstance(root, Path) else (root / path).open("rb") as f:
        yield f


@contextmanager
def _plain(root: Path, steps: list[str]) -> Iterator[BinaryIO]:
    """Open each step relative to the last, so that no link can be inserted meanwhile."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps[:-1]:
            inner = os.open(step, flags | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        # O_NONBLOCK: opening a named pipe must not hang the check.
        handle = os.open(steps[-1], flags | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
            raise OSError("not a plain file of this folder alone")
        yield stream


def _digest(stream: storage.Readable) -> tuple[int, str]:
    digest, length = sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        length += len(chunk)
    return length, digest.hexdigest()
