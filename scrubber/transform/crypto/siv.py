"""AES-SIV (RFC 5297) for many messages of one length at once.

What `cryptography.AESSIV` does message by message; here each step is one call for all of them: a
step of the CMAC (RFC 4493) chain, and the key stream, are AES over blocks that lie side by side.
Only sealing: to open, a tag must be compared, which is left to the library.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
_HALF = 32  # bytes of each of the two keys
_R128 = 0x87  # the polynomial of the field, RFC 4493

Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


class Siv:
    """Seals under a key of 64 bytes, with one associated text for all messages."""

    __slots__ = ("_ctr", "_last", "_mac", "_partial", "_start")

    def __init__(self, key: bytes, associated: bytes) -> None:
        # The modes of this module are built out of single blocks: ECB is the block cipher itself.
        self._mac = Cipher(AES(key[:_HALF]), ECB()).encryptor()
        self._ctr = Cipher(AES(key[_HALF:]), ECB()).encryptor()
        zero = _cmac(key[:_HALF], bytes(BLOCK))
        self._start = _xor(_doubled(zero), _cmac(key[:_HALF], associated))
        self._last = _doubled(self._mac.update(bytes(BLOCK)))
        self._partial = _doubled(self._last)

    def seal(self, messages: Bytes) -> Bytes:
        """The tag of 16 bytes and the cipher text of each row of `messages`."""
        rows, size = messages.shape
        tags = self._chained(self._bound(messages))
        counters = tags.copy()
        counters[:, [8, 12]] &= 0x7F
        blocks = -(-size // BLOCK)
        # the low half has its highest bit cleared, so that counting on never carries out of it
        halves = np.repeat(counters.view(">u8"), blocks, axis=0).astype(np.uint64)
        halves[:, 1] += np.tile(np.arange(blocks, dtype=np.uint64), rows)
        stream = _encrypted(self._ctr, halves.astype(">u8").view(np.uint8))
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
        return padded ^ _row(_doubled(self._start))

    def _chained(self, texts: Bytes) -> Bytes:
        """The CMAC of each row."""
        rows, size = texts.shape
        blocks = -(-size // BLOCK)
        whole = np.zeros((rows, blocks * BLOCK), np.uint8)
        whole[:, :size] = texts
        if size % BLOCK:
            whole[:, size] = 0x80
        whole[:, -BLOCK:] ^= _row(self._partial if size % BLOCK else self._last)
        state = np.zeros((rows, BLOCK), np.uint8)
        for start in range(0, blocks * BLOCK, BLOCK):
            state = _encrypted(self._mac, state ^ whole[:, start : start + BLOCK])
        return state


def _encrypted(cipher: CipherContext, blocks: Bytes) -> Bytes:
    return np.frombuffer(cipher.update(blocks.tobytes()), np.uint8).reshape(-1, BLOCK).copy()


def _cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def _doubled(block: bytes) -> bytes:
    """Twice the block in the field of 2**128 elements."""
    number = int.from_bytes(block, "big") << 1
    if number >> 128:
        number ^= 1 << 128 | _R128
    return number.to_bytes(BLOCK, "big")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _row(block: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(block, np.uint8)
