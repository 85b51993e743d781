"""The entities that a token classifier's labels stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from scrubber.errors import NotAvailable, printable

OUTSIDE: Final = "none"
"""The entity of a label that is no finding."""

_PERSON = (
    "PER PERSON NAME FULL_NAME GIVEN_NAME FIRST_NAME FIRSTNAME MIDDLE_NAME MIDDLENAME SURNAME "
    "LAST_NAME LASTNAME PATIENT DOCTOR"
)
_LOCATION = (
    "LOC LOCATION GPE ADDRESS CITY STATE COUNTRY COUNTY STREET STREET_NAME STREET_ADDRESS "
    "BUILDING_NUMBER SECONDARY_ADDRESS ZIP_CODE ZIPCODE POSTCODE"
)
_ORGANIZATION = "ORG ORGANIZATION ORGANISATION COMPANY COMPANY_NAME"
_ID = "ID TAX_ID BANK_ACCOUNT ROUTING_NUMBER GOVERNMENT_ID PASSPORT DRIVERS_LICENSE ACCOUNT_NUMBER"
# Patterns find these, with checks that a model cannot do; MISC is neither a name nor an identifier.
_ELSEWHERE = "EMAIL EMAIL_ADDRESS PHONE PHONE_NUMBER URL IP_ADDRESS CREDIT_CARD MISC O"

DEFAULT: Final[Mapping[str, str]] = {
    label: entity
    for labels, entity in (
        (_PERSON, "PERSON"),
        (_LOCATION, "LOCATION"),
        (_ORGANIZATION, "ORGANIZATION"),
        (_ID, "ID"),
        (_ELSEWHERE, OUTSIDE),
    )
    for label in labels.split()
}

_PREFIXES = ("B-", "I-", "E-", "S-", "L-", "U-")


def bare(label: str) -> str:
    """`label` without the prefix that tells a name's beginning from the rest of it.

    >>> [bare(label) for label in ("B-PER", "I-PER", "PER", "O")]
    ['PER', 'PER', 'PER', 'O']
    """
    return label[2:] if label[:2].upper() in _PREFIXES else label


def entities_of(labels: Iterable[str], own: Mapping[str, str]) -> tuple[str, ...]:
    """The entity of each label: by the rule file's `own` map, else by DEFAULT.

    Raises NotAvailable: ``onnx-label-unmapped`` for a label in neither, ``onnx-label-unknown`` for
    one of `own` that the model does not have.
    """
    names = [bare(label) for label in labels]
    if unknown := sorted(own.keys() - set(names)):
        raise NotAvailable(
            "onnx-label-unknown",
            f"the ONNX model has no labels {_listed(unknown)}",
            hint=f"it has {_listed(sorted(set(names)))}",
        )
    known = {**DEFAULT, **own}
    found = {name: known.get(name) or known.get(name.upper()) for name in names}
    if unmapped := sorted(name for name, entity in found.items() if entity is None):
        raise NotAvailable(
            "onnx-label-unmapped",
            f"it is not known which entities the labels {_listed(unmapped)} of the ONNX model are",
            hint="name them in detect.ner.labels, each with an entity or none",
        )
    return tuple(entity for name in names if (entity := found[name]) is not None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(printable, names))
