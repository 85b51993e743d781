"""Verify: is the folder still what its manifest says? Reads files, changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

from scrubber import storage
from scrubber.errors import InputError, Place, TamperedError, printable
from scrubber.manifest.beside import entries, strangers, unchecked
from scrubber.manifest.canonical import manifest_id
from scrubber.manifest.chain import manifests_before
from scrubber.manifest.document import check_form, parse_manifest, read_bytes
from scrubber.manifest.merkle import outputs_root
from scrubber.manifest.seal import is_output_path
from scrubber.storage import Location, locate

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `expected` and `actual` are public texts, names are escaped.

    `waived` says by whom and until when a failure is owned; it never makes a pass of one.
    """

    id: str
    passed: bool
    expected: str
    actual: str
    waived: str = ""


def verify(directory: str | PathLike[str] | Location) -> tuple[Check, ...]:
    """Check `directory` against its ``manifest.json``, in this order: ``form`` (canonical JSON),
    ``schema``, ``id`` over the exact bytes, ``conservation`` (as far as counts are published),
    ``previous`` (the manifests that it extends, where it does), ``output`` per file (bytes and
    SHA-256), ``unlisted`` below ``data/``, ``beside`` (nothing but companions of the manifest,
    under their names), ``unchecked`` (never a failure: what stands there and is no part of the
    record), ``merkle-root``. Links, hard links, empty folders and hidden files count as files.

    The first failure of the manifest itself ends the list: what follows would rest on it. Where
    every check passed the folder is what the manifest says; otherwise it was tampered with
    (exit code 4). The attestations are read by :mod:`scrubber.attest`.

    Raises: IncompleteError ``no-manifest`` if there is none (exit code 5), InputError
    ``unreadable`` for what this user may not read, ``manifest-version``.
    """
    root = locate(directory)
    checks, manifest = _manifest_checks(read_bytes(root))
    if manifest is None:
        return checks
    files = manifest["outputs"]["files"]
    chain, chained = _previous(root, manifest["header"]["previous"])
    found = tuple(entries(root))
    below, beside = strangers(found, {file["path"] for file in files}, chain, root)
    return (
        *checks,
        *chained,
        *(_output(root, file) for file in files),
        _none("unlisted", "no file below data/ but the outputs", below),
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
    root: Location, previous: str | None
) -> tuple[tuple[str, ...] | None, tuple[Check, ...]]:
    """The ids of the manifests that the output carries (None where they are broken), and the check
    that they are all there."""
    if previous is None:
        return (), ()
    expected = "every manifest that this one extends"
    try:
        chain = manifests_before(root, previous)
    except TamperedError as fault:
        return None, (Check("previous", False, expected, fault.text),)
    return tuple(one.id for one in chain), (Check("previous", True, expected, "they are there"),)


def _compare(id_: str, expected: str, actual: str) -> Check:
    return Check(id_, expected == actual, expected, actual)


def _manifest_checks(raw: bytes) -> tuple[tuple[Check, ...], dict[str, Any] | None]:
    """The checks of the manifest alone, and its content if they all passed."""
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
    """The exact counts that a published one allows."""
    match count:
        case {"n": int(n)}:
            return (max(0, n - base + 1), n + base - 1) if n else (0, 0)
        case {"lt": int(limit)}:
            return 1, limit - 1
        case _:
            return 1, None


def _broken_sums(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The sums that cannot hold, whatever the withheld counts are."""
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


def _output(root: Location, file: Mapping[str, Any]) -> Check:
    """One listed file: a plain file, reached without links, with the bytes that were hashed."""
    path, name = file["path"], f"output {printable(file['path'])}"
    expected = f"{file['bytes']} bytes, sha256 {file['sha256']}"
    if not is_output_path(path):
        return Check(name, False, "a path below data/", "it leads elsewhere")
    try:
        if isinstance(root, Path):
            length, digest = _hash(root, path.split("/"))
        else:
            with (root / path).open("rb") as stream:
                length, digest = _digest(stream)
    except FileNotFoundError:
        return Check(name, False, expected, "missing")
    except PermissionError:
        text = "an output cannot be read"
        raise InputError("unreadable", text, place=Place(file=path)) from None
    except OSError:
        return Check(name, False, expected, "not a plain file of this folder alone")
    return _compare(name, expected, f"{length} bytes, sha256 {digest}")


def _hash(root: Path, steps: list[str]) -> tuple[int, str]:
    """Length and SHA-256 of a file below `root`; OSError at a link or anything but a plain file.

    Each step is opened relative to the last, so that no link can be slipped in between.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for step in steps[:-1]:
            inner = os.open(step, flags | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        # O_NONBLOCK: a named pipe must not hang the check.
        handle = os.open(steps[-1], flags | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
            raise OSError("not a plain file of this folder alone")
        return _digest(stream)


def _digest(stream: storage.Readable) -> tuple[int, str]:
    digest, length = sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        length += len(chunk)
    return length, digest.hexdigest()
