"""scrubber text"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.console import as_json as wants_json
from scrubber.cli.console import begin, emit, watched
from scrubber.cli.options import Json

_RULES = (".yaml", ".yml")


def text(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULES] [TEXT]",
            help="A rule file or pack, and the text. Without TEXT, or for -, stdin is read.",
            show_default=False,
        ),
    ] = None,
    field: Annotated[
        str | None,
        typer.Option("--field", help="The field of RULES whose text rule applies (default text)."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Scrub one text and print it: TEXT, or the whole of stdin.

    Without RULES, findings become labels such as {PERSON}. RULES end in .yaml or begin with pack:.
    The result is for a quick look: nothing is recorded, so use scrubber run for training data.

    Example: scrubber text 'Write to ann@example.com'
    """
    begin("text", as_json=as_json)
    rules, given = _told_apart(words or [])
    from scrubber.api import scrub_text

    result = scrub_text(_stdin() if given is None else given, rules, field=field)
    if wants_json():
        return emit({"text": result})
    if result is not None:
        sys.stdout.write(result if given is None and not watched() else f"{result}\n")
    return 0


def _told_apart(words: list[str]) -> tuple[str | None, str | None]:
    """The rules, if any, and the text, None for stdin. A text that is the name of a file is
    refused, since a person who scrubs a file would take the name's absence of findings for an
    answer."""
    if len(words) > 2:
        raise typer.BadParameter("it takes RULES and one TEXT; put the text in quotes")
    rules = words[0] if words and _names_rules(words[0]) else None
    if len(words) == 2 and rules is None:
        raise typer.BadParameter("RULES end in .yaml or begin with pack:; put the text in quotes")
    rest = words[1:] if rules is not None else words
    if not rest or rest[0] == "-":
        return rules, None
    if _is_file(rest[0]):
        raise typer.BadParameter("the text is the name of a file; use scrubber text - < FILE")
    return rules, rest[0]


def _names_rules(word: str) -> bool:
    return word.startswith("pack:") or (word.lower().endswith(_RULES) and "\n" not in word)


def _is_file(word: str) -> bool:
    try:
        return bool(word) and Path(word).exists()
    except (OSError, ValueError):  # too long for a name, or with a null character
        return False


def _stdin() -> str:
    """The text on stdin, with its line ends.

    Raises: InputError ``encoding``, ``input-missing`` for a terminal.
    """
    from scrubber.errors import InputError

    if sys.stdin.isatty():
        hint = 'scrubber text "…", or scrubber text < FILE'
        raise InputError("input-missing", "there is no text", hint=hint)
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        fault = InputError("encoding", "stdin is not UTF-8 text", hint="convert it to UTF-8")
    raise fault
