"""Where the records of a CSV file end: newlines that stand outside quotations (RFC 4180)."""

from __future__ import annotations

import numpy as np

from scrubber.formats.io.stream import Offsets, line_ends

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


def record_ends(data: bytes, delimiter: str) -> tuple[Offsets, bool]:
    """Offsets just past each record end of `data`, and whether `data` ends inside a quotation.

    `data` begins with a record. A quote opens a quotation only where a cell begins, as the parser
    has it; elsewhere it is a character. Bytes are scanned with numpy; a Python step per quote is
    taken only where some quote stands in the middle of an unquoted cell.
    """
    ends = line_ends(data)
    if b'"' not in data:
        return ends, False
    view, newlines = np.frombuffer(data, np.uint8), ends - 1
    quotes = np.flatnonzero(view == _QUOTE)
    before = view[quotes[2 if quotes[0] == 0 else 0 :: 2] - 1]
    # Quotes alternate between opening and closing as long as each opening one begins a cell, or
    # directly follows a closing one (a doubled quote inside a quotation).
    begins = (before == ord(delimiter)) | (before == _NEWLINE) | (before == _RETURN)
    if (begins | (before == _QUOTE)).all():  # each by itself: np.isin takes ten times as long
        outside = np.searchsorted(quotes, newlines) % 2 == 0
        return ends[outside], len(quotes) % 2 == 1
    starts, stops, is_open = _quotations(data, quotes.tolist(), delimiter)
    if not len(starts):
        return ends, False
    index = np.searchsorted(starts, newlines) - 1
    inside = (index >= 0) & (newlines < stops[index])
    return ends[~inside], is_open


def _quotations(data: bytes, quotes: list[int], delimiter: str) -> tuple[Offsets, Offsets, bool]:
    """Start and end of each quotation; where every other quote is a plain character."""
    openers = frozenset({ord(delimiter), _NEWLINE, _RETURN})
    starts: list[int] = []
    stops: list[int] = []
    i, count = 0, len(quotes)
    while i < count:
        start = quotes[i]
        i += 1
        if start and data[start - 1] not in openers:
            continue
        while i + 1 < count and quotes[i + 1] == quotes[i] + 1:
            i += 2
        starts.append(start)
        if i >= count:
            return np.array(starts, np.int64), np.array([*stops, len(data)], np.int64), True
        stops.append(quotes[i])
        i += 1
    return np.array(starts, np.int64), np.array(stops, np.int64), False
