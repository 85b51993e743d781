"""Accounts, cards and wallets; and numbers that are none."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

FOUND = [
    ("My IBAN is AT61 1904 3002 3457 3201 please use it.", "AT61 1904 3002 3457 3201"),
    ("Transfer to NO93 8601 1117 947 before Friday", "NO93 8601 1117 947"),
    ("to MT84MALT011000012345MTLCAST001S.", "MT84MALT011000012345MTLCAST001S"),
    ("IBAN: ES39 0738 4519 0348 0499 1930", "ES39 0738 4519 0348 0499 1930"),
    ("It is 2223 0031 2200 3222 here", "2223 0031 2200 3222"),
    ("It is 4111.1111.1111.1111 here", "4111.1111.1111.1111"),
    ("card 4000.1234.5678.9017 declined", "4000.1234.5678.9017"),
    ("card ending in 9017 was charged", "9017"),
    ("the last four digits are 3012", "3012"),
    ("**** **** **** 3012", "3012"),
    ("XXXX-XXXX-XXXX-3012", "3012"),
    (f"pay 0x{'52908400' * 5}", f"0x{'52908400' * 5}"),
    ("wallet address rqm1GdE465FMsZKTLnHdRGEffMW5QQFoBQ", "rqm1GdE465FMsZKTLnHdRGEffMW5QQFoBQ"),
    ("MAC address is BDA5C5079E23", "BDA5C5079E23"),
]  # fmt: skip
KINDS = ("IBAN_CODE", "CREDIT_CARD", "CRYPTO", "MAC_ADDRESS")
NONE = [
    "to AT61 1904 3002 3457 3202 and", "It is 2223 0031 2200 3223 here", "order 4111.1111",
    "0x5290840009852788", "commit 52908400098527886e0f7030069857d2e4169ee7", "a wallet of leather",
    "version 2.4.1 ending in 2019", "page 3012", "#### Heading 2024", "BDA5C5079E23",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), FOUND)
def test_found(text: str, value: str) -> None:
    assert covers(text, value, *KINDS)


@pytest.mark.parametrize("text", NONE)
def test_not_found(text: str) -> None:
    assert found(text, *KINDS) == set()
