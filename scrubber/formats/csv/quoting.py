"""Record ends of a CSV file, and validation of its quotes by RFC 4180.

A quote opens a quotation at the start of a cell and closes it before a delimiter, a line end or the
end of the file; inside, quotes are doubled. Any other quote is an error: no later line end can then
be trusted to end a record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scrubber.formats.io.stream import Bytes, Offsets, line_ends

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True)
class Records:
    """The offset after each record, the number of line breaks up to the last one, and true if the
    data ends inside a quotation."""

    ends: Offsets
    lines: int
    is_open: bool


class StrayQuote(Exception):
    """A quote that RFC 4180 does not allow.

    `offset` is the first unexpected byte. `opening` is the offset of the quotation closed just
    before it, or None for a quote in an unquoted cell.
    """

    def __init__(self, offset: int, opening: int | None) -> None:
        super().__init__(offset, opening)
        self.offset = offset
        self.opening = opening


def record_ends(data: bytes, delimiter: str) -> Records:
    """The records of `data`, which begins with a record; the last one may continue after it.

    Raises: StrayQuote.
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
    """The first record of `data` for any delimiter; None if it does not end there.

    Its quotes are not validated.
    """
    outside = _outside(line_ends(data), _quotes(data))
    return data[: outside[0]] if len(outside) else None


def last_opening(data: Bytes) -> int:
    """The offset of the quotation that is open at the end of `data`."""
    return _opening(_quotes(data))


def _quotes(data: Bytes) -> Offsets:
    found: Offsets = np.flatnonzero(np.frombuffer(data, np.uint8) == _QUOTE)
    return found


def _outside(ends: Offsets, quotes: Offsets) -> Offsets:
    """The line ends outside of quotations. Quotes open and close alternately; a doubled one does
    both."""
    outside: Offsets = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return outside


def _check(data: bytes, quotes: Offsets, delimiter: int) -> None:
    """Raise StrayQuote for the first invalid quote."""
    view = np.frombuffer(data, np.uint8)
    opens, closes = quotes[0::2], quotes[1::2]
    begins = _is_border(view[opens - 1], delimiter)
    begins[0] |= opens[0] == 0
    # A quote at the end of the data is compared with itself, and so passes as a doubled one.
    stops = _is_border(view[np.minimum(closes + 1, len(view) - 1)], delimiter)
    stray = int(opens[np.argmin(begins)]) if not begins.all() else len(data)
    if not stops.all():
        at = int(np.argmin(stops))
        if closes[at] < stray:
            raise StrayQuote(int(closes[at]) + 1, _opening(quotes[: 2 * at + 1]))
    if stray < len(data):
        raise StrayQuote(stray, None)


def _is_border(beside: npt.NDArray[np.uint8], delimiter: int) -> npt.NDArray[np.bool_]:
    """True if a byte beside a quote ends a cell or doubles the quote."""
    is_border: npt.NDArray[np.bool_] = beside == delimiter  # np.isin takes ten times as long
    for sign in (_NEWLINE, _RETURN, _QUOTE):
        is_border |= beside == sign
    return is_border


def _opening(quotes: Offsets) -> int:
    """The offset of the quotation opened by the last of an odd number of quotes."""
    opens = quotes[0::2]
    doubled = np.append(False, opens[1:] == quotes[1::2][: len(opens) - 1] + 1)
    return int(opens[~doubled][-1])
