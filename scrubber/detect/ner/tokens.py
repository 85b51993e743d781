"""Cutting a text into tokens for the names model, and where in the text each stands.

A token is a run of letters, marks and digits, one character of a script that is written without
spaces, one other visible character, or one line break. Other white space is no token.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_TOKEN = regex.compile(
    rf"(?V1)[[\p{{L}}\p{{M}}\p{{N}}]--{_UNSPACED}]+|{_UNSPACED}|\n|\S",
)

# For ASCII text, the same by a quicker pattern.
_ASCII_TOKEN = regex.compile(r"[A-Za-z0-9]+|\n|\S")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: `words[i]` is ``text[starts[i] : starts[i] + len(words[i])]``."""

    words: list[str]
    starts: list[int]

    @classmethod
    def of(cls, text: str) -> Tokens:
        pattern = _ASCII_TOKEN if text.isascii() else _TOKEN
        words: list[str] = []
        starts: list[int] = []
        for match in pattern.finditer(text):
            words.append(match.group())
            starts.append(match.start())
        return cls(words, starts)
