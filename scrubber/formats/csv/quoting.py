"""Record ends of a CSV file, and whether its quotes stand where RFC 4180 allows them.

A quote opens a quotation at the beginning of a cell, closes it before a delimiter, a line end or
the end of the file, and is doubled inside a quotation. Anywhere else it is an error: from there on
no line end can be trusted to be that of a record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scrubber.formats.io.stream import Bytes, Offsets, line_ends

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True)
class Records:
    """Offsets just past each record's end, the number of line breaks up to the last of them, and
    whether the data ends inside a quotation."""

    ends: Offsets
    lines: int
    is_open: bool


class StrayQuote(Exception):
    """A quote where RFC 4180 has none.

    `offset` is the first byte that does not fit; `opening` is the offset of the quotation that is
    closed just before it, None for a quote in a cell without quotes.
    """

    def __init__(self, offset: int, opening: int | None) -> None:
        super().__init__(offset, opening)
        self.offset = offset
        self.opening = opening


def record_ends(data: bytes, delimiter: str) -> Records:
    """The records of `data`, which begins with one; the last may go on beyond it.

    Raises StrayQuote.
    """
    ends = line_ends(data)
    if b'"' not in data:
        return Records(ends, len(ends), False)
    quotes = _quotes(data)
    _check(data, quotes, ord(delimiter))
    outside = _outside(ends, quotes)
    lines = int(np.searchsorted(ends, outside[-1], "right")) if len(outside) else 0
    return Records(outside, lines, len(quotes) % 2 == 1)


def first_record(data: bytes) -> bytes | None:
    """The first record of `data` whatever the delimiter; None if it does not end there.

    Its quotes are not checked.
    """
    outside = _outside(line_ends(data), _quotes(data))
    return data[: outside[0]] if len(outside) else None


def last_opening(data: Bytes) -> int:
    """The offset of the quotation that `data` ends in."""
    return _opening(_quotes(data))


def _quotes(data: Bytes) -> Offsets:
    found: Offsets = np.flatnonzero(np.frombuffer(data, np.uint8) == _QUOTE)
    return found


def _outside(ends: Offsets, quotes: Offsets) -> Offsets:
    """The line ends outside quotations: quotes open and close in turn, a doubled one both."""
    outside: Offsets = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return outside


def _check(data: bytes, quotes: Offsets, delimiter: int) -> None:
    """Raise StrayQuote for the first quote out of place."""
    view = np.frombuffer(data, np.uint8)
    opens, closes = quotes[0::2], quotes[1::2]
    begins = _is_border(view[opens - 1], delimiter)
    begins[0] |= opens[0] == 0
    # A quote that ends the data is compared with itself, and so passes as a doubled one.
    stops = _is_border(view[np.minimum(closes + 1, len(view) - 1)], delimiter)
    stray = int(opens[np.argmin(begins)]) if not begins.all() else len(data)
    if not stops.all():
        at = int(np.argmin(stops))
        if closes[at] < stray:
            raise StrayQuote(int(closes[at]) + 1, _opening(quotes[: 2 * at + 1]))
    if stray < len(data):
        raise StrayQuote(stray, None)


def _is_border(beside: npt.NDArray[np.uint8], delimiter: int) -> npt.NDArray[np.bool_]:
    """True where a byte beside a quote ends a cell or makes a doubled quote."""
    is_border: npt.NDArray[np.bool_] = beside == delimiter  # np.isin takes ten times as long
    for sign in (_NEWLINE, _RETURN, _QUOTE):
        is_border |= beside == sign
    return is_border


def _opening(quotes: Offsets) -> int:
    """The offset of the quotation that the last of an odd number of quotes is in."""
    opens = quotes[0::2]
    doubled = np.append(False, opens[1:] == quotes[1::2][: len(opens) - 1] + 1)
    return int(opens[~doubled][-1])
