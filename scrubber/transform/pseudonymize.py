"""Pseudonyms under a key: token, and by re-export encrypt (reversible) and date_shift."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import distinctly, per_distinct
from scrubber.transform.columns.pairs import occurrences, per_distinct_pair
from scrubber.transform.crypto.canonical import (
    CANONICAL,
    Canonical,
    Encode,
    all_failed,
    canonical,
    certain,
    text_type,
)
from scrubber.transform.crypto.prf import Mac, domain_of, framed, root_key
from scrubber.transform.date_shift import DateShift
from scrubber.transform.encrypt import Encrypt, reveal

__all__ = ["DateShift", "Encrypt", "Normalize", "Token", "base32", "normalizer", "reveal"]

_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_BASE32_PAIRS = np.stack([np.repeat(_BASE32, 32), np.tile(_BASE32, 32)], 1).view(np.uint16)[:, 0]
_ROWS_AT_ONCE = 8_192  # what the caches of a processor hold
_DIGEST = 32
_MAX_PREFIX = 64

Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Normalize = Literal["none", "strip", "casefold", "nfkc_casefold"]


def normalizer(how: Normalize) -> Callable[[str], str]:
    """How a text is folded before the keyed function sees it; the source of sameness.

    ``casefold`` and ``nfkc_casefold`` strip as well; ``nfkc_casefold`` is NFKC_Casefold of the
    Unicode Standard but for default-ignorable code points, which stay.
    """
    match how:
        case "none":
            return lambda text: text
        case "strip":
            return str.strip
        case "casefold":
            return lambda text: text.strip().casefold()
        case "nfkc_casefold":
            return lambda text: unicodedata.normalize(
                "NFKC", unicodedata.normalize("NFKC", text).casefold()
            ).strip()


@dataclass(frozen=True, slots=True)
class Token:
    """A keyed pseudonym: equal values of a domain get equal tokens, which joins tables.

    HMAC-SHA256 under a key derived for the domain, cut to `bits` (a multiple of 8) and written as
    lower-case base32 (RFC 4648) without padding: ``ceil(bits / 5)`` characters behind `prefix`.
    Without `domain` it is the field, and in text the entity. `scope`: equal values are equal in
    the whole ``dataset``, in one ``document``, or never (``none``). `normalize` folds text first.
    """

    name: ClassVar[str] = "token"

    domain: str | None = None
    bits: int = 128
    scope: Literal["dataset", "document", "none"] = "dataset"
    prefix: str = ""
    normalize: Normalize = "none"

    def __post_init__(self) -> None:
        if not 64 <= self.bits <= 256 or self.bits % 8:
            raise ValueError("bits must be a multiple of 8 from 64 to 256")
        if len(self.prefix) > _MAX_PREFIX or not self.prefix.isprintable():
            raise ValueError(f"prefix must be printable and at most {_MAX_PREFIX} characters")
        if self.domain == "":
            raise ValueError("domain must not be empty; leave it out to use the field's name")

    @property
    def traits(self) -> Traits:
        stable = self.scope == "dataset"
        return Traits(
            accepts=CANONICAL,
            technique="pseudonymization",
            strictness=Strictness.TOKEN,
            deterministic=stable,
            unique=stable and self.bits >= 128 and self.normalize == "none",
            linkable=stable,
            needs_key=True,
            consumes=True,
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        out_type = text_type(array.type)
        form = canonical(array)
        if form is None:
            return all_failed(array, out_type, "this type of value has no token")
        mac = Mac(root_key(context).derive("token", domain_of(self.domain, context)))
        if self.scope == "dataset":
            return distinctly(
                form.values, lambda distinct: self._tokens(distinct, form, mac, out_type), out_type
            )
        if context.document is None:
            return all_failed(array, out_type, "the document of a value is not known")
        beside = context.document
        if self.scope == "none":
            beside = occurrences(beside, f"{context.field}\0{context.label or ''}")
        encode, size = self._encode(form), self.bits // 8
        # a tag begins with a letter, a frame with a zero byte: no message of one scope is a message
        # of another
        digests = per_distinct_pair(
            form.values,
            beside,
            lambda value, other: mac.digest(
                framed(self.scope.encode(), _as_bytes(other)) + certain(encode(value))
            )[:size],
            pa.binary(size),
            "the document of a value is not known, or a text is not valid UTF-8",
        )
        return Outcome(base32(digests.array, self.prefix, out_type), digests.failed, digests.why)

    def _tokens(
        self, distinct: pa.Array, form: Canonical, mac: Mac, out_type: pa.DataType
    ) -> Outcome:
        """The tokens of distinct values of a dataset."""
        size = self.bits // 8
        bodies = form.bodies(distinct) if self._folds(distinct.type) is None else None
        if bodies is not None:
            raw = np.frombuffer(mac.fed(form.tag).digests(bodies), np.uint8).reshape(-1, _DIGEST)
            return Outcome(_base32_of(raw[:, :size], self.prefix).cast(out_type))
        encode = self._encode(form)
        digests = per_distinct(
            distinct,
            lambda value: mac.digest(certain(encode(value)))[:size],
            pa.binary(size),
            "a text is not valid UTF-8",
        )
        return Outcome(base32(digests.array, self.prefix, out_type), digests.failed, digests.why)

    def _folds(self, type: pa.DataType) -> Callable[[str], str] | None:
        if kind_of(type) is Kind.TEXT and self.normalize != "none":
            return normalizer(self.normalize)
        return None

    def _encode(self, form: Canonical) -> Encode:
        fold = self._folds(form.values.type)
        return form.encode if fold is None else lambda value: form.encode(fold(value))


def _as_bytes(document: object) -> bytes:
    return document if isinstance(document, bytes) else str(document).encode()


def base32(digests: pa.Array, prefix: str, out_type: pa.DataType) -> pa.Array:
    """A fixed-size binary array as lower-case base32 (RFC 4648, no padding) behind `prefix`."""
    rows, size = len(digests), digests.type.byte_width
    data = digests.buffers()[1]
    if rows == 0 or data is None:
        return pa.nulls(rows, out_type)
    raw = np.frombuffer(data, np.uint8, rows * size, digests.offset * size).reshape(rows, size)
    whole = _base32_of(raw, prefix)
    return (pc.if_else(digests.is_valid(), whole, None) if digests.null_count else whole).cast(
        out_type
    )


def _base32_of(raw: Bytes, prefix: str) -> pa.Array:
    """Each row of `raw`, five bytes at a time: four words of ten bits, two symbols each."""
    rows, size = raw.shape
    head = np.frombuffer(prefix.encode(), np.uint8)
    symbols = -(-size * 8 // 5)
    text = np.empty((rows, len(head) + symbols), np.uint8)
    text[:, : len(head)] = head
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = raw[start : start + _ROWS_AT_ONCE]
        groups = np.zeros((len(part), -(-size // 5) * 5), np.uint16)
        groups[:, :size] = part
        a, b, c, d, e = groups.reshape(len(part), -1, 5).transpose(2, 0, 1)
        words = np.stack(
            [a << 2 | b >> 6, (b & 63) << 4 | c >> 4, (c & 15) << 6 | d >> 2, (d & 3) << 8 | e], 2
        )
        found = _BASE32_PAIRS[words].view(np.uint8).reshape(len(part), -1)
        text[start : start + _ROWS_AT_ONCE, len(head) :] = found[:, :symbols]
    offsets = np.arange(rows + 1, dtype=np.int64) * text.shape[1]
    return pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))
