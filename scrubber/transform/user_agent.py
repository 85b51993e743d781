"""User agents without their versions: the family of the browser or operating system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

import pyarrow as pa

from scrubber.model.direction import Directions, Indifferent, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.columns.distinct import per_distinct
from scrubber.transform.crypto.canonical import plain_text, text_type

_OTHER = "Other"
_MOST = 1000  # code points that are read, so that time is bounded
_PARTS = ("browser", "os")


@dataclass(frozen=True, slots=True)
class UserAgent:
    """Keep the family of the browser or operating system of a user agent.

    The families are those of ua-parser's list, without versions: "Firefox", "Windows". Names that
    the list does not spell out, such as those of private programs, become "Other". Only the first
    1,000 code points are read. The version of the package ua-parser-builtins decides on new
    browsers.
    """

    name: ClassVar[str] = "user_agent"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "user agent reduced to its family"
    directions: ClassVar[Directions] = each(keep=Indifferent())

    keep: Literal["browser", "os"] = "browser"

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        matchers = _matchers()[_PARTS.index(self.keep)]
        return per_distinct(
            plain_text(array),
            lambda text: _family(matchers, text[:_MOST]),
            text_type(array.type),
            "not UTF-8",
        )


@cache
def _matchers() -> Sequence[Any]:
    """The matchers of ua-parser's list, for browsers and for operating systems."""
    from ua_parser.loaders import load_lazy_builtins

    return load_lazy_builtins()


def _family(matchers: Sequence[Any], text: str) -> str:
    """The family of the first matcher that fits."""
    found = next(((one, made) for one in matchers if (made := one(text)) is not None), None)
    if found is None:
        return _OTHER
    matcher, made = found
    return str(made.family) if _is_listed(matcher, made.family) else _OTHER


def _is_listed(matcher: Any, family: str) -> bool:
    """True if the list spells the family out. Some of its patterns take any word of the text, which
    may be the name of a person."""
    template = str(matcher.family)
    if family == template:
        return True
    before, _, after = template.partition("$1")
    taken = family[len(before) : len(family) - len(after)]
    source = matcher.regex.replace("\\", "")
    return bool(taken) and bool(re.search(rf"(?<!\w){re.escape(taken)}(?!\w)", source))
