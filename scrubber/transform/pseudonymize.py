"""Pseudonyms under a key: token, and by re-export encrypt (reversible) and date_shift."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Along, Directions, Incomparable, Indifferent, More, each
from scrubber.transform.base import Beside, Context, Kind, Outcome, Strictness, Traits, kind_of
from scrubber.transform.calendar_days import days_of
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
_UNKNOWN = "the document, record or day of a value is not known"
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


_PER_SHAPE = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        period: {"type": "string", "description": f"Column of the {period}."}
        for period in ("day", "month", "year")
    },
}
_PERIODS = {"year": 4, "month": 7, "day": 10}
Period = tuple[str, str]


def period_of(given: Any) -> Period:
    """The `per` of a rule file: a period with the column of its date. Raises ValueError, with a
    text for the author, for anything else."""
    pairs = list(given.items()) if isinstance(given, dict) else []
    if len(pairs) != 1 or pairs[0][0] not in _PERIODS or not isinstance(pairs[0][1], str):
        raise ValueError("per takes a period (day, month or year) and its column: {day: ts}")
    return pairs[0]


@dataclass(frozen=True, slots=True)
class _Shorter:
    """A shorter period protects more, and any period more than none."""

    def compare(self, before: str | None, after: str | None) -> int | None:
        ranks, columns = [], set()
        for value in (before, after):
            period, _, column = (value or "").partition(", ")
            ranks.append([*_PERIODS].index(period) + 1 if period in _PERIODS else 0)
            columns |= {column} if column else set()
        return None if len(columns) > 1 else (ranks[1] > ranks[0]) - (ranks[1] < ranks[0])


@dataclass(frozen=True, slots=True)
class Token(Beside):
    """A keyed pseudonym: equal values of a domain get equal tokens, so that tables still join.

    AES-256-CMAC (NIST SP 800-38B) under a key derived for the domain, cut to `bits` (a multiple of
    8) and written as lower-case base32 (RFC 4648) without padding: ``ceil(bits / 5)`` characters
    after `prefix`. The default `domain` is the field, and in text the entity. `scope`: equal values
    have equal tokens in the whole ``dataset``, in one ``document``, or never (``none``).
    With ``per: {day: ts}`` the token of a value changes each day (or month, or year) of the column
    `ts`. `normalize` folds text first. `canonical`: numbers and their spelling as ``text`` are one
    value (7 in a Parquet file, "7" in a CSV file; "007" is another), or two (``typed``).
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
        per=_Shorter(),
    )

    domain: str | None = None
    bits: int = 128
    scope: Literal["dataset", "document", "none"] = "dataset"
    prefix: str = ""
    normalize: Normalize = "none"
    canonical: Spelling = "text"
    per: Period | None = field(default=None, metadata={"read": period_of, "shape": _PER_SHAPE})

    def __post_init__(self) -> None:
        if self.per is not None and self.scope != "dataset":
            raise ValueError("per needs scope: dataset")
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
            deterministic=stable and self.per is None,
            unique=stable and self.per is None and self.bits >= 128 and self.normalize == "none",
            linkable=stable,
            needs_key=True,
            consumes=True,
            pseudonym=self.per is None,
            scope=self.scope,
            entity="ID",
        )

    def beside_field(self) -> str | None:
        return None if self.per is None else self.per[1]

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        out_type = text_type(array.type)
        form = canonical(array, self.canonical)
        if form is None:
            return all_failed(array, out_type, "this type of value has no token")
        mac = Cmac(root_key(context).derive("token", domain_of(self.domain, context)))
        if self.per is not None:
            period = _periods(context.beside, _PERIODS[self.per[0]])
            return self._within(form, period, mac, out_type, f"per {self.per[0]}")
        if self.scope == "dataset":

            def tokens(distinct: pa.Array) -> Outcome:
                bodies = form.bodies(self._folded(distinct))
                made = self._written(mac.digests(bodies, form.tag))
                return with_gaps(made.cast(out_type), bodies, _NOT_UTF8)

            return distinctly(form.values, tokens, out_type)
        beside = occurrences(context) if self.scope == "none" else context.document
        if beside is None:
            return all_failed(array, out_type, _UNKNOWN)
        return self._within(form, beside, mac, out_type, self.scope)

    def _within(
        self, form: Canonical, beside: pa.Array, mac: Cmac, out_type: pa.DataType, within: str
    ) -> Outcome:
        """Tokens that are equal where a value and what it stands `beside` are."""
        bodies = distinctly(
            form.values, lambda some: Outcome(form.bodies(self._folded(some))), pa.large_binary()
        ).array
        # a tag begins with a letter, a frame with a zero byte: no message of one scope is a message
        # of another
        scope = within.encode()
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


def _periods(dates: pa.Array | None, width: int) -> pa.Array:
    """The year, month or day of each date, as the first `width` characters of ISO 8601; null for
    what is no date."""
    assert dates is not None, "the plan names the column"
    days = days_of(dates).array.cast(pa.date32())
    return pc.utf8_slice_codeunits(days.cast(pa.string()), 0, width)


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
