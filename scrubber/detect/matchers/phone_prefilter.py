"""Necessary conditions for PhoneNumberMatcher to find a number in a text, as byte patterns.

A candidate of the matcher is digits with at most four marks of punctuation between neighbours, and
what it parses is a stretch of one, between two marks. So a number is one of

- a plus sign and as many digits as a number with its country code has at least,
- `_MANY` digits or more,
- fewer: then it is one of the few short numbers of the plans, all of which are spelled out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import product

import phonenumbers
from phonenumbers import phonenumberutil

from scrubber.detect.matchers import phone_plans as phoneplans
from scrubber.detect.matchers.phone_plans import Plan, least_digits_after_plus, plans
from scrubber.detect.prefilter import alphabet, superset
from scrubber.detect.prefilter.alphabet import ALL, DIGITS, LETTERS, OTHER, Mask, image_of, mask
from scrubber.detect.prefilter.cache import CacheFolder, name_of
from scrubber.detect.prefilter.scanner import Trigger
from scrubber.detect.prefilter.superset import Chars, Choice, Edge, Node, Row, Times, written

# Digits. Shorter numbers are spelled out, which takes ten times as long for each digit more.
_MANY = 6


def trigger(regions: tuple[str, ...], leniency: int, folder: CacheFolder | None = None) -> Trigger:
    """The trigger of a matcher for any of `regions`, remembered in `folder`.

    Empty for ``Leniency.POSSIBLE``, and where a region's plan is not understood.
    """
    asked = (phonenumbers.__version__, json.dumps([regions, leniency]))
    name = name_of(asked, (alphabet, phoneplans, superset, sys.modules[__name__]), "phones")
    stored = folder.read(name) if folder is not None else None
    if stored is not None:
        with suppress(ValueError, TypeError, KeyError):  # of another making: work it out
            return Trigger(tuple(map(bytes.fromhex, [*json.loads(stored)["sources"]])))
    made = _trigger(regions, leniency)
    if folder is not None:
        content = {"sources": [source.hex() for source in made.sources]}
        folder.write(name, json.dumps(content).encode())
    return made


@cache
def _trigger(regions: tuple[str, ...], leniency: int) -> Trigger:
    known = [plan for plan in plans(regions) if plan is not None]
    if leniency < phonenumbers.Leniency.VALID or len(known) != len(regions):
        return Trigger()
    after_plus = min(_MANY, least_digits_after_plus())
    patterns: list[Node] = [
        Row((Chars(mask(b"+") | mask([OTHER])), _marks(9), _digits(after_plus))),
        _digits(_MANY),
    ]
    if short := _short_numbers(known):
        patterns.append(Row((_OUTSIDE_BEFORE, _spelled(short), _OUTSIDE_AFTER)))
    return Trigger(tuple(written(pattern) for pattern in patterns))


def _short_numbers(known: Sequence[Plan]) -> frozenset[str]:
    """All digits, fewer than `_MANY`, that a plan may hold.

    An international prefix needs no thought: a country code and a number would follow it.
    """
    few = [plan for plan in known if plan.least_digits < _MANY]
    return frozenset(
        digits
        for length in range(1, _MANY)
        for digits in map("".join, product("0123456789", repeat=length))
        if any(plan.may_hold_national(digits) for plan in few)
    )


def _spelled(numbers: Iterable[str]) -> Node:
    """Any of `numbers`; those that go on in the same way share their ends."""
    ends: dict[str, set[str]] = {}
    for number in numbers:
        ends.setdefault(number[:1], set()).add(number[1:])
    complete = ends.pop("", None) is not None
    begins: dict[frozenset[str], str] = {}
    for digit, rest in ends.items():
        begins[frozenset(rest)] = begins.get(frozenset(rest), "") + digit
    choices: list[Node] = [
        Row((Chars(_digit(firsts)), Row((_marks(4), _spelled(rest)))))
        if rest != {""}
        else Chars(_digit(firsts))
        for rest, firsts in begins.items()
    ]
    if complete:
        choices.append(Row())
    return choices[0] if len(choices) == 1 else Choice(tuple(choices))


def _digits(count: int) -> Node:
    """`count` digits with marks of punctuation between them."""
    more = Times(Row((_marks(4), Chars(any_digit()))), count - 1, count - 1)
    return Row((Chars(any_digit()), more))


def _marks(most: int) -> Node:
    return Times(Chars(_punctuation()), 0, most)


@cache
def any_digit() -> Mask:
    """A digit by the re module or by the alphabet."""
    return DIGITS | image_of(re.compile(r"\d"))


def _digit(values: str) -> Mask:
    """ASCII digits of these values, and every digit beyond ASCII."""
    return mask(values.encode()) | any_digit() & ~mask(b"123456789")


@cache
def _punctuation() -> Mask:
    marks = getattr(phonenumberutil, "_VALID_PUNCTUATION", None)
    plus = getattr(phonenumberutil, "_PLUS_CHARS", None)
    if isinstance(marks, str) and isinstance(plus, str):
        return image_of(re.compile(rf"[{marks}()\[\]{plus}]", re.IGNORECASE))
    return ALL & ~(LETTERS | DIGITS) | mask(b"xX")


# What is no digit to the re module may be one to the alphabet, that of the regex module: a 0.
_OUTSIDE = rb"[\x00-0\x3a-\x81\xff]"
_OUTSIDE_BEFORE = Edge(b"(?:" + _OUTSIDE + rb"|\A)")
_OUTSIDE_AFTER = Edge(b"(?:" + _OUTSIDE + rb"|\z)")
