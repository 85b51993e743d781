"""Pseudonyms under a key: token, and by re-export encrypt (reversible) and date_shift."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Along, Directions, Incomparable, Indifferent, More, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.columns.distinct import distinctly, per_distinct, with_gaps
from scrubber.transform.columns.pairs import occurrences, per_distinct_pair
from scrubber.transform.crypto.canonical import (
    CANONICAL,
    Canonical,
    Spelling,
    all_failed,
    canonical,
    text_type,
)
from scrubber.transform.crypto.cmac import BLOCK, Bytes, Cmac
from scrubber.transform.crypto.prf import domain_of, framed, root_key
from scrubber.transform.date_shift import DateShift
from scrubber.transform.encrypt import Encrypt, reveal

__all__ = ["DateShift", "Encrypt", "Normalize", "Token", "base32", "normalizer", "reveal"]

_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_BASE32_PAIRS = np.stack([np.repeat(_BASE32, 32), np.tile(_BASE32, 32)], 1).view(np.uint16)[:, 0]
_ROWS_AT_ONCE = 8_192  # what the caches of a processor hold
_LEAST_BITS, _MOST_BITS = 64, 128
_MAX_PREFIX = 64
_UNKNOWN = "the document or record of a value is not known"
_NOT_UTF8 = "a text is not valid UTF-8"

Normalize = Literal["none", "strip", "casefold", "nfkc_casefold"]


def normalizer(how: Normalize) -> Callable[[str], str]:
    """The folding of a text before the keyed function, which defines equality.

    ``casefold`` and ``nfkc_casefold`` strip as well; ``nfkc_casefold`` is NFKC_Casefold of the
    Unicode Standard but for default-ignorable code points, which stay.
    """
    match how:
        case "none":
            return lambda text: text
        case "strip":
            return str.strip
        case "casefold":
            # NFD first: canonical caseless matching of the Unicode Standard, D145
            return lambda text: unicodedata.normalize("NFD", text).strip().casefold()
        case "nfkc_casefold":
            return lambda text: unicodedata.normalize(
                "NFKC", unicodedata.normalize("NFKC", text).casefold()
            ).strip()


@dataclass(frozen=True, slots=True)
class Token:
    """A keyed pseudonym: equal values of a domain get equal tokens, so that tables still join.

    AES-256-CMAC (NIST SP 800-38B) under a key derived for the domain, cut to `bits` (a multiple of
    8) and written as lower-case base32 (RFC 4648) without padding: ``ceil(bits / 5)`` characters
    after `prefix`. The default `domain` is the field, and in text the entity. `scope`: equal values
    have equal tokens in the whole ``dataset``, in one ``document``, or never (``none``).
    `normalize` folds text first. `canonical`: numbers and their spelling as ``text`` are one value
    (7 in a Parquet file, "7" in a CSV file; "007" is another), or two (``typed``).
    """

    name: ClassVar[str] = "token"
    strictness: ClassVar[Strictness] = Strictness.TOKEN
    sentence: ClassVar[str] = "keyed pseudonym (AES-256-CMAC{domain})"
    directions: ClassVar[Directions] = each(
        domain=Incomparable(),
        bits=More(128),
        scope=Along(("dataset", "document", "none"), "dataset"),
        prefix=Indifferent(),
        normalize=Incomparable(),
        canonical=Incomparable(),
    )

    domain: str | None = None
    bits: int = 128
    scope: Literal["dataset", "document", "none"] = "dataset"
    prefix: str = ""
    normalize: Normalize = "none"
    canonical: Spelling = "text"

    def __post_init__(self) -> None:
        if self.bits > _MOST_BITS:
            raise ValueError(f"a token has at most {_MOST_BITS} bits: write bits: {_MOST_BITS}")
        if self.bits < _LEAST_BITS or self.bits % 8:
            raise ValueError(f"bits must be a multiple of 8 from {_LEAST_BITS} to {_MOST_BITS}")
        if len(self.prefix) > _MAX_PREFIX or not self.prefix.isprintable():
            raise ValueError(f"prefix must be printable and at most {_MAX_PREFIX} characters")
        if self.domain == "":
            raise ValueError("domain must not be empty; leave it out to use the field's name")

    @property
    def traits(self) -> Traits:
        stable = self.scope == "dataset"
        return Traits(
            accepts=CANONICAL,
            technique="pseudonymization (AES-256-CMAC)",
            deterministic=stable,
            unique=stable and self.bits >= 128 and self.normalize == "none",
            linkable=stable,
            needs_key=True,
            consumes=True,
            pseudonym=True,
            scope=self.scope,
            entity="ID",
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        out_type = text_type(array.type)
        form = canonical(array, self.canonical)
        if form is None:
            return all_failed(array, out_type, "this type of value has no token")
        mac = Cmac(root_key(context).derive("token", domain_of(self.domain, context)))
        if self.scope == "dataset":

            def tokens(distinct: pa.Array) -> Outcome:
                bodies = form.bodies(self._folded(distinct))
                made = self._written(mac.digests(bodies, form.tag))
                return with_gaps(made.cast(out_type), bodies, _NOT_UTF8)

            return distinctly(form.values, tokens, out_type)
        beside = occurrences(context) if self.scope == "none" else context.document
        if beside is None:
            return all_failed(array, out_type, _UNKNOWN)
        return self._within(form, beside, mac, out_type)

    def _within(
        self, form: Canonical, beside: pa.Array, mac: Cmac, out_type: pa.DataType
    ) -> Outcome:
        """Tokens that are equal where a value and what it stands `beside` are."""
        bodies = distinctly(
            form.values, lambda some: Outcome(form.bodies(self._folded(some))), pa.large_binary()
        ).array
        # a tag begins with a letter, a frame with a zero byte: no message of one scope is a message
        # of another
        scope = self.scope.encode()
        digests = per_distinct_pair(
            bodies,
            beside,
            lambda body, other: mac.digest(framed(scope, _as_bytes(other)) + form.tag + body),
            pa.binary(BLOCK),
        ).array
        rows = np.frombuffer(b"".join(one or bytes(BLOCK) for one in digests.to_pylist()), np.uint8)
        made = self._written(rows.reshape(-1, BLOCK)).cast(out_type)
        done = with_gaps(made, digests, f"{_UNKNOWN}, or {_NOT_UTF8}")
        if done.failed is None:
            return done
        failed = pc.and_(done.failed, form.values.is_valid())
        return Outcome(done.array, failed if pc.any(failed).as_py() else None, done.why)

    def _written(self, digests: Bytes) -> pa.Array:
        return base32(digests[:, : self.bits // 8], self.prefix)

    def _folded(self, values: pa.Array) -> pa.Array:
        """Texts as `normalize` says; null where one is not UTF-8."""
        if kind_of(values.type) is not Kind.TEXT or self.normalize == "none":
            return values
        return per_distinct(values, normalizer(self.normalize), pa.large_string()).array


def _as_bytes(document: object) -> bytes:
    return document if isinstance(document, bytes) else str(document).encode()


def base32(raw: Bytes, prefix: str) -> pa.Array:
    """Each row of `raw` as lower-case base32 (RFC 4648, no padding) behind `prefix`."""
    # five bytes at a time: four words of ten bits, two symbols each
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
