"""The output under construction, published completely or not at all, in a folder or an object
store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from scrubber import storage
from scrubber.formats import FileForm, Source
from scrubber.manifest import OutputFacts
from scrubber.outputs.folder import refuse_overlap, staged_in_folder
from scrubber.outputs.store import refuse_overlap_in_store, staged_in_store
from scrubber.storage import Location, Remote

Draft = Path | storage.Upload
"""The place where an output file is written before :meth:`Stage.place`."""


class Stage(Protocol):
    """The workspace of one run, shared by all its processes; picklable.

    Names are relative to the output, with ``/``. Nothing is published before :meth:`finish`, the
    last step of a run. The stage may hold finished parts of a stopped run.
    """

    def is_seen(self) -> bool:
        """True if this process can see the stage."""

    def begin(self, name: str) -> AbstractContextManager[Draft]:
        """A draft of an output file, until it is placed. No other attempt at the same part writes
        to it, on any machine. An unplaced draft is removed."""

    def place(self, draft: Draft, output: OutputFacts) -> str:
        """Turn the draft into the output file, and return its version in the store ("" on disk).

        Raises: IncompleteError ``superseded`` if the run no longer owns the stage, ``disk-full``;
        OutputError ``output-write``.
        """

    def has(self, path: str) -> bool:
        """True if an output file exists at `path`, valid or not."""

    def stands(self, output: OutputFacts, version: str) -> bool:
        """True if the output file exists with the bytes it was placed with."""

    def check(self, output: OutputFacts) -> None:
        """Check that this process sees an output file placed by some process.

        Raises: OutputError ``part-missing``.
        """

    def record(self, identity: str) -> bytes | None:
        """The record with this identity, or None."""

    def enter(self, identity: str, record: bytes) -> None:
        """Store a record, readable by the owner of the output only.

        Raises: the errors of :meth:`place`.
        """

    def clear(self, kept: Collection[str]) -> None:
        """Remove all output files except `kept`, and the files of an output to be replaced."""

    def source(self, output: OutputFacts, forms: Sequence[FileForm] = ()) -> Source:
        """The output file as a source of a declared form."""

    def put(self, name: str, content: bytes) -> None:
        """Add a small file."""

    def finish(self, manifest: bytes, outputs: Sequence[OutputFacts]) -> None:
        """Publish the stage with the manifest of its `outputs`."""


@contextmanager
def staged(out: Location, inputs: Sequence[str], *, overwrite: bool) -> Iterator[Stage]:
    """A stage for the output `out`, published if the block ends without an error.

    If the block is interrupted (SIGKILL, or one of errors.RESUMED) after a part was finished,
    finished parts are kept, unpublished, for the next run into `out`. Any other error removes them.

    Raises: OutputError ``output-exists``, ``output-foreign`` (not an output of scrubber, so never
    replaced), ``output-in-input``, ``input-in-output``, ``output-busy``, ``output-write``;
    IncompleteError ``disk-full``; for a store the errors of :mod:`scrubber.storage`.
    """
    if isinstance(out, Remote):
        with staged_in_store(out.url, inputs, overwrite=overwrite) as stage:
            yield stage
    else:
        local = [Path(given) for given in inputs if given and not storage.is_remote(given)]
        assert isinstance(out, Path)
        with staged_in_folder(out, [p for p in local if p.exists()], overwrite=overwrite) as folder:
            yield folder


def refuse_sources_in(out: Location, sources: Sequence[Source]) -> None:
    """Refuse sources inside the output. Globs and links are resolved only now.

    Raises: OutputError ``output-in-input``, ``input-in-output``.
    """
    if isinstance(out, Remote):
        refuse_overlap_in_store(out.url, [s.path for s in sources if s.facts is not None])
    elif isinstance(out, Path):
        refuse_overlap(out, [Path(s.path) for s in sources if s.facts is None])
