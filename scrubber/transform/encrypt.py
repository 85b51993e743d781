"""Encrypt and reveal: pseudonyms that the holder of the key can undo (AES-SIV)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.direction import Directions, Incomparable, More, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import distinctly, per_distinct, with_gaps
from scrubber.transform.columns.textbytes import TextBytes
from scrubber.transform.crypto.canonical import (
    CANONICAL,
    MILLISECONDS_PER_DAY,
    NANOSECONDS,
    Spelling,
    all_failed,
    canonical,
    plain_text,
    text_type,
)
from scrubber.transform.crypto.cmac import Bytes
from scrubber.transform.crypto.prf import domain_of, root_key
from scrubber.transform.crypto.siv import Siv
from scrubber.transform.keys import RootKey

_SIV = "siv1."
_MAX_PAD = 65_536
ENCRYPTED = re.compile(r"siv1\.[A-Za-z0-9_-]{23,}")
"""The form of `Encrypt`'s results, also within a text."""
_WHOLE = re.compile(rb"0|-?[1-9][0-9]{0,100}")
_DECIMAL = re.compile(rb"0|-?[1-9][0-9]{0,100}|-?(?:0|[1-9][0-9]{0,100})\.[0-9]{0,100}[1-9]")


@dataclass(frozen=True, slots=True)
class Encrypt:
    """A reversible pseudonym: the holder of the key decrypts it with `scrubber reveal`.

    AES-SIV (RFC 5297) with 256-bit halves is deterministic (equal values of a domain have equal
    pseudonyms) and authenticated. The plain text is padded to a multiple of `pad_to` bytes (0: no
    padding, so the length shows). The result is ``siv1.`` with base64url. `canonical`: numbers and
    their spelling as ``text`` are one value, or two (``typed``).
    """

    name: ClassVar[str] = "encrypt"
    strictness: ClassVar[Strictness] = Strictness.ENCRYPT
    sentence: ClassVar[str] = "keyed encryption (AES-SIV{domain})"
    directions: ClassVar[Directions] = each(
        domain=Incomparable(), pad_to=More(0), canonical=Incomparable()
    )

    domain: str | None = None
    pad_to: int = 0
    canonical: Spelling = "text"

    def __post_init__(self) -> None:
        if not 0 <= self.pad_to <= _MAX_PAD:
            raise ValueError(f"pad_to must lie between 0 and {_MAX_PAD} bytes")
        if self.domain == "":
            raise ValueError("domain must not be empty; leave it out to use the field's name")

    @property
    def traits(self) -> Traits:
        return Traits(
            accepts=CANONICAL,
            technique="deterministic encryption (AES-SIV)",
            reversible=True,
            unique=True,
            linkable=True,
            needs_key=True,
            pseudonym=True,
            entity="ID",
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        out_type = text_type(array.type)
        form = canonical(array, self.canonical, compose=False)
        if form is None:
            return all_failed(array, out_type, "this type of value is not encrypted")
        keys = _keys(root_key(context), domain_of(self.domain, context))
        siv = Siv(keys, _SIV.encode())

        def each(distinct: pa.Array) -> Outcome:
            bodies = form.bodies(distinct)
            filled = pc.fill_null(bodies, b"")
            made = _sealed_texts(siv, form.tag, filled, self.pad_to).cast(out_type)
            return with_gaps(made, bodies, "a text is not valid UTF-8")

        return distinctly(form.values, each, out_type)


def _sealed_texts(siv: Siv, tag: bytes, bodies: pa.Array, pad_to: int) -> pa.Array:
    """The written cipher texts of messages, a `tag` and a body (large_binary) each, padded; those
    of one length are sealed together."""
    sizes = pc.binary_length(bodies).to_numpy()
    order = np.argsort(sizes, kind="stable")
    parts = [pa.array([], pa.large_string())]
    for places in np.split(order, np.flatnonzero(np.diff(sizes[order])) + 1):
        if len(places):
            together = bodies.take(pa.array(places)).view(pa.large_string())
            rows = TextBytes.of(together).data.reshape(len(places), -1)
            parts.append(_written(siv.seal(_all_padded(tag, rows, pad_to))))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(back))


def _all_padded(tag: bytes, bodies: Bytes, pad_to: int) -> Bytes:
    """The results of `_padded` for the tag and each row."""
    rows, size = bodies.shape
    tail = _padded(bytes(len(tag) + size), pad_to)[len(tag) + size :]
    head, end = (np.tile(np.frombuffer(one, np.uint8), (rows, 1)) for one in (tag, tail))
    return np.concatenate([head, bodies, end], axis=1)


def _written(sealed: Bytes) -> pa.Array:
    """Each row as text: base64url without padding."""
    rows, size = sealed.shape
    whole = np.zeros((rows, -(-size // 3) * 3), np.uint8)
    whole[:, :size] = sealed
    symbols = np.frombuffer(base64.urlsafe_b64encode(whole.tobytes()), np.uint8).reshape(rows, -1)
    head = np.tile(np.frombuffer(_SIV.encode(), np.uint8), (rows, 1))
    text = np.concatenate([head, symbols[:, : -(-size * 8 // 6)]], axis=1)
    offsets = np.arange(rows + 1, dtype=np.int64) * text.shape[1]
    return pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))


def _keys(key: RootKey, domain: str) -> bytes:
    return key.derive("encrypt-mac", domain) + key.derive("encrypt-ctr", domain)


def _padded(message: bytes, pad_to: int) -> bytes:
    """ISO/IEC 7816-4 padding: 0x80 always, then zeros up to a multiple of `pad_to` bytes."""
    size = len(message) + 1
    return message + b"\x80" + bytes(-size % pad_to if pad_to else 0)


def reveal(array: pa.Array, key: RootKey, domain: str, type: pa.DataType | None = None) -> Outcome:
    """The values that `Encrypt` made the texts of `array` from, as `type` (default: string).

    Null stays null. A text that was not made under this key and domain, that was changed, or whose
    value is not of the kind of `type` (or does not fit it) is failed. `domain` is the one of the
    rule, or the field's name where the rule gives none.
    """
    wanted = pa.string() if type is None else type
    siv = AESSIV(_keys(key, domain))

    def opened(text: str) -> Any | None:
        message = _opened(text, siv)
        return None if message is None else _decoded(message, wanted)

    return per_distinct(
        plain_text(array), opened, wanted, "not encrypted under this key and domain as this type"
    )


def opener(key: RootKey, domain: str) -> Callable[[str], str | None]:
    """A function from a text that `Encrypt` made to its value, as text: a number or text as it was
    written, a date or time as ISO 8601, bytes in hex. None for any other text: of another key or
    domain, or changed."""
    siv = AESSIV(_keys(key, domain))

    def value(text: str) -> str | None:
        message = _opened(text, siv)
        return None if message is None else _as_text(message)

    return value


def _opened(text: str, siv: AESSIV) -> bytes | None:
    """The canonical message in `text`, if it is authentic and written as `Encrypt` writes it."""
    if ENCRYPTED.fullmatch(text) is None:
        return None
    body = text[len(_SIV) :]
    try:
        cipher = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
        message = siv.decrypt(cipher, [_SIV.encode()])
    except (InvalidTag, ValueError, binascii.Error):
        return None
    return message.rstrip(b"\0")[:-1]


def _as_text(message: bytes) -> str | None:
    tag, body = message[:1], message[1:]
    match tag:
        case b"s" | b"n":
            return body.decode()
        case b"x":
            return body.hex()
        case b"b":
            return "true" if body == b"1" else "false"
        case b"d":
            return str(np.datetime64(int(body), "D"))
        case b"z" | b"l":
            return f"{np.datetime64(int(body), 'ns')}{'Z' if tag == b'z' else ''}"
        case b"t":
            return str(np.datetime64(int(body), "ns")).partition("T")[2]
        case _:
            return None


def _decoded(message: bytes, type: pa.DataType) -> Any | None:
    """The input from which Arrow builds a `type`, for a canonical `message` of its kind that fits
    it."""
    tag, body = message[:1], message[1:]
    value: Any
    match kind_of(type), tag:
        case (Kind.TEXT, b"s"):
            value = body.decode()
        case (Kind.BINARY, b"x"):
            value = body
        case (Kind.BOOLEAN, b"b"):
            value = body == b"1"
        case (Kind.INTEGER | Kind.DECIMAL as kind, b"n" | b"s"):
            value = _number(body, kind)
        case (Kind.DATE, b"d"):
            value = int(body) * (MILLISECONDS_PER_DAY if pa.types.is_date64(type) else 1)
        case (Kind.TIMESTAMP, b"z") if type.tz is not None:
            value = _in_units(int(body), type)
        case (Kind.TIMESTAMP, b"l") if type.tz is None:
            value = _in_units(int(body), type)
        case (Kind.TIME, b"t"):
            value = _in_units(int(body), type)
        case _:
            return None
    return value if _fits(value, type) else None


def _number(body: bytes, kind: Kind) -> int | Decimal | None:
    """None where the body is not what a number of that kind would be written as."""
    pattern = _WHOLE if kind is Kind.INTEGER else _DECIMAL
    if pattern.fullmatch(body) is None:
        return None
    return int(body) if kind is Kind.INTEGER else Decimal(body.decode())


def _in_units(nanoseconds: int, type: pa.DataType) -> int | None:
    """None where the unit is too coarse for the value."""
    whole, rest = divmod(nanoseconds, NANOSECONDS[type.unit])
    return None if rest else whole


def _fits(value: Any, type: pa.DataType) -> bool:
    if value is None:
        return False
    try:
        pa.array([value], type)
    except (*ARROW_ERRORS, OverflowError, ValueError, TypeError):
        return False
    return True
