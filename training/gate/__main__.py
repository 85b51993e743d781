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
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from scrubber.detect.ner import prescreen as gate
from scrubber.detect.ner.prescreen import lists
from training.gate.evidence import SOURCES, Evidence, read, tokens
from training.gate.known import (
    DICTIONARIES,
    DICTIONARY_LICENCE,
    NAME_LISTS,
    Dictionary,
    KnownNames,
    known_names,
)


def ways(evidence: Evidence, known: KnownNames, dictionary: Dictionary) -> dict[str, str]:
    """How each word may stand and be harmless: see scrubber.detect.ner.prescreen.lists."""
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
        if word in known.parts:
            made = made.replace("t", "").replace("u", "")
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
            token for sought in held for token in {t.lstrip(".") for s in sought for t in tokens(s)}
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
            {"name": path.name, "licence": DICTIONARY_LICENCE, "sha256": _digest(path)}
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
