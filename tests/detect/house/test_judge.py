"""What only looks like an identifier is left alone, and what is one stays found."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from scrubber.detect import Detector, DetectSpec
from scrubber.detect.code import Code

Build = Callable[[DetectSpec], Detector]
SPEC = DetectSpec(least_score=0.4)

LOOK_ALIKES = [
    "Order 8900234402 was shipped",
    "ISBN 8627613494 is out of print, as is 0-306-40615-2",
    "UPC 073590694227, loss 0.873825, rate 1.6890",
    "vectors -1.2345, 2.3456 and 5.4321, 60.1234",
    "created_at=1741072905",
    "45 CFR 164.514(b)(2), RFC 7519, ISO 27001:2022",
    "data-00012-of-00128.parquet beside libssl.so.1.1",
    "It is done.In the end np.int64 and os.path.join(a, b) won; console.log(data.map(f))",
    "BIC COBADEFFXXX, SWIFT code: DEUTDEFF",
    "/cdn/npm/vue@3.2.1-rc1/vue, /assets/icon@2x.png, /lib/systemd/system/getty@tty1.service",
    "import os\nx = 536-22-1234\ny = '536221234'\nprint(x)",
    "bind 127.0.0.1, 0.0.0.0, mask 255.255.255.0, net 10.0.0.0/8, group 224.0.0.1, version 2.31.0.4",
]
FOUND = [
    ("my phone: 2125550152", "PHONE_NUMBER", "2125550152"),
    ("call me at 212-555-0152", "PHONE_NUMBER", "212-555-0152"),
    ("NHS number 9434765919", "UK_NHS", "9434765919"),
    ("keep 4111111111111111 safe", "CREDIT_CARD", "4111111111111111"),
    ("keep 6759649826438453 safe", "CREDIT_CARD", "6759649826438453"),
    ("keep 5019717010103742 safe", "CREDIT_CARD", "5019717010103742"),
    ("keep 122000000000003 safe", "CREDIT_CARD", "122000000000003"),
    ("visa card 4929 1234 5678 9015", "CREDIT_CARD", "4929 1234 5678 9015"),
    ("we met at 40.7128, -74.0060", "GEO_COORDINATES", "40.7128, -74.0060"),
    ("client 198.051.100.007", "IP_ADDRESS", "198.051.100.007"),
    ("host www.some.bank today", "URL", "www.some.bank"),
    ("write k.meier@mailhost.internal", "EMAIL_ADDRESS", "k.meier@mailhost.internal"),
    ("write mara@localhost now", "EMAIL_ADDRESS", "mara@localhost"),
    ('to "mara l"@example.org', "EMAIL_ADDRESS", '"mara l"@example.org'),
    ("mail mara@192.0.2.7", "EMAIL_ADDRESS", "mara@192.0.2.7"),
    ("mail mara@example.com.Please reply", "EMAIL_ADDRESS", "mara@example.com"),
    ("GET /users/mara.l@example.com HTTP/1.1", "EMAIL_ADDRESS", "mara.l@example.com"),
    ("s3://box/mara@example.com/in", "EMAIL_ADDRESS", "mara@example.com"),
    ("open('/data/out/mara@example.com.csv')", "EMAIL_ADDRESS", "mara@example.com.csv"),
    ("order 4111 1111 1111 1111", "CREDIT_CARD", "4111 1111 1111 1111"),
    ('import os\nx = "536-22-1234"\nprint(x)', "US_SSN", "536-22-1234"),
    ('import os\nx = "212-555-0152"\nprint(x)', "PHONE_NUMBER", "212-555-0152"),
    ("follow @mara@social.example", "USERNAME", "@mara@social.example"),
    ("git@github.com:mlindt/repo.git", "USERNAME", "mlindt"),
    ("ssh mlindt@db01", "USERNAME", "mlindt"),
    ("MAC address BDA5C5079E23", "MAC_ADDRESS", "BDA5C5079E23"),
]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_left_alone(detector: Build, text: str) -> None:
    assert detector(SPEC).detect([text]) == [()]


@pytest.mark.parametrize(("text", "label", "value"), FOUND)
def test_identifiers_stay_found(detector: Build, text: str, label: str, value: str) -> None:
    (spans,) = detector(SPEC).detect([text])
    assert (label, value) in {(s.label, text[s.start : s.end]) for s in spans}


@pytest.mark.parametrize("length", range(5, 20))
def test_random_numbers_are_left_alone(detector: Build, length: int) -> None:
    """Cards apart: a number of a scheme's prefix, length and check digit is one."""
    rng = random.Random(length)
    texts = ["keep " + "".join(rng.choices("0123456789", k=length)) for _ in range(1000)]
    found = detector(SPEC).detect(texts)
    assert sum(any(s.label != "CREDIT_CARD" for s in spans) for spans in found) <= 1


def test_own_recognizers_and_deny_lists_are_never_judged(detector: Build) -> None:
    pattern = {"name": "p", "regex": r"\b\d{10}\b", "score": 0.5}
    own = json.dumps({"name": "own", "supported_entity": "PHONE_NUMBER", "patterns": [pattern]})
    spec = DetectSpec(recognizers=(own,), deny_list=(("URL", ("os.path",)),), least_score=0.4)
    (spans,) = detector(spec).detect(["Order 8900234402 of os.path"])
    assert {s.label for s in spans} == {"PHONE_NUMBER", "URL"}


def test_without_the_house_nothing_is_taken_away(detector: Build) -> None:
    spec = DetectSpec(house=False, least_score=0.4)
    assert detector(spec).detect(["Order 8900234402 was shipped"]) != [()]


SOURCE = '''import os

# Written by Nora Quist <nora@example.com>
def parse(path):
    """Read what Nora Quist left."""
    return os.path.join(path, "a")
'''


def test_source_code_is_known_as_code() -> None:
    code = Code(SOURCE)
    at = {part: code.at(SOURCE.index(part)) for part in ("os", "Written", "parse", "Read")}
    assert at == {"os": "code", "Written": "words", "parse": "code", "Read": "words"}
    for text in ("Dear Nora,\nthanks for the call.\nBest\nAnn", '{"name": "Nora"}', "a: b\nc: d"):
        assert Code(text).at(0) == ""


def test_authors_in_source_code_stay_found(detector: Build) -> None:
    (spans,) = detector(DetectSpec(ner="builtin", least_score=0.4)).detect([SOURCE])
    found = {(s.label, SOURCE[s.start : s.end]) for s in spans}
    assert ("PERSON", "Nora Quist") in found
    assert ("EMAIL_ADDRESS", "nora@example.com") in found
    assert not {value for label, value in found} & {"os", "parse", "path", "os.path"}
