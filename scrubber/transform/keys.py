"""The root key and the keys derived from it. Nothing here reads a file or an environment."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import blake2b
from typing import NoReturn

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scrubber.errors import KeyFault

KEY_BYTES = 32


class RootKey:
    """The secret of a run: exactly 32 bytes. It prints as its id, and refuses to be pickled."""

    __slots__ = ("_bytes",)

    def __init__(self, secret: bytes) -> None:
        fault = _fault(secret)
        if fault is not None:
            del secret  # a traceback may be shown with the names of each frame and their values
            raise fault
        self._bytes = bytes(secret)

    @classmethod
    def parse(cls, text: str) -> RootKey:
        """A key written as 64 hex digits or as base64 (standard or URL-safe) of 32 bytes.

        Raises: KeyFault ``key-format``, ``key-length``, ``key-weak``.
        """
        secret = _decoded(text.strip())
        fault = _fault(secret)
        if fault is not None:
            del text, secret
            raise fault
        assert secret is not None
        return cls(secret)

    @property
    def id(self) -> str:
        """A public name of the key (64 bits derived from it), for the manifest."""
        return self.derive("key-id", "").hex()[:16]

    def derive(self, purpose: str, domain: str, version: int = 1, release: str = "") -> bytes:
        """A 32-byte key for one purpose and domain: HKDF-SHA256 (RFC 5869), with the
        length-prefixed info ("scrubber/v1", purpose, domain, version, release), so that no two are
        equal. Outputs of two named releases do not join; those of none do."""
        info = b"".join(
            len(part).to_bytes(4, "big") + part
            for part in (
                b"scrubber/v1",
                purpose.encode(),
                domain.encode("utf-8", "surrogatepass"),
                str(version).encode(),
                release.encode("utf-8", "surrogatepass"),
            )
        )
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(self._bytes)

    def reveal_to_worker(self) -> bytes:
        """The bytes, for the pipe to a worker process of this run; never for a file or a log."""
        return self._bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RootKey) and hmac.compare_digest(self._bytes, other._bytes)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"RootKey(id={self.id})" if hasattr(self, "_bytes") else "RootKey()"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled: workers resolve it from its reference")


def _decoded(word: str) -> bytes | None:
    """The bytes that `word` writes, as hex or base64; None where it is neither."""
    try:
        if len(word) == 2 * KEY_BYTES:
            return bytes.fromhex(word)
        padded = word.replace("-", "+").replace("_", "/") + "=" * (-len(word) % 4)
        return base64.b64decode(padded, validate=True)
    except (ValueError, binascii.Error):
        return None


def _fault(secret: bytes | None) -> KeyFault | None:
    """The fault of a key."""
    hint = "scrubber keygen"
    if secret is None:
        return KeyFault("key-format", "a key is 64 hex digits or base64 of 32 bytes", hint=hint)
    if len(secret) != KEY_BYTES:
        return KeyFault("key-length", f"a key has {KEY_BYTES} bytes", hint=hint)
    if len(set(secret)) < 8:
        return KeyFault("key-weak", "the key repeats itself", hint=hint)
    return None


def keyed_digest(key: bytes) -> blake2b:
    """A streaming keyed digest (BLAKE2b-256, RFC 7693) for many small things."""
    return blake2b(key=key, digest_size=32)
