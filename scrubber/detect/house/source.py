"""Rules on source code: identifiers are no names, and what is neither secret nor address stays."""

from __future__ import annotations

import regex

from scrubber.detect.house.case import Case, Rule
from scrubber.detect.house.evidence import has_check_digit, has_word
from scrubber.detect.house.numbers import BY_DIGITS
from scrubber.detect.linked.wordlists import FUNCTION_WORDS
from scrubber.detect.ner.prescreen.lists import common_words

_NAMES = frozenset({"PERSON", "LOCATION", "NRP"})
_CREDIT = regex.compile(
    r"(?i:(?<![a-z])(?:authors?|maintain(?:er|ed)|copyright|\(c\)|©|written|contributed|created|contact|credits?|thanks|signed-off-by|reviewed|reported|by|e-?mail"
    r"|name|user|owner|customer|patient|person|dear|mr|mrs|ms|dr|prof|hello|hi)(?![a-z])[^\n]{0,40})\Z"
)


def _is_identifier(case: Case) -> bool:
    """In code, what is not written as the name of somebody; one word needs another that says so."""
    if not case.code.at(case.span.start):
        return False
    if not case.code.may_name(case.span.start, case.span.end):
        return True
    words = [word.strip(".,").lower() for word in case.value.split()]
    plain = [word in common_words() or word in FUNCTION_WORDS for word in words if len(word) > 2]
    return all(plain) or (len(plain) < 2 and _CREDIT.search(case.before(80)) is None)


def _is_link(case: Case) -> bool:
    """A page without an account, a query or a fragment: documentation, a licence, a source."""
    if not case.code.at(case.span.start) or regex.search(r"\w@\Z", case.before(2)):
        return False
    return regex.search(r"[?@]|/~", case.value) is None


def _is_in_code(case: Case) -> bool:
    return bool(case.code.at(case.span.start))


def _is_operand(case: Case) -> bool:
    return case.code.at(case.span.start) == "code"


# How numbers of people are written, and constants are not: 3-2-4 digits, and phones of the NANP.
_WRITTEN = regex.compile(
    r"[0-9]{3}-[0-9]{2}-[0-9]{4}|(?:\([0-9]{3}\)[ ]?|[0-9]{3}-)[0-9]{3}-[0-9]{4}"
)


def _is_number(case: Case) -> bool:
    kind = case.code.at(case.span.start)
    return (
        bool(kind)
        and not (kind == "words" and _WRITTEN.fullmatch(case.value) is not None)
        and not has_check_digit(case)
        and not (has_word(case) and case.span.score >= 0.5)
        and "+" not in case.value
    )


RULES = (
    Rule(
        "identifier",
        "in source code the names of people stand in comments and string literals, written in full"
        " or behind a word for an author; other words are identifiers",
        _NAMES,
        _is_identifier,
    ),
    Rule(
        "organization in code",
        "makers, licensors and libraries in source code are no people",
        frozenset({"ORGANIZATION"}),
        _is_in_code,
    ),
    Rule(
        "link in code",
        "pages named in source code are documentation, licences and sources; those with an account"
        " or a query in them stay",
        frozenset({"URL"}),
        _is_link,
    ),
    Rule(
        "operand",
        "in source code, outside comments and string literals, @name is a decorator or a package",
        frozenset({"USERNAME", "STREET_ADDRESS", "AGE", "DATE_TIME", "LICENSE_PLATE"}),
        _is_operand,
    ),
    Rule("number in code", "constants in source code are no phones or ids", BY_DIGITS, _is_number),
)
