"""Transforms by their name in a rule file; each is small, total, and says what it guarantees."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scrubber.transform.base import Transform
from scrubber.transform.clip import Clip
from scrubber.transform.date_part import DatePart
from scrubber.transform.email import Email
from scrubber.transform.empty import Empty
from scrubber.transform.erase import Mask, Redact, Replace
from scrubber.transform.generalize import Bin, Hierarchy, Ip, Prefix, Round
from scrubber.transform.laplace import Laplace
from scrubber.transform.map import Map
from scrubber.transform.pseudonymize import DateShift, Encrypt, Token
from scrubber.transform.randomized_response import RandomizedResponse
from scrubber.transform.rare import Rare
from scrubber.transform.significant import Significant
from scrubber.transform.surrogate import Surrogate
from scrubber.transform.truncate_date import TruncateDate
from scrubber.transform.url import Url
from scrubber.transform.user_agent import UserAgent

_REGISTERED: dict[str, type[Transform]] = {
    kind.name: kind
    for kind in (
        Empty,
        Redact,
        Replace,
        Mask,
        Token,
        Encrypt,
        Surrogate,
        DateShift,
        Bin,
        Round,
        Significant,
        Clip,
        TruncateDate,
        DatePart,
        Prefix,
        Ip,
        Hierarchy,
        Map,
        Rare,
        Email,
        RandomizedResponse,
        Laplace,
        Url,
        UserAgent,
    )
}
TRANSFORMS: Mapping[str, type[Transform]] = MappingProxyType(_REGISTERED)

__all__ = ["TRANSFORMS"]
