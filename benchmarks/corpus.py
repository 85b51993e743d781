"""Generated chat and ticket text for measuring speed: seeded, about 330 bytes a row.

`share` of the rows hold personal data: one to three values of the kinds that Presidio knows by
pattern (e-mail addresses, phone numbers, cards, account and social security numbers, IBANs, IP
addresses, URLs with a user in them, birth dates), in sentences of their own. The other rows hold
plain sentences with what such text has anyway: prices, counts, clock times, years, short order
numbers, version numbers, file names, curly quotes and accents. Every row is different; no value is
anybody's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice

SEED = 20_240_611
ROW_BYTES = 330

_SUBJECTS = (
    "The customer|Our team|The technician|A colleague|The new driver|My order|This release|"
    "The invoice|Her replacement unit|The courier|The router|Their warehouse|The second agent|"
    "The test run|A supervisor|The refund|This account|The mobile app|The contract|The branch"
).split("|")
_VERBS = (
    "asked about|returned|could not find|confirmed|cancelled|has checked|will replace|reported|"
    "rescheduled|described|shipped|installed|was told about|forgot|wants to upgrade|noted|missed|"
    "restarted|compared|is waiting for"
).split("|")
_OBJECTS = (
    "the delivery window|a damaged box|the warranty terms|two spare cables|the monthly plan|"
    "the blue headset|an earlier ticket|the password rules|every open question|the return label|"
    "a faulty battery|the upgrade path|the loyalty programme|the wrong colour|a larger tent|"
    "the printed manual|the café voucher|the “express” option|the setup wizard|a naïve workaround"
).split("|")
_TAILS: tuple[Callable[[random.Random], str], ...] = (
    lambda _: "before the weekend",
    lambda _: "again",
    lambda _: "and left without a word",
    lambda _: "because the line was busy",
    lambda r: f"at {r.randint(8, 19)}:{r.randint(0, 59):02d}",
    lambda r: f"for ${r.randint(3, 899)}.{r.randint(0, 99):02d}",
    lambda r: f"in {r.randint(1998, 2024)}",
    lambda r: f"after {r.randint(2, 45)} minutes",
    lambda r: f"with version {r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)}",
    lambda r: f"(order #{r.randint(1000, 99999)})",
    lambda r: f"from manual_{r.choice('abcdef')}{r.randint(1, 9)}.pdf",
    lambda _: "which is fine with everybody here",
    lambda _: "so we closed the request",
    lambda _: "as it says in the notes",
    lambda _: "although nobody had asked for it",
    lambda _: "while the system was down",
)
_NAMES = (
    "anna|bruno|chidi|dana|elif|farid|grace|hiro|irina|jonas|kavya|liam|maria|nadia|omar|petra|"
    "quinn|rosa|sven|tariq|uma|viktor|wendy|ximena|yusuf|zofia"
).split("|")
_SURNAMES = (
    "abara|berg|castillo|demir|eriksen|fischer|grant|haddad|ivanov|jensen|kovacs|lindqvist|moreau|"
    "nakamura|okafor|petrov|quiroga|rahman|schmidt|tanaka|ueda|vargas|weber|xu|yilmaz|zielinski"
).split("|")
_DOMAINS = (
    "example.com|mail.example.org|example.net|inbox.example.co.uk|post.example.de|corp.example.io"
).split("|")


def rows(count: int, share: float, seed: int = SEED) -> Iterator[str]:
    """`count` rows, `share` of them (0 to 1) with personal data; the same for the same seed."""
    random_ = random.Random(f"{seed}:{share}")
    plain = [_sentence(random_) for _ in range(20_000)]
    return islice(_endless(random_, plain, share), count)


def _endless(random_: random.Random, plain: list[str], share: float) -> Iterator[str]:
    while True:
        personal = random_.random() < share
        sentences = [_personal(random_) for _ in range(random_.randint(1, 3))] if personal else []
        length = sum(len(sentence) + 1 for sentence in sentences)
        while length < ROW_BYTES - 30:
            sentence = random_.choice(plain)
            sentences.append(sentence)
            length += len(sentence) + 1
        random_.shuffle(sentences)
        yield " ".join(sentences)


def _sentence(random_: random.Random) -> str:
    pick = random_.choice
    return f"{pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)} {pick(_TAILS)(random_)}."


def _personal(random_: random.Random) -> str:
    lead, value = random_.choice(_PERSONAL)
    return f"{random_.choice(lead)} {value(random_)}."


def _digits(random_: random.Random, count: int) -> str:
    return "".join(random_.choices("0123456789", k=count))


def _email(random_: random.Random) -> str:
    name, surname = random_.choice(_NAMES), random_.choice(_SURNAMES)
    mark = random_.choice(("", ".", "_"))
    number = random_.choice(("", str(random_.randint(1, 99))))
    return f"{name}{mark}{surname}{number}@{random_.choice(_DOMAINS)}"


def _us_phone(random_: random.Random) -> str:
    area = f"{random_.randint(2, 9)}{_digits(random_, 2)}"
    exchange = f"{random_.randint(2, 9)}{_digits(random_, 2)}"
    line = _digits(random_, 4)
    form = random_.choice(("{}-{}-{}", "({}) {}-{}", "+1 {} {} {}", "{}.{}.{}", "{}{}{}"))
    return str(form.format(area, exchange, line))


def _european_phone(random_: random.Random) -> str:
    return random_.choice(
        (
            f"+44 20 7{_digits(random_, 3)} {_digits(random_, 4)}",
            f"07{_digits(random_, 3)} {_digits(random_, 6)}",
            f"+49 30 {random_.randint(1, 9)}{_digits(random_, 5)}",
            f"01 {' '.join(_digits(random_, 2) for _ in range(4))}",
        )
    )


def _ssn(random_: random.Random) -> str:
    return f"{random_.randint(1, 665):03d}-{random_.randint(1, 99):02d}-{_digits(random_, 4)}"


def _card(random_: random.Random) -> str:
    body = random_.choice(("4", "51", "55", "4"))
    body += _digits(random_, 15 - len(body))
    number = body + _luhn(body)
    mark = random_.choice(("", " ", "-"))
    return mark.join(number[i : i + 4] for i in range(0, 16, 4))


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def _iban(random_: random.Random) -> str:
    account = _digits(random_, 18)
    check = 98 - int(account + "131400") % 97  # D = 13, E = 14
    number = f"DE{check:02d}{account}"
    mark = random_.choice(("", " "))
    return mark.join(number[i : i + 4] for i in range(0, 22, 4))


def _address(random_: random.Random) -> str:
    return ".".join(str(random_.randint(1, 254)) for _ in range(4))


def _url(random_: random.Random) -> str:
    name = random_.choice(_NAMES) + random_.choice(_SURNAMES)
    return f"https://www.example.com/users/{name}?tab={random_.randint(1, 9)}"


def _birth_date(random_: random.Random) -> str:
    year, month, day = (random_.randint(*ends) for ends in ((1940, 2009), (1, 12), (1, 28)))
    return random_.choice((f"{year}-{month:02d}-{day:02d}", f"{month:02d}/{day:02d}/{year}"))


def _account(random_: random.Random) -> str:
    return _digits(random_, random_.randint(8, 12))


_PERSONAL: tuple[tuple[tuple[str, ...], Callable[[random.Random], str]], ...] = (
    (("Please write to", "My email is", "cc"), _email),
    (("Send the invoice to", "Contact:", "Reply to"), _email),
    (("You can call me at", "My phone number is", "Mobile:"), _us_phone),
    (("Reach me on", "My cell is", "Tel."), _european_phone),
    (("My social security number is", "SSN"), _ssn),
    (("Charge my card", "The credit card is", "visa"), _card),
    (("Transfer it to", "My IBAN is"), _iban),
    (("It was seen from", "The login came from IP"), _address),
    (("My profile is", "See"), _url),
    (("I was born on", "Date of birth:"), _birth_date),
    (("My bank account number is", "Account"), _account),
)
