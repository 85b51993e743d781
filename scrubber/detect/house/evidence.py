"""Evidence for a finding: words for its kind nearby, its check digit, its score."""

from __future__ import annotations

import regex

from scrubber.detect.house.case import Case
from scrubber.detect.recognizers import RECOGNIZERS
from scrubber.detect.recognizers.phones import PHONE_WORDS
from scrubber.detect.recognizers.recognizer import SURE, words

_REACH = 64  # code points before a finding in which a word for it may stand
_BEHIND = 24

# What Presidio knows by digits alone, and the words for it.
_WORDS = {
    "PHONE_NUMBER": PHONE_WORDS[:-1]
    + r"|(?:my|our|his|her|your|their|new|old)[ ]number|reach|contact(?:o|ar)?|callback|call[ ]back|emergency|phone\w*)",
    "CREDIT_CARD": words(
        r"cards? creditcard visa mastercard amex american\sexpress discover maestro jcb diners cc pan cvv"
        r" kredit\w* karte\w* carte tarjeta carta cartão kaart kort karta карт\w* 卡号? カード 카드"
    ),
    "UK_NHS": words(r"nhs national\shealth patients? health"),
    "US_SSN": words(r"ssn?s? ss# social\ssec\w* security\snumber social"),
    "US_ITIN": words(r"itin tin tax\w* individual\staxpayer"),
    "US_PASSPORT": words(r"passports? passport# travel\sdocument"),
    "US_BANK_NUMBER": words(r"accounts? acct bank\w* check(?:ing)? routing savings? debit konto"),
    "US_DRIVER_LICENSE": words(
        r"driv\w* licen[cs]es? permit lic lic# identification dls? cdls? cdl"
    ),
}
# What else a number may be said to be.
_OTHER = (
    words(
        r"orders? invoices? isbn(?:-1[03])? issn upc ean gtin sku asin doi pmid items? products? parts? models? versions? builds?"
        r" timestamps? epoch unix(?:time)? created(?:_at)? updated(?:_at)? modified(?:_at)? expires(?:_at)? seeds? hash(?:es)? commits? rows? lines? pages? ports?"
        r" barcodes? serials? batch lots? po quantity qty amounts? totals? price sum counts? size offset bytes length rate population"
    )
    + r"(?:[ _-]?(?:numbers?|no\.?|nr|id|code|\#))?"
)


def _compiled(own: str) -> regex.Pattern[str]:
    edge = r"(?![\p{Latin}\p{Cyrillic}\p{Greek}])"
    return regex.compile(rf"(?<![\p{{L}}])(?:(?P<own>{own})|(?P<other>{_OTHER})){edge}", regex.I)


_LABELS = {label: _compiled(own) for label, own in _WORDS.items()}
_HOUSE = frozenset(recognizer.name for recognizer in RECOGNIZERS)


def has_word(case: Case) -> bool:
    """True where a word for its kind stands by the finding; the nearest word decides.

    Patterns of the house that are sure without a check digit have the word in themselves.
    """
    if case.span.recognizer in _HOUSE and case.span.score >= SURE and not has_check_digit(case):
        return True
    label = _LABELS.get(case.span.label)
    if label is None:
        return case.span.score >= SURE and not has_check_digit(case)
    before = [*label.finditer(case.before(_REACH))]
    if before:
        return before[-1]["own"] is not None
    behind = label.search(case.after(_BEHIND))
    return behind is not None and behind["own"] is not None


def has_check_digit(case: Case) -> bool:
    """True where a checksum proves the finding: nothing else scores as high."""
    return case.span.score >= 1


def evidence(case: Case) -> tuple[int, float]:
    """Rank the finding: checksum and label, label, checksum, shape; then its score.

    One check digit under no word is as much as the shape: every tenth phone number has it.
    """
    proved, named = has_check_digit(case), has_word(case)
    if named:
        return (4 if proved else 3), case.span.score
    strong = proved and case.span.label != "UK_NHS"
    return (2, case.span.score) if strong else (1, min(case.span.score, 0.4))
