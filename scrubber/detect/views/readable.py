r"""The readable view: escapes decoded, markup and invisible characters removed.

People's names are read in it, and patterns search what becomes of it in the plain view. HTML
entities, percent encodings, ``\u`` escapes, quoted-printable, terminal colours, emphasis and tags
are undone; an escape inside an escape too, to a depth of three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from scrubber.detect.views.view import Edit, View, beyond_ascii

_DEPTH = 3

_ESCAPE = re.compile(
    r"""(?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,31}|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});)
    |(?P<percent>(?:%[0-9A-Fa-f]{2})+)
    |(?P<unicode>(?:\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2})+)
    |(?P<control>\\[nrt])
    |(?P<quoted>\\["'/])
    |(?P<soft>=[ \t]*\r?\n)
    |(?P<printable>(?:=[0-9A-F]{2})+)""",
    re.VERBOSE,
)
_UNICODE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2}))"
)
# A backslash there is a separator of folders, not the beginning of an escape.
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\|\\\\[A-Za-z0-9]")

# Characters that nobody sees: format characters, soft hyphens, variation selectors, and colours.
_INVISIBLE = (
    r"\x1b\[[0-?]*[ -/]*[@-~]|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_EMPHASIS = r"(?<![*\w])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![*\w])|(?<![\w_])_{1,3}(?=[^\W_])"
_EMPHASIS_END = r"|(?<=[^\W_])_{1,3}(?![\w_])|(?<=[.!?,;:)])_{1,3}(?![\w_])|~~|`{1,3}"
_INLINE = (
    r"(?:a|abbr|b|big|bdi|cite|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tt|u"
    r"|var)"
)
_MARKUP = re.compile(
    rf"(?P<gone>{_INVISIBLE}|{_EMPHASIS}{_EMPHASIS_END}|</?(?i:{_INLINE})\b[^<>\"'=]{{0,80}}>)"
    r"|(?P<cell></?(?i:t[dh])>(?:\s*</?(?i:t[dh])>)*)"
    r"|(?P<block></?[A-Za-z][A-Za-z0-9:_.-]{0,40}\s*/?>)"
)
# What begins an escape, and markup; most texts hold none, and a search for a sign is quick.
_ESCAPES = ("&", "%", "\\", "=")
_MARKS = ("*", "`", "<", "~~", "\x1b")
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_HIDDEN = re.compile(_INVISIBLE.partition("|")[2])


def readable(text: str) -> View | None:
    """The readable view of `text`; None where it is the text itself."""
    view = View.of(text) if _holds_escapes(text) or _holds_markup(text) else None
    for _ in range(_DEPTH):
        if view is None or not _holds_escapes(view.text):
            break
        decoded = view.edited(_decoded(view.text))
        if decoded is view:
            break
        view = decoded
    if view is not None and _holds_markup(view.text):
        view = view.edited(_bare(view.text))
    return None if view is None or view.text == text else view


def _holds_escapes(text: str) -> bool:
    return any(sign in text for sign in _ESCAPES)


def _holds_markup(text: str) -> bool:
    return (
        any(sign in text for sign in _MARKS)
        or ("_" in text and _UNDERSCORE.search(text) is not None)
        or (not text.isascii() and _HIDDEN.search(beyond_ascii(text)) is not None)
    )


def _decoded(text: str) -> Iterator[Edit]:
    for match in _ESCAPE.finditer(text):
        kind = str(match.lastgroup)
        yield from _DECODERS[kind](text, match.start(), match.end())


def _entity(text: str, start: int, end: int) -> Iterator[Edit]:
    char = unescape(text[start:end])
    if (len(char) <= 2 and not char.startswith("&")) or char == "&":
        yield Edit(start, end, " " if char.isspace() else char)


def _percent(text: str, start: int, end: int) -> Iterator[Edit]:
    yield from _bytes(text, start, end)


def _printable(text: str, start: int, end: int) -> Iterator[Edit]:
    """Quoted-printable where it cannot be else: several bytes, or an @ or a blank after a word."""
    several = end - start > 3 and any(text[i] in "89ABCDEF" for i in range(start + 1, end, 3))
    if several or (text[start:end] in ("=40", "=20") and text[start - 1 : start].isalnum()):
        yield from _bytes(text, start, end)


def _bytes(text: str, start: int, end: int) -> Iterator[Edit]:
    """One edit for each character that the bytes, two digits behind a sign each, are in UTF-8."""
    raw = bytes.fromhex("".join(text[i + 1 : i + 3] for i in range(start, end, 3)))
    try:
        chars = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    for char in chars:
        width = 3 * len(char.encode("utf-8"))
        if char.isprintable() or char.isspace():
            yield Edit(start, start + width, char)
        start += width


def _unicode(text: str, start: int, end: int) -> Iterator[Edit]:
    if _in_path(text, start):
        return
    codes = [
        (m.start(), m.end(), int(next(filter(None, m.groups())), 16))
        for m in _UNICODE.finditer(text, start, end)
    ]
    at = 0
    while at < len(codes):
        first, last, code = codes[at]
        at += 1
        if 0xD800 <= code < 0xDC00 and at < len(codes) and 0xDC00 <= codes[at][2] < 0xE000:
            last, code = codes[at][1], 0x10000 + ((code - 0xD800) << 10) + codes[at][2] - 0xDC00
            at += 1
        if code <= 0x10FFFF and (chr(code).isprintable() or chr(code).isspace()):
            yield Edit(first, last, chr(code))


def _control(text: str, start: int, end: int) -> Iterator[Edit]:
    if not _in_path(text, start):
        yield Edit(start, end, "\t" if text[end - 1] == "t" else "\n")


def _quoted(text: str, start: int, end: int) -> Iterator[Edit]:
    if not _in_path(text, start):
        yield Edit(start, end, text[end - 1])


def _soft(text: str, start: int, end: int) -> Iterator[Edit]:  # noqa: ARG001
    yield Edit(start, end, "")


_DECODERS: dict[str, Callable[[str, int, int], Iterator[Edit]]] = {
    "entity": _entity,
    "percent": _percent,
    "unicode": _unicode,
    "control": _control,
    "quoted": _quoted,
    "soft": _soft,
    "printable": _printable,
}


def _in_path(text: str, at: int) -> bool:
    """True if the word around `at` is a path of Windows."""
    begin = max(text.rfind(sign, max(0, at - 300), at) for sign in " \t\n\"'") + 1
    return _WINDOWS_PATH.search(text, begin, at + 3) is not None


def _bare(text: str) -> Iterator[Edit]:
    for match in _MARKUP.finditer(text):
        if match["gone"] is not None:
            yield Edit(*match.span(), "")
        else:
            yield Edit(*match.span(), " | " if match["cell"] is not None else "\n")
