"""Personal data and secrets that Presidio has no recognizers for; one module per family.

Patterns are data, and each is written so that it stays cheap: it begins with something rare or with
a word that announces the value, its repeats are bounded, and what could be anything by itself (a
number, a word) is found only behind such a word.
"""

from __future__ import annotations

from scrubber.detect.recognizers.addresses import (
    ACCOUNTS_ON_HOSTS,
    HARDWARE,
    MACHINES,
    MAIL,
    PAGES,
)
from scrubber.detect.recognizers.cases import CASES, REFERENCES, ZONES
from scrubber.detect.recognizers.commands import COMMAND_SECRETS
from scrubber.detect.recognizers.credentials import PASSWORDS, SECRETS
from scrubber.detect.recognizers.dates import AGES, DATES
from scrubber.detect.recognizers.keyblocks import PRIVATE_KEYS, WEB_TOKENS
from scrubber.detect.recognizers.labelled import (
    ACCOUNTS,
    CERTIFICATES,
    DEVICES,
    HEALTH_PLANS,
    IDS,
    IMEIS,
    LABELLED_VINS,
    MEDICAL_RECORDS,
    PLATES,
    VINS,
)
from scrubber.detect.recognizers.messages import SEGMENTS
from scrubber.detect.recognizers.names import NAMES
from scrubber.detect.recognizers.national import NATIONAL_IDS
from scrubber.detect.recognizers.payments import (
    CARDS,
    IBANS,
    LABELLED_CARDS,
    LABELLED_IBANS,
    WALLETS,
)
from scrubber.detect.recognizers.people import BIRTHS, HIGH_AGES, USERNAMES
from scrubber.detect.recognizers.phones import LABELLED_PHONES
from scrubber.detect.recognizers.places import COORDINATES, POSTCODES, STREETS
from scrubber.detect.recognizers.proved import PROVED_IDS
from scrubber.detect.recognizers.providers import API_KEYS
from scrubber.detect.recognizers.recognizer import Pattern, Recognizer

__all__ = ["RECOGNIZERS", "Pattern", "Recognizer"]

RECOGNIZERS: tuple[Recognizer, ...] = (
    *(API_KEYS, PRIVATE_KEYS, WEB_TOKENS, PASSWORDS, SECRETS, COMMAND_SECRETS),
    *(MAIL, ACCOUNTS_ON_HOSTS, PAGES, MACHINES, HARDWARE),
    *(STREETS, POSTCODES, COORDINATES),
    *(DATES, BIRTHS, AGES, HIGH_AGES, USERNAMES),
    *(CASES, REFERENCES, ZONES, LABELLED_PHONES, *NATIONAL_IDS, *PROVED_IDS),
    *(IBANS, LABELLED_IBANS, CARDS, LABELLED_CARDS, WALLETS),
    *(*SEGMENTS, *NAMES),
    *(MEDICAL_RECORDS, HEALTH_PLANS, ACCOUNTS, CERTIFICATES, IDS),
    *(VINS, LABELLED_VINS, PLATES, IMEIS, DEVICES),
)
