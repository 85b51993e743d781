"""Separators between a label and its value, and the form of labelled numbers."""

from __future__ import annotations

from scrubber.detect.recognizers.recognizer import SURE, Pattern

# The key of the value in a pair of keys: {"name": "mrn", "value": "123"}.
VALUE_KEY = r"(?:[,;]?\s{0,4}[\"']?(?i:value|val|content)[\"']?[ ]?(?=[:=]))?"
# "MRN: 123", "mrn=123", '"patient_id": "123"', "account is 123", "| MRN | 123 |", "MRN:\n123".
LINK = (
    r"(?![a-z])[\"'\])*>]{0,3}[ \t]{0,16}(?:\([^()\n]{1,40}\)[ ]{0,2}(?=[:=|]))?"
    rf"{VALUE_KEY}"
    r"(?:(?i:(?:is|was|nr|no|num|number|ending[ ]in|card)\b\.?|n[°º]|[:=#＝：|]|->|=>)[ \t]{0,40}){0,4}"
    r"(?:\r?\n[ \t>|]{0,8})?[\"'(\[]{0,2}"
)
# At least four digits, with a few letters before, between or behind them, in groups.
NUMBER = (
    r"(?=(?:[A-Za-z./ -]{0,6}[0-9]){4})[A-Za-z]{0,6}[-/ ]?[0-9][A-Za-z0-9]{0,24}"
    r"(?:[-/.](?:(?=[A-Za-z]{0,6}[0-9])[A-Za-z0-9]{1,24}|[A-Z](?![A-Za-z0-9]))"
    r"|[ ](?:[0-9][A-Z0-9]{0,12}|[A-Z](?=[ .,;)]{0,2}(?:\r?\n|\Z)))(?![A-Za-z]))"
    "{0,8}"
)


def labelled(
    labels: str,
    value: str,
    score: float = SURE,
    name: str = "labelled",
    *,
    ignore_case: bool = True,
) -> Pattern:
    """`value` behind one of `labels`, both regexes."""
    case = "i:" if ignore_case else ":"
    return Pattern(name, rf"(?<![A-Za-z0-9])(?{case}{labels}){LINK}\K{value}(?![A-Za-z0-9])", score)
