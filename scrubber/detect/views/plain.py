"""The plain view: what patterns search, of one alphabet and with borders between words.

On top of the readable view, dashes, blanks and digits of all scripts are those of ASCII, wide forms
are narrow, underscores around identifiers and changes of script part words, ``[at]`` and ``[dot]``
are signs, a number that goes on in the next line is one, and labels stand before their values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from scrubber.detect.views.labels import labels_moved
from scrubber.detect.views.view import Edit, View, beyond_ascii

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2043"
_BLANKS = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

# Scripts that are written beside Latin words and numbers without a blank.
_OTHER = (
    r"\u0370-\u03ff\u0400-\u052f\u0590-\u05f4\u0620-\u064a\u066e-\u06d3\u0904-\u0939\u0e01-\u0e3a"
    r"\u0e40-\u0e4e\u1100-\u11ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_UNSPACED = re.compile(f"[{_OTHER}]")
_SCRIPT = re.compile(rf"(?<=[{_OTHER}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{_OTHER}])")
_DASH = re.compile(r"(?<=[0-9])(?:[ ]?-[ ]+|[ ]+-[ ]?)(?=[0-9])")
_LINE = re.compile(r"(?<=[0-9])[ \t]*\r?\n[ \t]*(?=[0-9])|(?<=[A-Z0-9]{4})\r?\n(?=[A-Z0-9]{4}\b)")
_WORD = re.compile(r"\S*_\S*")
# An identifier in a word of underscores: an address, four digits, a capitalised name.
_IDENTIFIER = re.compile(r"@|(?:[0-9][ .-]?){4}|(?<![^\W_])[^\W\d_a-z][^\W\d_A-Z]+(?![^\W_])")
_DOMAIN = r"(?i:com|org|net|edu|gov|info|io|co|at|ch|de|es|eu|fr|it|nl|pl|pt|ru|se|uk)\b"
_LOCAL_PART = re.compile(r"[\w.%+-]+@?")
_BRACKETED = re.compile(
    r"[\[({<][ ]?(?:(?P<at>(?i:at|@|arroba|chez))|(?i:dot|\.|punkt|punto|point))[ ]?[\])}>]"
)
_SPACED_AT = re.compile(r"(?<=[\w.-])[ ]@[ ](?=[\w-]+\.\w)")
_WORDS = re.compile(
    rf"(?<=[\w.-])(?P<at>[ ](?i:at)[ ])(?=[\w-]{{1,40}}[ ](?i:dot)[ ]{_DOMAIN})"
    rf"|(?<=\w)[ ](?i:dot)[ ](?={_DOMAIN})"
)


def plain(text: str, view: View | None) -> View | None:
    """The plain view of `text`, whose readable view is `view`; None where it is the text itself."""
    read = text if view is None else view.text
    narrow = read if read.isascii() else _narrowed(read)
    edits = sorted(_borders(narrow), key=lambda edit: (edit.start, edit.end))
    if not edits and narrow is read:
        return view
    seen = (View.of(read) if view is None else view).rewritten(narrow).edited(_apart(edits))
    return None if seen.text == text else seen


def _narrowed(text: str) -> str:
    wide, forms = _narrow()
    return text.translate(forms) if wide.search(beyond_ascii(text)) else text


def _borders(text: str) -> Iterator[Edit]:
    """The spans with another spelling; each kind is searched for only after its sign."""
    yield from labels_moved(text)
    if "_" in text:
        yield from _underscores(text)
    for match in _BRACKETED.finditer(text):
        start, end = match.span()
        start -= text[start - 1 : start] == " "
        end += text[end : end + 1] == " "
        yield Edit(start, end, "@" if match["at"] else ".")
    if " @ " in text:
        yield from (Edit(*match.span(), "@") for match in _SPACED_AT.finditer(text))
    if " dot " in text:
        yield from (Edit(*m.span(), "@" if m["at"] else ".") for m in _WORDS.finditer(text))
    if "\n" in text:
        yield from (Edit(*match.span(), " ", joins=True) for match in _LINE.finditer(text))
    if "- " in text or " -" in text:
        yield from (Edit(*match.span(), "-") for match in _DASH.finditer(text))
    if not text.isascii() and _UNSPACED.search(beyond_ascii(text)):
        yield from (Edit(*match.span(), " ") for match in _SCRIPT.finditer(text))


def _underscores(text: str) -> Iterator[Edit]:
    for word in _WORD.finditer(text):
        if _IDENTIFIER.search(word[0]):
            for part in _LOCAL_PART.finditer(word[0]):
                if not part[0].endswith("@"):  # else the underscores belong to the address
                    start = word.start() + part.start()
                    yield from (
                        Edit(start + i, start + i + 1, " ")
                        for i, char in enumerate(part[0])
                        if char == "_"
                    )


def _apart(edits: list[Edit]) -> Iterator[Edit]:
    """Those of `edits`, in order, that do not overlap one before."""
    reach = 0
    for edit in edits:
        if edit.start >= reach:
            yield edit
            reach = max(edit.end, reach)


# Where forms of ASCII characters stand in Unicode: the basic plane, and mathematical letters.
_FORMS_IN = (range(0x80, 0x10000), range(0x1D400, 0x1D800))
_KINDS = ("<wide>", "<narrow>", "<font>", "<noBreak>")


@cache
def _narrow() -> tuple[re.Pattern[str], dict[int, int]]:
    """Each character that is a form of an ASCII one, as a set and with that one.

    Superscripts are no such forms: m² is no m2.
    """
    forms = {ord(char): ord("-") for char in _DASHES} | {ord(char): ord(" ") for char in _BLANKS}
    for code in (code for codes in _FORMS_IN for code in codes):
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            forms[code] = ord("0") + digit
        elif unicodedata.decomposition(char).startswith(_KINDS):
            plain_ = unicodedata.normalize("NFKC", char)
            if len(plain_) == 1 and plain_.isascii():
                forms[code] = ord(plain_)
    return re.compile(f"[{''.join(map(chr, sorted(forms)))}]"), forms
