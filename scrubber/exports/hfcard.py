"""A dataset card for the Hugging Face Hub: front matter, and a section on personal information.

With the card as its README.md, an output folder is ready to be pushed: the front matter names the
data files by table and split, so that ``datasets.load_dataset`` reads these and no other file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from scrubber.errors import printable
from scrubber.exports.reading import Data, classes, declared, published, said, title
from scrubber.exports.target import Target
from scrubber.manifest.view import count_text, printable_text, second_look, treatment

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]|^[#+=-]")
_WORD: Final = re.compile(r"[A-Za-z]+|[0-9]+")
_SPLITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_LIMITS: Final = (10**3, 10**4, 10**5, 10**6, 10**7, 10**8, 10**9, 10**12)
_CATEGORIES: Final[Sequence[str]] = (
    *("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M"),
    *("100M<n<1B", "1B<n<1T", "n>1T"),
)
_LICENCE: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")


def hf_card(data: Data) -> str:
    """The card as Markdown. The license is part of the front matter if it is an identifier of the
    Hub (``cc-by-4.0``)."""
    return "\n".join([*_front(data), "", *_body(data)]) + "\n"


def _text(text: str) -> str:
    """Escape `text` for Markdown."""
    return _MARKUP.sub(r"\\\g<0>", printable_text(text))


def _quoted(text: str) -> str:
    """Quote `text` as a YAML scalar (a JSON string is one), without HTML tags."""
    return json.dumps(printable_text(text)).replace("<", "\\u003c")


def _front(data: Data) -> Iterator[str]:
    yield "---"
    yield f"pretty_name: {_quoted(title(data))}"
    licence = (declared(data["dataset"]["licence"]) or "").lower()
    if _LICENCE.fullmatch(licence):
        yield f"license: {_quoted(licence)}"
    yield "tags:"
    yield "- scrubber"
    yield f"- {_quoted(data['risk']['claim'])}"
    size = _size(data)
    if size:
        yield f"size_categories: [{size}]"
    yield from _configs(data)
    yield "---"


def _configs(data: Data) -> Iterator[str]:
    """The data files by table and split. Files of one table have the same fields."""
    tables = _tables(data)
    if tables:
        yield "configs:"
    for name, splits in tables.items():
        yield f"- config_name: {_quoted(name)}"
        yield "  data_files:"
        for split, paths in splits.items():
            yield f"  - split: {split}"
            yield f"    path: [{', '.join(map(_quoted, paths))}]"


def _tables(data: Data) -> dict[str, dict[str, list[str]]]:
    """The paths of output files by table and split; a single table is called ``default``."""
    by_fields: dict[tuple[int, ...], list[str]] = {}
    for file in data["outputs"]["files"]:
        rows = enumerate(data["fields"])
        fields = tuple(number for number, row in rows if file["source"] in row["sources"])
        by_fields.setdefault(fields, []).append(file["path"])
    tables: dict[str, dict[str, list[str]]] = {}
    for number, paths in enumerate(by_fields.values(), 1):
        name = "default" if len(by_fields) == 1 else _table_name(paths[0], tables, number)
        for path in sorted(paths):
            tables.setdefault(name, {}).setdefault(_split(path), []).append(path)
    return tables


def _table_name(path: str, taken: Mapping[str, object], number: int) -> str:
    """A name for the table of the file `path` that no other table has."""
    words = _WORD.findall(PurePosixPath(path).name.split(".")[0])
    own = "-".join(word for word in words if not word.isdigit() and word.lower() not in _SPLITS)
    return own if own and own not in taken else f"table-{number}"


def _split(path: str) -> str:
    """The split that the path of a file names; ``train`` if it names none.

    >>> _split("data/test-00001.parquet"), _split("data/dev.jsonl"), _split("data/latest.csv")
    ('test', 'validation', 'train')
    """
    words = (word.lower() for word in _WORD.findall(path))
    return next((_SPLITS[word] for word in words if word in _SPLITS), "train")


def _size(data: Data) -> str | None:
    """The Hub's category for the number of records; None for a withheld number."""
    records = published(data["records"]["out"])
    if records is None:
        return None
    at = next((i for i, limit in enumerate(_LIMITS) if records < limit), len(_LIMITS))
    return _CATEGORIES[at]


def _body(data: Data) -> Iterator[str]:
    base, legal = data["header"]["disclosure"]["base"], data["legal"]
    yield f"# {_text(title(data))}"
    description = declared(data["dataset"]["description"])
    if description:
        yield f"\n{_text(description)}"
    yield "\n## Personal and Sensitive Information\n"
    version, digest = data["engine"]["program_version"], data["policy"]["digest"]
    yield (
        f"This dataset was scrubbed by scrubber {_text(version)} with the rules `{digest[:16]}`. "
        f"It is {_text(data['risk']['claim'])}. The record of what was done is the manifest "
        f"`{data['header']['id']}`."
    )
    records = data["records"]
    came, went = (count_text(records[way], base) for way in ("in", "out"))
    yield f"\nRecords: {came} in, {went} out."
    yield "\n| field | files | what was done |\n|---|---|---|"
    for field in data["fields"]:
        sources = ", ".join(map(printable, field["sources"]))
        told = treatment(field)
        yield f"| {_text(field['name'])} | {_text(sources)} | {_text(told)} |"
    risk = classes(data)
    if risk:
        yield "\n### Re-identification risk\n"
        yield from (f"- {_text(line)}" for line in risk)
    looked = list(second_look(data))
    if looked:
        yield "\n### Rescan and planted recall\n"
        yield from (f"- {_text(line)}" for line in looked)
    yield "\n### Limitations\n"
    for row in data["risk"]["limitations"]:
        yield f"- {_text(row['text'])}"
    yield "\n## Uses\n"
    yield f"- Legal basis: {_text(said(legal['basis']))}"
    for purpose in declared(legal["purposes"]) or ():
        yield f"- Intended: {_text(purpose)}"
    for use in declared(legal["prohibited_uses"]) or ():
        yield f"- Prohibited: {_text(use)}"
    retention = declared(legal["retention"])
    if retention and retention["delete_by"]:
        yield f"- Delete by: {_text(retention['delete_by'])}"


HF_CARD: Final = Target("hf-card", "Hugging Face dataset card", "README.md", hf_card)
