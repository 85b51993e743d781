"""The leak index of a run: checked before any work, written before the output is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scrubber.assess.leaks.index_file import write_index
from scrubber.assess.leaks.prints import Prints
from scrubber.errors import OutputError, Place
from scrubber.run.request import Outcome, Session


def refuse_index(session: Session) -> None:
    """Refuse a file that exists already, or lies within the output.

    Raises: OutputError ``index-exists``, ``index-in-output``.
    """
    asked = session.request.rules.leak_index
    if asked is None:
        return
    path, place = Path(asked.file), Place(file=asked.file)
    if isinstance(session.out, Path) and session.out.resolve() in path.resolve().parents:
        text = "the leak index is secret, and the output is not"
        raise OutputError("index-in-output", text, place=place, hint="name a file elsewhere")
    if path.exists() and not session.request.overwrite:
        text = "the leak index exists already"
        raise OutputError("index-exists", text, place=place, hint="--overwrite, or another file")


@contextmanager
def written_index(outcome: Outcome) -> Iterator[None]:
    """Write the index, if the rules ask for one. It appears once the block has ended.

    Raises: OutputError, IncompleteError for a file that cannot be written.
    """
    asked, key = outcome.plan.leak_index, outcome.key
    if asked is None:
        yield
        return
    assert key is not None, "a plan with a leak index needs a key"
    path = Path(asked.file)
    draft = path.with_name(f".{path.name}.partial")
    write_index(draft, outcome.prints or Prints(), asked.delete_by, key)
    try:
        yield
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
