"""What must be in a text for a phone number to be there. That of every region is held against its
own numbers in test_detect_patterns.py."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import Leniency
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from scrubber.detect.matchers.phone_prefilter import trigger
from tests.detect.matching import matches

pytestmark = pytest.mark.slow

OURS = tuple(PhoneRecognizer.DEFAULT_SUPPORTED_REGIONS)


@pytest.mark.parametrize(
    "text",
    [
        *("2125550152", "212-555-0152", "(212) 555 0152", "212/555/0152", "212. 555. 0152"),
        *("+442079460018", "+44 (0)20 7946 0018", "＋４４２０７９４６００１８", "x2125550152x"),
        *("٢١٢٥٥٥٠١٥٢", "212\u00ad555\u20600152", "[212] 555~0152", "212–555—0152"),
    ],
)
def test_where_a_number_may_be(text: str) -> None:
    assert matches(trigger(OURS, Leniency.VALID).sources, text)


@pytest.mark.parametrize(
    "text", ["", "no digits", "in 2024 or so", "10:15", "3 of 12", "1 2 a 3 4 b 5 6", "+1"]
)
def test_where_none_can_be(text: str) -> None:
    assert not matches(trigger(OURS, Leniency.VALID).sources, text)
    assert not any(
        any(phonenumbers.PhoneNumberMatcher(text, region, leniency=Leniency.VALID))
        for region in OURS
    )


@pytest.mark.parametrize(
    ("regions", "leniency"), [(OURS, Leniency.POSSIBLE), (("US", "XX"), Leniency.VALID)]
)
def test_where_nothing_is_known_every_text_may_hold_one(
    regions: tuple[str, ...], leniency: int
) -> None:
    assert trigger(regions, leniency).sources == ()
