"""The output under construction, published whole or not at all: in a folder or in a store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from scrubber import storage
from scrubber.formats import Source
from scrubber.manifest import OutputFacts
from scrubber.outputs.folder import refuse_overlap, staged_in_folder
from scrubber.outputs.store import refuse_overlap_in_store, staged_in_store
from scrubber.storage import Location, Remote

Draft = Path | storage.Upload
"""What an output is written to before it is placed."""


class Stage(Protocol):
    """A place that only one run builds in, for every process of that run; picklable.

    Names are relative to the output, with ``/``. What is put there is not published before
    :meth:`finish`, the last thing that a run does; what a stopped run put may be there already.
    """

    def is_seen(self) -> bool:
        """True if the stage lies where this process looks for it."""

    def begin(self, name: str) -> AbstractContextManager[Draft]:
        """A draft of an output, until it is placed: no other attempt at the same part, on whatever
        machine, writes to it. What is not placed goes."""

    def place(self, draft: Draft, output: OutputFacts) -> str:
        """Make the draft the output, and tell the version that the store gives it ("" on disk).

        Raises: IncompleteError ``superseded`` where the run no longer owns the stage,
        ``disk-full``; OutputError ``output-write``.
        """

    def has(self, path: str) -> bool:
        """True if an output, good or not, lies there."""

    def stands(self, output: OutputFacts, version: str) -> bool:
        """True if the output is there, with the bytes that it was placed with."""

    def check(self, output: OutputFacts) -> None:
        """An output that some process placed lies where this one sees it.

        Raises: OutputError ``part-missing``.
        """

    def record(self, identity: str) -> bytes | None:
        """The record of this identity, None if there is none."""

    def enter(self, identity: str, record: bytes) -> None:
        """Keep a record, for the owner of the output alone. Raises: as :meth:`place`."""

    def clear(self, kept: Collection[str]) -> None:
        """Remove every output but `kept`, and what an output that is replaced consisted of."""

    def source(self, output: OutputFacts) -> Source:
        """The output, to be read."""

    def put(self, name: str, content: bytes) -> None:
        """Add a small file."""

    def finish(self, manifest: bytes, outputs: Sequence[OutputFacts]) -> None:
        """Seal the stage with the manifest of its `outputs`."""


@contextmanager
def staged(out: Location, inputs: Sequence[str], *, overwrite: bool) -> Iterator[Stage]:
    """A stage for the output `out`, which is there when the block ends without an error.

    Where the block is interrupted (SIGKILL, or one of errors.RESUMED) after a part was finished,
    what is done stays, unpublished, for the next run into `out`; any other error removes it.

    Raises: OutputError ``output-exists``, ``output-foreign`` (not a scrubber output: never
    replaced), ``output-in-input``, ``input-in-output``, ``output-busy``, ``output-write``;
    IncompleteError ``disk-full``; for a store what :mod:`scrubber.storage` says.
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
    """Refuse sources that lie in the output; only now is it known what globs and links name.

    Raises: OutputError ``output-in-input``, ``input-in-output``.
    """
    if isinstance(out, Remote):
        refuse_overlap_in_store(out.url, [s.path for s in sources if s.facts is not None])
    elif isinstance(out, Path):
        refuse_overlap(out, [Path(s.path) for s in sources if s.facts is None])
