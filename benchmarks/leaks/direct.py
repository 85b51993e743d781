"""Direct identifiers: the labels of each set that single a person out, and the reasons.

A label that is in no row of `SETS` is none: places, dates, ages, organizations and conditions are
shared by many people and count as quasi-identifiers, a company's number is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

PERSON, USERNAME = "PERSON", "USERNAME"

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        PERSON: "a name is what a person is looked up by; titles around it are no part of it",
        USERNAME: "a handle leads to one account; tweets label it as a person",
        "NATIONAL_ID": "a state gives it to one person",
        "ID_NUMBER": "a hospital, insurer or chamber gives it to one person",
        "CASE_NUMBER": "a court's register names the parties to it",
        "ACCOUNT_NUMBER": "a bank gives it to one customer",
        "CREDIT_CARD": "a bank gives it to one customer",
        "PHONE_NUMBER": "it rings at one person's",
        "EMAIL_ADDRESS": "it is one person's letter box",
    }
)
"""The kinds of direct identifiers, each with why it is one."""


@dataclass(frozen=True, slots=True)
class Set:
    """A labelled set: `direct` maps its labels to kinds of REASONS.

    `complete`: every kind of identifier is labelled, so that letters outside of labels are none;
    else names alone are, and a date or a URL that is taken counts as other letters, too.
    """

    stem: str
    language: str
    about: str
    direct: Mapping[str, str] = field(repr=False)
    complete: bool = False


_NAMES = {"PER": PERSON, "person": PERSON}
_EUROPE = {
    "PERSON": PERSON,
    "NATIONAL_ID": "NATIONAL_ID",
    "CASE_NUMBER": "CASE_NUMBER",
    "ACCOUNT_ID": "ACCOUNT_NUMBER",
    "PHONE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
}
_GENERATED = {
    "PERSON": PERSON,
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "CREDIT_CARD": "CREDIT_CARD",
    "IBAN_CODE": "ACCOUNT_NUMBER",
    "US_SSN": "NATIONAL_ID",
    "US_DRIVER_LICENSE": "NATIONAL_ID",
}
_CLINICAL = {
    **dict.fromkeys(
        (
            "NOMBRE_SUJETO_ASISTENCIA",
            "NOMBRE_PERSONAL_SANITARIO",
        ),
        PERSON,
    ),
    **dict.fromkeys(
        (
            "ID_SUJETO_ASISTENCIA",
            "ID_ASEGURAMIENTO",
            "ID_CONTACTO_ASISTENCIAL",
            "ID_TITULACION_PERSONAL_SANITARIO",
            "ID_EMPLEO_PERSONAL_SANITARIO",
        ),
        "ID_NUMBER",
    ),
    "NUMERO_TELEFONO": "PHONE_NUMBER",
    "NUMERO_FAX": "PHONE_NUMBER",
    "CORREO_ELECTRONICO": "EMAIL_ADDRESS",
}

# sec_filings label the words Borrower and Lender as people, lenerbr cited precedents as case
# numbers, chat sets some slots alone; names and addresses taken apart are no documents.
SETS: Final = (
    Set(
        "tab_traindev113_fullattrs",
        "en",
        "court judgments",
        {"PERSON": PERSON, "CODE": "CASE_NUMBER"},
        complete=True,
    ),
    Set("uner_ewt_dev", "en", "e-mail and reviews", _NAMES),
    Set("btc_dev", "en", "tweets", _NAMES),
    Set("wnut17_dev", "en", "posts with rare names", _NAMES),
    Set("wikigold", "en", "encyclopedia", _NAMES),
    Set("presidio_research_synth_v2", "en", "generated sentences", _GENERATED, complete=True),
    Set("it", "it", "legal and clinical documents", _EUROPE, complete=True),
    Set("pl", "pl", "legal and clinical documents", _EUROPE, complete=True),
    Set("dk", "da", "legal and clinical documents", _EUROPE, complete=True),
    Set("ml_meddocan_es", "es", "clinical cases", _CLINICAL, complete=True),
    Set("ml_germeval_dev_de", "de", "news and encyclopedia", _NAMES),
    Set("ml_europeana_fr", "fr", "old newspapers, scanned", _NAMES),
    Set("ml_lenerbr_pt", "pt", "court judgments", _NAMES),
    Set("ml_ronec_ro", "ro", "news", _NAMES),
    Set("ml_swedish_news", "sv", "news", _NAMES),
    Set("ml_factrueval_dev_ru", "ru", "news", _NAMES),
)
"""The sets that leaks are measured on, and what of each is direct."""


def kind_of(of: Set, label: str, text: str) -> str | None:
    """The kind of direct identifier that `label` stands for around `text`; None for another one.

    >>> tweets = next(one for one in SETS if one.stem == "btc_dev")
    >>> [kind_of(tweets, "PER", text) for text in ("Ann Poe", "@annpoe")]
    ['PERSON', 'USERNAME']
    """
    kind = of.direct.get(label)
    return USERNAME if kind == PERSON and text.startswith("@") else kind
