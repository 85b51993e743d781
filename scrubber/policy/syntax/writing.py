"""Rule files written as plain YAML that :mod:`~scrubber.policy.syntax.source` reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrubber.errors import Mark, Problem, RuleError, printable
from scrubber.model.fieldclass import FieldClass
from scrubber.policy.syntax.source import Tree

_ESCAPES = {'"': '\\"', "\\": "\\\\"}


@dataclass(frozen=True)
class WrittenRule:
    """One rule under ``fields:``: the field's name as its path is written, its class, one of
    ``transform``, ``keep`` or ``entities`` (and what goes with it), and comments above it."""

    name: str
    field_class: FieldClass
    decision: Mapping[str, Any]
    comments: tuple[str, ...] = ()

    def as_mapping(self) -> dict[str, Any]:
        return {"name": self.name, "class": self.field_class.value, **self.decision}


def rule_text(
    head: Mapping[str, Any],
    rules: Sequence[WrittenRule],
    comments: Sequence[str] = (),
    confirm: Sequence[str] = (),
) -> str:
    """The text of a rule file: comments, the keys of `head`, the rules in their order, then the
    lines to `confirm` as comments."""
    lines = [_comment(one) for one in comments]
    lines += [f"{key}: {_flow(value)}" for key, value in head.items()]
    lines.append("fields:")
    lines += _rule_lines(rules, "  ")
    lines += [_comment(one) for one in confirm]
    return "\n".join(lines) + "\n"


def _rule_lines(rules: Sequence[WrittenRule], indent: str) -> list[str]:
    lines = []
    for rule in rules:
        lines += [f"{indent}{_comment(one)}" for one in rule.comments]
        lines.append(f"{indent}- {_flow(rule.as_mapping())}")
    return lines


def extended(text: str, tree: Tree, rules: Sequence[WrittenRule]) -> str:
    """`text`, the rule file of `tree`, with `rules` added after its own under ``fields:``.

    Raises: RuleError ``update-shape`` if they are not one rule per line, each after ``- ``.
    """
    lines = text.splitlines()
    marks = [mark for path, mark in tree.values.items() if len(path) == 2 and path[0] == "fields"]
    own = [mark.line for mark in marks if mark.file == tree.file]
    start = next((i for i, line in enumerate(lines) if line.startswith("fields:")), None)
    if start is None:
        return "\n".join([*lines, "fields:", *_rule_lines(rules, "  ")]) + "\n"
    last = lines[max(own) - 1] if own else ""
    if not last.lstrip().startswith("- "):
        problem = Problem(
            Mark(tree.file, start + 1),
            "update-shape",
            "rules can be added to a list of lines only",
            "write one rule a line, each after -",
        )
        raise RuleError([problem])
    end = max(own)
    while end < len(lines) and (lines[end][:1] in (" ", "-", "") or not lines[end].strip()):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    indent = last[: len(last) - len(last.lstrip())]
    added = _rule_lines(rules, indent)
    return "\n".join([*lines[:end], *added, *lines[end:]]) + "\n"


def quoted(text: str) -> str:
    r"""`text` as a double-quoted scalar; everything but printable ASCII and letters is escaped.

    >>> print(quoted('say "hi"\n\u202e \U0001f600'))
    "say \"hi\"\x0a\u202e \U0001f600"
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(ch: str) -> str:
    if ch in _ESCAPES:
        return _ESCAPES[ch]
    code = ord(ch)
    if " " <= ch <= "~" or (0xA0 < code < 0xFFFF and ch.isalnum()):
        return ch
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return value if value.isascii() and value.islower() and _is_word(value) else quoted(value)
    return repr(value)


def _is_word(text: str) -> bool:
    """True if a word needs no quotes: letters and underscores that YAML reads as text alone."""
    return text.replace("_", "").isalpha() and text not in _TRAPS


_TRAPS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def _comment(text: str) -> str:
    """A comment of one line, whatever the text holds."""
    return "# " + "".join(printable(text[i : i + 100]) for i in range(0, len(text), 100))
