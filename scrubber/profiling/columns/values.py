"""Evidence from single values: one test per kind of identifier.

A test takes one stripped, non-empty text. Checksums are verified if a number has one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from scrubber.model.names import given_names, surnames
from scrubber.profiling.columns.headers import fold

Test = Callable[[str], bool]

_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]+\.[^\s@<>\".]{2,}")
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.[\w-]+\.\S+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])(?:[0-9a-f]{2}){8,64}", re.IGNORECASE)
_OID = re.compile(r"[0-2](?:\.\d+){5,}")
_MAC = re.compile(r"(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}", re.IGNORECASE)
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_PHONE = re.compile(r"(?:\+|00)?[\d\s().\-/]{7,24}(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE)
_NANP = re.compile(r"(?:\+?1)?[2-9]\d{2}[2-9]\d{6}")
_DATE = re.compile(
    r"(?:(?P<iso>\d{4})[-/.](?P<iso_m>\d{1,2})[-/.]\d{1,2}"
    r"|(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})"
    r"|(?P<basic>(?:1[89]|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{1,2}[ -]\w{3,9}\.?,?[ -](?P<long>\d{4})"
    r"|\w{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? (?P<us>\d{4}))"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[ap]\.?m\.?)?"
    r"\s?(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{3,4})?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+|nan|inf"
)
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_PAIR = re.compile(r"\(?-?\d{1,2}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}\)?")
_ADDRESS = re.compile(
    r"(?:p\.?\s?o\.?\s?box \d+.*|"
    # 12 Elm Street, 835 Frank Tunnel\nTown, MI 82180
    r"\d+[a-z]?(?:[-/]\d+)?,? (?:\S+ ){0,4}(?:(?:street|st|avenue|ave|av|road|rd|lane|ln|drive|dr|"
    r"boulevard|blvd|way|court|ct|place|pl|square|sq|terrace|parkway|pkwy|highway|hwy|circle|cir|"
    r"close|crescent|trail|route|rte|plaza|alley|loop|row|walk|grove|rue|bis|chemin|impasse|quai|"
    r"rue|allee|cours)\b.*)|"
    r"\d+ [^\n]{3,40}\n.*\d{4,5}.*|.*,? (?:[A-Z]{2}) \d{5}(?:-\d{4})?|"
    # Elm Street
    r"[\w.' -]{2,40} (?:street|st|avenue|ave|road|rd|lane|drive|boulevard|blvd|court|crescent|"
    r"terrace|parkway|highway|circuit|circle|close|way|place)\.?|"
    # Hauptstr. 5, Calle Mayor 3, Via Roma 12, Rua Augusta 7, Keizersgracht 8
    r"[\w. '-]*(?:stra(?:ss|ß)e|str\.|weg|platz|gasse|allee|damm|ufer|ring|straat|laan|gracht|"
    r"plein|kade|gatan|vej|gade) ?\d+ ?[a-z]?(?:,.*)?|"
    r"(?:calle|avenida|avda|paseo|plaza|rua|travessa|largo|via|viale|piazza|corso|rue|avenue|place|"
    r"boulevard|ulica|ul)\.? [\w. '-]+,? (?:n[.º°]* ?)?\d+.*)",
    re.IGNORECASE | re.DOTALL,
)
_ORGANIZATION = re.compile(
    r"\b(?:inc|llc|ltd|corp|corporation|company|co|gmbh|ag|kg|s\.?a\.?|sarl|srl|spa|bv|nv|plc|"
    r"hospital|clinic|center|centre|university|college|school|bank|insurance|institute|foundation|"
    r"association|group|services|health|medical|healthcare|pharmacy|associates|practice|llp|pc|"
    r"krankenhaus|klinik|universitat|schule|hopital|clinique|universidad|ospedale|ziekenhuis)\b\.?",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_SEXES = frozenset(
    """m f male female man woman w mann frau mannlich weiblich divers d homme femme masculin feminin
    h hombre mujer masculino femenino v varon maschio femmina uomo donna homem mulher feminino vrouw
    mannelijk vrouwelijk other nonbinary non-binary x u diverse""".split()
)
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir herr frau madame monsieur mme mlle m sr sra srta dott sig "
    "signora senhor senhora dhr mevr jr sr ii iii md phd".split()
)
_PARTICLES = frozenset("van von de der den da di del la le du el al bin ibn ter ten dos".split())
_TITLED = re.compile(
    r"(?:Dr|Prof|Mr|Mrs|Ms|Miss|Herrn?|Frau|Mme|Mlle|Sra?|Srta|Dott|Sig)\.? [^\W\d_a-z]"
)
_SERIAL = re.compile(r"(?<=[^\W\d_])\d{1,4}\b")  # generators write Ann42 Poe7


def is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def is_url(value: str) -> bool:
    return _URL.fullmatch(value) is not None


def is_ip(value: str) -> bool:
    if value.count(".") != 3 and value.count(":") < 2:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def is_key(value: str) -> bool:
    """A UUID, a hexadecimal digest, or an object identifier."""
    return any(pattern.fullmatch(value) is not None for pattern in (_UUID, _HEX, _OID))


def is_card(value: str) -> bool:
    digits = value.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19):
        return False
    return digits[0] in "23456" and _luhn(digits)


def is_iban(value: str) -> bool:
    text = value.replace(" ", "").upper()
    if _IBAN.fullmatch(text) is None:
        return False
    return int("".join(str(int(ch, 36)) for ch in text[4:] + text[:4])) % 97 == 1


def is_ssn(value: str) -> bool:
    return _SSN.fullmatch(value) is not None


def is_date(value: str) -> bool:
    return date_year(value) is not None


def date_year(value: str) -> int | None:
    """The year of a date in a usual notation (two digits: 1930 to 2029), or None."""
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    if found["a"] is not None and (int(found["a"]) > 31 or int(found["b"]) > 31):
        return None
    if found["iso_m"] is not None and int(found["iso_m"]) > 12:
        return None
    digits = next(found[name] for name in ("iso", "year", "basic", "long", "us") if found[name])
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < 30 else 1900
    return year if 1800 <= year <= 2200 else None


def is_phone(value: str) -> bool:
    """A telephone number with a country code or separated groups, or of ten digits as in North
    America."""
    if _PHONE.fullmatch(value) is None or is_date(value) or is_ssn(value):
        return False
    digits = sum(ch.isdigit() for ch in value)
    if not 7 <= digits <= 15 or (value.count(".") == 1 and digits + 1 == len(value)):
        return False
    groups = re.split(r"\D+", value.strip())
    if value[0] in "+(" or len([group for group in groups if group]) >= 3:
        return True
    return _NANP.fullmatch(value) is not None or (value[0] == "0" and 9 <= digits <= 12)


def is_address(value: str) -> bool:
    return len(value) <= 200 and _ADDRESS.fullmatch(value) is not None


def is_coordinates(value: str) -> bool:
    """A latitude and a longitude in one value."""
    return _PAIR.fullmatch(value) is not None


def is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value.lower()) is not None


def is_integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None


def is_organization(value: str) -> bool:
    return len(value) <= 100 and _ORGANIZATION.search(fold(value)) is not None


def is_sex(value: str) -> bool:
    return fold(value) in _SEXES


def is_given_name(value: str) -> bool:
    words = _name_words(value)
    return words is not None and 1 <= len(words) <= 2 and words[0] in given_names()


def is_surname(value: str) -> bool:
    words = _name_words(value)
    return words is not None and 1 <= len(words) <= 2 and all(w in surnames() for w in words)


def is_full_name(value: str) -> bool:
    """Two to five words, the first or last a given name and another one a surname."""
    words = _name_words(value.replace(",", " "))
    if words is None:
        return False
    if _TITLED.match(value) and 1 <= len(words) <= 4:
        return True
    if not 2 <= len(words) <= 5:
        return False
    first, last = words[0], words[-1]
    return (first in given_names() or last in given_names()) and (
        last in surnames() or first in surnames() or len(words) == 2
    )


@lru_cache(8192)
def _name_words(value: str) -> tuple[str, ...] | None:
    """The words of a possible name, folded, without titles and particles; None for other texts."""
    if len(value) > 60:
        return None
    words = _SERIAL.sub("", value).split()
    if not words or not all(_NAME_WORD.fullmatch(word) for word in words):
        return None
    folded = (fold(word.rstrip(".")) for word in words)
    return tuple(w for w in folded if w not in _TITLES and w not in _PARTICLES)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


TESTS: Mapping[str, Test] = {
    "email": is_email,
    "url": is_url,
    "ip": is_ip,
    "mac": lambda value: _MAC.fullmatch(value) is not None,
    "iban": is_iban,
    "ssn": is_ssn,
    "card": is_card,
    "key": is_key,
    "coordinates": is_coordinates,
    "sex": is_sex,
    "date": is_date,
    "phone": is_phone,
    "street_address": is_address,
    "full_name": is_full_name,
    "given_name": is_given_name,
    "family_name": is_surname,
    "organization": is_organization,
}
"""The tests of concepts that values show by themselves, most specific first."""
