"""Removing the fingerprints of a person from a leak index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from scrubber.assess.leaks.index_file import LeakIndex, put_index, read_index
from scrubber.assess.leaks.prints import Fingerprinter
from scrubber.transform.keys import RootKey


@dataclass(frozen=True)
class Shortened:
    """An index without the fingerprints of some values, `removed` of them, before it is written."""

    path: Path
    index: LeakIndex = field(repr=False)
    key: RootKey
    removed: int

    def write(self) -> None:
        """Write the index in place of the earlier one, if it changed.

        Raises: the errors of :func:`~scrubber.storage.atomic.write_whole`.
        """
        if self.removed:
            put_index(self.path, self.index, self.key)


def without_values(path: Path, key: RootKey, values: Sequence[str], today: date) -> Shortened:
    """The index at `path` without the fingerprints of `values`, in any spelling and of any entity.

    Values that other people share lose their fingerprint, too. Runs of scrubbed texts stay.

    Raises: the errors of :func:`~scrubber.assess.leaks.index_file.read_index`.
    """
    index, own = read_index(path, key, today)
    prints = Fingerprinter(own)
    gone = [prints.of_values(kind, values) for kind in index.values]
    marks = np.unique(np.concatenate([*gone, np.zeros(0, np.uint64)]))
    left = {kind: one[~np.isin(one, marks)] for kind, one in index.values.items()}
    left = {kind: one for kind, one in left.items() if len(one)}
    shorter = replace(index, values=left)
    return Shortened(path, shorter, own, index.size - shorter.size)
