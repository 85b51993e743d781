"""The bytes of the texts in an array, and arrays of text out of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as hidden_field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TextBytes:
    """A flat array of strings or large strings, as it lies in memory: the text at i is
    ``data[ends[i]:ends[i + 1]]``. `valid` says which are not null; under a null may lie bytes."""

    data: Bytes = hidden_field(repr=False)
    ends: Integers = hidden_field(repr=False)
    valid: Flags = hidden_field(repr=False)

    @classmethod
    def of(cls, array: pa.Array) -> TextBytes:
        """The bytes of `array`, not a copy of them."""
        width = _width_of(array.type)
        _, ends, data = array.buffers()
        found = np.frombuffer(ends or b"", width)[array.offset : array.offset + len(array) + 1]
        if not len(array):
            found = np.zeros(1, width)
        first, last = int(found[0]), int(found[-1])
        view = np.frombuffer(data or b"", np.uint8)[first:last]
        valid = array.is_valid().to_numpy(zero_copy_only=False)
        return cls(view, found.astype(np.int64) - first, valid)

    def has(self, signs: bytes) -> bool:
        """True if one of the ASCII `signs` is in some text."""
        data = self.data.tobytes()  # numpy takes longer to look than to copy
        return any(data.find(sign) >= 0 for sign in signs)

    def within(self, low: str, high: str) -> bool:
        """True if each byte is one of the ASCII characters from `low` to `high`."""
        data = self.data
        return not len(data) or bool(data.min() >= ord(low) and data.max() <= ord(high))

    def rows(self) -> Bytes | None:
        """The texts that are not null as the rows of a matrix, if they are equally long and not
        empty and nothing lies under the nulls."""
        count = int(np.count_nonzero(self.valid))
        if not count or not len(self.data) or len(self.data) % count:
            return None
        width = len(self.data) // count
        lengths = np.diff(self.ends)
        if not (lengths == (width if count == len(lengths) else self.valid * width)).all():
            return None
        return self.data.reshape(count, width)

    def heads(self, chosen: Flags, width: int) -> Bytes:
        """The first bytes of the chosen texts, which are `width` bytes long or longer, as rows."""
        rows: Bytes = self.data[self.ends[:-1][chosen][:, None] + np.arange(width)]
        return rows

    def with_heads(self, chosen: Flags, heads: Bytes, type: pa.DataType) -> pa.Array:
        """The chosen texts with other first bytes, a row for each; null elsewhere."""
        if not chosen.any():
            return pa.nulls(len(chosen), type)
        data, rows, width = self.data.copy(), self.rows(), heads.shape[1]
        if rows is None:
            data[self.ends[:-1][chosen][:, None] + np.arange(width)] = heads
        elif chosen.sum() == len(rows):
            data.reshape(rows.shape)[:, :width] = heads
        else:
            data.reshape(rows.shape)[chosen[self.valid], :width] = heads
        buffers = [None, pa.py_buffer(self.ends.astype(_width_of(type))), pa.py_buffer(data)]
        texts = pa.Array.from_buffers(type, len(chosen), buffers)
        return texts if chosen.all() else pc.if_else(pa.array(chosen), texts, pa.scalar(None, type))

    def with_others(self, data: Bytes, type: pa.DataType) -> pa.Array:
        """Other bytes in the places of these; null where no text was."""
        buffers = [None, pa.py_buffer(self.ends.astype(_width_of(type))), pa.py_buffer(data)]
        texts = pa.Array.from_buffers(type, len(self.valid), buffers)
        if self.valid.all():
            return texts
        return pc.if_else(pa.array(self.valid), texts, pa.scalar(None, type))


def texts_of(rows: Bytes, valid: Flags, type: pa.DataType) -> pa.Array:
    """The rows, each a text of as many bytes of ASCII, in their order at the places that are
    `valid`; null elsewhere."""
    count, width = rows.shape
    ends = np.zeros(len(valid) + 1, _width_of(type))
    np.cumsum(valid, out=ends[1:])
    np.multiply(ends, width, out=ends)
    mask = None if count == len(valid) else pa.py_buffer(np.packbits(valid, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(rows))
    return pa.Array.from_buffers(type, len(valid), [mask, pa.py_buffer(ends), data])


def _width_of(type: pa.DataType) -> np.dtype[np.signedinteger[Any]]:
    """The type of offsets of texts of this type."""
    large = pa.types.is_large_string(type) or pa.types.is_large_binary(type)
    return np.dtype(np.int64 if large else np.int32)
