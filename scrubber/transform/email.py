"""E-mail addresses without the person: the domain, or its last label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Along, Directions, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.columns.distinct import distinctly, per_distinct
from scrubber.transform.crypto.canonical import plain_text, text_type
from scrubber.transform.crypto.prf import domain_of
from scrubber.transform.pseudonymize import Token

_LABEL = r"\w(?:[\w-]*\w)?"
_ADDRESS = re.compile(rf"\s*([^\s@<>]+)@({_LABEL}(?:\.{_LABEL})*)\s*")
_MOST = 320  # code points (RFC 3696, errata 1690)


@dataclass(frozen=True, slots=True)
class Email:
    """Keep the domain of an e-mail address, or its top-level domain (``keep: tld``).

    `ann@mail.example.com` becomes "mail.example.com", or "com". With ``rest: token``, the result is
    an address again: the local part and the rest of the domain become keyed tokens of 64 bits.
    Domains are in lower case. Failed values: anything but one address, and addresses without a
    top-level domain.
    """

    name: ClassVar[str] = "email"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "address cut to its domain"
    directions: ClassVar[Directions] = each(
        keep=Along(("domain", "tld"), "domain"), rest=Along(("token", "drop"), "drop")
    )

    keep: Literal["domain", "tld"] = "domain"
    rest: Literal["drop", "token"] = "drop"

    @property
    def traits(self) -> Traits:
        keyed = self.rest == "token"
        technique = "pseudonymization (AES-256-CMAC)" if keyed else "generalization"
        return Traits(
            frozenset({Kind.TEXT}),
            technique,
            linkable=keyed,
            needs_key=keyed,
            entity="EMAIL_ADDRESS",
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        type_ = text_type(array.type)
        return distinctly(plain_text(array), lambda some: self._cut(some, context, type_), type_)

    def _cut(self, values: pa.Array, context: Context, type_: pa.DataType) -> Outcome:
        kept = per_distinct(values, self._kept, type_, "not an e-mail address")
        if self.rest == "drop":
            return kept
        local = _tokens(per_distinct(values, _local, pa.large_string()).array, "local", context)
        domain = kept.array.cast(pa.large_string())
        if self.keep == "tld":
            host = per_distinct(values, _host, pa.large_string()).array
            domain = _joined(_tokens(host, "host", context), domain, ".")
        return Outcome(_joined(local, domain, "@").cast(type_), kept.failed, kept.why)

    def _kept(self, value: str) -> str | None:
        parts = _parts(value)
        if parts is None:
            return None
        return parts[1] if self.keep == "domain" else parts[1].rpartition(".")[2]


def _parts(value: str) -> tuple[str, str] | None:
    """The local part and the domain of an address."""
    match = _ADDRESS.fullmatch(value) if len(value) <= _MOST else None
    if match is None or match[2].rpartition(".")[2].isdigit() or "." not in match[2]:
        return None
    return match[1], match[2].lower()


def _local(value: str) -> str | None:
    parts = _parts(value)
    return None if parts is None else parts[0]


def _host(value: str) -> str | None:
    """The domain without its last label."""
    parts = _parts(value)
    return None if parts is None else parts[1].rpartition(".")[0]


def _joined(one: pa.Array, other: pa.Array, sign: str) -> pa.Array:
    return pc.binary_join_element_wise(one, other, pa.scalar(sign, pa.large_string()))


def _tokens(values: pa.Array, part: str, context: Context) -> pa.Array:
    """Tokens of a part of addresses, in a domain of its own."""
    token = Token(domain=f"{domain_of(None, context)} ({part})", bits=64)
    return token.apply(values, context).array.cast(pa.large_string())
