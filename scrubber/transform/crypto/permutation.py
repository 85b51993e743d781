"""A keyed permutation of the whole numbers below a size, without a fixed point.

A Feistel network (10 rounds, as FF1 of NIST SP 800-38G) whose round function is AES-CMAC, over two
halves of about the root of the size; what falls outside the size is permuted again (cycle walking,
Black and Rogaway 2002). No number may stand for itself, so what is used is E(E^-1(x) + 1), which is
a permutation of one single cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np

from scrubber.transform.crypto.cmac import Bytes, Cmac
from scrubber.transform.crypto.prf import counted, framed

_ROUNDS = 10
_QUICK = 1 << 31  # halves below it are worked out in words of 64 bits

Numbers = np.ndarray[tuple[int], np.dtype[Any]]


class Permutation:
    """The permutation of 0 <= x < `size` (2 or more) that `name` has under a key."""

    __slots__ = ("_head", "_mac", "_moduli", "_size")

    def __init__(self, mac: Cmac, name: bytes, size: int) -> None:
        if size < 2:
            raise ValueError("a permutation without a fixed point needs two numbers")
        self._mac, self._size = mac, size
        self._head = framed(name, b"%d" % size)
        left = isqrt(size - 1) + 1
        self._moduli = (left, -(-size // left))

    def forward(self, numbers: Sequence[int]) -> list[int]:
        """The image of each of `numbers`: never itself, and never what another one becomes."""
        return self._stepped(numbers, 1)

    def back(self, numbers: Sequence[int]) -> list[int]:
        """The numbers that became `numbers`."""
        return self._stepped(numbers, -1)

    def _stepped(self, numbers: Sequence[int], step: int) -> list[int]:
        if not len(numbers):
            return []
        kind = np.uint64 if max(self._moduli) < _QUICK else np.dtype(object)
        inner = self._walked(np.array(numbers, kind), back=True)
        return [int(x) for x in self._walked((inner + step % self._size) % self._size, back=False)]

    def _walked(self, numbers: Numbers, *, back: bool) -> Numbers:
        out = self._once(numbers, back=back)
        while (outside := np.flatnonzero(out >= self._size)).size:
            out[outside] = self._once(out[outside], back=back)
        return out

    def _once(self, numbers: Numbers, *, back: bool) -> Numbers:
        halves = [numbers // self._moduli[1], numbers % self._moduli[1]]
        for number in reversed(range(_ROUNDS)) if back else range(_ROUNDS):
            side = number % 2
            modulus = self._moduli[side]
            drawn = self._drawn(number, halves[1 - side], modulus)
            halves[side] = (halves[side] + (modulus - drawn if back else drawn)) % modulus
        whole: Numbers = halves[0] * self._moduli[1] + halves[1]
        return whole

    def _drawn(self, number: int, half: Numbers, modulus: int) -> Numbers:
        """A number below `modulus` for each half, 64 bits or more of bias away from uniform."""
        head = bytes((number,)) + self._head
        if half.dtype != object:
            words = self._mac.of_rows(_words(half), counted(1) + head).view(">u8")
            high, low = words.astype(np.uint64).T
            return (high % modulus * ((1 << 64) % modulus) + low % modulus) % modulus
        width = (max(self._moduli).bit_length() + 7) // 8
        rows = np.frombuffer(b"".join(int(x).to_bytes(width, "big") for x in half), np.uint8)
        blocks = range(1, -(-(modulus.bit_length() + 64) // 128) + 1)
        digests = [self._mac.of_rows(rows.reshape(-1, width), counted(i) + head) for i in blocks]
        whole = np.concatenate(digests, axis=1)
        return np.array([int.from_bytes(row.tobytes(), "big") % modulus for row in whole], object)


def _words(numbers: Numbers) -> Bytes:
    return numbers.astype(">u8").view(np.uint8).reshape(-1, 8)
