"""Make the list of ordinary words: ``python -m training.words DATA``.

DATA is the folder of shared data: ``train/cc0_sentences/*.txt`` (one sentence a line, a file for
each language) and ``names/*.csv``. A word is ordinary where sentences write it small often enough
and hardly ever with a capital inside a sentence. A word that is a given name is none; one that is a
surname or a town is one only if it is very common. Scripts without capitals say nothing about that,
so none of their words are ordinary.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scrubber.detect.recognizers.names.ordinary import FILE

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CASED = ("LATIN", "CYRILLIC", "GREEK")
_OFTEN, _VERY_OFTEN, _SHARE = 2, 25, 0.05


def folded(word: str) -> str:
    """The word in small letters without accents."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def names(folder: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The words of given names, and those of surnames and towns, folded."""
    given: set[str] = set()
    other: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                kind = str(row["kind"])
                if kind != "company":
                    into = given if kind.startswith("given") else other
                    into.update(map(folded, _WORD.findall(row["name"])))
    return frozenset(given), frozenset(other)


def ordinary(
    sentences: Iterator[str], given: frozenset[str], other: frozenset[str]
) -> Iterator[str]:
    """The ordinary words of one language."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for sentence in sentences:
        for word in _WORD.findall(sentence)[1:]:
            (small if word.islower() else large)[word.casefold()] += 1
    for word, often in small.items():
        cased = unicodedata.name(word[0], "").startswith(_CASED)
        least = _VERY_OFTEN if folded(word) in other else _OFTEN
        common = often >= least and large[word] <= _SHARE * often
        if cased and common and len(word) > 1 and folded(word) not in given:
            yield word


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    given, other = names(data / "names")
    found: set[str] = set()
    for path in sorted((data / "train" / "cc0_sentences").glob("*.txt")):
        found.update(ordinary(iter(path.read_text("utf-8").splitlines()), given, other))
    FILE.write_bytes(gzip.compress("\n".join(sorted(found)).encode(), mtime=0))


if __name__ == "__main__":
    main()
