"""Check the language of docstrings, comments and pages; `make check` runs it.

It reports docstrings that begin with a question word, worn-out phrases, and long or tangled
sentences in prose for users.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 30  # words of a sentence
PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md")
_QUESTION = re.compile(r"(What|Whether|How|Where)\b")
_WORN = re.compile(
    r"\bfor one in\b"
    r"|\b(?:is|are|be|was|were) told\b"  # reports, or a passive with the verb of the field
    r"|\btold apart\b"  # distinguished
    r"|\bwhat is left\b"  # residuals, the rest
    r"|\b(?:is|are|be|been|was|were) looked at\b"  # scanned, examined, read
    r"|\b(?:to|by|for|of|against) who\b"  # a noun: holders, recipients, attackers
    r"|\bwhoever\b"
    r"|(?:^|(?<=\. ))Errors: "  # Raises:
)
_RELATIVE = re.compile(r"\b(?:which|who|whose|whom|that)\b(?! (?:is|are) to\b)")


def faults_of_code(text: str) -> Iterator[tuple[int, str]]:
    """The faults of a module's docstrings and comments, with their lines."""
    for node in ast.walk(ast.parse(text)):
        for line, words in _docstrings(node):
            if _QUESTION.match(words):
                yield line, f"begins with {words.split()[0]}: name the thing, or use an imperative"
            if worn := _WORN.search(words):
                yield line, f"says {worn[0]!r}"
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (worn := _WORN.search(token.string.lstrip("# "))):
            yield token.start[0], f"says {worn[0]!r}"


def _docstrings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The docstring of a node, and the strings below assignments in it, with their lines."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for place, statement in enumerate(node.body):
        above = node.body[place - 1] if place else None
        match statement:
            case ast.Expr(ast.Constant(str(words))) if above is None or isinstance(
                above, ast.Assign | ast.AnnAssign
            ):
                yield statement.lineno, " ".join(words.split())


def faults_of_page(text: str) -> Iterator[tuple[int, str]]:
    """The faults of a Markdown page's sentences, with their lines."""
    for line, sentence in sentences(text):
        count = len([word for word in sentence.split() if not word.startswith("CODE")])
        start = " ".join(sentence.split()[:6])
        if count > LONGEST:
            yield line, f"a sentence of {count} words: {start} ..."
        if worn := _WORN.search(sentence):
            yield line, f"says {worn[0]!r}"
        if len(_RELATIVE.findall(sentence)) > 1:
            yield line, f"more than one relative clause: {start} ..."


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a page with the lines where their paragraphs begin.

    Code and headings are left out; list items and table cells are paragraphs of their own.
    """
    blanked = re.sub(r"```.*?```|<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    paragraph: list[str] = []
    begun = 1
    for number, line in enumerate([*blanked.split("\n"), ""], start=1):
        indented = line.startswith("    ")  # code
        if not line.strip() or indented or re.match(r"\s*(?:[-*|#]|\d+\.)\s", line):
            yield from ((begun, one) for one in _split(" ".join(paragraph)))
            paragraph = []
        if line.lstrip().startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)
            yield from ((number, one) for cell in cells for one in _split(cell))
        elif line.strip() and not indented and not line.startswith("#"):
            begun = begun if paragraph else number
            paragraph.append(line.strip())


def _split(paragraph: str) -> list[str]:
    plain = re.sub(r"`[^`]*`", "CODE", paragraph).replace("**", "")
    return [one for one in re.split(r"(?<=[.!?;:])\s+", plain.strip()) if one]


def faults(root: Path = ROOT) -> list[str]:
    """Every fault below `root`, as ``file:line: text``."""
    said = []
    for path in sorted((root / "scrubber").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        said += [f"{name}:{line}: {fault}" for line, fault in faults_of_code(text)]
    for path in sorted(path for pattern in PAGES for path in root.glob(pattern)):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        said += [f"{name}:{line}: {fault}" for line, fault in faults_of_page(text)]
    return said


if __name__ == "__main__":
    found = faults()
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    sys.exit(1 if found else 0)
