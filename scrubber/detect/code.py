"""Source code in a text, distinguished from its comments and string literals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

import regex

Kind = Literal["", "code", "words"]
"""No code; code; comments and string literals in code."""

# So many lines that look like code, and such a share of those that are no comments, make all of a
# text code; so do two lines that are most of it, and lines as long as scripts without line breaks.
_LEAST, _SHARE, _MOST, _PACKED = 4, 0.25, 0.6, 1000
_COMMENT = regex.compile(r"\s*(?:#(?!#)|//|/?\*+(?!\*?\w)|--[ ]|\Z)")

_LINE = regex.compile(
    # Python
    r"\s*(?:from[ ][\w.]+[ ]import[ ]|import[ ][\w.]+(?:[ ]as[ ]\w+)?\s*(?:,|;|\Z)|(?:async[ ])?def[ ]\w+[(\[]|class[ ]\w+[\w(), .=\[\]]*:\s*(?:\#|\Z)"
    r"|@[\w.]+(?:\(|\s*\Z)|(?:if|elif|while)\b.*[=<>().\[\]_].*:\s*(?:\#|\Z)|(?:async[ ])?(?:for[ ].+[ ]in|with[ ].+(?:[ ]as|\())\b?.*:\s*(?:\#|\Z)|(?:else|try|finally):\s*\Z"
    r"|except\b.*:|return(?:[ ].*[\w)\]}\"']|;)?\s*\Z|raise[ ]\w+|yield[ ]\w|assert[ ].*[=()\[\]]|self\.\w|>>>[ ]|\.\.\.[ ][ ]|pass\s*\Z"
    # JavaScript, C, Java
    r"|(?:const|let|var)[ ][\w{\[$][^.!?]*(?:=|;|\Z)|(?:export|module\.exports|exports\.)\b.*[={(*]|(?:async[ ])?function\b.*\(|.*=>\s*[\w{(\[]|[})\]]*\s*else\s*(?:if.*)?\{"
    r"|\#\s?(?:include|define|ifdef|ifndef|endif|pragma)\b|(?:static|public|private|protected|int|void|char|unsigned|struct|package|namespace|using|extern|final)\b.*[;{(]\s*\Z"
    r"|[^\"].*[;{]\s*(?://.*)?\Z|.*(?:\bfunction[ ]?\w*\(|=>[\w({\[]|\)\{|;(?:var|let|const|return|if)\b)"
    # SQL, whose words are then in capitals, or begin a statement
    r"|(?:SELECT|INSERT[ ]INTO|CREATE|ALTER|DROP|UPDATE|DELETE[ ]FROM|FROM|WHERE|(?:LEFT[ ]|INNER[ ]|CROSS[ ])?JOIN|GROUP[ ]BY|ORDER[ ]BY|RETURNS?|LANGUAGE|GRANT|REVOKE|AS[ ]'|VALUES|UNION|OPERATOR|FUNCTION|COMMENT[ ]ON)\b(?!\s*:)"
    r"|(?:select|insert[ ]into|create|alter|drop)[ ].*(?:;|,|\(|[ ]as[ ]|[ ]from[ ])\s*.*\Z"
    # shells
    r"|(?:fi|done|then|esac|do|;;)\s*(?:;|\Z)|(?:echo|export|local|exit|shift|unset|source|printf|test|eval|exec)\b.*(?:[$=\"'|>]|\b[0-9]\s*\Z)|if[ ]\[|case[ ].*[ ]in\s*\Z|\w+[ ]?\(\)[ ]?\{?|.*(?:\$\{|\$\(|\"\$\w|\$[A-Z_]{2,})"
    # calls, assignments and properties
    r"|[\w$]+:[ ](?:[\"'\[{(]|-?[0-9]|true|false|null|function|\w+\().*[,{(]\Z|[\w.$]+\([^.!?]*(?:\)[;,:]?|\(|,)\s*\Z|[\w.\[\]'\"]+[ ]?(?:[-+*/|]?=|:=)[ ]?(?:[^=\s].*)?[()\[\]{};].*\Z|[\w.]+[ ]?=[ ]?(?:None|True|False|null|true|false|-?[0-9.]+|[\"'].*[\"']),?\s*\Z"
    r")"
)  # fmt: skip
_SCRIPT = regex.compile(r"#![ ]?/[\w./]{3,60}")
_DATA = regex.compile(
    r"\s*(?:\"[^\"\n]*\"\s*:|<\w+>|\w+:[ ](?!.*[,;{(]\Z)|[-*][ ]\w|[^,\n]+(?:,[^,\n]+){3,}\Z|\|)"
)
_FENCE = regex.compile(r"^[ ]{0,3}(`{3,}|~{3,})[ ]*([\w+#.-]*)[^\n`]*\n", regex.M)
_LANGUAGES = frozenset(
    "python py python3 pycon javascript js jsx typescript ts tsx java kotlin scala c cpp c++ cs csharp c# go golang rust rs ruby rb php perl pl r"
    " julia lua swift sql mysql postgresql plsql sh bash zsh shell console fish powershell ps1 dockerfile makefile cmake haskell elixir erlang"
    " clojure dart matlab objc solidity vue svelte css scss html+erb terraform hcl nginx".split()
)  # fmt: skip
_WORDS = regex.compile(
    r"(?s:\"\"\".{0,20000}?\"\"\"|'''.{0,20000}?'''|/\*.{0,20000}?\*/|<!--.{0,20000}?-->)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]{0,2000}`"
    r"|(?<![:\w\"'])//[^\n]*|(?<![\w&$\"'{])\#[^\n]*|(?<![\w\-!<])--[ ][^\n]*|^[ \t]*\*[ ][^\n]*",
    regex.M,
)  # fmt: skip
# How names are written in comments and literals.
_WORD = regex.compile(r"(?:\p{Lu}[\p{Ll}’']+(?:-?\p{Lu}\p{Ll}*)?|\p{Lo}+)\.?")
_INITIAL = regex.compile(r"(?:\p{Lu}\.?-?)+")
_PARTICLES = frozenset("de da di van von der den la le du bin al el y del dos und and".split())
_BETWEEN = regex.compile(r"[\s,]+")
_JOINED = regex.compile(r"[\w$@.{/\\%-]\Z")
_JOINED_NEXT = regex.compile(r"[\w$}/\\({-]|[.:=]\w")


@dataclass(frozen=True)
class Code:
    """The source code in `text`; asked about places, in code points."""

    text: str = field(repr=False)

    def at(self, place: int) -> Kind:
        """Return the kind of text that the character there is part of."""
        starts, ends, kinds = self._ranges
        index = bisect_right(starts, place) - 1
        return kinds[index] if index >= 0 and place < ends[index] else ""

    def may_name(self, start: int, end: int) -> bool:
        """True where `start` to `end` may name somebody.

        Code itself never does; comments and literals do where a name is written with capitals and
        by itself.
        """
        kind = self.at(start)
        if not kind:
            return True
        if kind == "code" or _JOINED.search(self.text[max(0, start - 1) : start]):
            return False
        words = _BETWEEN.split(self.text[start:end].strip(" ,;:"))
        named = all(w in _PARTICLES or _WORD.fullmatch(w) or _INITIAL.fullmatch(w) for w in words)
        return (
            named
            and any(_WORD.fullmatch(word) for word in words)
            and _JOINED_NEXT.match(self.text[end : end + 2]) is None
        )

    @cached_property
    def _ranges(self) -> tuple[Sequence[int], Sequence[int], Sequence[Kind]]:
        found: list[tuple[int, int, Kind]] = []
        for start, end in _united(_regions(self.text)):
            at = start
            for words in _WORDS.finditer(self.text, start, end):
                found += [(at, words.start(), "code"), (words.start(), words.end(), "words")]
                at = words.end()
            found.append((at, end, "code"))
        rows = [row for row in found if row[0] < row[1]]
        return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _regions(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of whole lines that are code."""
    at, inside = 0, ""
    for fence in _FENCE.finditer(text):
        if not inside:
            yield from _by_lines(text, at, fence.start())
            inside, language = fence[1], fence[2].lower()
        elif fence[1].startswith(inside[0]) and not fence[2]:
            if language in _LANGUAGES:
                yield at, fence.start()
            else:
                yield from _by_lines(text, at, fence.start())
            inside = ""
        else:
            continue
        at = fence.end()
    if inside and language in _LANGUAGES:
        yield at, len(text)
    else:
        yield from _by_lines(text, at, len(text))


def _by_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The ranges that look like code between two places: all, or runs of two lines and more."""
    lines = []
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            lines.append((start, start + len(line), _is_code(line.rstrip())))
        start += len(line)
    likely = sum(code for *_, code in lines)
    length = sum(end - start for start, end, code in lines if code)
    packed = length >= _PACKED and length >= 0.8 * (lines[-1][1] - lines[0][0])
    others = sum(_COMMENT.match(text[start:end]) is None for start, end, code in lines if not code)
    share = likely / max(likely + others, 1)
    script = bool(lines) and _SCRIPT.match(text, lines[0][0], lines[0][1]) is not None
    if (
        script
        or packed
        or (likely >= _LEAST and share >= _SHARE)
        or (likely > 1 and share >= _MOST)
    ):
        yield lines[0][0], lines[-1][1]
        return
    for before, after in pairwise(lines):
        if before[2] and after[2]:
            yield before[0], after[1]


def _is_code(line: str) -> bool:
    short = line[:400]
    return _DATA.match(short) is None and _LINE.match(short) is not None


def _united(ranges: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in ranges:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
