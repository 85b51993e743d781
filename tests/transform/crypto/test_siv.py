"""AES-SIV for many messages at once: RFC 5297's own example, and the library's answers."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.crypto import siv
from scrubber.transform.crypto.siv import Siv


def rows(messages: list[bytes]) -> siv.Bytes:
    return np.frombuffer(b"".join(messages), np.uint8).reshape(len(messages), -1)


def test_the_example_of_the_rfc(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 5297, A.1: deterministic authenticated encryption, with keys of 128 bits."""
    monkeypatch.setattr(siv, "_HALF", 16)
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = bytes.fromhex("112233445566778899aabbccddee")
    sealed = "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    assert Siv(key, associated).seal(rows([plain]))[0].tobytes().hex() == sealed


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 64, 100, 1000])
def test_every_length_is_sealed_as_by_the_library(size: int) -> None:
    draw = np.random.default_rng(size)
    key, associated = draw.bytes(64), b"siv1."
    messages = [draw.bytes(size) for _ in range(50)]
    sealed = Siv(key, associated).seal(rows(messages))
    library = AESSIV(key)
    assert [row.tobytes() for row in sealed] == [library.encrypt(m, [associated]) for m in messages]


@given(st.binary(min_size=64, max_size=64), st.binary(min_size=1, max_size=70), st.binary())
def test_any_key_and_message(key: bytes, message: bytes, associated: bytes) -> None:
    if key[:32] == key[32:]:
        return
    sealed = Siv(key, associated).seal(rows([message, message]))
    assert sealed[0].tobytes() == sealed[1].tobytes() == AESSIV(key).encrypt(message, [associated])
