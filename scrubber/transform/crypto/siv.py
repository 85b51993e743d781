"""AES-SIV (RFC 5297) for many messages of one length at once.

What `cryptography.AESSIV` does message by message; here each step is one call for all of them.
Only sealing: to open, a tag must be compared, which is left to the library.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from scrubber.transform.crypto.cmac import BLOCK, Bytes, Cmac, doubled, xored

_HALF = 32  # bytes of each of the two keys


class Siv:
    """Seals under a key of 64 bytes, with one associated text for all messages."""

    __slots__ = ("_ctr", "_mac", "_start")

    def __init__(self, key: bytes, associated: bytes) -> None:
        self._mac = Cmac(key[:_HALF])
        # The key stream is made of single blocks: ECB is the block cipher itself.
        self._ctr = Cipher(AES(key[_HALF:]), ECB()).encryptor()
        zero = self._mac.digest(bytes(BLOCK))
        self._start = xored(doubled(zero), self._mac.digest(associated))

    def seal(self, messages: Bytes) -> Bytes:
        """The tag of 16 bytes and the cipher text of each row of `messages`."""
        rows, size = messages.shape
        tags = self._mac.of_rows(self._bound(messages))
        counters = tags.copy()
        counters[:, [8, 12]] &= 0x7F
        blocks = -(-size // BLOCK)
        # the low half has its highest bit cleared, so that counting on never carries out of it
        halves = np.repeat(counters.view(">u8"), blocks, axis=0).astype(np.uint64)
        halves[:, 1] += np.tile(np.arange(blocks, dtype=np.uint64), rows)
        stream = np.frombuffer(self._ctr.update(halves.astype(">u8").tobytes()), np.uint8)
        cipher = messages ^ stream.reshape(rows, -1)[:, :size]
        return np.concatenate([tags, cipher], axis=1)

    def _bound(self, messages: Bytes) -> Bytes:
        """The last string of S2V: the message and what stands for the associated text."""
        rows, size = messages.shape
        if size >= BLOCK:
            whole = messages.copy()
            whole[:, -BLOCK:] ^= _row(self._start)
            return whole
        padded = np.zeros((rows, BLOCK), np.uint8)
        padded[:, :size] = messages
        padded[:, size] = 0x80
        return padded ^ _row(doubled(self._start))


def _row(block: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(block, np.uint8)
