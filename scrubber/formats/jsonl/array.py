"""A file of one JSON array, or of objects over several lines, as lines of JSON."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scrubber.errors import InputError, Place
from scrubber.formats.base import Source
from scrubber.formats.io.stream import Bytes, ByteStream

BOM = b"\xef\xbb\xbf"
JSON = "json"
"""The name of the format."""
_PIECE = 2**20
_BLANK = b" \t\r\n"
_Signs = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]
_BLANKS, _BREAKS = (np.zeros(256, bool) for _ in range(2))
_BLANKS[list(_BLANK)] = True
_BREAKS[list(b"\r\n")] = True
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


def opened(source: Source) -> ByteStream:
    """The records of `source` as lines of JSON."""
    return ElementStream(source) if source.format == JSON else ByteStream(source)


def is_array(source: Source) -> bool:
    """True if the file is one array of records."""
    stream = ElementStream(source)
    with stream:
        return stream.in_array


class ElementStream(ByteStream):
    """The elements of an array, or the objects of a file, each as a line.

    Line breaks between values become blanks; one inside a string stays, and no line with half a
    string is JSON. Raises: InputError ``json-line`` for an array that is not closed, for a comma
    without an element, and for anything before or behind the array.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._alias = source.alias
        self._quoted, self._depth, self._closed = False, 0, False
        self._last = 0
        self._ready = b""
        start = b""
        while not start.strip(_BLANK):
            more = super().read(1 << 12)
            if not more:
                break
            start = start.removeprefix(BOM).strip(_BLANK) + more
        self._first = start.removeprefix(BOM).lstrip(_BLANK)
        self.in_array = self._first.startswith(b"[")

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of lines, fewer only at the end."""
        parts, missing = [], size
        while missing:
            if not self._ready:
                self._ready = self._more()
            if not self._ready:
                break
            parts.append(self._ready[:missing])
            self._ready = self._ready[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    def read_behind(self, start: Bytes, size: int) -> memoryview:
        """`start` and `size` bytes more, fewer only at the end."""
        return memoryview(bytes(start) + self.read(size))

    def _more(self) -> bytes:
        data = self._first or super().read(_PIECE)
        self._first = b""
        while data.endswith(b"\\"):  # what it escapes belongs to it
            more = super().read(1)
            if not more:
                break
            data += more
        if data:
            return self._lines(data)
        if self.in_array and not self._closed:
            raise self._malformed("the array is not closed")
        return b""

    def _lines(self, data: bytes) -> bytes:
        signs = np.frombuffer(data, np.uint8).copy()
        quotes = _unescaped_quotes(signs)
        plain = np.logical_not((np.cumsum(quotes) + self._quoted) & 1).astype(bool)
        steps = np.where(plain, _STEPS[signs], 0)
        depth = np.cumsum(steps, dtype=np.int64) + self._depth
        self._quoted, self._depth = not plain[-1], int(depth[-1])
        breaks = plain & _BREAKS[signs]
        if not self.in_array:
            signs[breaks & (depth > 0)] = ord(" ")
            return signs.tobytes()
        ends = plain & (steps < 0) & (depth == 0)
        self._check(signs, depth, ends)
        self._check_commas(signs, ends | (plain & (depth == 1) & (signs == ord(","))))
        signs[breaks] = ord(" ")
        signs[plain & (depth == 1) & (signs == ord(","))] = ord("\n")
        signs[(depth == 1) & (steps > 0) | (depth == 0) & (steps < 0)] = ord(" ")
        return signs.tobytes()

    def _check(self, signs: _Signs, depth: npt.NDArray[np.int64], ends: _Flags) -> None:
        """Refuse what stands behind the array."""
        places = np.flatnonzero(ends)
        behind = signs[places[0] + 1 :] if len(places) else signs[:0]
        if self._closed:
            behind = signs
        self._closed = self._closed or len(places) > 0
        if not _BLANKS[behind].all() or (depth < 0).any():
            raise self._malformed("there is something behind the array")

    def _check_commas(self, signs: _Signs, closing: _Flags) -> None:
        """Refuse a comma without an element before it, and the end of the array behind a comma.
        `closing` marks what ends an element: commas between elements, and the array's end."""
        places = np.flatnonzero(~_BLANKS[signs])
        if not len(places):
            return
        before = np.append(np.uint8(self._last), signs[places[:-1]])
        ends, empty = closing[places], np.isin(before, (ord(","), ord("[")))
        lonely = ends & (before == ord("[")) & (signs[places] == ord("]"))  # an empty array
        if (ends & empty & ~lonely).any():
            raise self._malformed("a comma has no element beside it")
        self._last = int(signs[places[-1]])

    def _malformed(self, text: str) -> InputError:
        return InputError("json-line", text, place=Place(file=self._alias))


def _unescaped_quotes(signs: _Signs) -> _Flags:
    """The quotes with an even number of backslashes before them."""
    quotes: _Flags = signs == ord('"')
    slashes = signs == ord("\\")
    if not slashes.any():
        return quotes
    places = np.arange(len(signs))
    last = np.maximum.accumulate(np.where(slashes, -1, places))
    before = np.append(-1, last[:-1])
    even: _Flags = (places - 1 - before) % 2 == 0
    return quotes & even
