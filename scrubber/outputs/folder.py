"""Publishing in a folder: the output is built in a hidden sibling folder and renamed at the end.

The rename is one step, so a reader sees either no output or all of it, manifest included
(docs/decisions/0002). A stopped run leaves hidden, unpublished files: the next run into the same
place resumes with the finished parts and removes the rest. A lock allows only one run per output;
the kernel releases it when the process ends, for any reason.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath

from scrubber import formats
from scrubber.errors import RESUMED, IncompleteError, OutputError, Place
from scrubber.formats import Source
from scrubber.manifest import FILE_NAME, OutputFacts
from scrubber.outputs.publish import fingerprint, publish, recover
from scrubber.storage import Upload

_OWNER = "run"


@dataclass(frozen=True, slots=True)
class FolderStage:
    """A stage in a folder, for every process of the run with the random name `run`.

    `output` becomes the published folder, and `parts` holds the records of finished parts; both may
    contain leftovers of a stopped run. `unfinished` holds drafts and starts empty. All of them are
    readable by their owner only. See :class:`scrubber.outputs.base.Stage`.
    """

    hidden: Path
    run: str

    @property
    def output(self) -> Path:
        return self.hidden / "output"

    @property
    def parts(self) -> Path:
        return self.hidden / "parts"

    @property
    def replaced(self) -> Path:
        """The location of an earlier output until the new one is published."""
        return self.hidden / "replaced"

    @property
    def unfinished(self) -> Path:
        return self.hidden / "unfinished"

    def is_seen(self) -> bool:
        return self.hidden.is_dir()

    @contextlib.contextmanager
    def begin(self, name: str) -> Iterator[Path]:
        folder = self.unfinished / secrets.token_hex(16)
        with writing(name):
            folder.mkdir()
        try:
            yield folder / PurePosixPath(name).name
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def place(self, draft: Path | Upload, output: OutputFacts) -> str:
        assert isinstance(draft, Path)
        path = self.output / output.path
        with writing(output.path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._refuse_superseded()
            draft.replace(path)
        return ""

    def has(self, path: str) -> bool:
        try:
            return (self.output / path).exists()
        except OSError:  # as for a record
            return False

    def stands(self, output: OutputFacts, version: str) -> bool:
        del version  # a file can change without a new time and size, so its bytes are read
        with (self.output / output.path).open("rb") as file:
            if os.fstat(file.fileno()).st_size != output.bytes:
                return False
            return file_digest(file, sha256).hexdigest() == output.sha256

    def check(self, output: OutputFacts) -> None:
        try:
            size = (self.output / output.path).lstat().st_size
        except OSError:
            size = -1
        if size != output.bytes:
            raise OutputError(
                "part-missing",
                "an output that a worker finished is not there",
                place=Place(file=output.path),
                hint="all workers need the folder of the output, at the same path",
            )

    def record(self, identity: str) -> bytes | None:
        try:
            return (self.parts / identity).read_bytes()
        except OSError:
            return None

    def enter(self, identity: str, record: bytes) -> None:
        unfinished = self.unfinished / secrets.token_hex(16)
        with writing(identity):
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # Not synced: a record torn by a power cut is invalid, and its part is repeated. Names
            # are synced when the output is published.
            with os.fdopen(handle, "wb") as file:
                file.write(record)
            self._refuse_superseded()
            unfinished.replace(self.parts / identity)

    def clear(self, kept: Collection[str]) -> None:
        for path in sorted(self.output.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):  # it holds kept files
                    path.rmdir()
            elif path.is_symlink() or path.relative_to(self.output).as_posix() not in kept:
                path.unlink()

    def source(self, output: OutputFacts, forms: Sequence[formats.FileForm] = ()) -> Source:
        (source,) = formats.discover([str(self.output / output.path)], forms=forms)
        return source

    def put(self, name: str, content: bytes) -> None:
        path = self.output / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def finish(self, manifest: bytes, outputs: Sequence[OutputFacts]) -> None:
        del outputs  # each was checked on arrival
        self.put(FILE_NAME, manifest)

    def _refuse_superseded(self) -> None:
        """Refuse to continue if the run no longer owns the stage.

        The lock protects the process that started the run. But a worker can outlive it, even on
        another machine, and must not add to the next run.
        """
        try:
            owner = (self.hidden / _OWNER).read_text(encoding="ascii")
        except (OSError, UnicodeError):
            owner = ""
        if owner != self.run:
            raise IncompleteError("superseded", "another run has taken over this output")


@contextlib.contextmanager
def staged_in_folder(
    out: Path, inputs: Sequence[Path], *, overwrite: bool
) -> Iterator[FolderStage]:
    """As :func:`scrubber.outputs.base.staged`, for a local output."""
    target = _target(out)
    refuse_overlap(out, inputs)
    with writing(str(target)):
        _refuse_existing(target, overwrite)
    hidden = target.with_name(f".{target.name}.scrubber-partial")
    stage = FolderStage(hidden, secrets.token_hex(16))
    with _parents(target), _locked(target):
        try:
            with writing(str(target)):
                _refuse_foreign(hidden)
                recover(target, stage.replaced)
                # Another run may have published in the meantime.
                _refuse_existing(target, overwrite)
                before = fingerprint(target)
                _prepare(stage)
                yield stage
                _publish(stage, target, before)
        except RESUMED:
            # Kept unless proved empty: a second request to stop may arrive here.
            if not _finished(stage) and not stage.replaced.exists():
                _discard(hidden)
            raise
        except BaseException:
            if not stage.replaced.exists():
                _discard(hidden)
            raise
        _discard(hidden)


def discard_stopped(out: Path) -> None:
    """Remove the leftovers of stopped runs into `out`; an output moved aside comes back first.

    Raises: OutputError ``output-busy``, ``output-foreign``, ``output-write``.
    """
    target = _target(out)
    hidden = target.with_name(f".{target.name}.scrubber-partial")
    if not hidden.exists():
        return
    with _locked(target), writing(str(target)):
        _refuse_foreign(hidden)
        recover(target, FolderStage(hidden, "").replaced)
        _remove(hidden)


def _prepare(stage: FolderStage) -> None:
    """Create the private folders, and remove foreign leftovers in their place."""
    hidden = stage.hidden
    if not _finished(stage):
        _discard(hidden)
    hidden.mkdir(mode=0o700, exist_ok=True)
    hidden.chmod(0o700)
    _refuse_foreign(hidden)
    _remove(stage.replaced)
    stage.output.mkdir(mode=0o755, exist_ok=True)
    stage.parts.mkdir(mode=0o700, exist_ok=True)
    (hidden / _OWNER).write_text(stage.run, encoding="ascii")
    _remove(stage.unfinished)
    stage.unfinished.mkdir()


def _refuse_foreign(hidden: Path) -> None:
    """Refuse to build in, or remove, anything but this user's own folder.

    Raises: OutputError ``output-foreign``.
    """
    with contextlib.suppress(FileNotFoundError):
        status = hidden.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise OutputError(
                "output-foreign",
                "the place of the partial output is occupied",
                place=Place(file=str(hidden)),
                hint="move it away",
            )


def _discard(hidden: Path) -> None:
    """Remove the folder under construction; undeletable files are left for the next run."""
    with contextlib.suppress(OSError, OutputError):
        _refuse_foreign(hidden)
        _remove(hidden)


def _finished(stage: FolderStage) -> bool:
    return stage.parts.is_dir() and any(stage.parts.iterdir())


def _target(out: Path) -> Path:
    return Path(os.path.abspath(out.expanduser()))  # noqa: PTH100 - a link is not followed


def refuse_overlap(out: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output folder inside an input folder, or with an input inside it.

    Raises: OutputError ``output-in-input``, ``input-in-output``.
    """
    real = _target(out).resolve()
    for source in inputs:
        place, path = Place(file=str(source)), source.resolve()
        if path.is_dir() and real.is_relative_to(path):
            raise OutputError(
                "output-in-input", "the output folder lies inside the input", place=place
            )
        if path.is_relative_to(real):
            raise OutputError(
                "input-in-output", "the input lies inside the output folder", place=place
            )


def _refuse_existing(target: Path, overwrite: bool) -> None:
    place = Place(file=str(target))
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink() and not any(target.iterdir()):
        return
    if not overwrite:
        raise OutputError(
            "output-exists", "the output exists", place=place, hint="--overwrite replaces it"
        )
    if target.is_symlink() or not (target / FILE_NAME).is_file():
        raise OutputError(
            "output-foreign",
            "this is not an output of scrubber (no manifest.json), so it is not replaced",
            place=place,
        )


@contextlib.contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Create the folders above `target`, and remove the new ones if the block fails."""
    made: list[Path] = []
    try:
        with writing(str(target)):
            for folder in reversed(target.parents):
                if not folder.exists():
                    # Created by another process just now.
                    with contextlib.suppress(FileExistsError):
                        folder.mkdir()
                        made.insert(0, folder)
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # no longer empty
            for folder in made:
                folder.rmdir()
        raise


@contextlib.contextmanager
def _locked(target: Path) -> Iterator[None]:
    path = target.with_name(f".{target.name}.scrubber-lock")
    with writing(str(target)):
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        handle = os.open(path, flags, 0o600)
    try:
        if not _lock(handle, path):
            raise OutputError(
                "output-busy", "another run is writing this output", place=Place(file=str(target))
            )
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                if _is_at(handle, path):
                    path.unlink()
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A run that just ended may have removed the file: then the lock protects nothing.
        return _is_at(handle, path)
    except OSError:
        return False


def _is_at(handle: int, path: Path) -> bool:
    """True if the open file belongs to this user and is the one at `path`."""
    ours, there = os.fstat(handle), path.lstat()
    return ours.st_uid == os.geteuid() and os.path.samestat(ours, there)


@contextlib.contextmanager
def writing(name: str) -> Iterator[None]:
    """Translate OS errors while writing `name`, since their texts contain absolute paths."""
    try:
        yield
    except OSError as error:
        place = Place(file=name)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise IncompleteError("disk-full", "the disk is full", place=place) from None
        raise OutputError("output-write", "the output cannot be written", place=place) from None


def _publish(stage: FolderStage, target: Path, before: str | None) -> None:
    for folder in [stage.output, *(p for p in stage.output.rglob("*") if p.is_dir())]:
        sync_folder(folder)
    publish(stage.output, target, before, stage.replaced)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Sync the names in `folder` to disk.

    Raises: OSError.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
