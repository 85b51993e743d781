"""Disclosure control: choose the published counts so that no small count can be derived.

Primary suppression shows a count below the limit as "fewer than the limit". Such a count could
still be computed from sums (total = sum of parts), so secondary suppression withholds further
counts. Here each small count gets a *witness*: another set of counts that satisfies all published
counts and sums, but with another value of the small count. A witness is a proof: no attack on the
published counts and sums can determine the count. Withholding more counts only allows more worlds,
so witnesses stay valid.

Counts that are equal in all worlds are merged (``worlds``). A witness is a move, and the search
(``moves``) looks for a cheap one, guided by the estimated cost of balancing each sum (``outlook``).
Compare the shortest-path heuristics for cell suppression, e.g. Castro, "A shortest-paths heuristic
for statistical data protection in positive tables", INFORMS J. Computing 19(4), 2007; sums here
need not form tables.

The attacker is assumed to know the limit, all sums, that zeros are always shown, which withheld
counts are not below the limit (a small one is withheld only if no witness keeps it small), and
which remainders are zero. Not covered: inferences from rerunning this very algorithm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scrubber.manifest.suppression.moves import Moves, Shown
from scrubber.manifest.suppression.worlds import Cell, Classes, Key, Sum, classes

__all__ = ["Cell", "Key", "Shown", "Sum", "protect"]


def protect(
    cells: Mapping[Key, Cell], sums: Iterable[Sum], limit: int, withheld: Iterable[Key] = ()
) -> dict[Key, Shown]:
    """Publish each printed cell so that each guarded count in 1..limit-1 has a witness.

    `limit` is at least 3. Cells in `withheld` that are not small are withheld in any case. Of equal
    prices, the smaller count is withheld, then the earlier one.

    Raises: ValueError for a sum that does not hold, or a `limit` below 3.
    """
    if limit < 3:
        raise ValueError("the smallest cell that is shown is at least 3")
    found = classes(cells, sums)
    shown = {key: Shown.OPEN for key, cell in cells.items() if cell.price is not None}
    number = {key: i for i, members in enumerate(found.members) for key in members}
    first = sorted({number[key] for key in withheld if key in number})
    for members, how in zip(found.members, _protected(found, limit, first), strict=True):
        shown.update((key, how) for key in members if key in shown)
    return shown


def _protected(found: Classes, limit: int, withheld: Iterable[int]) -> tuple[Shown, ...]:
    """The publication of each class."""
    moves = Moves(found, limit)
    for member in withheld:
        if moves.shown_as(member) is Shown.OPEN:
            moves.withhold(member)
    safe: set[int] = set()
    for i, cell in enumerate(found.cells):
        if i in safe or not cell.guarded or not 0 < cell.value < limit:
            continue
        move = moves.cheap(i)
        if move is None:
            changed = moves.connected(i)
            withheld = sorted(changed)
        else:
            changed = set(move.changes)
            withheld = [use.cell for use in move.uses if use.withholds]
        safe |= changed
        for member in withheld:
            moves.withhold(member)
    return moves.shown
