"""Replacing some files of a published output: all of them or none.

In a folder, the new output is built beside the old one: unchanged files are linked, not copied, and
the two folders are exchanged in one step. A store has no such step. There, all new files are first
uploaded under a hidden name, then a journal is written. From then on the replacement happens: a
stopped one is finished by the next command. Meanwhile there is no manifest, hence no output.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from scrubber import storage
from scrubber.errors import OutputError, Place
from scrubber.manifest import FILE_NAME, OutputFacts, read_manifest
from scrubber.outputs.base import Draft
from scrubber.outputs.folder import FolderStage, discard_stopped, staged_in_folder, writing
from scrubber.outputs.lease import Lease, refuse_superseded
from scrubber.outputs.store import HIDDEN
from scrubber.storage import READ_AHEAD, Location, Remote, Upload, joined, opened

_LEASE: Final = f"{HIDDEN}/lease"
_NEW: Final = f"{HIDDEN}/replacing"
_JOURNAL: Final = f"{HIDDEN}/replacing.json"
_PIECE: Final = 1 << 20


class Replacement(Protocol):
    """The new files of an output, invisible until :meth:`finish`. Names are relative to the
    output."""

    def begin(self, path: str) -> AbstractContextManager[Draft]:
        """A draft of the file at `path`, until it is placed."""

    def place(self, draft: Draft, output: OutputFacts) -> None:
        """Turn the draft into the new file of `output`."""

    def put(self, name: str, content: bytes) -> None:
        """Add a small file."""

    def finish(self, manifest: bytes, dropped: Collection[str]) -> None:
        """Publish the new files with the manifest, without the files `dropped`."""


@contextlib.contextmanager
def replacing(out: Location, manifest_id: str) -> Iterator[Replacement]:
    """A replacement of files in the output `out`, whose manifest has the id `manifest_id`.

    Leftovers of stopped runs into `out` are removed.

    Raises: OutputError ``output-changed`` if the output has another manifest by now,
    ``output-busy``, ``output-write``; IncompleteError ``disk-full``, ``superseded``.
    """
    if isinstance(out, Remote):
        storage.writable(out.url)
        with Lease(joined(out.url, _LEASE), out.url) as held:
            _finish_stopped(out.url)
            _refuse_other(out, manifest_id)
            _clean(out.url)
            yield _InStore(out.url, held.owner)
            _clean(out.url)
        return
    assert isinstance(out, Path)
    with staged_in_folder(out, [], overwrite=True) as stage:
        _refuse_other(out, manifest_id)
        stage.clear(())
        yield _InFolder(stage, Path(os.path.abspath(out.expanduser())))  # noqa: PTH100 - as staged


def finish_stopped(out: Location) -> None:
    """Finish a replacement in a store that was stopped after its journal was written, and remove
    the leftovers of all stopped runs into `out`, which may hold records of subjects.

    Raises: the errors of :func:`replacing`.
    """
    if isinstance(out, Path):
        discard_stopped(out)
    elif isinstance(out, Remote) and _hidden(out.url):
        with Lease(joined(out.url, _LEASE), out.url):
            _finish_stopped(out.url)
            _clean(out.url)


def _refuse_other(out: Location, manifest_id: str) -> None:
    if read_manifest(out).id != manifest_id:
        text = "the output changed meanwhile"
        hint = "repeat the command"
        raise OutputError("output-changed", text, place=Place(file=str(out)), hint=hint)


@dataclass
class _InFolder:
    stage: FolderStage
    target: Path
    written: set[str] = field(default_factory=set)

    def begin(self, path: str) -> AbstractContextManager[Draft]:
        return self.stage.begin(path)

    def place(self, draft: Draft, output: OutputFacts) -> None:
        self.stage.place(draft, output)
        self.written.add(output.path)

    def put(self, name: str, content: bytes) -> None:
        with writing(name):
            (self.stage.output / name).parent.mkdir(parents=True, exist_ok=True)
            self.stage.put(name, content)
        self.written.add(name)

    def finish(self, manifest: bytes, dropped: Collection[str]) -> None:
        self.put(FILE_NAME, manifest)
        left = self.written | set(dropped)
        with writing(str(self.target)):
            shutil.copymode(self.target, self.stage.output)
            for folder, _, names in os.walk(self.target):
                for name in names:
                    old = Path(folder) / name
                    relative = old.relative_to(self.target).as_posix()
                    if relative not in left:
                        new = self.stage.output / relative
                        new.parent.mkdir(parents=True, exist_ok=True)
                        _link(old, new)


def _link(old: Path, new: Path) -> None:
    """Give the file `old` the second name `new`; copy it if the file system has no links."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError as error:
        if new.exists() or not old.exists():
            raise
        del error
        shutil.copy2(old, new, follow_symlinks=False)


@dataclass
class _InStore:
    url: str
    owner: str
    written: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def begin(self, path: str) -> Iterator[Upload]:
        upload = Upload(joined(self.url, f"{_NEW}/{path}"), path)
        try:
            yield upload
        finally:
            upload.abort()

    def place(self, draft: Draft, output: OutputFacts) -> None:
        assert isinstance(draft, Upload)
        draft.commit()
        self.written.append(output.path)

    def put(self, name: str, content: bytes) -> None:
        storage.write(joined(self.url, f"{_NEW}/{name}"), content, name)
        self.written.append(name)

    def finish(self, manifest: bytes, dropped: Collection[str]) -> None:
        self.put(FILE_NAME, manifest)
        refuse_superseded(joined(self.url, _LEASE), self.owner, self.url)
        journal = {"written": self.written, "dropped": sorted(dropped)}
        storage.write(joined(self.url, _JOURNAL), json.dumps(journal).encode(), self.url)
        _carry_out(self.url, journal)


def _finish_stopped(url: str) -> None:
    raw = storage.read(joined(url, _JOURNAL), url)
    if raw is not None:
        _carry_out(url, json.loads(raw))


def _carry_out(url: str, journal: Mapping[str, Collection[str]]) -> None:
    """Move the uploaded files to their places, the manifest last. Repeating it changes nothing."""
    written = [name for name in journal["written"] if name != FILE_NAME]
    if storage.facts(joined(url, f"{_NEW}/{FILE_NAME}"), url) is None:
        return  # it was carried out, and cleaning has begun
    gone = [name for name in journal["dropped"] if name not in written]
    storage.remove([joined(url, FILE_NAME)], url)
    for name in written:
        _copy(joined(url, f"{_NEW}/{name}"), joined(url, name), name)
    storage.remove([joined(url, name) for name in gone], url)
    _copy(joined(url, f"{_NEW}/{FILE_NAME}"), joined(url, FILE_NAME), FILE_NAME)


def _copy(source: str, target: str, name: str) -> None:
    upload = Upload(target, name)
    try:
        with opened(source, name, None, READ_AHEAD) as stream:
            while piece := stream.read(_PIECE):
                upload.write(memoryview(piece))
        upload.commit()
    finally:
        upload.abort()


def _hidden(url: str) -> list[storage.Found]:
    return storage.below(joined(url, HIDDEN), url)


def _clean(url: str) -> None:
    """Remove the hidden files of this and of stopped runs: the new manifest first, which says that
    the journal was carried out, and the journal last."""
    storage.remove([joined(url, f"{_NEW}/{FILE_NAME}")], url)
    journal = joined(url, _JOURNAL)
    left = [one.url for one in _hidden(url) if not one.name.startswith("lease")]
    storage.remove([one for one in left if one != journal], url)
    storage.remove([journal], url)
