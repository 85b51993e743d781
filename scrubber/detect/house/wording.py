"""Rules on names: punctuation, codes, units, and things that are named after people."""

from __future__ import annotations

import regex

from scrubber.detect.house.case import Case, Rule
from scrubber.detect.ner.matcher import RECOGNIZER as MODEL
from scrubber.detect.ner.prescreen.lists import common_words
from scrubber.detect.recognizers.recognizer import words

_NAMES = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "NRP"})
_NO_PERSON = _NAMES - {"PERSON"}

# Whatever stands before these in capitals is the name of a thing.
_THINGS = words(
    r"theorems? lemma conjecture corollary inequality equations? equilibri(?:um|a) bosons? distribution eigenvalues? polynomials? manifolds? integrals?"
    r" series\sexpansion transforms? matri(?:x|ces) constant paradox hypothesis entropy algorithm sort chains? process(?:es)? priors? networks? sampling filters? scale"
    r" diseases? syndrome palsy lymphoma sarcoma virus cells? reflex manoeuvre maneuver"
    r" sponge cocktail terriers? retriever shepherd boots? apples? pears? cake pudding sandwich steak sauce salad pancakes? beer cheese loafers jacket cardigan"
    r" comet nebula telescope machine test counter engine cycle effect principle razor complex trophy prize medal"
)
_ANY_THING = regex.compile(rf"[ -](?i:{_THINGS})(?![\p{{L}}\p{{N}}])")
# Of two words, the second belongs to a thing even behind a full name.
_SURE_THING = regex.compile(
    r"[ -](?i:theorem|lemma|conjecture|boson|equilibrium|syndrome|terriers?|apples?|sponge|cocktail|distribution|palsy)(?![\p{L}\p{N}])"
)
_ENDS_IN_THING = regex.compile(rf"\p{{Lu}}[\p{{L}}'’]+[ -](?i:{_THINGS})")
_STORM = regex.compile(
    r"(?i:(?<![a-z])(?:hurricanes?|cyclone|typhoon|tropical[ ]storm|storm|asteroid|comet)[ ])\Z"
)
_TITLE = regex.compile(
    r"(?i:(?<![a-z])(?:mr|mrs|ms|dr|prof|sir|dame|miss|herr|frau|m|mme|patient|nurse)\.?[ ])\Z"
)
_NUMBERED = regex.compile(
    r"[ ](?:[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]+)?|v[0-9]+)(?![\w.,-]*(?:%|[ap]m|[€$£]))(?![\w])"
)
_UNIT = words(
    "kelvin celsius fahrenheit newtons? pascals? joules? hertz watts? tesla amperes? volts? ohms? becquerel sieverts? coulombs?"
)
_MODEL_NUMBER = regex.compile(
    r"[ ](?=[\w-]{0,8}[0-9])(?=[\w-]{0,8}[A-Za-z-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)?(?![\w.@:/])"
)
_BANK_CODE = regex.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_BANK = regex.compile(r"(?:BIC|SWIFT)(?:[-/ ](?:BIC|SWIFT|[Cc]ode|[Nn]o\.?))?[ ]?[:=]?[ ]{0,2}\Z")
_BODY = regex.compile(r"(?:RFCs?|ISO(?:/IEC)?|IEC|IEEE|DIN|NIST|FIPS|ANSI|ASTM|PEP|CVE|CWE|CFR)")


def _by_model(case: Case) -> bool:
    return case.span.recognizer == MODEL


def _has_no_letter(case: Case) -> bool:
    return _by_model(case) and not any(map(str.isalpha, case.value))


def _is_lone_letter(case: Case) -> bool:
    value = case.value.strip(" .,;:()[]{}@*")
    beside = case.before(1) + case.after(1)
    return (
        _by_model(case)
        and len(value) == 1
        and value.isascii()
        and value.islower()
        and not any(map(str.isalpha, beside))
    )


def _is_code(case: Case) -> bool:
    """A long run of capitals, or a part of a key in groups."""
    if not _by_model(case):
        return False
    if any(len(word) > 24 and word.isupper() for word in case.value.split()):
        return True
    start = regex.search(r"[A-Z0-9-]*\Z", case.before(80))
    end = regex.match(r"[A-Z0-9-]*", case.after(80))
    token = f"{start[0] if start else ''}{case.value}{end[0] if end else ''}"
    return regex.fullmatch(r"(?=.*[0-9])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){2,}", token) is not None


def _is_thing(case: Case) -> bool:
    if not _by_model(case) or _TITLE.search(case.before(12)):
        return False
    words = case.value.split()
    if len(words) <= 2 and _STORM.search(case.before(20)):
        return True
    if len(words) == 2 and _ENDS_IN_THING.fullmatch(case.value):
        return True
    after = case.after(24)
    return (len(words) == 1 and _ANY_THING.match(after) is not None) or (
        len(words) == 2 and _SURE_THING.match(after) is not None
    )


def _is_unit(case: Case) -> bool:
    return (
        _by_model(case)
        and regex.fullmatch(_UNIT, case.value, regex.I) is not None
        and regex.search(r"[0-9][ ]\Z", case.before(2)) is not None
    )


def _is_product(case: Case) -> bool:
    one = _by_model(case) and len(case.value.split()) == 1
    return one and _NUMBERED.match(case.after(12)) is not None


def _is_model(case: Case) -> bool:
    one = _by_model(case) and len(case.value.split()) == 1
    return one and _MODEL_NUMBER.match(case.after(16)) is not None


def _is_dotted(case: Case) -> bool:
    """A doubtful word that a dot joins to the next: os.path, Math.PI."""
    after = case.value[-1] + case.after(2) if case.value.endswith(".") else case.after(3)
    return (
        _by_model(case)
        and case.span.score < 0.6
        and " " not in case.value
        and regex.match(r"\.(?:[a-z_]|[A-Z]{2})", after) is not None
    )


def _is_body(case: Case) -> bool:
    return (
        _BODY.fullmatch(case.value) is not None
        and regex.match(r"[ -]?[0-9]", case.after(2)) is not None
    )


def _is_bank_code(case: Case) -> bool:
    return (
        _by_model(case)
        and _BANK_CODE.fullmatch(case.value) is not None
        and _BANK.search(case.before(24)) is not None
    )


def _is_common_word(case: Case) -> bool:
    value = case.value
    return _by_model(case) and value.isascii() and value.islower() and value in common_words()


RULES = (
    Rule("no letters", "punctuation and digits are no name", _NAMES, _has_no_letter),
    Rule("lone letter", "one small letter is a symbol", _NAMES, _is_lone_letter),
    Rule("code", "keys in groups and long runs of capitals are no name", _NAMES, _is_code),
    Rule(
        "named after",
        "theorems, diseases, dishes, breeds and storms are named after people, not people",
        _NAMES,
        _is_thing,
    ),
    Rule("dotted name", "a doubtful word with a dot and a word behind it", _NAMES, _is_dotted),
    Rule("unit", "a number counts units, not people", _NAMES, _is_unit),
    Rule("version of a product", "a name with a version number is a product", _NAMES, _is_product),
    Rule(
        "model of a product",
        "the maker of a numbered model is part of its name",
        frozenset({"ORGANIZATION"}),
        _is_model,
    ),
    Rule(
        "body of a standard",
        "the initials before a standard's number are part of it",
        _NAMES,
        _is_body,
    ),
    Rule(
        "bank code",
        "a BIC (ISO 9362) behind its word names a bank's office",
        _NAMES,
        _is_bank_code,
    ),
    Rule(
        "common word",
        "one common word in small letters is no place and no organization",
        _NO_PERSON,
        _is_common_word,
    ),
)  # fmt: skip
