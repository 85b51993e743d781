"""How clean text becomes text as people write it: casings, accents lost, odd spaces, typos.

Every function takes a document and returns one with spans that still hold the same names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

from training.generated.document import Document, Writer

Rewrite = Callable[[str], str]

_PUNCTUATION = re.compile(r"([,;:!?()\"“”]|\.(?!\w)|'(?=s\b)|(?<!\w)')")
_SPACES = re.compile(r" ")
_MARKS = re.compile(r"[,.!?;:]+(?=\s|$)")
_STROKES = str.maketrans("łŁøØđĐıð’", "lLoOdDid'")


def cased(document: Document, change: Callable[[str], str]) -> Document:
    """The text with another casing; a letter whose case has another length stays as it is."""
    text = change(document.text)
    if len(text) != len(document.text):
        text = "".join(_same_length(change, char) for char in document.text)
    return Document(text, document.spans, document.kind)


def _same_length(change: Callable[[str], str], char: str) -> str:
    changed = change(char)
    return changed if len(changed) == 1 else char


def without_accents(document: Document) -> Document:
    text = "".join(_base(char) for char in document.text)
    return Document(text.translate(_STROKES), document.spans, document.kind)


def _base(char: str) -> str:
    return char if char < "\x80" else unicodedata.normalize("NFD", char)[0]


def rewritten(document: Document, outside: Rewrite, inside: Rewrite) -> Document:
    """Each piece between names through `outside`, each name through `inside`."""
    out = Writer()
    at = 0
    text = document.text
    for start, end, label in document.spans:
        out.add(outside(text[at:start]))
        name = inside(text[start:end])
        core = name.strip()
        lead = len(name) - len(name.lstrip())
        out.add(name[:lead])
        out.add(core, label)
        out.add(name[lead + len(core) :])
        at = end
    out.add(outside(text[at:]))
    return out.document(document.kind)


def tokenized(document: Document) -> Document:
    """Spaces around punctuation, as in corpora that were kept as tokens."""

    def split(piece: str) -> str:
        return re.sub(r"  +", " ", _PUNCTUATION.sub(r" \1 ", piece))

    return rewritten(document, split, split)


def broken_lines(document: Document, rng: Random) -> Document:
    """Line breaks and doubled spaces where a space was, inside names too."""

    def breaks(piece: str) -> str:
        return _SPACES.sub(lambda _: rng.choice(_GAPS) if rng.random() < 0.15 else " ", piece)

    return rewritten(document, breaks, breaks)


_GAPS = ("\n", "  ", "\n", "\t", "\u00a0", " \n")


def unpunctuated(document: Document) -> Document:
    return rewritten(document, lambda piece: _MARKS.sub("", piece), str)


def misspelt(document: Document, rng: Random) -> Document:
    """Letters dropped, doubled or swapped, outside the names."""

    def slip(piece: str) -> str:
        chars = list(piece)
        for index in range(1, len(chars) - 1):
            if chars[index].isalpha() and chars[index + 1].isalpha() and rng.random() < 0.03:
                roll = rng.random()
                if roll < 0.4:
                    chars[index] = ""
                elif roll < 0.6:
                    chars[index] *= 2
                else:
                    chars[index], chars[index + 1] = chars[index + 1], chars[index]
        return "".join(chars)

    return rewritten(document, slip, str)


def mojibake(document: Document) -> Document:
    """UTF-8 read as Windows-1252, as in many exports."""

    def wrong(piece: str) -> str:
        return piece.encode("utf-8", "surrogatepass").decode("cp1252", "replace")

    return rewritten(document, wrong, wrong)


_MARKUP = (
    ("**", "**"), ("*", "*"), ("__", "__"), ("_", "_"), ("<b>", "</b>"), ("<td>", "</td>"),
    ("<name>", "</name>"), ("<span>", "</span>"), ("`", "`"), ('"', '"'), ("[", "](mailto:a@b.co)"),
    ("| ", " |"), ("<strong>", "</strong>"), ("~~", "~~"), ("{", "}"), ("<i>", "</i>"), ("'", "'"),
)  # fmt: skip


def marked_up(document: Document, rng: Random) -> Document:
    """Marks of Markdown, HTML or tables around each name, the same ones in a text."""
    opening, closing = rng.choice(_MARKUP)
    out = Writer()
    at = 0
    for start, end, label in document.spans:
        out.add(document.text[at:start] + opening)
        out.add(document.text[start:end], label)
        out.add(closing)
        at = end
    out.add(document.text[at:])
    return out.document(document.kind)


def noisy(document: Document, rng: Random) -> Document:
    """One document as it comes from the world: most are clean, all casings occur."""
    roll = rng.random()
    if roll < 0.05:
        document = tokenized(document)
    elif roll < 0.08:
        document = broken_lines(document, rng)
    elif roll < 0.13:
        document = unpunctuated(document)
    elif roll < 0.17:
        document = misspelt(document, rng)
    elif roll < 0.21:
        document = without_accents(document)
    elif roll < 0.213:
        document = mojibake(document)
    elif roll < 0.25:
        document = marked_up(document, rng)
    roll = rng.random()
    if roll < 0.04:
        document = rewritten(document, str, str.lower)
    elif roll < 0.06:
        document = rewritten(document, str, str.upper)
    roll = rng.random()
    if roll < 0.2:
        return cased(document, str.lower)
    if roll < 0.26:
        return cased(document, str.upper)
    if roll < 0.28:
        return cased(document, str.title)
    if roll < 0.285:
        return cased(document, str.swapcase)
    return document
