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
from scrubber.transform.canonical import CANONICAL, all_failed, canonical, certain, text_type
from scrubber.transform.date_shift import DateShift
from scrubber.transform.distinct import per_distinct
from scrubber.transform.draw import Mac, domain_of, framed, root_key
from scrubber.transform.encrypt import Encrypt, reveal
from scrubber.transform.pairs import occurrences, per_distinct_pair

__all__ = ["DateShift", "Encrypt", "Normalize", "Token", "base32", "normalizer", "reveal"]

_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_ROWS_AT_ONCE = 65_536
_MAX_PREFIX = 64

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
        encode, size = form.encode, self.bits // 8
        if kind_of(array.type) is Kind.TEXT and self.normalize != "none":
            fold = normalizer(self.normalize)
            encode = lambda value: form.encode(fold(value))  # noqa: E731
        digests: Outcome
        if self.scope == "dataset":
            digests = per_distinct(
                form.values,
                lambda value: mac.digest(certain(encode(value)))[:size],
                pa.binary(size),
                "a text is not valid UTF-8",
            )
        else:
            if context.document is None:
                return all_failed(array, out_type, "the document of a value is not known")
            beside = context.document
            if self.scope == "none":
                beside = occurrences(beside, f"{context.field}\0{context.label or ''}")
            # a tag begins with a letter, a frame with a zero byte: no message of one scope is
            # a message of another
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


def _as_bytes(document: object) -> bytes:
    return document if isinstance(document, bytes) else str(document).encode()


def base32(digests: pa.Array, prefix: str, out_type: pa.DataType) -> pa.Array:
    """A fixed-size binary array as lower-case base32 (RFC 4648, no padding) behind `prefix`."""
    slices = range(0, max(len(digests), 1), _ROWS_AT_ONCE)
    parts = [_base32_slice(digests.slice(start, _ROWS_AT_ONCE), prefix) for start in slices]
    return pa.concat_arrays(parts).cast(out_type)


def _base32_slice(digests: pa.Array, prefix: str) -> pa.Array:
    rows, size = len(digests), digests.type.byte_width
    data = digests.buffers()[1]
    if rows == 0 or data is None:
        return pa.nulls(rows, pa.large_string())
    raw = np.frombuffer(data, np.uint8, rows * size, digests.offset * size).reshape(rows, size)
    symbols = -(-size * 8 // 5)
    bits = np.zeros((rows, symbols * 5), np.uint8)
    bits[:, : size * 8] = np.unpackbits(raw, axis=1)
    index = bits.reshape(rows, symbols, 5) @ np.array([16, 8, 4, 2, 1], np.uint8)
    head = np.frombuffer(prefix.encode(), np.uint8)
    text = np.empty((rows, len(head) + symbols), np.uint8)
    text[:, : len(head)] = head
    text[:, len(head) :] = _BASE32[index]
    offsets = np.arange(rows + 1, dtype=np.int64) * text.shape[1]
    whole = pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))
    return pc.if_else(digests.is_valid(), whole, None) if digests.null_count else whole
