"""Draws of keyed transforms: uniform numbers out of AES-CMAC in counter mode (NIST SP 800-108)."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from scrubber.errors import KeyFault
from scrubber.transform.base import Context
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey

T = TypeVar("T")

_TWO_WORDS = Struct(">2Q")
_SPAN = 1 << 64
Words = npt.NDArray[np.uint64]


def framed(*parts: bytes) -> bytes:
    """The parts, each behind its length in 8 bytes, so that no two sequences are equal."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def counted(block: int) -> bytes:
    """The counter in front of the message of a draw's block, from 1 on: 32 bits, big-endian."""
    return block.to_bytes(4, "big")


class Stream:
    """Uniform numbers: the 64-bit words of the CMAC of (counter, `message`), two a block."""

    __slots__ = ("_block", "_mac", "_message", "_words")

    def __init__(self, mac: Cmac, message: bytes = b"") -> None:
        self._mac = mac
        self._message = message
        self._block = 0
        self._words: list[int] = []

    def below(self, n: int) -> int:
        """A whole number, uniform over 0 <= i < n for 1 <= n <= 2**64.

        Words at or above the greatest multiple of `n` are drawn again, so there is no modulo bias.
        """
        if not 1 <= n <= _SPAN:
            raise ValueError("a draw needs 1 <= n <= 2**64")
        limit = _SPAN - _SPAN % n
        while True:
            if not self._words:
                self._block += 1
                block = self._mac.digest(counted(self._block) + self._message)
                self._words.extend(reversed(_TWO_WORDS.unpack(block)))
            word = self._words.pop()
            if word < limit:
                return word % n

    def other(self, n: int, taken: int | None) -> int:
        """Uniform over 0 <= i < n without `taken` (None: nothing is taken); needs n >= 2 then."""
        if taken is None:
            return self.below(n)
        drawn = self.below(n - 1)
        return drawn + 1 if drawn >= taken else drawn

    def choice(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def digits(self, count: int) -> str:
        """`count` decimal digits, leading zeros among them."""
        out = ""
        while count > 0:
            size = min(count, 18)
            out += f"{self.below(10**size):0{size}d}"
            count -= size
        return out


class Streams:
    """A Stream for each of many messages (large_binary), with `head` in front of each: `below`
    gives the draws of them all.

    `unsure` marks those that would have had to draw a word again; their draws do not count.
    """

    __slots__ = ("_block", "_head", "_mac", "_messages", "_words", "unsure")

    def __init__(self, mac: Cmac, head: bytes, messages: pa.Array) -> None:
        self._mac, self._head, self._messages = mac, head, messages
        self._block = 0
        self._words: list[Words] = []
        self.unsure = np.zeros(len(messages), dtype=np.bool_)

    def below(self, n: int) -> Words:
        """As `Stream.below`, for each message."""
        if not self._words:
            self._block += 1
            drawn = self._mac.digests(self._messages, counted(self._block) + self._head)
            self._words.extend(drawn.view(">u8").astype(np.uint64).T[::-1])
        words = self._words.pop()
        if _SPAN % n:
            self.unsure |= words >= np.uint64(_SPAN - _SPAN % n)
        return words % np.uint64(n)


class Draw:
    """The source of stand-ins: a stream of numbers for every (purpose, value) under one key.

    `head` stands in front of what is drawn for: the frames of a scope and of an attempt.
    """

    __slots__ = ("_head", "_mac", "_picked")

    def __init__(self, mac: Cmac, head: bytes = b"") -> None:
        self._mac = mac
        self._head = head
        self._picked: dict[tuple[str, str], str] = {}

    @classmethod
    def keyed(cls, key: bytes) -> Draw:
        return cls(Cmac(key))

    def within(self, scope: bytes) -> Draw:
        """The draws of one scope (a document): the same values get other numbers in another."""
        return Draw(self._mac, self._head + framed(b"scope", scope))

    def again(self, attempt: int) -> Draw:
        """Other draws for the same values, for when the first one hit the original."""
        if not attempt:
            return self
        return Draw(self._mac, self._head + framed(b"again", b"%d" % attempt))

    def stream(self, purpose: str, value: str) -> Stream:
        return Stream(self._mac, b"%b%b\0%b" % (self._head, purpose.encode(), value.encode()))

    def streams(self, purpose: str, values: pa.Array) -> Streams:
        """The streams for many values, as UTF-8 (large_binary)."""
        return Streams(self._mac, self._head + purpose.encode() + b"\0", values)

    def pick(self, purpose: str, value: str, entries: Sequence[str], taken: int | None) -> str:
        """One of `entries`, but not the one at `taken`: the same for a purpose and value.

        What was picked is remembered as long as the Draw lives, since the parts of names and
        addresses repeat; `entries` and `taken` are a function of the purpose and the value.
        """
        picked = self._picked.get((purpose, value))
        if picked is None:
            picked = entries[self.stream(purpose, value).other(len(entries), taken)]
            self._picked[purpose, value] = picked
        return picked


def root_key(context: Context) -> RootKey:
    """The key of the run. Raises: KeyFault ``key-missing``."""
    if context.key is None:
        raise KeyFault("key-missing", "this transform needs a key", hint="scrubber keygen")
    return context.key


def domain_of(own: str | None, context: Context) -> str:
    """The domain of a key: the rule's own, else the entity in text, else the field."""
    if own is not None:
        return own
    return context.field if context.label is None else context.label
