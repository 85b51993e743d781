"""What keyed transforms share: HMAC-SHA256 for many messages, and uniform draws out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from scrubber.errors import KeyFault
from scrubber.transform.base import Context
from scrubber.transform.keys import RootKey

T = TypeVar("T")

_FOUR_WORDS = Struct(">4Q")
_SPAN = 1 << 64
Words = npt.NDArray[np.uint64]


class Mac:
    """HMAC-SHA256 (RFC 2104) for many messages: the key is taken in once, and its state copied.

    The standard library's HMAC object does the same at half the speed.
    """

    __slots__ = ("_mac",)

    def __init__(self, key: bytes) -> None:
        self._mac = HMAC(key, SHA256())

    def fed(self, message: bytes) -> Mac:
        """The same key with `message` in front of all that follows."""
        mac = object.__new__(Mac)
        mac._mac = self._mac.copy()
        mac._mac.update(message)
        return mac

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes for `message`; the Mac stays as it was."""
        mac = self._mac.copy()
        mac.update(message)
        return mac.finalize()

    def digests(self, messages: Iterable[bytes]) -> bytes:
        """The 32 bytes for each of `messages`, one after the other."""
        found, copy = [], self._mac.copy
        for message in messages:
            mac = copy()
            mac.update(message)
            found.append(mac.finalize())
        return b"".join(found)

    def __repr__(self) -> str:
        return "Mac()"


def framed(*parts: bytes) -> bytes:
    """The parts, each behind its length in 8 bytes, so that no two sequences are equal."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


class Stream:
    """Uniform numbers drawn from a PRF: 64-bit words of HMAC-SHA256 of (counter, `message`)."""

    __slots__ = ("_block", "_mac", "_message", "_words")

    def __init__(self, mac: Mac, message: bytes = b"") -> None:
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
                self._words.extend(
                    _FOUR_WORDS.unpack(self._mac.digest(b"%d\0%b" % (self._block, self._message)))
                )
                self._block += 1
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
    """A Stream for each of many messages, with `head` in front of each: `below` gives the draws of
    them all.

    `unsure` marks those that would have had to draw a word again; their draws do not count.
    """

    __slots__ = ("_block", "_head", "_mac", "_messages", "_words", "unsure")

    def __init__(self, mac: Mac, head: bytes, messages: Sequence[bytes]) -> None:
        self._mac, self._head, self._messages = mac, head, messages
        self._block = 0
        self._words: list[Words] = []
        self.unsure = np.zeros(len(messages), dtype=np.bool_)

    def below(self, n: int) -> Words:
        """As `Stream.below`, for each message."""
        if not self._words:
            mac = self._mac.fed(b"%d\0" % self._block + self._head)
            drawn = np.frombuffer(mac.digests(self._messages), ">u8").astype(np.uint64)
            self._words.extend(drawn.reshape(-1, 4).T)
            self._block += 1
        words = self._words.pop()
        if _SPAN % n:
            self.unsure |= words >= np.uint64(_SPAN - _SPAN % n)
        return words % np.uint64(n)


class Draw:
    """Where stand-ins come from: a stream of numbers for every (purpose, value) under one key."""

    __slots__ = ("_mac", "_picked")

    def __init__(self, mac: Mac) -> None:
        self._mac = mac
        self._picked: dict[tuple[str, str], str] = {}

    @classmethod
    def keyed(cls, key: bytes) -> Draw:
        return cls(Mac(key))

    def within(self, scope: bytes) -> Draw:
        """The draws of one scope (a document): the same values get other numbers in another."""
        return Draw(self._mac.fed(framed(b"scope", scope)))

    def again(self, attempt: int) -> Draw:
        """Other draws for the same values, for when the first one hit the original."""
        return Draw(self._mac.fed(framed(b"again", b"%d" % attempt))) if attempt else self

    def stream(self, purpose: str, value: str) -> Stream:
        return Stream(self._mac, b"%b\0%b" % (purpose.encode(), value.encode()))

    def streams(self, purpose: str, values: Sequence[bytes]) -> Streams:
        """The streams for many values, as UTF-8."""
        return Streams(self._mac, purpose.encode() + b"\0", values)

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
    """The key of the run. Errors: KeyFault ``key-missing``."""
    if context.key is None:
        raise KeyFault("key-missing", "this transform needs a key", hint="scrubber keygen")
    return context.key


def domain_of(own: str | None, context: Context) -> str:
    """The domain of a key: the rule's own, else the entity in text, else the field."""
    if own is not None:
        return own
    return context.field if context.label is None else context.label
