"""What the labels of sets, models and recognizers mean: one name for an entity on both sides.

A label is looked up in `MEANING` with case and ``-_ `` ignored; one that is not there counts by its
own name if some system under test knows that entity (IBAN_CODE), and is listed as ignored if not.
"""

from __future__ import annotations

from collections.abc import Set
from fnmatch import fnmatchcase

PERSON, LOCATION, ORGANIZATION = "PERSON", "LOCATION", "ORGANIZATION"
NAMES = (PERSON, LOCATION, ORGANIZATION)

# Label names as they stand in public sets (CoNLL, OntoNotes, WNUT, TAB, MAPA, SGD, Presidio's
# generated sentences, usaddress, probablepeople, MultiDoGO ...), spaCy models and recognizers.
_NAMES_OF = {
    PERSON: """PER PERSON PERSON_NAME NAME GIVENNAME SURNAME MIDDLENAME MIDDLEINITIAL FIRSTINITIAL
        LASTINITIAL FIRSTNAME LASTNAME NICKNAME LEGAL_PROFESSIONAL CONTACT_NAME THERAPIST_NAME
        RECEIVER CAST DIRECTED_BY PATIENT DOCTOR""",
    LOCATION: """LOC LOCATION GPE GSP FAC FACILITY ADDRESS STREET_ADDRESS GEO_LOC CITY STATE COUNTRY
        COUNTY STREET AREA DESTINATION WHERE_TO PICKUP_LOCATION VENUE_ADDRESS FROM_CITY TO_CITY
        ZIP ZIP_CODE POSTAL_CODE POSTCODE STREETNAME PLACENAME STATENAME ADDRESSNUMBER LANDMARKNAME
        USPSBOXID USPSBOXTYPE USPSBOXGROUPID USPSBOXGROUPTYPE OCCUPANCYIDENTIFIER OCCUPANCYTYPE""",
    ORGANIZATION: "ORG ORGANIZATION ORGANISATION CORPORATION COMPANY GROUP",
    "EMAIL_ADDRESS": "EMAIL EMAIL_ADDRESS",
    "PHONE_NUMBER": "PHONE PHONE_NUMBER TELEPHONE TELEPHONE_NUMBER",
    "CREDIT_CARD": "CREDIT_CARD CREDIT_CARD_NUMBER",
    "US_SSN": "US_SSN",
    "URL": "URL DOMAIN_NAME",
    "DATE_TIME": "DATE_TIME DATETIME",
    "IP_ADDRESS": "IP_ADDRESS IP",
}


def _folded(label: str) -> str:
    return label.upper().translate({ord(mark): None for mark in "-_ "})


# Labels of sets that take a name or an address apart; parts side by side are one label here.
_PARTS = """GIVENNAME SURNAME MIDDLENAME MIDDLEINITIAL FIRSTINITIAL LASTINITIAL NICKNAME STREETNAME
    PLACENAME STATENAME ZIPCODE ADDRESSNUMBER LANDMARKNAME USPSBOXID USPSBOXTYPE USPSBOXGROUPID
    USPSBOXGROUPTYPE OCCUPANCYIDENTIFIER OCCUPANCYTYPE""".split()

MEANING = {_folded(name): entity for entity, names in _NAMES_OF.items() for name in names.split()}

# Sets in which a text may hold names that carry no label: what is found there is no measure of
# precision. By file name without its suffix.
PARTLY_LABELLED = (
    "sgd_*",
    "multidogo_*",
    "star_*",
    "snips_*",
    "nlu_eval_*",
    "evi_*",
    "restaurant8k*",
    "presidio_unit_*",
)


def entity_of(label: str, known: Set[str]) -> str | None:
    """The entity that `label` means; None where it is neither in the table nor in `known`.

    >>> [entity_of(label, {"IBAN_CODE"}) for label in ("GPE", "IBAN_CODE", "MISC")]
    ['LOCATION', 'IBAN_CODE', None]
    """
    return MEANING.get(_folded(label)) or (label if label in known else None)


def is_part(label: str) -> bool:
    """Whether `label` stands for a part of a name or address that sets take apart."""
    return _folded(label) in _PARTS and "_" not in label


def partly_labelled(name: str) -> bool:
    """Whether the set `name` labels only some of the names in its texts."""
    return any(fnmatchcase(name, pattern) for pattern in PARTLY_LABELLED)
