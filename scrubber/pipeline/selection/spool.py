"""Numbers per record, kept on disk while a run chooses among all records.

The numbers are keyed digests and codes; no value of the data is among them. The folder is readable
by its owner only, and removed at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_TOKEN = "token"


@dataclass(frozen=True)
class Scratch:
    """A folder for spools. `token` proves to a worker that it sees the same folder."""

    path: str
    token: bytes = field(repr=False)

    def is_seen(self) -> bool:
        """True if this process sees the folder: not so on another machine."""
        try:
            return (Path(self.path) / _TOKEN).read_bytes() == self.token
        except OSError:
            return False


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A new folder among the temporary files (TMPDIR), removed when the block ends."""
    with TemporaryDirectory(prefix="scrubber-") as folder:
        token = secrets.token_bytes(16)
        (Path(folder) / _TOKEN).write_bytes(token)
        yield Scratch(folder, token)


@dataclass(frozen=True)
class Spooled:
    """The columns of a source's records: `forms` has the type and width of each by name.

    Their bytes are in the scratch folder, or in `carried` if the worker did not see that folder.
    """

    name: str
    rows: int
    forms: Mapping[str, tuple[str, int]]
    carried: Mapping[str, bytes] | None = field(default=None, repr=False)

    def __contains__(self, column: str) -> bool:
        return column in self.forms

    def column(self, folder: Scratch, column: str) -> Array:
        """A column, of shape (rows,) or (rows, width), read from disk where it is used."""
        kind, width = self.forms[column]
        shape = (self.rows, width) if width > 1 else (self.rows,)
        if not self.rows:
            return np.zeros(shape, kind)
        return np.memmap(_file(folder, self.name, column), kind, "r", shape=shape)

    def landed(self, folder: Scratch) -> Spooled:
        """The same with its bytes in the scratch folder."""
        for column, raw in (self.carried or {}).items():
            _file(folder, self.name, column).write_bytes(raw)
        return Spooled(self.name, self.rows, self.forms)


class Spool:
    """Collects the columns of one source, batch by batch. `name` is a file name."""

    def __init__(self, folder: Scratch, name: str) -> None:
        self._folder, self._name = folder, name
        self._here = folder.is_seen()
        self._rows = 0
        self._forms: dict[str, tuple[str, int]] = {}
        self._carried: dict[str, bytearray] = {}

    def add(self, columns: Mapping[str, Array]) -> None:
        """Append a batch. All batches have the same columns."""
        for column, values in columns.items():
            width = values.shape[1] if values.ndim > 1 else 1
            self._forms.setdefault(column, (values.dtype.str, width))
            raw = np.ascontiguousarray(values).tobytes()
            if self._here:
                with _file(self._folder, self._name, column).open("ab") as file:
                    file.write(raw)
            else:
                self._carried.setdefault(column, bytearray()).extend(raw)
        self._rows += len(next(iter(columns.values())))

    def done(self) -> Spooled:
        carried = None
        if not self._here:
            carried = {column: bytes(raw) for column, raw in self._carried.items()}
        return Spooled(self._name, self._rows, self._forms, carried)


def _file(folder: Scratch, name: str, column: str) -> Path:
    return Path(folder.path) / f"{name}.{column}"
