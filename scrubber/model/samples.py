"""Random synthetic values for planted recall."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

Name = Callable[[random.Random], tuple[str, str]]
"""A given name and a surname, by chance."""

Sample = Callable[[random.Random, Name], str]
"""A value, by chance."""

_CARDS: Final = (("4", 16), ("51", 16), ("37", 15), ("6011", 16))
_PHONES: Final = (  # numbering plans as people write them at home
    "030 {:04d} {:04d}",
    "01 42 {:02d} {:02d} {:02d}",
    "020 7946 {:04d}",
    "06 6982 {:04d}",
    "91 {:03d} {:02d} {:02d}",
    "08-{:03d} {:02d} {:02d}",
    "22 {:03d} {:02d} {:02d}",
)
_HOSTS: Final = ("gmail.com", "outlook.com", "web.de", "orange.fr", "mailbox.org", "acme.co.uk")


def person(chance: random.Random, name: Name) -> str:
    return " ".join(name(chance))


def email(chance: random.Random, name: Name) -> str:
    given, surname = (re.sub(r"[^a-z]", "", part.lower()) or "info" for part in name(chance))
    between = chance.choice((".", "_", "", "-"))
    number = chance.choice(("", str(chance.randrange(10, 99))))
    return f"{given}{between}{surname}{number}@{chance.choice(_HOSTS)}"


def phone(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    area, line = chance.choice((212, 312, 415, 617, 713)), chance.randrange(10_000)
    form = chance.choice(("({}) 555-{:04d}", "{}-555-{:04d}", "+1 {} 555 {:04d}"))
    return form.format(area, line)


def home_phone(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    form = chance.choice(_PHONES)
    widths = (int(width) for width in re.findall(r"0(\d)d", form))
    return form.format(*(chance.randrange(10 ** (width - 1), 10**width) for width in widths))


def surname_first(chance: random.Random, name: Name) -> str:
    given, surname = name(chance)
    return f"{surname}, {given}"


def office_email(chance: random.Random, name: Name) -> str:
    """An address of a host that no list of suffixes knows, with a tag, in capitals."""
    local, _, host = email(chance, name).partition("@")
    return f"{local}+{chance.randrange(100)}@mail.{host.split('.')[0]}.internal".upper()


def spaced_ssn(chance: random.Random, name: Name) -> str:
    return ssn(chance, name).replace("-", " ")


def grouped_card(chance: random.Random, name: Name) -> str:
    number, mark = card(chance, name), chance.choice((" ", "-"))
    ends = (4, 10, 15) if len(number) == 15 else (4, 8, 12, 16)
    return mark.join(number[a:b] for a, b in zip((0, *ends), ends, strict=False))


def grouped_iban(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    """A Dutch one, in groups of four."""
    bank, account = chance.choice(("ABNA", "INGB", "RABO")), f"{chance.randrange(10**10):010d}"
    digits = "".join(str(int(letter, 36)) for letter in f"{bank}{account}NL")
    whole = f"NL{98 - int(digits + '00') % 97:02d}{bank}{account}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def ipv6(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    return "2001:db8:" + ":".join(f"{chance.randrange(1, 65536):x}" for _ in range(6))


def ssn(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    area, group = chance.randrange(100, 660), chance.randrange(10, 99)
    return f"{area}-{group}-{chance.randrange(1000, 9999)}"


def card(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    prefix, length = chance.choice(_CARDS)
    body = prefix + "".join(chance.choices("0123456789", k=length - len(prefix) - 1))
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in body[::-2])
    check = -(doubled + sum(map(int, body[-2::-2]))) % 10
    return f"{body}{check}"


def iban(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    account = "".join(chance.choices("0123456789", k=18))
    check = 98 - int(f"{account}131400") % 97  # D, E and room for the check digits
    return f"DE{check:02d}{account}"


def ip(chance: random.Random, name: Name) -> str:  # noqa: ARG001
    """An address that a host can have: neither private nor of this machine or a group."""
    rest = (str(chance.randrange(1, 255)) for _ in range(3))
    return ".".join((str(chance.randrange(11, 100)), *rest))
