r"""A small grammar for templates: rules of alternatives, with choices and slots inside a line.

A file is read by lines: `@name` opens a rule, every further line is one of its alternatives
(`3* text` weighs three times as much), `#` and a space open a comment. Inside an alternative
`[a|b|]` is a choice, `{slot}` is a rule of the same or of the common file or else a slot of the
world (a person, a place, a date ...), and `{^slot}` starts with a capital. `\n`, `\t` and `\s` (a
space, at the end of a line) are white space; `\[`, `\|`, `\]`, `\{`, `\}`, `\\` and, at the start
of a line, `\@` stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.generated.world import Scene

Emit = Callable[["Scene"], None]

_TOKEN = re.compile(r"\\.|\{[^}]*\}|[\[\]|]|[^\\{\[\]|]+")
_ESCAPES = {"n": "\n", "t": "\t", "s": " "}
_WEIGHT = re.compile(r"(\d+)\* ")


def read_rules(text: str) -> dict[str, list[tuple[int, str]]]:
    """Name of each rule -> its alternatives with their weights; ValueError for a broken file."""
    rules: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        if line.startswith("@"):
            name = line[1:].strip()
            if name in rules:
                raise ValueError(f"line {number}: rule {name} is there twice")
            current = rules[name] = []
            continue
        if current is None:
            raise ValueError(f"line {number}: an alternative before the first rule")
        weight = _WEIGHT.match(line)
        current.append((int(weight[1]), line[weight.end() :]) if weight else (1, line))
    empty = [name for name, alternatives in rules.items() if not alternatives]
    if empty:
        raise ValueError(f"rules without alternatives: {', '.join(empty)}")
    return rules


def compile_rules(
    rules: Mapping[str, list[tuple[int, str]]], slot: Callable[[str], Emit]
) -> dict[str, Emit]:
    """Every rule as a function that writes one of its expansions into a scene.

    `slot` answers names that are no rule; it raises ValueError for a name it does not know.
    """
    compiled: dict[str, Emit] = {}

    def named(name: str) -> Emit:
        if name.startswith("^"):
            return _capital(named(name[1:]))
        if name in rules:
            # Looked up when it runs, so that rules may refer to rules further down.
            return lambda scene: compiled[name](scene)
        return slot(name)

    for name, alternatives in rules.items():
        try:
            emits = [_parse(text, named) for _, text in alternatives]
        except ValueError as error:
            raise ValueError(f"rule {name}: {error}") from None
        compiled[name] = _choice(emits, [weight for weight, _ in alternatives])
    return compiled


def _parse(text: str, named: Callable[[str], Emit]) -> Emit:
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ValueError(f"cannot read {text!r}")
    emit, rest = _sequence(tokens, 0, named, inside=False)
    if rest != len(tokens):
        raise ValueError(f"a stray bracket in {text!r}")
    return emit


def _sequence(
    tokens: list[str], at: int, named: Callable[[str], Emit], *, inside: bool
) -> tuple[Emit, int]:
    emits: list[Emit] = []
    literal: list[str] = []

    def flush() -> None:
        if literal:
            emits.append(_literal("".join(literal)))
            literal.clear()

    while at < len(tokens):
        token = tokens[at]
        if token[0] == "\\":
            literal.append(_ESCAPES.get(token[1], token[1]))
        elif token[0] == "{":
            flush()
            emits.append(named(token[1:-1]))
        elif token == "[":
            flush()
            options: list[Emit] = []
            while True:
                option, at = _sequence(tokens, at + 1, named, inside=True)
                options.append(option)
                if at >= len(tokens):
                    raise ValueError("a bracket is not closed")
                if tokens[at] == "]":
                    break
            emits.append(_choice(options, [1] * len(options)))
        elif token in ("|", "]") and inside:
            break
        else:
            literal.append(token)
        at += 1
    flush()
    if len(emits) == 1:
        return emits[0], at
    return _chain(emits), at


def _literal(text: str) -> Emit:
    return lambda scene: scene.out.add(text)


def _chain(emits: list[Emit]) -> Emit:
    def emit(scene: Scene) -> None:
        for part in emits:
            part(scene)

    return emit


def _capital(inner: Emit) -> Emit:
    def emit(scene: Scene) -> None:
        scene.out.capital = True
        inner(scene)
        scene.out.capital = False

    return emit


def _choice(emits: list[Emit], weights: list[int]) -> Emit:
    if len(emits) == 1:
        return emits[0]
    if len(set(weights)) == 1:
        count = len(emits)
        return lambda scene: emits[int(scene.random() * count)](scene)
    spread = [index for index, weight in enumerate(weights) for _ in range(weight)]
    total = len(spread)
    return lambda scene: emits[spread[int(scene.random() * total)]](scene)
