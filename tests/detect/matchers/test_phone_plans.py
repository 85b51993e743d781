"""What a numbering plan says without parsing is what phonenumbers says: its no and its yes."""

from __future__ import annotations

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import Leniency, PhoneNumberMatcher

from scrubber.detect.matchers.phone_plans import Plan, least_digits_after_plus, plans

pytestmark = pytest.mark.slow

REGIONS = ["US", "GB", "DE", "FR", "IL", "IN", "CA", "BR", "IT", "AU", "SG", "KZ", "CN", "NO"]
KINDS = range(phonenumbers.PhoneNumberType.VOICEMAIL + 1)
TEXTS = 250  # a region


def is_found(text: str, region: str) -> bool:
    """Whether phonenumbers takes `text`, whole, for a valid number dialled in `region`."""
    found = PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    return any((match.start, match.end) == (0, len(text)) for match in found)


def numbers(region: str) -> Iterator[str]:
    """Digits as they are dialled in `region`: its numbers, with prefixes, changed, and any."""
    rng = random.Random(region)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    plain = [phonenumbers.national_significant_number(one) for one in examples if one]
    code = str(phonenumbers.country_code_for_region(region))
    for _ in range(TEXTS):
        digits = rng.choice(("", "", "0", "1", "8", "00", "011", code, f"00{code}", f"0{code}"))
        digits += rng.choice(plain) if rng.random() < 0.8 else str(rng.randint(0, 10**12))
        if rng.random() < 0.5:
            place = rng.randrange(len(digits))
            digits = digits[:place] + rng.choice("0123456789") + digits[place + 1 :]
        yield digits[: rng.choice((None, None, None, -1))]


def test_no_means_no_and_yes_means_yes() -> None:
    nos = yeses = 0
    for region in REGIONS:
        plan = Plan.of(region)
        if plan is None:
            continue  # not understood, so never asked
        for digits in numbers(region):
            if not plan.may_hold(digits):
                nos += 1
                assert not is_found(digits, region), (region, digits)
            if plan.holds(digits):
                yeses += 1
                assert is_found(digits, region), (region, digits)
            if plan.holds_international(digits):
                yeses += 1
                assert is_found(f"+{digits}", region), (region, digits)
    assert nos > 500
    assert yeses > 500


def test_most_regions_are_understood() -> None:
    regions = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
    assert sum(plan is not None for plan in plans(regions)) > 0.8 * len(regions)


def test_a_region_without_a_plan_is_not_understood() -> None:
    assert plans(("US", "XX"))[1] is None


def test_no_number_with_its_country_code_is_shorter_than_the_least() -> None:
    least = least_digits_after_plus()
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                assert len(written) - 1 >= least
