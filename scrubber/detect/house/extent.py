"""The extent of names of people: the rest of a name of which the model saw one word.

"Jude" before "Sell" and "Marsh" behind "Will" are half of a name. A capitalised word beside a given
name or a surname belongs to it, unless it is one that stands there in letters and headings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import regex

from scrubber.detect.house.case import Case
from scrubber.detect.ner.matcher import RECOGNIZER as MODEL
from scrubber.detect.ner.prescreen.lists import read_words
from scrubber.detect.recognizers.names.ordinary import form_words, ordinary_words
from scrubber.model.finding import Span

_LONGEST: Final = 40
_WORD: Final = r"\p{Lu}\p{Ll}[\p{Ll}\p{M}]*(?:['’-]\p{L}[\p{Ll}\p{M}]*)*"
_ONE: Final = regex.compile(_WORD)
_OPEN: Final = regex.compile(
    rf"{_WORD}[ ](?:Le|La|De|Del|Della|Di|Da|Dos|Du|Van|Von|Mac|Ben|Bin|Abu|El|Al|St|Ter|Ten)"
)
"""A given name and a particle, which wants a surname."""
_NEXT: Final = regex.compile(
    rf"[ ](?:(?:Le|La|De|Di|Da|Van|Von|Mac)[ ])?(?P<word>{_WORD})(?![\p{{L}}\p{{N}}_(.]\p{{L}}|['’-]\p{{L}})"
)
_LAST: Final = regex.compile(rf"(?<![\p{{L}}\p{{N}}.'’_@/-])(?P<word>{_WORD})[ ]\Z")
_ACCOUNT: Final = regex.compile(r"(?<=\p{L})@[\p{L}\p{N}_-]+\Z")
_NO_SURNAME: Final = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december a an and are as at but by can could date did do does for from fwd had has
    have he her here hi his how i if in inc is it its just let llc ltd me my no not of ok on or our please pls re
    regards sent she so st subject thank thanks that the their then there they this to today tomorrow was we were
    what when where which who why will with would yes yesterday you your street road avenue lane drive court hospital
    university college school church park hotel inc corp company bank foundation award prize act day
    """.split()
)  # fmt: skip


def _may_be_given(word: str) -> bool:
    """True for a word that is no common one, or one that is a name, too: Will, Grace."""
    folded = word.casefold()
    if folded in form_words():
        return False
    ways = read_words().get(folded)
    return folded not in ordinary_words() if ways is None else "d" in ways


def whole_name(case: Case) -> Span:
    """The finding with the word beside it that belongs to the same name; without the account's host
    behind an @."""
    if case.span.recognizer != MODEL or case.span.label != "PERSON":
        return case.span
    start, end = case.span.start, case.span.end
    account = _ACCOUNT.search(case.value)
    if account is not None:
        return replace(case.span, end=start + account.start())
    one = _ONE.fullmatch(case.value) is not None
    if one or _OPEN.fullmatch(case.value):
        after = _NEXT.match(case.after(_LONGEST))
        if after is not None and _may_be_surname(after["word"]):
            return replace(case.span, end=end + after.end())
    if one:
        before = _LAST.search(case.before(_LONGEST))
        if before is not None and _may_be_given(before["word"]):
            return replace(case.span, start=start - len(before[0]))
    return case.span


def _may_be_surname(word: str) -> bool:
    folded = word.casefold()
    return folded not in _NO_SURNAME and folded not in form_words()
