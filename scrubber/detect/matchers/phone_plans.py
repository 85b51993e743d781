"""Which digits the numbering plans of regions hold: a quick no or yes before phonenumbers parses.

phonenumbers takes a number apart (international prefix, country code, national prefix) and asks
whether the rest, its national significant number, is one of the region's plan. A :class:`Plan` asks
less: whether *any* ending of the digits could be that rest. So its no is certain, its yes is not;
:meth:`Plan.holds` is the other way round: it knows the common ways of writing alone.
It is for ``Leniency.VALID`` and for numbers written with ASCII digits and punctuation alone, with
no plus sign, letters or extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import phonenumbers

# Every kind of number that phonenumbers counts as valid.
_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number"),
    *("voip", "pager", "uan", "voicemail"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of the regions that share a country code, as dialled in one of them.

    `numbers` matches a national significant number, `international` and `national` what may stand
    before one; the shortest has `least_digits`. `unprefixed` (None: unknown) matches those that
    are written with their national prefix, and do not count without it. `certain` matches numbers
    that are valid whatever else is true; `prefix` is the national prefix, empty where it is no
    plain string, and `code` the country code.
    """

    least_digits: int
    numbers: re.Pattern[str]
    endings: re.Pattern[str]
    international: re.Pattern[str]
    national: re.Pattern[str]
    unprefixed: re.Pattern[str] | None
    certain: re.Pattern[str]
    prefix: str
    code: str

    @classmethod
    def of(cls, region: str) -> Plan | None:
        """The plan of `region`; None where an ending is not all that its numbers can become."""
        own: Any = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        if own is None:
            return None
        relatives = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[own.country_code]
        shared: list[Any] = [
            phonenumbers.PhoneMetadata.metadata_for_region(one, None) for one in relatives
        ]
        if None in shared or not _only_cuts(own) or not _only_cuts(shared[0]):
            return None
        numbers = _any_of(_kinds(shared))
        return cls(
            least_digits=min(min(one.general_desc.possible_length) for one in shared),
            numbers=re.compile(numbers),
            endings=re.compile(numbers + r"\Z"),
            international=re.compile(own.international_prefix or r"(?!)"),
            national=re.compile(
                _any_of(filter(None, (own.national_prefix_for_parsing, str(own.country_code))))
            ),
            unprefixed=_unprefixed(shared[0]),
            certain=re.compile(_certain(shared)),
            prefix=_plain_prefix(own),
            code=str(own.country_code),
        )

    def may_hold(self, digits: str) -> bool:
        """True if phonenumbers might find `digits`, dialled in the region, to be valid."""
        if len(digits) < self.least_digits:
            return False
        abroad = self.international.match(digits)
        if abroad and len(digits) - abroad.end() >= least_digits_after_plus():
            return True
        return self.may_hold_national(digits)

    def may_hold_national(self, digits: str) -> bool:
        """The same for digits that no country code is in, but perhaps the region's own."""
        if self.national.match(digits):
            return self.endings.search(digits) is not None
        return self.numbers.fullmatch(digits) is not None and not (
            self.unprefixed and self.unprefixed.fullmatch(digits)
        )

    def holds(self, digits: str) -> bool:
        """True if phonenumbers surely finds `digits`, dialled in the region, to be valid."""
        if self.international.match(digits):
            return False
        if not self.national.match(digits):
            unprefixed = self.unprefixed and self.unprefixed.fullmatch(digits)
            return not unprefixed and self.certain.fullmatch(digits) is not None
        if not self.prefix or not digits.startswith(self.prefix) or digits.startswith(self.code):
            return False
        return self.certain.fullmatch(digits, len(self.prefix)) is not None

    def holds_international(self, digits: str) -> bool:
        """The same for what stands behind a plus sign."""
        rest = len(self.code)
        if not digits.startswith(self.code) or self.national.match(digits, rest):
            return False
        return self.certain.fullmatch(digits, rest) is not None


@cache
def least_digits_after_plus() -> int:
    """The fewest digits that a number written with its country code has, in any country."""
    plans: list[tuple[int, Any]] = [
        (code, phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region))
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
    ]
    least: int = min(
        len(str(code)) + min(plan.general_desc.possible_length) - _added(plan)
        for code, plan in plans
    )
    return least


def _kinds(plans: Iterable[Any]) -> Iterable[str]:
    for plan in plans:
        for kind in _KINDS:
            numbers = getattr(plan, kind)
            if numbers is not None and numbers.national_number_pattern:
                yield numbers.national_number_pattern


def _certain(plans: Iterable[Any]) -> str:
    """The numbers that are valid in one of these regions, which share a country code.

    A region with leading digits of its own takes all numbers that begin so: they are left out.
    """
    leading = [plan.leading_digits for plan in plans if plan.leading_digits]
    rest = [plan for plan in plans if not plan.leading_digits]
    numbers = _any_of(
        f"(?={_described(plan.general_desc)}\\Z){_described(getattr(plan, kind))}"
        for plan in rest
        for kind in _KINDS
        if getattr(plan, kind) is not None and getattr(plan, kind).national_number_pattern
    )
    return f"(?!{_any_of(leading)}){numbers}" if leading else numbers


def _described(numbers: Any) -> str:
    """The numbers of a plan or of a kind in it."""
    lengths = "|".join(f"[0-9]{{{length}}}\\Z" for length in numbers.possible_length)
    pattern = f"(?:{numbers.national_number_pattern})"
    return f"(?={lengths}){pattern}" if lengths else pattern


def _plain_prefix(plan: Any) -> str:
    prefix = plan.national_prefix_for_parsing or ""
    plain = prefix.isdigit() and not plan.national_prefix_transform_rule
    return prefix if plain else ""


def _any_of(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(f"(?:{one})" for one in dict.fromkeys(patterns)) + ")"


def _unprefixed(plan: Any) -> re.Pattern[str] | None:
    """The numbers that phonenumbers writes with a national prefix and wants to see it in.

    It takes the first way of writing that fits; one that wants no prefix wins over later ones.
    """
    lax: list[str] = []
    strict: list[str] = []
    for way in plan.number_format:
        begins = way.leading_digits_pattern
        fits = f"{f'(?={begins[-1]})' if begins else ''}(?:{way.pattern})"
        rule = way.national_prefix_formatting_rule
        if not rule or way.national_prefix_optional_when_formatting or _FIRST_GROUP.fullmatch(rule):
            lax.append(fits)
        else:
            strict.append(f"(?!{_any_of(lax)}\\Z){fits}" if lax else fits)
    return re.compile(_any_of(strict)) if strict else None


_FIRST_GROUP = re.compile(r"\(?\\1\)?")


def _only_cuts(plan: Any) -> bool:
    """True if taking off the national prefix leaves an ending of the digits, and adds none."""
    rule = plan.national_prefix_transform_rule
    if not rule:
        return True
    prefix = plan.national_prefix_for_parsing or ""
    last = re.compile(prefix).groups
    return rule == rf"\{last}" and _ENDS_IN_GROUP.fullmatch(prefix) is not None


# The last group to open ends where the whole match does.
_ENDS_IN_GROUP = re.compile(r".*\((?!\?)(?:[^()\\]|\\d)*\)(?:\)\??)*")


def _added(plan: Any) -> int:
    """The number of digits that the transform rule of a plan may add to a number."""
    rule = plan.national_prefix_transform_rule or ""
    return sum(char.isdigit() for char in re.sub(r"\\\d", "", rule))


@cache
def plans(regions: tuple[str, ...]) -> tuple[Plan | None, ...]:
    """The plans of `regions`, in their order."""
    return tuple(Plan.of(region) for region in regions)


@cache
def known_plans(regions: tuple[str, ...]) -> Mapping[str, Plan]:
    """The plans by region, of those that have one."""
    return {region: plan for region, plan in zip(regions, plans(regions), strict=True) if plan}
