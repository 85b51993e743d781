"""The root key: what it may be written as, and that it never shows."""

import base64
import hmac
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import KeyFault
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.prf import Stream, framed
from scrubber.transform.keys import RootKey

SECRET = bytes(range(200, 232))
MAC = Cmac(bytes(range(32)))
STANDARD = base64.b64encode(SECRET).decode()
URLSAFE = base64.urlsafe_b64encode(SECRET).decode()


@pytest.mark.parametrize(
    "text",
    [
        SECRET.hex(),
        SECRET.hex().upper(),
        f"  {SECRET.hex()}\n",
        STANDARD,
        STANDARD.rstrip("="),
        URLSAFE,
        URLSAFE.rstrip("="),
        f"{URLSAFE}\r\n",
    ],
)
def test_a_key_is_hex_or_base64_of_32_bytes(text: str) -> None:
    assert RootKey.parse(text) == RootKey(SECRET)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key-length"),
        (SECRET.hex()[:-2], "key-length"),
        (base64.b64encode(SECRET[:-1]).decode(), "key-length"),
        (base64.b64encode(SECRET + b"x").decode(), "key-length"),
        ("z" * 64, "key-format"),
        ("pass word!", "key-format"),
        ("🔑" * 20, "key-format"),
        ("00" * 32, "key-weak"),
        ("01020304050607" * 4 + "01020304", "key-weak"),
        (base64.b64encode(b"A" * 32).decode(), "key-weak"),
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(KeyFault) as caught:
        RootKey.parse(text)
    assert caught.value.code == code
    assert not text or text not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_secret_does_not_show() -> None:
    key = RootKey(SECRET)
    shown = f"{key!r} {key} {[key]} {key.id}"
    for form in (SECRET.hex(), STANDARD, URLSAFE, repr(SECRET)):
        assert form not in shown
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)


def test_equality_and_id() -> None:
    other = RootKey(bytes(range(32)))
    assert RootKey(SECRET) == RootKey(SECRET) != other
    assert len({RootKey(SECRET), RootKey(SECRET), other}) == 2
    assert RootKey(SECRET).id != other.id
    assert len(other.id) == 16


def test_derived_keys_are_separate() -> None:
    key = RootKey(SECRET)
    places = [
        *[("a", "bc", 1), ("ab", "c", 1), ("abc", "", 1), ("", "abc", 1), ("a", "bc", 2)],
        *[("a", "bc", 1, "r"), ("a", "bc", 1, "s"), ("a", "bcr", 1), ("a", "bc", 1, "1")],
    ]
    keys = {key.derive(*place) for place in places}
    assert len(keys) == len(places)
    assert {len(derived) for derived in keys} == {32}
    assert key.derive("a", "bc") == key.derive("a", "bc", 1) == key.derive("a", "bc", 1, "")
    assert key.derive("a", "bc") != RootKey(bytes(range(32))).derive("a", "bc")


def test_a_derived_key_stays_the_same_for_ever() -> None:
    derived = RootKey(bytes(range(32))).derive("token", "customer")
    assert derived.hex() == "73908fa4045925be80725fd0ee2e97c0b2ff9b2a75bf5379cc17965feb66953f"


def test_a_key_is_derived_as_the_standard_says() -> None:
    """HKDF-SHA256 (RFC 5869) of the length-prefixed parts, written out."""
    info = b""
    for part in (b"scrubber/v1", b"token", b"crm", b"1", b"2026-11"):
        info += len(part).to_bytes(4, "big") + part
    secret = bytes(range(32))
    extracted = hmac.digest(bytes(32), secret, "sha256")
    expanded = hmac.digest(extracted, info + b"\x01", "sha256")
    assert RootKey(secret).derive("token", "crm", release="2026-11") == expanded


def test_parts_are_framed() -> None:
    assert framed(b"a", b"") != framed(b"", b"a")
    assert framed(b"a", b"bc") != framed(b"ab", b"c") != framed(b"abc")


def test_a_draw_is_cmac_in_counter_mode() -> None:
    stream = Stream(MAC, b"purpose\0value")
    blocks = [MAC.digest(i.to_bytes(4, "big") + b"purpose\0value") for i in (1, 2)]
    words = [int.from_bytes(block[at : at + 8], "big") for block in blocks for at in (0, 8)]
    assert [stream.below(2**64) for _ in range(4)] == words


@given(st.integers(1, 2**64), st.binary(max_size=8))
def test_draws_stay_below(n: int, message: bytes) -> None:
    first, second = Stream(MAC, message), Stream(MAC, message)
    drawn = [first.below(n) for _ in range(9)]
    assert all(0 <= value < n for value in drawn)
    assert drawn == [second.below(n) for _ in range(9)]


@given(st.integers(2, 50), st.data())
def test_other_is_never_the_taken_one(n: int, data: st.DataObject) -> None:
    taken = data.draw(st.integers(0, n - 1))
    stream = Stream(MAC, b"m")
    assert {stream.other(n, taken) for _ in range(40 * n)} == set(range(n)) - {taken}


def test_draws_are_uniform() -> None:
    stream = Stream(MAC, b"m")
    counts = [0] * 7
    for _ in range(14_000):
        counts[stream.below(7)] += 1
    # chi-square with 6 degrees of freedom: 22.5 is the 0.999 quantile; the draw is fixed
    assert sum((count - 2000) ** 2 / 2000 for count in counts) < 22.5


@pytest.mark.parametrize("n", [0, -1, 2**64 + 1])
def test_a_draw_needs_a_range(n: int) -> None:
    with pytest.raises(ValueError, match="needs"):
        Stream(MAC).below(n)


@pytest.mark.parametrize("count", [0, 1, 17, 18, 19, 40])
def test_digits(count: int) -> None:
    digits = Stream(MAC).digits(count)
    assert len(digits) == count
    assert not digits or digits.isdecimal()
