"""Makes the lists of the gate (scrubber/detect/gate/lists) from labelled text and lists of names.

    python -m training.gate DATA [--dictionary FILE]...

DATA is a folder with train/*.jsonl (labelled text) and names/*.csv (name, country, kind, rank); a
dictionary is a list of words, by default Debian's wamerican and wbritish. A word is harmless in a
way of writing if it stands outside of names that way often enough, and hardly ever in one; what is
on a list of names needs more of that, what is in a dictionary in small letters needs less. Then, as
long as labelled text with a person or a place would be held back and it pays, the words that are to
blame are taken out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scrubber.detect import gate
from scrubber.detect.gate import lists
from training import generated

# English text whose licence allows lists made from it; see meta.json.
SOURCES = {
    "btc_train": "CC BY 4.0",
    "emailcoref_enron": "Apache-2.0",
    "evi_en_spoken": "CC BY 4.0",
    "gum_ccby": "CC BY",
    "inlegalner_judgment_en": "Apache-2.0",
    "litbank_prop": "CC BY 4.0",
    "masc": "open",
    "multidogo_chat": "CDLA-Permissive 1.0",
    "multiner_lk_en": "CC0",
    "nlu_eval_assistant": "CC BY 4.0",
    "re3d_open": "CC BY 3.0 AU, public domain, OGL",
    "restaurant8k": "CC BY 4.0",
    "snips_assistant": "CC0",
    "star_dialog": "MIT",
    "tweebank_ner": "Apache-2.0",
}
NAME_LISTS = {
    "companies_sec_pd": "public domain",
    "companies_sp500_pddl": "PDDL",
    "faker_person_mit": "MIT",
    "places_geonames_ccby": "CC BY 4.0",
    "popular_names_cc0": "CC0",
    "uk_births_ogl": "OGL",
    "us_census1990_pd": "public domain",
}

DICTIONARIES = ("/usr/share/dict/american-english", "/usr/share/dict/british-english")
_DICTIONARY_LICENCE = "SCOWL, (c) 2000-2011 Kevin Atkinson; see NOTICE beside this file"

_LABELS = frozenset({"PER", "LOC", "ORG", "MISC", "FAC", "ADDRESS", "USERNAME"})
_SOUGHT = frozenset({"PER", "LOC", "ADDRESS"})
_ROW = 600  # code points; longer documents are cut at line breaks
_SURNAMES = 4_000
_COMMON_SURNAMES = 500
# Up to which rank a list has given names that are common.
_COMMON_GIVEN = {"popular_names_cc0": 100, "us_census1990_pd": 1_000, "uk_births_ogl": 1_500}
_COMPANY_WORDS = frozenset(
    "inc corp ltd co plc llc lp sa nv ag group holdings holding company corporation limited the "
    "com international technologies & trust".split()
)


@dataclass
class Evidence:
    """How often words stand outside of names (`start`: where a sentence begins) and in them."""

    outside: Counter[str] = field(default_factory=Counter)
    start: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    spans: list[list[str]] = field(default_factory=list)
    rows: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def often(self, word: str) -> int:
        """How often `word` stands outside of names, in lower case."""
        return self.outside[word.lower()] + self.start[word.lower()]


def read(data: Path) -> Evidence:
    """Counts of the words of all sources, and each row that holds a person or a place."""
    evidence = Evidence()
    for name in SOURCES:
        for line in (data / "train" / f"{name}.jsonl").open(encoding="utf-8"):
            record = json.loads(line)
            for text, spans in _rows(record["text"], record["spans"]):
                outside = list(text)
                sought = []
                for start, end, label in spans:
                    outside[start:end] = " " * (end - start)
                    evidence.spans.append([t.lstrip(".") for t in _tokens(text[start:end])])
                    if label in _SOUGHT:
                        sought.append(text[start:end])
                for token in _tokens("".join(outside)):
                    (evidence.start if token.startswith(".") else evidence.outside)[
                        token.lstrip(".")
                    ] += 1
                if sought:
                    evidence.rows.append((text, tuple(sought)))
    for words in evidence.spans:
        # Of "The Hague" it is Hague that makes a name of it: the word that is rarest elsewhere.
        evidence.inside[min(words, key=evidence.often, default="")] += 1
    return evidence


def _rows(
    text: str, spans: list[dict[str, object]]
) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    labels = [(int(s["start"]), int(s["end"]), str(s["label"])) for s in spans]  # type: ignore[call-overload]
    labels = [one for one in labels if one[2] in _LABELS]
    start = 0
    for part in text.splitlines(keepends=True) if len(text) > _ROW else [text]:
        end = start + len(part)
        inside = [(s - start, e - start, x) for s, e, x in labels if start <= s and e <= end]
        yield part, inside
        start = end


def _tokens(text: str) -> list[str]:
    return [token.decode("utf-8", "replace") for token in gate.tokens(text)]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Single words of names of people, places and companies; `given`: common given names; `sure`:
    those that no dictionary makes harmless (given names, common surnames, who is known to all);
    `countries`: those of countries."""

    every: frozenset[str]
    given: frozenset[str]
    sure: frozenset[str]
    countries: frozenset[str]


def folded(name: str) -> str:
    """`name` in lower case without accents."""
    apart = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def known_names(data: Path, evidence: Evidence) -> KnownNames:
    """The words of the lists of names."""
    every: set[str] = set()
    given: set[str] = set()
    countries: set[str] = set()
    sure = {word for name in _famous() for word in folded(name).split()}
    for name in NAME_LISTS:
        for row in csv.DictReader((data / "names" / f"{name}.csv").open(encoding="utf-8")):
            rank = int(row["rank"] or 1)
            surname = row["kind"] == "surname"
            if surname and rank > _SURNAMES:
                continue
            parts = folded(row["name"]).replace("-", " ").replace("'", " ").split()
            if row["kind"] == "company":
                parts = [part for part in parts if part.strip(".,") not in _COMPANY_WORDS]
                if len(parts) > 1:
                    continue
            for part in parts:
                if not (part.isascii() and part.isalpha() and len(part) > 2):
                    continue
                if len(parts) > 1 and evidence.often(part) >= 10:
                    continue
                every.add(part)
                if row["kind"] == "country" and len(parts) == 1:
                    countries.add(part)
                if row["rank"] and (not surname or rank <= _COMMON_SURNAMES):
                    sure.add(part)
                if row["kind"].startswith("given") and rank <= _COMMON_GIVEN.get(name, 0):
                    given.add(part)
    return KnownNames(
        frozenset(every | sure), frozenset(given), frozenset(sure), frozenset(countries)
    )


def _famous() -> list[str]:
    """The people whom the templates of generated text call by name."""
    templates = Path(generated.__file__).parent / "templates"
    texts = (path.read_text(encoding="utf-8") for path in sorted(templates.glob("*.txt")))
    return [name for text in texts for name in re.findall(r"\{P=([^}]*)\}", text)]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words in lower case: those that are written in small letters, and those of proper names."""

    small: frozenset[str]
    large: frozenset[str]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Dictionary:
        """The words of the files, one a line."""
        words = {w for path in paths for w in path.read_text(encoding="utf-8").split()}
        plain = {word: folded(word) for word in words if len(word) > 2}
        plain = {word: low for word, low in plain.items() if low.isascii() and low.isalpha()}
        small = frozenset(low for word, low in plain.items() if word.islower())
        return cls(small, frozenset(low for word, low in plain.items() if word.istitle()))


def ways(evidence: Evidence, known: KnownNames, dictionary: Dictionary) -> dict[str, str]:
    """How each word may stand and be harmless, as scrubber.detect.gate.lists.read_words says."""
    out, start, inside = evidence.outside, evidence.start, evidence.inside
    lower = {w.lower() for counter in (out, start) for w in counter if w.isascii() and w.isalpha()}
    found = {}
    for word in sorted(lower | dictionary.small):
        if len(word) == 1 and word not in "ai":
            found[word] = "l"
            continue
        title, upper = word.capitalize(), word.upper()
        in_name = word in known.every or word in dictionary.large
        made = ""
        often = out[word] + start[word]
        in_dictionary = word in dictionary.small and word not in known.sure
        enough, slips = (0, 2) if in_dictionary else (10 if in_name else 2, 0)
        if often >= enough and inside[word] <= slips + often / 50:
            made += "l"
            titles = out[title] + start[title]
            if not in_name or start[title] >= 20:
                if inside[title] <= max(titles, often / 10) / 50:
                    made += "s"
                if out[title] >= 4 and inside[title] <= titles / 100:
                    made += "t"
            if not in_name and inside[upper] <= (out[upper] + start[upper] + 20) / 50:
                made += "u"
        elif len(word) > 1 and not in_name:
            if out[title] >= 4 and inside[title] <= out[title] / 100:
                made += "t"
            if (
                out[upper] + start[upper] >= 4
                and inside[upper] <= (out[upper] + start[upper]) / 100
            ):
                made += "u"
        if word in known.countries:
            made = "l" if "l" in made else ""
        if "l" in made and (
            word in known.given
            or inside[title] * 10 > out[title] + start[title] > 0
            or (in_name and often < 10)
        ):
            made += "d"
        if made:
            found[word] = made
    return found


def corrected(
    found: dict[str, str], evidence: Evidence, known: KnownNames, out: Path
) -> dict[str, str]:
    """`found` without the ways of writing that hold most rows with a name back, as long as there
    are words that pay."""
    while True:
        write(found, known, out)
        looks = gate.Gate().may_hold_name
        held = [sought for text, sought in evidence.rows if not looks(text)]
        blame = Counter(
            token
            for sought in held
            for token in {t.lstrip(".") for s in sought for t in _tokens(s)}
        )
        print(f"{len(held)} of {len(evidence.rows)} rows with a name held back", file=sys.stderr)
        worth = {
            token: count / (evidence.outside[token] + evidence.start[token] + 1)
            for token, count in blame.items()
            if token.lower() in found
        }
        worst = [t for t in sorted(worth, key=lambda t: (-worth[t], t)) if worth[t] >= 0.002][:40]
        changed = False
        for token in worst:
            drop = "l" if token.islower() else "u" if token.isupper() else "st"
            left = "".join(way for way in found[token.lower()] if way not in drop)
            changed |= left != found[token.lower()]
            found[token.lower()] = left
        if not changed:
            return found


def write(found: dict[str, str], known: KnownNames, out: Path) -> None:
    """The two lists, where the gate reads them."""
    lines = (f"{word} {made}" for word, made in sorted(found.items()) if made.strip("d"))
    harmless = {word for word, made in found.items() if "l" in made}
    _pack(out / lists.WORDS, lines)
    # Only of forms of common words does the gate ask whether they are names.
    formed = (n for n in known.every - harmless if not harmless.isdisjoint(gate.stems(n)))
    _pack(out / lists.NAMES, sorted(formed))


def _pack(path: Path, lines: object) -> None:
    text = "".join(f"{line}\n" for line in lines)  # type: ignore[attr-defined]
    path.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))


def meta(data: Path, dictionaries: Sequence[Path], out: Path) -> dict[str, object]:
    """What the lists were made from, and their digests."""

    def sources(folder: str, suffix: str, known: dict[str, str]) -> list[dict[str, str]]:
        return [
            {"name": name, "licence": licence, "sha256": _digest(data / folder / (name + suffix))}
            for name, licence in sorted(known.items())
        ]

    return {
        "command": "make gate DATA=folder",
        "text": sources("train", ".jsonl", SOURCES),
        "names": sources("names", ".csv", NAME_LISTS),
        "dictionaries": [
            {"name": path.name, "licence": _DICTIONARY_LICENCE, "sha256": _digest(path)}
            for path in dictionaries
        ],
        "lists": {name: _digest(out / name) for name in (lists.WORDS, lists.NAMES)},
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Make the lists where the package looks for them."""
    parser = argparse.ArgumentParser(prog="training.gate", description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--dictionary", type=Path, action="append")
    options = parser.parse_args()
    dictionaries = options.dictionary or [Path(path) for path in DICTIONARIES]
    out = Path(lists.__file__).parent
    evidence = read(options.data)
    known = known_names(options.data, evidence)
    found = ways(evidence, known, Dictionary.of(dictionaries))
    found = corrected(found, evidence, known, out)
    write(found, known, out)
    text = json.dumps(meta(options.data, dictionaries, out), indent=1, sort_keys=True)
    (out / "meta.json").write_text(text + "\n", encoding="ascii")
    size = sum((out / name).stat().st_size for name in (lists.WORDS, lists.NAMES))
    print(f"{len(found)} words; {size} bytes")


if __name__ == "__main__":
    main()
