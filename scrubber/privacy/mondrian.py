"""Mondrian: multidimensional local recoding (LeFevre et al. 2006, strict partitioning).

Each partition is halved at the median of one quasi-identifier until no half would meet the
requirement. All partitions of a round are halved at once. Attacks on the minimality of the cuts
target local recoding, so the lattice search is the default.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scrubber.privacy.hierarchy import Codes
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.uniques import Classes, Mask, Uniques

Ids = NDArray[np.int64]


def partition(uniques: Uniques, requirement: Requirement) -> Classes:
    """Classes that cannot be halved any further. Each meets `requirement` if the whole table does.
    Values are cut in the order of their codes (numbers by size)."""
    ids: Ids = np.zeros(len(uniques.records), dtype=np.int64)
    open_: Mask = np.ones(min(len(ids), 1), dtype=bool)
    while open_.any():
        halved = np.zeros(len(open_), dtype=bool)
        right = np.zeros(len(ids), dtype=bool)
        for choice in _by_width(ids, len(open_), uniques).T:  # the widest field of each first
            trying = open_ & ~halved
            if not trying.any():
                break
            upper = _upper_half(ids, trying, choice, uniques)
            children = Classes(2 * ids + upper, 2 * len(open_))
            good = trying & ~requirement.broken(children, uniques).reshape(-1, 2).any(axis=1)
            halved |= good
            right |= upper & good[ids]
        keys, ids = np.unique(2 * ids + right, return_inverse=True)
        open_ = halved[keys // 2]
    return Classes(ids, len(open_))


def _by_width(ids: Ids, count: int, uniques: Uniques) -> NDArray[np.intp]:
    """(partition, place): the fields of each partition, widest range first. A range is relative to
    the field's range in the whole table."""
    order = np.argsort(ids, kind="stable")
    starts = np.searchsorted(ids[order], np.arange(count))
    widths = np.empty((count, len(uniques.quasi)))
    for number, codes in enumerate(uniques.quasi):
        here = codes[order]
        spread = np.maximum.reduceat(here, starts) - np.minimum.reduceat(here, starts)
        widths[:, number] = spread / max(int(codes.max() - codes.min()), 1)
    return np.argsort(-widths, axis=1, kind="stable")


def _upper_half(ids: Ids, trying: Mask, choice: NDArray[np.intp], uniques: Uniques) -> Mask:
    """Entries of the partitions in `trying` above the median of the field that `choice` gives for
    their partition; none if the field has one value there."""
    at = np.flatnonzero(trying[ids])
    values: Codes = np.empty(len(at), dtype=np.int32)
    for number in np.unique(choice[trying]):
        here = choice[ids[at]] == number
        values[here] = uniques.quasi[number][at[here]]
    order = np.lexsort((values, ids[at]))
    at, values = at[order], values[order]
    owner = ids[at]
    head = np.concatenate(([True], owner[1:] != owner[:-1]))
    running = np.cumsum(uniques.records[at])
    totals = np.bincount(owner, weights=uniques.records[at], minlength=len(trying))
    before = (running - uniques.records[at])[head][np.cumsum(head) - 1]
    # A cut may follow each entry whose successor in the partition has another value.
    cuts = np.flatnonzero((owner[1:] == owner[:-1]) & (values[1:] != values[:-1]))
    if not len(cuts):
        return np.zeros(len(ids), dtype=bool)
    imbalance = np.abs(2 * (running - before)[cuts] - totals[owner[cuts]])
    best = np.lexsort((cuts, imbalance, owner[cuts]))
    best = best[np.concatenate(([True], owner[cuts[best]][1:] != owner[cuts[best]][:-1]))]
    limit = np.full(len(trying), np.iinfo(np.int32).max, dtype=np.int32)
    limit[owner[cuts[best]]] = values[cuts[best]]
    upper = np.zeros(len(ids), dtype=bool)
    upper[at] = values > limit[owner]
    return upper
