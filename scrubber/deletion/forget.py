"""Forget: remove all records of subjects from published outputs."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from scrubber import formats
from scrubber.assess.leaks.forgetting import Shortened, without_values
from scrubber.deletion.classes import too_small
from scrubber.deletion.reach import Reach, needs_key, reaches
from scrubber.deletion.scan import hits_in, source_at
from scrubber.deletion.subjects import Subject, as_subjects, read_subjects
from scrubber.errors import GateError, InputError, KeyFault, Place, TamperedError, printable
from scrubber.formats import Source
from scrubber.formats.rewriting import rewritten_without
from scrubber.keystore import as_key
from scrubber.manifest import FILE_NAME, Manifest, OutputFacts, RunFacts, read_chain
from scrubber.manifest.beside import ACCESS, ATTESTATIONS, UNCHECKED
from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.chain import PREVIOUS
from scrubber.manifest.deletion import DeletionFacts, after_deletion
from scrubber.manifest.salts import MAX_SALTS, SALTS, parse_salts, salted_digest
from scrubber.model.opened import Rows
from scrubber.outputs.replacing import finish_stopped, replacing
from scrubber.outputs.small_files import salted
from scrubber.storage import Location, MissingFile, UnfitFile, locate, read_small
from scrubber.transform.keys import RootKey

Folder = str | PathLike[str] | Location
BelowK = Literal["suppress", "stop"]
Progress = Callable[[str], None]
LONGEST_REFERENCE: Final = 200  # code points
_BLOCK: Final = 1 << 20
_MOST: Final = 64 << 20  # bytes of a companion


@dataclass(frozen=True, slots=True)
class Deletion:
    """The deletion in one output, at the folder or URL `out`.

    `found` counts the subjects with records there, `records` their records, and `suppressed` the
    records of others in classes that became too small. `files` are the rewritten paths, out of
    `searched` files; `unsearched` are those without a subject field. `before` and `after` are ids
    of manifests, equal if nothing was found. `aggregates` are tables of groups, which still count
    the subjects. `stale` are files beside the data that describe it as it was.
    """

    out: str
    found: int
    records: int
    suppressed: int
    files: tuple[str, ...]
    searched: int
    unsearched: tuple[str, ...]
    before: str
    after: str
    aggregates: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The result of a deletion request for a number of `subjects`, `unknown` of which have no
    record in any output. `fingerprints` were removed from the leak index, if one was given."""

    subjects: int
    unknown: int
    outputs: tuple[Deletion, ...]
    fingerprints: int | None = None

    @property
    def exit_code(self) -> int:
        """3 if a subject has no record in any output, else 0."""
        return 3 if self.unknown else 0

    def to_json(self) -> dict[str, Any]:
        """The counts and files as plain values."""
        return {
            "subjects": self.subjects,
            "unknown": self.unknown,
            "fingerprints": self.fingerprints,
            "outputs": [
                {
                    "out": one.out,
                    "subjects": one.found,
                    "records": one.records,
                    "suppressed": one.suppressed,
                    "files": list(one.files),
                    "searched": one.searched,
                    "unsearched": list(one.unsearched),
                    "before": one.before,
                    "after": one.after,
                    "aggregates": list(one.aggregates),
                    "stale": list(one.stale),
                }
                for one in self.outputs
            ],
        }


@dataclass(frozen=True)
class _Search:
    """The result of a search in one output: positions of records to remove, by path."""

    root: Location
    chain: tuple[Manifest, ...]
    sources: Mapping[str, Source]
    gone: Mapping[str, Rows]
    also: Mapping[str, Rows]
    found: frozenset[int]
    searched: int
    unsearched: tuple[str, ...] = field(default=())

    @property
    def manifest(self) -> Manifest:
        return self.chain[0]


def forget(
    subjects: str | PathLike[str] | Iterable[Subject | str],
    outputs: Folder | Sequence[Folder],
    *,
    key: RootKey | bytes | str | None = None,
    reason: str | None = None,
    below_k: BelowK = "suppress",
    index: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Forgotten:
    """Remove all records of `subjects` from `outputs`, folders or URLs of runs.

    `subjects` is the path of a file (a line is an id, or a JSON object with the key ``subject``),
    or the ids themselves. Their pseudonyms are made anew under `key`. Only files with a record of
    theirs are rewritten, each output as a whole or not at all; a stopped command can be repeated.
    The child manifest names the earlier manifest and `reason`, the reference of the request.

    `index` is the leak index of the runs. The fingerprints of the ids and of the further
    identifiers are removed from it.

    Classes that become smaller than the promised k are suppressed, or with `below_k` ``stop``
    nothing is removed.

    Raises: InputError ``subjects-unreadable``, ``subjects-form``, ``subjects-empty``, ``reason``,
    ``no-subject``, ``subject-unreachable``, ``subject-missing``, and those of
    :func:`scrubber.probe` for `index`; KeyFault, also ``key-other``, before anything is touched;
    GateError ``below-k``; TamperedError ``not-intact``; OutputError, IncompleteError, as for
    :func:`scrubber.scrub`.
    """
    wanted = _subjects(subjects)
    _refuse_reason(reason, wanted)
    tell = progress or _unheard
    folders = [outputs] if isinstance(outputs, str | PathLike) or not _many(outputs) else outputs
    roots = [locate(one) for one in folders]  # type: ignore[arg-type, union-attr]
    names = [str(root) for root in roots]
    # A link or a relative path may name an output that another path names too.
    roots = [root.resolve() if isinstance(root, Path) else root for root in roots]
    if len({str(root).rstrip("/") for root in roots}) < len(roots) or not roots:
        raise InputError("outputs", "each output is named once", hint="--in OUT")
    for root in roots:
        finish_stopped(root)
    chains = [read_chain(root) for root in roots]
    manifests = [chain[0].data for chain in chains]
    secret = as_key(key) if key is not None and any(map(needs_key, manifests)) else None
    shorter = _shortened(index, key, wanted)
    # All outputs are searched before the first one is touched.
    reached = [reaches(manifest, wanted, secret) for manifest in manifests]
    searches = [
        _search(root, chain, reach, tell)
        for root, chain, reach in zip(roots, chains, reached, strict=True)
    ]
    if below_k == "stop" and any(search.also for search in searches):
        text = "a class would become smaller than the promised k; nothing was removed"
        raise GateError("below-k", text, hint="--below-k suppress")
    done = tuple(
        replace(_delete(search, secret, reason, tell), out=name)
        for search, name in zip(searches, names, strict=True)
    )
    known = frozenset[int]().union(*(search.found for search in searches))
    if shorter is not None:
        shorter.write()
    removed = shorter.removed if shorter is not None else None
    return Forgotten(len(wanted), len(wanted) - len(known), done, removed)


def _shortened(
    index: str | PathLike[str] | None,
    key: RootKey | bytes | str | None,
    subjects: Sequence[Subject],
) -> Shortened | None:
    """The leak index without the identifiers of the subjects; None without an index."""
    if index is None:
        return None
    if key is None:
        raise KeyFault("key-missing", "a leak index needs its key", hint="--key env:SCRUBBER_KEY")
    values = [value for one in subjects for value in (one.id, *one.identifiers)]
    return without_values(Path(index), as_key(key), values, datetime.now(UTC).date())


def _many(outputs: object) -> bool:
    return isinstance(outputs, list | tuple)


def _unheard(text: str) -> None:
    """Ignore progress."""


def _subjects(given: str | PathLike[str] | Iterable[Subject | str]) -> tuple[Subject, ...]:
    if isinstance(given, str | PathLike):
        return read_subjects(str(given))
    return as_subjects(given)


def _refuse_reason(reason: str | None, subjects: Sequence[Subject]) -> None:
    """Refuse a reference that names a subject: manifests and receipts repeat it."""
    if reason is None:
        return
    fault = ""
    if not reason.strip() or len(reason) > LONGEST_REFERENCE or not reason.isprintable():
        fault = f"a reason is a printable text of at most {LONGEST_REFERENCE} characters"
    names = (name for one in subjects for name in (one.id, *one.identifiers))
    words = reason.casefold()
    if any(len(name) > 2 and name.casefold() in words for name in names):
        fault = "the reason holds an identifier of a subject, and the manifest would publish it"
    if fault:
        raise InputError("reason", fault, hint="--reason 'the number of the request'")


def _search(
    root: Location, chain: tuple[Manifest, ...], reach: Sequence[Reach], tell: Progress
) -> _Search:
    manifest = chain[0].data
    by_source = {alias: one for one in reach for alias in one.sources}
    gone: dict[str, Rows] = {}
    found: set[int] = set()
    sources: dict[str, Source] = {}
    unsearched = []
    for file in manifest["outputs"]["files"]:
        path, where = file["path"], by_source.get(file["source"])
        source = source_at(root, path)
        sources[path] = source
        if where is None:
            unsearched.append(path)
            continue
        tell(path)
        hits = hits_in(source, where)
        if len(hits.rows):
            gone[path] = hits.rows
            found |= hits.subjects
    also = too_small(manifest, sources, gone, reach) if gone else {}
    searched = len(sources) - len(unsearched)
    return _Search(root, chain, sources, gone, also, frozenset(found), searched, tuple(unsearched))


def _delete(search: _Search, key: RootKey | None, reason: str | None, tell: Progress) -> Deletion:
    root, manifest = search.root, search.manifest
    files = tuple(sorted({*search.gone, *search.also}))
    records = sum(map(len, search.gone.values()))
    suppressed = sum(map(len, search.also.values()))
    after = manifest
    if files:
        after = _replaced(search, files, key, reason, records, tell)
    return Deletion(
        out=str(root),
        found=len(search.found),
        records=records,
        suppressed=suppressed,
        files=files,
        searched=search.searched,
        unsearched=search.unsearched,
        before=manifest.id,
        after=after.id,
        aggregates=tuple(one["path"] for one in manifest.data["aggregates"] if files),
        stale=tuple(sorted(n for n in UNCHECKED if files and (root / n).is_file())),
    )


def _replaced(
    search: _Search,
    files: Sequence[str],
    key: RootKey | None,
    reason: str | None,
    records: int,
    tell: Progress,
) -> Manifest:
    started, created = time.monotonic(), datetime.now(UTC)
    root, before = search.root, search.manifest
    salts = _salts(root, before.data)
    listed = {file["path"]: file for file in before.data["outputs"]["files"]}
    with replacing(root, before.id) as replacement:
        rewritten: list[OutputFacts] = []
        for path in files:
            tell(path)
            source = search.sources[path]
            _refuse_changed(source, listed[path], salts)
            gone = np.union1d(
                search.gone.get(path, np.empty(0, np.int64)),
                search.also.get(path, np.empty(0, np.int64)),
            )
            with replacement.begin(path) as draft:
                written = rewritten_without(source, gone, draft)
                facts = OutputFacts(
                    path,
                    written.sha256,
                    written.bytes,
                    written.rows,
                    listed[path]["source"],
                    listed[path]["shard"],
                )
                facts = salted(facts, key)
                replacement.place(draft, facts)
            rewritten.append(facts)
        run = RunFacts(
            created=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            id=secrets.token_hex(8),
            duration_ms=1000 * math.ceil(time.monotonic() - started),
            workers=1,
        )
        facts_of = DeletionFacts(
            created.strftime("%Y-%m"), reason, len(search.found), records, bool(search.also)
        )
        after = after_deletion(before, facts_of, rewritten, run)
        salts |= {output.path: output.salt or "" for output in rewritten}
        replacement.put(SALTS, canonical_bytes(salts))
        for one in search.chain:
            replacement.put(f"{PREVIOUS}/{one.id}.json", one.to_bytes())
        moved = dict(_companions(root, before.id))
        for name, content in moved.values():
            replacement.put(name, content)
        replacement.finish(after.to_bytes(), (FILE_NAME, *moved))
    return after


def _companions(root: Location, id_: str) -> Iterable[tuple[str, tuple[str, bytes]]]:
    """The attestations and the access log of the earlier manifest, under the names by which the
    child keeps them."""
    for name, kept in ((ATTESTATIONS, "intoto.jsonl"), (ACCESS, "access.jsonl")):
        try:
            yield name, (f"{PREVIOUS}/{id_}.{kept}", read_small(root / name, _MOST).content)
        except MissingFile:
            continue
        except UnfitFile:
            raise _not_intact(name) from None


def _salts(root: Location, manifest: Mapping[str, Any]) -> dict[str, str]:
    """The salts of the small files.

    Raises: TamperedError ``not-intact``.
    """
    small = [one["path"] for one in manifest["outputs"]["files"] if one["sha256"] is None]
    if not small:
        return {}
    try:
        return dict(parse_salts(read_small(root / SALTS, MAX_SALTS).content, small))
    except (UnfitFile, ValueError):
        raise _not_intact(SALTS) from None


def _refuse_changed(source: Source, file: Mapping[str, Any], salts: Mapping[str, str]) -> None:
    """Refuse a file other than the one that the manifest lists: a child manifest would vouch for
    it."""
    digest = sha256()
    try:
        with formats.open_file(source) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError:
        raise _not_intact(file["path"]) from None
    plain = digest.hexdigest()
    if file["sha256"] is not None:
        intact = plain == file["sha256"]
    else:
        intact = salted_digest(plain, salts[file["path"]]) == file["salted_sha256"]
    if not intact:
        raise _not_intact(file["path"])


def _not_intact(name: str) -> TamperedError:
    place = Place(file=printable(name))
    return TamperedError(
        "not-intact", "the file is not the one in the manifest", place=place, hint="scrubber verify"
    )
