"""Values of nobody's, made by chance: what planted recall puts into texts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

Name = Callable[[random.Random], tuple[str, str]]
"""A given name and a surname, by chance."""

_CARDS: Final = (("4", 16), ("51", 16), ("37", 15), ("6011", 16))
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
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))
