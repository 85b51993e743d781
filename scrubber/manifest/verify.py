"""Verify: is the folder still what its manifest says? Reads files, changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

from scrubber import storage
from scrubber.errors import TamperedError, printable
from scrubber.manifest.canonical import manifest_id
from scrubber.manifest.chain import manifests_before
from scrubber.manifest.document import check_form, parse_manifest, read_bytes
from scrubber.manifest.merkle import outputs_root
from scrubber.manifest.seal import is_output_path
from scrubber.storage import Location, locate

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `expected` and `actual` are public texts, names are escaped."""

    id: str
    passed: bool
    expected: str
    actual: str


def verify(directory: str | PathLike[str] | Location) -> tuple[Check, ...]:
    """Check `directory` against its ``manifest.json``, in this order: ``form`` (canonical JSON),
    ``schema``, ``id`` over the exact bytes, ``conservation`` (as far as counts are published),
    ``previous`` (the manifests that it extends, where it does), ``output`` per file (bytes and
    SHA-256), ``unlisted`` files under ``data/``, ``merkle-root``.

    The first failure of the manifest itself ends the list: what follows would rest on it. Where
    every check passed the folder is what the manifest says; otherwise it was tampered with
    (exit code 4).

    Errors: IncompleteError ``no-manifest`` if there is none (exit code 5).
    """
    root = locate(directory)
    checks, manifest = _manifest_checks(read_bytes(root))
    if manifest is None:
        return checks
    files = manifest["outputs"]["files"]
    listed = {file["path"] for file in files}
    unlisted = (
        _unlisted(root, listed) if isinstance(root, Path) else _unlisted_objects(root, listed)
    )
    return (
        *checks,
        *_previous(root, manifest["header"]["previous"]),
        *(_output(root, file) for file in files),
        Check(
            "unlisted",
            not unlisted,
            "no file under data/ but the outputs",
            ", ".join(unlisted[:5]) or "none",
        ),
        _compare("merkle-root", manifest["outputs"]["merkle_root"], outputs_root(files)),
    )


def _previous(root: Location, previous: str | None) -> Iterator[Check]:
    if previous is None:
        return
    expected = "every manifest that this one extends"
    try:
        manifests_before(root, previous)
    except TamperedError as fault:
        yield Check("previous", False, expected, fault.text)
    else:
        yield Check("previous", True, expected, "they are there")


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
    except OSError:
        return Check(name, False, expected, "not a plain readable file")
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
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a plain file")
        return _digest(stream)


def _digest(stream: storage.Readable) -> tuple[int, str]:
    digest, length = sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        length += len(chunk)
    return length, digest.hexdigest()


def _unlisted_objects(root: Location, listed: set[str]) -> list[str]:
    """What a store holds below ``data/`` without being listed."""
    data = str(root / "data")
    found = (f"data/{one.name}" for one in storage.below(data, data))
    return sorted(printable(name) for name in found if name not in listed)


def _unlisted(root: Path, listed: set[str]) -> list[str]:
    """What lies under ``data/`` without being listed, links and unreadable folders included."""
    found: list[str] = []
    top = root / "data"
    if top.is_symlink():
        return ["data"]

    def unreadable(fault: OSError) -> None:
        found.append(printable(os.path.relpath(fault.filename or top, root)))

    for folder, folders, files in os.walk(top, onerror=_unless_absent(top, unreadable)):
        here = Path(folder).relative_to(root).as_posix()
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        found += [
            printable(f"{here}/{n}") for n in (*files, *linked) if f"{here}/{n}" not in listed
        ]
    return sorted(found)


def _unless_absent(top: Path, report: Callable[[OSError], None]) -> Callable[[OSError], None]:
    """No ``data/`` at all is no unlisted file; the listed ones are reported as missing."""
    return lambda fault: None if not top.exists() else report(fault)
