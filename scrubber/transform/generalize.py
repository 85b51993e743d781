"""Fixed generalization: coarser values that say less, chosen by the rule and not by the data.

What cannot be made coarser is failed: a value that would come out whole never does.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import (
    Absent,
    Directions,
    Incomparable,
    Indifferent,
    Less,
    More,
    Wider,
    each,
)
from scrubber.transform.base import Context, FromFile, Kind, Outcome, Strictness, Traits
from scrubber.transform.bin import Bin
from scrubber.transform.columns.ascii import printable
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct, with_rest
from scrubber.transform.columns.graphemes import boundary_before
from scrubber.transform.columns.textbytes import TextBytes
from scrubber.transform.crypto.canonical import all_failed, plain_text, text_type
from scrubber.transform.round import Round
from scrubber.transform.truncate_date import TruncateDate

__all__ = ["Bin", "Hierarchy", "Ip", "Prefix", "Round", "TruncateDate"]

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PLAIN_V4 = rf"^{_OCTET}(?:\.{_OCTET}){{3}}$"
Octets = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Keep the first few code points of a code: 94110 with keep 3 is "941".

    The rest is removed, or each of its code points replaced by `fill`. `width` first pads with
    leading zeros, for codes stored as numbers (2139 is 02139 with width 5). Text is stripped and
    normalized to NFC, and no character is split. The result is text. Failed values: negative
    numbers, and values not longer than `keep`, which would be unchanged. Prefixes in `restricted`,
    each shared by too few people, become zeros.
    """

    name: ClassVar[str] = "prefix"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "cut to a prefix[ of {keep} characters]"
    directions: ClassVar[Directions] = each(
        keep=Less(), fill=Absent(), width=More(), restricted=Wider()
    )

    keep: int
    fill: str = ""
    width: int | None = None
    restricted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise ValueError("keep must be 1 or more; to keep nothing use redact")
        if len(self.fill) > 1 or (self.fill and unicodedata.category(self.fill)[0] in "MC"):
            raise ValueError("fill must be empty or one visible character")
        if self.width is not None and self.width <= self.keep:
            raise ValueError("width must be more than keep")
        if any(len(prefix) != self.keep for prefix in self.restricted):
            raise ValueError("each restricted prefix must be as long as keep")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT, Kind.INTEGER}), "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        why = f"not longer than the {self.keep} code points that the rule keeps"
        out_type = text_type(array.type)
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                self._quickly(part).cast(out_type),
                lambda rest: per_distinct(rest, self._cut, out_type, why),
            ),
            out_type,
        )

    def _quickly(self, array: pa.Array) -> pa.Array:
        """The results of `_cut` for texts that are printable ASCII without blanks around them, and
        of numbers; null elsewhere."""
        texts = printable(array)
        none, empty = pa.scalar(None, texts.type), pa.scalar("", texts.type)
        if self.width is not None:
            texts = pc.ascii_lpad(texts, self.width, "0")
        more = pc.subtract(pc.binary_length(texts), self.keep)
        long = pc.fill_null(pc.greater(more, 0), False)
        heads = pc.if_else(long, pc.utf8_slice_codeunits(texts, 0, self.keep), none)
        if self.restricted:
            few = pc.is_in(heads, pa.array(self.restricted, heads.type))
            heads = pc.if_else(few, pa.scalar("0" * self.keep, heads.type), heads)
            heads = pc.if_else(long, heads, none)
        if not self.fill:
            return heads
        fill = pc.binary_repeat(pa.scalar(self.fill, texts.type), pc.max_element_wise(more, 0))
        return pc.binary_join_element_wise(heads, fill, empty)

    def _cut(self, value: str | int) -> str | None:
        if isinstance(value, int) and value < 0:
            return None
        text = unicodedata.normalize("NFC", str(value).strip())
        if self.width is not None:
            text = text.rjust(self.width, "0")
        if len(text) <= self.keep:
            return None
        kept = boundary_before(text, self.keep)
        if text[: self.keep] in self.restricted:
            return "0" * self.keep + self.fill * (len(text) - self.keep)
        return text[:kept] + self.fill * (len(text) - kept)


@dataclass(frozen=True, slots=True)
class Ip:
    """Reduce an IP address to its network: 192.0.2.7 is "192.0.2.0/24".

    `v4` and `v6` are the numbers of kept bits. An IPv4-mapped IPv6 address (RFC 4291) is treated as
    an IPv4 address; a 6to4 address (RFC 3056) keeps at most `v4` bits of its IPv4 address. Other
    text is failed.
    """

    name: ClassVar[str] = "ip"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "network address only[, {v4} bits of IPv4][, {v6} bits of IPv6]"
    directions: ClassVar[Directions] = each(v4=Less(24), v6=Less(48))

    v4: int = 24
    v6: int = 48

    def __post_init__(self) -> None:
        if not 0 <= self.v4 <= 31:
            raise ValueError("v4 must be 0 to 31 bits: 32 would keep the address")
        if not 0 <= self.v6 <= 64:
            raise ValueError("v6 must be 0 to 64 bits: what follows names the device")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "generalization", entity="IP_ADDRESS")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type = text_type(array.type)
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                self._quickly(plain_text(part)).cast(out_type),
                lambda rest: per_distinct(rest, self._network, out_type, "not an IP address"),
            ),
            out_type,
        )

    def _quickly(self, array: pa.Array) -> pa.Array:
        """The networks of plain IPv4 addresses; null elsewhere."""
        fits, octets = array.is_valid(), _octets(array.drop_null())
        if octets is None:
            fits = pc.fill_null(pc.match_substring_regex(array, _PLAIN_V4), False)
            octets = _octets(array.filter(fits))
            assert octets is not None, "only plain addresses fit"
        if octets.shape[1] == len(array):
            return self._networks(octets)
        places = np.cumsum(fits.to_numpy(zero_copy_only=False)) - 1
        where = pc.if_else(fits, pa.array(places), pa.scalar(None, pa.int64()))
        return self._networks(octets).take(where)

    def _networks(self, octets: Octets) -> pa.Array:
        bits = (0xFFFFFFFF << (32 - self.v4)) & 0xFFFFFFFF
        parts: list[pa.Array | pa.Scalar] = []
        for place, keep in enumerate(bits.to_bytes(4, "big")):
            tail = f"/{self.v4}" if place == 3 else ""
            names = pa.array([f"{octet & keep}{tail}" for octet in range(256)])
            same = not keep and place > 0  # what is joined must be as long as the column
            parts.append(names[0] if same else names.take(pa.array(octets[place])))
        return pc.binary_join_element_wise(*parts, ".")

    def _network(self, value: str) -> str | None:
        try:
            address = ipaddress.ip_address(value.strip())
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if isinstance(address, ipaddress.IPv4Address):
            return str(ipaddress.IPv4Network((int(address), self.v4), strict=False))
        bits = self.v6 if address.sixtofour is None else min(self.v6, 16 + self.v4)
        return str(ipaddress.IPv6Network((int(address), bits), strict=False))


@dataclass(frozen=True, slots=True)
class Hierarchy(FromFile):
    """Replace a value by its ancestor in a hierarchy file (CSV: leaf;level 1;...;*).

    `level` counts from 1; the leaf is level 0. A value that is not a leaf of the file is failed, or
    becomes "*" with ``unmapped: star``. White space around a value is ignored. Integers become
    text. `mapping` holds (leaf, ancestor at `level`), read by the compiler.
    """

    name: ClassVar[str] = "hierarchy"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "generalized by a hierarchy[ to level {level}]"
    directions: ClassVar[Directions] = each(
        file=Incomparable(), level=More(), unmapped=Indifferent()
    )

    file: str = field(metadata={"path": True})
    level: int
    unmapped: Literal["fail", "star"] = "fail"
    mapping: tuple[tuple[str, str], ...] = field(
        default=(), repr=False, metadata={"internal": True}
    )

    def __post_init__(self) -> None:
        if not self.file:
            raise ValueError("file must name a CSV file")
        if self.level < 1:
            raise ValueError("level must be 1 or more: level 0 is the value itself")

    def file_name(self) -> str:
        return self.file

    def with_rows(self, rows: Sequence[tuple[str, ...]]) -> Hierarchy:
        if self.level >= len(rows[0]):
            raise ValueError(f"the file has no level {self.level}")
        return replace(self, mapping=tuple((row[0], row[self.level]) for row in rows))

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT, Kind.INTEGER}), "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        out_type = text_type(array.type)
        if not self.mapping:
            return all_failed(array, out_type, "the hierarchy was not read")
        ancestors = {leaf.strip(): ancestor for leaf, ancestor in self.mapping}
        other = "*" if self.unmapped == "star" else None

        def ancestor(value: str | int) -> str | None:
            return ancestors.get(str(value).strip(), other)

        leaves = pa.array(list(ancestors), pa.large_string())
        parents = pa.array(list(ancestors.values()), out_type)
        return few_at_a_time(
            array,
            lambda part: with_rest(
                part,
                parents.take(pc.index_in(part.cast(pa.large_string()), leaves)),
                lambda rest: per_distinct(rest, ancestor, out_type, "not in the hierarchy"),
            ),
            out_type,
        )


def _octets(array: pa.Array) -> Octets | None:
    """The octets, four rows, of texts (none null) that are all plain IPv4 addresses: digits and
    three dots, no leading zeros (which some read as octal). None where one is something else."""
    texts = TextBytes.of(array)
    starts, ends = texts.ends[:-1], texts.ends[1:]
    dots = np.flatnonzero(texts.data == ord("."))
    if len(dots) != 3 * len(array) or len(texts.data) > np.iinfo(np.int32).max:
        return None
    between = dots.reshape(-1, 3)
    if not ((between[:, 0] >= starts) & (between[:, 2] < ends)).all():
        return None
    # the texts without their dots, cut where these were
    offsets = np.zeros(4 * len(array) + 1, np.int32)
    before = np.arange(0, 3 * len(array), 3, dtype=np.int32)
    for place, cuts in enumerate((*between.T, ends)):
        np.subtract(cuts, before + place, out=offsets[1 + place :: 4], casting="unsafe")
    digits = texts.data.tobytes().translate(None, b".")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(digits)]
    try:
        found = pa.Array.from_buffers(pa.string(), 4 * len(array), buffers).cast(pa.uint8())
    except pa.ArrowInvalid:  # its text quotes one
        return None
    values: Octets = found.to_numpy()
    longer = (values > 9).view(np.uint8) + (values > 99).view(np.uint8)
    if (np.diff(offsets) != longer + np.uint8(1)).any():
        return None
    return np.ascontiguousarray(values.reshape(-1, 4).T)
