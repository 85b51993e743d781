"""The leak index of a run: checked before any work, written before the output is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from scrubber.assess.leaks.index_file import is_index, read_index, write_index
from scrubber.assess.leaks.prints import Prints
from scrubber.errors import OutputError, Place
from scrubber.run.request import Outcome, Session
from scrubber.transform.keys import RootKey


def refuse_index(session: Session, key: RootKey | None) -> None:
    """Refuse a file within the output, one that exists already, and with ``--incremental`` one that
    is not the index of the earlier output.

    Raises: OutputError ``index-in-output``, ``index-exists``, ``index-foreign``,
    ``index-incremental``; the errors of :func:`~scrubber.assess.leaks.index_file.read_index`.
    """
    asked = session.request.rules.leak_index
    if asked is None:
        return
    path, place = Path(asked.file), Place(file=asked.file)
    if isinstance(session.out, Path) and session.out.resolve() in path.resolve().parents:
        text = "the leak index is secret, and the output is not"
        raise OutputError("index-in-output", text, place=place, hint="name a file elsewhere")
    if session.earlier is not None:
        if not path.exists():
            text = "the index of the earlier output is missing, and its sources are not read again"
            raise OutputError(
                "index-incremental", text, place=place, hint="run without --incremental"
            )
        assert key is not None, "a plan with a leak index needs a key"
        _earlier(path, key)
    elif path.exists():
        if not session.request.overwrite:
            text = "the leak index exists already"
            raise OutputError(
                "index-exists", text, place=place, hint="--overwrite, or another file"
            )
        if not is_index(path):
            text = "this is no leak index, so it is not replaced"
            raise OutputError("index-foreign", text, place=place, hint="name another file")


@contextmanager
def written_index(session: Session, outcome: Outcome) -> Iterator[None]:
    """Write the index, if the rules ask for one. It appears once the block has ended. With
    ``--incremental``, it has the fingerprints of the earlier output, too.

    Raises: OutputError, IncompleteError for a file that cannot be written.
    """
    asked, key = outcome.plan.leak_index, outcome.key
    if asked is None:
        yield
        return
    assert key is not None, "a plan with a leak index needs a key"
    refuse_index(session, key)  # another run may have written one meanwhile
    path, prints = Path(asked.file), outcome.prints or Prints()
    if session.earlier is not None:
        prints = Prints.together([_earlier(path, key), prints])
    draft = path.with_name(f".{path.name}.partial")
    write_index(draft, prints, asked.delete_by, key)
    try:
        yield
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _earlier(path: Path, key: RootKey) -> Prints:
    """The fingerprints of the earlier output; each of its runs counts as one text."""
    index, _ = read_index(path, key, datetime.now(UTC).date())
    return Prints(index.values, index.runs, np.ones(len(index.runs), np.int64))
