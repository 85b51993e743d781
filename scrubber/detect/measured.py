"""The leak measure by language: what was left and taken in labelled sets, with which model.

`make leak` writes the file from the sets of its folder; see benchmarks/README.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True)
class LanguageMeasure:
    """Counts of one language (ISO 639-1) over its `sets`: `documents` with a direct identifier and
    those of them with one left, direct `mentions` and those left, `letters` that belong to no
    identifier and those taken. `learned`: the names model was trained on texts of these sets.
    """

    language: str
    sets: tuple[str, ...]
    learned: bool
    documents: int
    documents_left: int
    mentions: int
    mentions_left: int
    letters: int
    letters_taken: int


@dataclass(frozen=True, slots=True)
class Measure:
    """The measures of all languages, taken on `date` with the names model of digest `model`."""

    date: str
    model: str
    languages: tuple[LanguageMeasure, ...]

    @property
    def leaks(self) -> frozenset[str]:
        """The languages whose leaks are known; of the others only what is taken by mistake is."""
        return frozenset(one.language for one in self.languages if one.mentions)


@cache
def measure() -> Measure:
    """The measure that this version ships."""
    document = json.loads(FILE.read_text("utf-8"))
    languages = (
        LanguageMeasure(language, tuple(counts.pop("sets")), **counts)
        for language, counts in document["languages"].items()
    )
    return Measure(document["date"], document["model"], tuple(languages))
