"""Ed25519 keys (RFC 8032): private keys for signing, and public keys, which are their own names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from scrubber.errors import KeyFault

_PREFIX: Final = "ed25519:"
_ID: Final = re.compile(r"ed25519:[0-9a-f]{64}")
_HINT: Final = "scrubber keygen --signing"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. Its `id` is ``ed25519:`` and the 32 bytes in hex: the name is the key."""

    id: str

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Raises: KeyFault ``key-format``."""
        if not _ID.fullmatch(text):
            raise KeyFault(
                "key-format", "a public key is ed25519: and 64 hex digits (lower case)", hint=_HINT
            )
        return cls(text)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """True if the holder of the key signed exactly these bytes."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.id.removeprefix(_PREFIX)))
            key.verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A private key. Its repr is its public key, and it refuses to be pickled."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> SigningKey:
        """A new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Parse a key in PEM (PKCS #8, not encrypted), as written by :meth:`to_pem` and ``openssl
        genpkey -algorithm ed25519``. Pseudonym keys have another form, so the two cannot be
        confused.

        Raises: KeyFault ``key-format``.
        """
        try:
            key = load_pem_private_key(text.strip().encode("ascii"), password=None)
        except Exception:  # noqa: BLE001 - the library raises many kinds, and may quote the key
            key = None
        del text  # tracebacks may show the values of their frames
        if not isinstance(key, Ed25519PrivateKey):
            text = "a signing key is an Ed25519 private key in PEM, without a password"
            raise KeyFault("key-format", text, hint=_HINT)
        return cls(key)

    def to_pem(self) -> str:
        """The private key as PEM, for its own file only."""
        raw = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return raw.decode("ascii")

    @property
    def public(self) -> PublicKey:
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(_PREFIX + raw.hex())

    def sign(self, message: bytes) -> bytes:
        """The signature (64 bytes); equal for equal messages."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.id})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")
