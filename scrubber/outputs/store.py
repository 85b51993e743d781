"""Publishing in a store, which has no rename: the manifest is written last.

Each file is uploaded under its final name and becomes visible when its upload completes;
``manifest.json`` follows (docs/decisions/0015). Records of finished parts and the lease are kept
under a hidden name and removed at the end. An output to be replaced loses its manifest before any
of its files is overwritten, so a mixture of two outputs is never taken for one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrubber import formats, storage
from scrubber.errors import RESUMED, OutputError, Place, ScrubberError
from scrubber.formats import Source
from scrubber.manifest import DATA, FILE_NAME, PREVIOUS, OutputFacts
from scrubber.manifest.salts import SALTS, salts_file
from scrubber.outputs.lease import Lease, is_held, refuse_superseded
from scrubber.storage import Upload

HIDDEN = ".scrubber-partial"
_LEASE = f"{HIDDEN}/lease"
_MARK = f"{HIDDEN}/run"
_PARTS = f"{HIDDEN}/parts"


@dataclass(frozen=True, slots=True)
class StoreStage:
    """A stage below the folder `url` of a store, for every process of the run with the random name
    `run`.

    See :class:`scrubber.outputs.base.Stage`.
    """

    url: str
    run: str

    def is_seen(self) -> bool:
        return _is_there(self.url, _MARK)

    @contextlib.contextmanager
    def begin(self, name: str) -> Iterator[Upload]:
        upload = Upload(self._url(f"{DATA}/{name}"), name)
        try:
            yield upload
        finally:
            upload.abort()

    def place(self, draft: Path | Upload, output: OutputFacts) -> str:
        assert isinstance(draft, Upload)
        self._refuse_superseded()
        draft.commit()
        facts = storage.facts(self._url(output.path), output.path)
        if facts is None or facts.size != output.bytes:
            raise _missing(output.path)
        return facts.version

    def has(self, path: str) -> bool:
        return storage.facts(self._url(path), path) is not None

    def stands(self, output: OutputFacts, version: str) -> bool:
        """True if size and version match. Versions identify content, so the file is not read
        again."""
        facts = storage.facts(self._url(output.path), output.path)
        return bool(version) and facts == storage.Facts(output.bytes, version)

    def check(self, output: OutputFacts) -> None:
        """Do nothing: all processes see the same store, and its content is checked once, at the
        end."""

    def record(self, identity: str) -> bytes | None:
        return storage.read(self._url(f"{_PARTS}/{identity}"), identity)

    def enter(self, identity: str, record: bytes) -> None:
        """Record a part right after its output was placed by the owner of the stage; records of
        other outputs are invalid."""
        storage.write(self._url(f"{_PARTS}/{identity}"), record, identity)

    def clear(self, kept: Collection[str]) -> None:
        found = [one for one in storage.below(self.url, self.url) if not _is_hidden(one.name)]
        storage.remove([one.url for one in found if one.name == FILE_NAME], self.url)
        storage.remove([one.url for one in found if one.name not in kept], self.url)

    def source(self, output: OutputFacts, forms: Sequence[formats.FileForm] = ()) -> Source:
        (source,) = formats.discover([self._url(output.path)], forms=forms)
        return source

    def put(self, name: str, content: bytes) -> None:
        storage.write(self._url(name), content, name)

    def finish(self, manifest: bytes, outputs: Sequence[OutputFacts]) -> None:
        data = self._url(DATA)
        sizes = {f"{DATA}/{one.name}": one.facts.size for one in storage.below(data, self.url)}
        for output in outputs:
            if sizes.pop(output.path, None) != output.bytes:
                raise _missing(output.path)
        if salts_file(outputs) is not None:
            sizes.pop(SALTS, None)
        storage.remove([self._url(name) for name in sizes], self.url)  # of a superseded run
        self._refuse_superseded()
        if self.has(FILE_NAME):  # `clear` removed the one to be replaced
            raise OutputError(
                "output-changed",
                "a manifest that is not this run's lies there by now",
                place=Place(file=self.url),
                hint="move that output away and repeat the command",
            )
        self.put(FILE_NAME, manifest)

    def _url(self, name: str) -> str:
        return storage.joined(self.url, name)

    def _refuse_superseded(self) -> None:
        refuse_superseded(self._url(_LEASE), self.run, self.url)


@contextlib.contextmanager
def staged_in_store(url: str, inputs: Sequence[str], *, overwrite: bool) -> Iterator[StoreStage]:
    """As :func:`scrubber.outputs.base.staged`, for an output in a store.

    Raises: the same errors; IncompleteError ``superseded``; OutputError ``output-place`` for a
    whole bucket.
    """
    if "/" not in url.partition("://")[2]:
        text = "an output is a folder in a bucket, not the bucket"
        raise OutputError("output-place", text, place=Place(file=url))
    storage.writable(url)
    folders = [storage.checked(given) for given in inputs if storage.is_remote(given)]
    refuse_overlap_in_store(url, folders)
    if not overwrite and _is_there(url, FILE_NAME) and not _is_there(url, _MARK):
        raise _exists(url)
    lease = storage.joined(url, _LEASE)
    with Lease(lease, url) as held:
        _refuse_existing(url, overwrite)
        stage = StoreStage(url, held.owner)
        left = False
        try:
            stage.put(_MARK, b"a run of scrubber builds its output here\n")
            _drop_unfinished(url)
            yield stage
        except RESUMED:
            left = _has_parts(url)
            raise
        finally:
            with contextlib.suppress(ScrubberError):
                if is_held(lease, held.owner, url):
                    _drop_unfinished(url)  # of stopped workers
                    if not left:
                        _clean(url)


def refuse_overlap_in_store(url: str, inputs: Sequence[str]) -> None:
    """Refuse an output inside an input folder, or with an input inside it.

    Raises: OutputError ``output-in-input``, ``input-in-output``.
    """
    out = storage.same_store(url)
    for given in inputs:
        source, place = storage.same_store(given), Place(file=given)
        if source[:-1] != out[:-1]:
            continue
        if f"{out[-1]}/".startswith(f"{source[-1]}/"):
            text = "the output folder lies inside the input"
            raise OutputError("output-in-input", text, place=place)
        if source[-1].startswith(f"{out[-1]}/"):
            text = "the input lies inside the output folder"
            raise OutputError("input-in-output", text, place=place)


def _refuse_existing(url: str, overwrite: bool) -> None:
    """Refuse to replace anything but an output of scrubber, or the leftovers of a stopped run."""
    names = {one.name for one in storage.below(url, url)}
    others = {name for name in names if not _is_hidden(name)}
    if FILE_NAME in others:
        if _MARK in names:  # a run that was killed during its final cleanup
            _clean(url)
        if not overwrite:
            raise _exists(url)
    elif others and _MARK not in names:
        if not overwrite:
            raise _exists(url)
        raise OutputError(
            "output-foreign",
            "this is not an output of scrubber (no manifest.json), so it is not replaced",
            place=Place(file=url),
        )


def _has_parts(url: str) -> bool:
    with contextlib.suppress(ScrubberError):
        return bool(storage.below(storage.joined(url, _PARTS), url))
    return True  # the store does not answer now; keeping is safer


def _clean(url: str) -> None:
    """Remove the run's temporary objects and, without a manifest, everything the run wrote."""
    found = storage.below(url, url)
    published = any(one.name == FILE_NAME for one in found)
    ours = (f"{HIDDEN}/",) if published else (f"{HIDDEN}/", f"{DATA}/", f"{PREVIOUS}/")
    gone = [one for one in found if one.name.startswith(ours) and one.name != _LEASE]
    # The mark is removed last: without it, leftovers would look foreign.
    storage.remove([one.url for one in gone if one.name != _MARK], url)
    storage.remove([one.url for one in gone if one.name == _MARK], url)


def _drop_unfinished(url: str) -> None:
    """Abort unfinished uploads. Stores need not permit it, and nothing depends on it: they stay
    invisible."""
    with contextlib.suppress(ScrubberError):
        storage.drop_unfinished(url, url)


def _is_there(url: str, name: str) -> bool:
    return storage.facts(storage.joined(url, name), url) is not None


def _is_hidden(name: str) -> bool:
    return name.startswith(f"{HIDDEN}/")


def _exists(url: str) -> OutputError:
    hint = "--overwrite replaces it"
    return OutputError("output-exists", "the output exists", place=Place(file=url), hint=hint)


def _missing(name: str) -> OutputError:
    text = "an output that was written is not there, or not as it was written"
    return OutputError("part-missing", text, place=Place(file=name))
