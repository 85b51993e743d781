"""What is aimed at: the share of names wholly covered on sets of a kind, and their precision."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from benchmarks.evaluation.labels import LOCATION, PERSON


@dataclass(frozen=True, slots=True)
class Aim:
    """At least `covered` of the labels of `entity` wholly covered, at a character precision of at
    least `precision` (None: nothing is asked), on the sets whose file names fit `sets`. `small` is
    what en_core_web_sm 2.2.5 reaches."""

    kind: str
    sets: tuple[str, ...]
    entity: str
    covered: float
    small: float | None
    precision: float | None = 0.75

    def meant_for(self, stem: str) -> bool:
        """Whether the set of that file name is of this kind."""
        return any(fnmatchcase(stem, pattern) for pattern in self.sets)


_MAIL, _GENERATED = ("uner_ewt_*",), ("presidio_research_*",)

# "news" has no set of its own in text/: Sri Lankan news, and wikigold as the nearest.
AIMS = (
    Aim("court cases", ("tab_*",), PERSON, 0.90, 0.58),
    Aim("e-mail and reviews", _MAIL, PERSON, 0.76, 0.71),
    Aim("Presidio's generated", _GENERATED, PERSON, 0.82, 0.64),
    Aim("emerging names", ("wnut17_*",), PERSON, 0.68, 0.31, precision=0.45),
    Aim("tweets", ("btc_*",), PERSON, 0.85, 0.13),
    Aim("news", ("multiner_lk_*", "wikigold"), PERSON, 0.67, 0.66),
    Aim("contracts", ("sec_filings_*",), PERSON, 0.97, None),
    Aim("Presidio's generated", _GENERATED, LOCATION, 0.65, 0.18, precision=None),
    Aim("e-mail and reviews", _MAIL, LOCATION, 0.74, 0.68, precision=None),
)
