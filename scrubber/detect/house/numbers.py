"""Rules on numbers: fractions, digits alone, and numbers of things."""

from __future__ import annotations

import regex

from scrubber.detect.house.case import Case, Rule
from scrubber.detect.house.evidence import has_check_digit, has_word
from scrubber.detect.recognizers.checks import has_isbn_digit

_PHONE = frozenset({"PHONE_NUMBER"})
BY_DIGITS = frozenset(
    "PHONE_NUMBER UK_NHS CREDIT_CARD US_SSN US_ITIN US_PASSPORT US_BANK_NUMBER"
    " US_DRIVER_LICENSE".split()
)
"""Entities that Presidio recognizes by digits alone."""

_DECIMAL = regex.compile(r"[0-9]{1,3}\.[0-9]{3,}|[0-9]{4,}\.[0-9]{1,2}|0[.,][0-9]+")
_INSIDE_FRACTION = regex.compile(r"(?<![\w.])[0-9]{1,3}\.\Z")
_QUAD = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_BY_YEAR = regex.compile(r"(?:19|20)[0-9]{2}[-/][0-9]{4,7}")
_VERSION = regex.compile(
    r"(?i:(?<![a-z])(?:v|ver|versions?|releases?|python|java|node)[ .:=]{0,2})\Z"
)
_STANDARD = regex.compile(
    r"(?:(?<![\w])(?:RFCs?|ISO(?:/IEC)?|IEC|IEEE|DIN|NIST|FIPS|ANSI|ASTM|BS|PEP|CVE|CWE|CFR|U\.?S\.?C\.?|Stat\.|Fed\.[ ]Reg\."
    r"|Directive|Regulation|Act|Art\.?|Articles?|[Ss]ections?|Sec\.)|§{1,2})(?:[ ](?:No\.|EN|SP|\(EU\)))?[ /-]{0,2}\Z"
)
_NUMBER_ALONE = regex.compile(r"[A-Z]{0,3}[ -]?[0-9]{1,7}(?:[-:.][0-9]{1,6})*[a-z]?")

# The first digits of cards and their lengths (ISO/IEC 7812-1, as the schemes publish them): Visa,
# Mastercard, American Express, Diners Club, Discover, JCB, UnionPay; debit cards of Maestro and
# Dankort; UATP behind the number of an airline.
_CARD = regex.compile(
    r"4[0-9]{15}|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}|62[0-9]{14,17}"
    r"|(?:50(?:1[89]|20|38)|5893|6304|67(?:59|6[1-3]))[0-9]{12}|1(?:001|006|01[46]|08[16]|131|220|257)[0-9]{11}"
)


def _is_fraction(case: Case) -> bool:
    value = case.value.lstrip("+-")
    if value.isdigit() and case.before(1) == ".":
        return _INSIDE_FRACTION.search(case.before(6)) is not None
    if _DECIMAL.fullmatch(value) is None:
        return False
    if value.startswith("0.") or len(value.partition(".")[2]) >= 6:
        return True
    return not has_word(case)


def _is_quad(case: Case) -> bool:
    return _QUAD.fullmatch(case.value) is not None and not has_word(case)


def _is_bare(case: Case) -> bool:
    value = case.value
    if not value.isdigit() or case.before(1) == "+" or has_word(case):
        return False
    if case.span.label == "CREDIT_CARD":
        return _CARD.fullmatch(value) is None
    return True


def _is_isbn(case: Case) -> bool:
    groups = regex.split("[- ]", case.value)
    return len(groups) in (4, 5) and has_isbn_digit("".join(groups)) and not has_word(case)


def _is_by_year(case: Case) -> bool:
    return _BY_YEAR.fullmatch(case.value) is not None and not has_word(case)


def _is_said_to_be_other(case: Case) -> bool:
    if case.span.label == "CREDIT_CARD" and _is_written_as_card(case):
        return False
    return _SAID.search(case.before(32)) is not None and not has_word(case)


def _is_written_as_card(case: Case) -> bool:
    """A check digit and a prefix of a scheme in the groups of a card: no order is written so."""
    parts = regex.split("[ -]", case.value)
    proved = has_check_digit(case) and _CARD.fullmatch("".join(parts)) is not None
    return proved and tuple(map(len, parts)) in ((4, 4, 4, 4), (4, 6, 5))


_SAID = regex.compile(
    r"(?i:(?<![a-z])(?:isbn(?:-1[03])?|issn|upc|ean|gtin|sku|asin|doi|pmid|orders?|invoices?|barcode|timestamp|epoch)"
    r"(?:[ _-]?(?:numbers?|no\.?|nr|id|code|#))?[ ]?[:=#]?[ ]?)\Z"
)


def _is_standard(case: Case) -> bool:
    return (
        _NUMBER_ALONE.fullmatch(case.value) is not None
        and _STANDARD.search(case.before(24)) is not None
        and not has_check_digit(case)
    )


_PAIR = regex.compile(r"([-+]?[0-9]+\.[0-9]+)[ ]?[,;/][ ]?([-+]?[0-9]+\.[0-9]+)")
_PLACE = regex.compile(
    r"(?i:(?<![a-z])(?:lat\w*|lon\w*|lng|gps|geo\w*|coord\w*|locat\w*|places?|positions?|maps?|near|from|at|in|bei|sur|en|wgs84|pin|home|house|address)(?![a-z]))"
)


def _is_pair_of_numbers(case: Case) -> bool:
    pair = _PAIR.fullmatch(case.value)
    if pair is None or case.span.score >= 0.85 or _PLACE.search(case.before(40)):
        return False
    first, second = pair[1], pair[2]
    decimals = min(len(number.partition(".")[2]) for number in (first, second))
    return decimals < 5 and abs(float(first)) < 10 and abs(float(second)) < 100


RULES = (
    Rule(
        "fraction",
        "a number with a decimal point is a measure, never a phone or an id",
        BY_DIGITS,
        _is_fraction,
    ),
    Rule(
        "digits alone",
        "bare digits mean nothing without a word beside them: three in four random numbers fit some"
        " country's plan or check digit; cards count by the prefix and length of their scheme",
        BY_DIGITS,
        _is_bare,
    ),
    Rule("dotted quad", "four numbers with dots are an address of a machine", _PHONE, _is_quad),
    Rule("book number", "an ISBN with its check digit is a book", BY_DIGITS, _is_isbn),
    Rule("number by year", "a year and a running number are a reference", _PHONE, _is_by_year),
    Rule(
        "number of a thing",
        "orders, invoices, books, products and times are no people",
        BY_DIGITS,
        _is_said_to_be_other,
    ),
    Rule(
        "law or standard",
        "a number behind RFC, ISO, CFR or an article names a text that all may read",
        BY_DIGITS | {"ID_NUMBER"},
        _is_standard,
    ),
    Rule(
        "pair of numbers",
        "two small numbers with up to four decimals are a vector, where no word says place",
        frozenset({"GEO_COORDINATES"}),
        _is_pair_of_numbers,
    ),
)  # fmt: skip
