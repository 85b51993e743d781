"""A dataset card for the Hugging Face Hub: front matter, and a section on personal information."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from scrubber.errors import printable
from scrubber.exports.reading import Data, classes, declared, said, title
from scrubber.exports.target import Target
from scrubber.manifest.view import count_text, printable_text, second_look, treatment

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]|^[#+=-]")
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
    yield "---"


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
