"""Keyed 64-bit digests of values and of whole records, as numpy words.

Equal values have equal digests in all files and processes. 0 stands for null. Two different values
of 10**8 share a digest with a probability of about 0.0003.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from scrubber.model.opened import Leaf
from scrubber.transform.base import Outcome
from scrubber.transform.columns.distinct import distinctly
from scrubber.transform.crypto.canonical import canonical
from scrubber.transform.crypto.cmac import Cmac

Words = npt.NDArray[np.uint64]
_DIGEST = pa.uint64()


def words_of(values: pa.Array, mac: Cmac, head: bytes = b"") -> Words:
    """The digest of each value in its canonical form: 7 and "7" are equal. 0 for null and for
    values without a canonical form."""
    form = canonical(values, floats=True)
    if form is None:
        return np.zeros(len(values), np.uint64)
    lead = form.tag + head

    def each(distinct: pa.Array) -> Outcome:
        bodies = form.bodies(distinct)
        words = _of_bytes(bodies, mac, lead)
        return Outcome(pa.array(words, _DIGEST, mask=np.asarray(bodies.is_null())))

    made = distinctly(form.values, each, _DIGEST).array
    return np.asarray(made.fill_null(0), np.uint64)


def record_words(leaves: Iterable[Leaf], rows: int, mac: Cmac) -> Words:
    """The digest of the values of several leaves in each of `rows` records; 0 if all are null.

    The order of the values in a list counts.
    """
    total = np.zeros(rows, np.uint64)
    for leaf in leaves:
        words = words_of(leaf.plain, mac, str(leaf.path).encode("utf-8", "surrogatepass") + b"\0")
        if not leaf.path.repeated:
            total[leaf.rows] += words
            continue
        firsts = np.searchsorted(leaf.rows, leaf.rows)
        places = np.arange(len(leaf.rows), dtype=np.int64) - firsts
        np.add.at(total, leaf.rows, words * (2 * places.astype(np.uint64) + np.uint64(1)))
    return total


def _of_bytes(bodies: pa.Array, mac: Cmac, head: bytes) -> Words:
    digests = mac.digests(bodies, head)
    words = np.ascontiguousarray(digests[:, :8]).view(np.uint64).reshape(-1).copy()
    words[words == 0] = 1
    words[np.asarray(bodies.is_null())] = 0
    return words
