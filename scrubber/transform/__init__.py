"""Transforms by their name in a rule file; each is small, total, and says what it guarantees."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scrubber.transform.base import Transform
from scrubber.transform.erase import Mask, Redact, Replace
from scrubber.transform.generalize import Bin, Hierarchy, Ip, Prefix, Round
from scrubber.transform.pseudonymize import DateShift, Encrypt, Token
from scrubber.transform.surrogate import Surrogate
from scrubber.transform.truncate_date import TruncateDate

_REGISTERED: dict[str, type[Transform]] = {
    kind.name: kind
    for kind in (
        Redact,
        Replace,
        Mask,
        Token,
        Encrypt,
        Surrogate,
        DateShift,
        Bin,
        Round,
        TruncateDate,
        Prefix,
        Ip,
        Hierarchy,
    )
}
TRANSFORMS: Mapping[str, type[Transform]] = MappingProxyType(_REGISTERED)

__all__ = ["TRANSFORMS"]
