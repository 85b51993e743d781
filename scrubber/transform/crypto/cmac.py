"""AES-CMAC (NIST SP 800-38B, RFC 4493) of single messages and of whole columns.

A column takes one AES call for each block position: the blocks of all messages lie side by side,
and what CBC chaining would add is xored in numpy. The answers are those of the library's CMAC.
"""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
_R128 = 0x87  # the polynomial of the field, RFC 4493
_ROWS_AT_ONCE = 16_384  # what the caches of a processor hold
_LONG = 64  # blocks; longer messages are few, and go to the library one by one

Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


class Cmac:
    """AES-CMAC under one key of 16, 24 or 32 bytes. Not pickled; prints without the key."""

    __slots__ = ("_cipher", "_ends", "_mac")

    def __init__(self, key: bytes) -> None:
        # ECB is the block cipher itself, which CMAC is built of.
        self._cipher = Cipher(AES(key), ECB()).encryptor()
        self._mac = CMAC(AES(key))
        whole = doubled(self._cipher.update(bytes(BLOCK)))
        partial = doubled(whole)
        # For a last block of k bytes: the padding behind them, xored with the subkey.
        ends = [xored(_padded(k), whole if k == BLOCK else partial) for k in range(BLOCK + 1)]
        self._ends = np.frombuffer(b"".join(ends), np.uint64).reshape(-1, 2)

    def digest(self, message: bytes) -> bytes:
        """The 16 bytes for `message`."""
        mac = self._mac.copy()
        mac.update(message)
        return mac.finalize()

    def digests(self, messages: pa.Array, head: bytes = b"") -> Bytes:
        """A row of 16 bytes for each of `messages` (large_binary), with `head` in front of each.

        The row of a null means nothing.
        """
        _, ends, data = messages.buffers()
        rows = len(messages)
        if not rows:
            return np.empty((0, BLOCK), np.uint8)
        places = np.frombuffer(ends, np.int64)[messages.offset : messages.offset + rows + 1]
        first, last = int(places[0]), int(places[-1])
        body = np.frombuffer(data or b"", np.uint8)[first:last]
        return self._all(body, places[:-1] - first, np.diff(places), head)

    def of_rows(self, messages: Bytes, head: bytes = b"") -> Bytes:
        """A row of 16 bytes for each row of `messages`, with `head` in front of each."""
        rows, size = messages.shape
        starts = np.arange(rows, dtype=np.int64) * size
        sizes = np.full(rows, size, np.int64)
        return self._all(np.ascontiguousarray(messages).reshape(-1), starts, sizes, head)

    def of_slices(
        self,
        data: np.ndarray[tuple[int], np.dtype[np.uint8]],
        starts: Integers,
        sizes: Integers,
    ) -> Bytes:
        """A row of 16 bytes for each slice of `data`. Slices may overlap; neither their starts nor
        their ends fall."""
        return self._all(data, starts, sizes, b"")

    def _all(
        self,
        data: np.ndarray[tuple[int], np.dtype[np.uint8]],
        starts: Integers,
        sizes: Integers,
        head: bytes,
    ) -> Bytes:
        out = np.empty((len(starts), BLOCK), np.uint8)
        for at in range(0, len(starts), _ROWS_AT_ONCE):
            part = slice(at, at + _ROWS_AT_ONCE)
            low = int(starts[part][0])
            high = int(starts[part][-1] + sizes[part][-1])
            out[part] = self._some(data[low:high], starts[part] - low, sizes[part], head)
        return out

    def _some(
        self,
        data: np.ndarray[tuple[int], np.dtype[np.uint8]],
        starts: Integers,
        sizes: Integers,
        head: bytes,
    ) -> Bytes:
        out = np.empty((len(starts), BLOCK), np.uint8)
        totals = sizes + len(head)
        blocks = np.maximum(-(-totals // BLOCK), 1)
        for row in np.flatnonzero(blocks > _LONG):
            message = data[starts[row] : starts[row] + sizes[row]].tobytes()
            out[row] = np.frombuffer(self.digest(head + message), np.uint8)
        # Those with most blocks come first, so that the rows still at work are a prefix.
        order = np.argsort(-blocks, kind="stable")
        order = order[int(np.count_nonzero(blocks > _LONG)) :]
        if not len(order):
            return out
        room = np.concatenate([np.zeros(len(head), np.uint8), data, np.zeros(BLOCK, np.uint8)])
        windows = np.lib.stride_tricks.sliding_window_view(room, BLOCK)
        starts, totals, blocks = starts[order], totals[order], blocks[order]
        state = np.zeros((len(order), 2), np.uint64)
        for position in range(int(blocks[0])):
            working = int(np.searchsorted(-blocks, -position))  # rows with more blocks than that
            ended = state[working:]
            out[order[working : len(state)]] = ended.view(np.uint8).reshape(-1, BLOCK)
            state = state[:working]
            begin = position * BLOCK
            block = windows[starts[:working] + begin]
            lead = min(len(head) - begin, BLOCK)
            if lead > 0:
                block[:, :lead] = np.frombuffer(head, np.uint8)[begin : begin + lead]
            words = block.view(np.uint64).reshape(-1, 2)
            ending = int(np.searchsorted(-blocks, -(position + 1)))  # from here on: the last block
            rest = totals[ending:working] - begin
            words[ending:] &= _KEPT[rest]
            words[ending:] ^= self._ends[rest]
            state = np.frombuffer(self._cipher.update((state ^ words).tobytes()), np.uint64)
            state = state.reshape(-1, 2)
        out[order[: len(state)]] = state.view(np.uint8).reshape(-1, BLOCK)
        return out

    def __repr__(self) -> str:
        return "Cmac()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keyed function is not pickled: workers resolve the key themselves")


def _padded(count: int) -> bytes:
    return bytes(BLOCK) if count == BLOCK else bytes(count) + b"\x80" + bytes(BLOCK - count - 1)


_KEPT = np.frombuffer(
    b"".join(b"\xff" * k + bytes(BLOCK - k) for k in range(BLOCK + 1)), np.uint64
).reshape(-1, 2)
"""For a last block of k bytes: the mask of what belongs to the message."""


def doubled(block: bytes) -> bytes:
    """Twice the block in the field of 2**128 elements."""
    number = int.from_bytes(block, "big") << 1
    if number >> 128:
        number ^= 1 << 128 | _R128
    return number.to_bytes(BLOCK, "big")


def xored(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
