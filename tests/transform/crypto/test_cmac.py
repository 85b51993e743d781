"""AES-CMAC of whole columns: the standard's examples, and the library's answer for every value."""

from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.crypto import cmac
from scrubber.transform.crypto.cmac import Cmac
from tests.examples import examples

KEY = bytes(range(100, 132))
MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


def library(message: bytes, key: bytes = KEY) -> bytes:
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


@pytest.mark.parametrize(
    ("key", "size", "tag"),
    [
        # RFC 4493, section 4
        ("2b7e151628aed2a6abf7158809cf4f3c", 0, "bb1d6929e95937287fa37d129b756746"),
        ("2b7e151628aed2a6abf7158809cf4f3c", 16, "070a16b46b4d4144f79bdd9dd04a287c"),
        ("2b7e151628aed2a6abf7158809cf4f3c", 40, "dfa66747de9ae63030ca32611497c827"),
        ("2b7e151628aed2a6abf7158809cf4f3c", 64, "51f0bebf7e3b9d92fc49741779363cfe"),
        # NIST's examples for SP 800-38B, AES-256
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            0,
            "028962f61b7bf89efc6b551f4667d983",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            16,
            "28a7023f452e8f82bd4bf28d8c37c35c",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            40,
            "aaf3d8f1de5640c232f5b169b9c911e6",
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            64,
            "e1992190549f6ed5696a2c056c315410",
        ),
    ],
)
def test_the_examples_of_the_standards(key: str, size: int, tag: str) -> None:
    mac, message = Cmac(bytes.fromhex(key)), MESSAGE[:size]
    assert mac.digest(message).hex() == tag
    column = pa.array([message, b"x", message], pa.large_binary())
    assert [row.tobytes().hex() for row in mac.digests(column)][::2] == [tag, tag]
    for cut in range(0, size + 1, 7):
        rest = pa.array([message[cut:]], pa.large_binary())
        assert mac.digests(rest, message[:cut])[0].tobytes().hex() == tag


SIZES = [0, 1, 14, 15, 16, 17, 31, 32, 33, 48, 1007, 1008, 1023, 1024, 1025, 1040, 5000, 70_000]
MESSAGES = st.binary(max_size=70) | st.sampled_from(SIZES).map(
    lambda n: bytes(i % 251 for i in range(n))
)


@examples(300)
@given(
    key=st.binary(min_size=32, max_size=32),
    messages=st.lists(st.none() | MESSAGES, max_size=40),
    head=st.binary(max_size=40),
    cut=st.tuples(st.integers(0, 5), st.integers(0, 40)),
)
def test_a_column_is_what_the_library_makes_of_each_value(
    key: bytes, messages: list[bytes | None], head: bytes, cut: tuple[int, int]
) -> None:
    column = pa.array(messages, pa.large_binary()).slice(*cut)
    digests = Cmac(key).digests(column, head)
    assert digests.shape == (len(column), 16)
    for value, row in zip(column.to_pylist(), digests, strict=True):
        if value is not None:
            assert row.tobytes() == library(head + value, key) == Cmac(key).digest(head + value)


@given(st.integers(1, 80), st.integers(1, 40), st.randoms(use_true_random=False))
def test_rows_of_one_length(size: int, count: int, random: object) -> None:
    rows = np.frombuffer(random.randbytes(size * count), np.uint8).reshape(count, size)  # type: ignore[attr-defined]
    digests = Cmac(KEY).of_rows(rows)
    assert [row.tobytes() for row in digests] == [library(row.tobytes()) for row in rows]


def test_a_column_is_cut_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [b"%d" % i * (i % 9) for i in range(1000)]
    column = pa.array([b"before", *messages, b"after"], pa.large_binary()).slice(1, 1000)
    expected = [library(b"s" + message) for message in messages]
    for rows in (1, 7, 500, 999, 1000, 1001):
        monkeypatch.setattr(cmac, "_ROWS_AT_ONCE", rows)
        assert [row.tobytes() for row in Cmac(KEY).digests(column, b"s")] == expected


def test_bytes_below_a_null_do_not_shift_what_follows() -> None:
    ends = pa.py_buffer(np.array([0, 2, 5, 7], np.int64))
    column = pa.Array.from_buffers(
        pa.large_binary(), 3, [pa.py_buffer(b"\x05"), ends, pa.py_buffer(b"aaxxxbb")]
    )
    assert column.to_pylist() == [b"aa", None, b"bb"]
    digests = Cmac(KEY).digests(column)
    assert [digests[i].tobytes() for i in (0, 2)] == [library(b"aa"), library(b"bb")]


def test_no_message_extends_another() -> None:
    """A CBC-MAC without its last step is forged by going on from a known tag; this is not."""
    mac = Cmac(KEY)
    first = b"a" * 16
    tag = mac.digest(first)
    glued = bytes(x ^ y for x, y in zip(tag, first, strict=True))
    assert mac.digest(first + glued) != tag
    padded = b"abc" + b"\x80" + bytes(12)
    assert mac.digest(padded) != mac.digest(b"abc")


def test_the_key_does_not_show() -> None:
    mac = Cmac(KEY)
    assert repr(mac) == "Cmac()"
    assert not hasattr(mac, "__dict__")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(mac)
