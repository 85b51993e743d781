"""Rule files and manifests, spoilt: by their authors, or by a stranger who sealed them again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from scrubber.manifest import screen, verify
from scrubber.manifest.canonical import canonical_bytes, manifest_id
from scrubber.manifest.document import Manifest
from scrubber.manifest.view import lines
from scrubber.policy import compile_plan, load_rules
from scrubber.review import compare, report_page

REPOSITORY = Path(__file__).parents[2]
WORDS = (
    *("", "x", "true", "null", "-1", "1e999", "0x1F", "[]", "{}", "&a", "*a", "<<: *a", "!!str x"),
    *("'", '"', "\t", "\0", "\ufeff", "\u202e", "é", "- ", "? ", ": ", "#", "%TAG ! x", "---"),
    *("pack:secrets", "../../etc/passwd", "**", "a[].b", "(?:a+)+$", "9" * 400, "{" * 200),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10, 2**53 - 1, "", "x", "\u202e", "2026-13-45", "../x", "a" * 300),
    *([], {}, [None], [[]], {"n": -1}, {"lt": 0}, {"suppressed": True}, {"n": 5, "lt": 3}),
)


RULES = """\
version: 1
key: {env: SCRUBBER_KEY}
on_unlisted: drop
on_error: drop_row
detect:
  ner: none
  recognizers:
    - {name: t, supported_entity: TICKET, patterns: [{name: p, regex: 'T-\\d+', score: 0.9}]}
rows:
  - {drop: "age < 18", reason: "minors"}
fields:
  - {name: [id, customer_id], class: direct_identifier, transform: {token: {domain: d}}}
  - {name: name, class: direct_identifier, transform: {surrogate: {entity: PERSON}}}
  - {name: "messages[].role", class: insensitive, keep: "who speaks"}
  - {name: "messages[].content", class: text, entities: {default: redact, EMAIL_ADDRESS: surrogate}}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10}}}
  - {name: signup_date, class: quasi_identifier, transform: {truncate_date: {to: month}}}
"""


def rule_files() -> list[str]:
    """Some that fit SCHEMA, and all of the repository's."""
    known = [path.read_text(encoding="utf-8") for path in sorted(REPOSITORY.glob("rules/*.yaml"))]
    return [RULES] * len(known) + known


def manifests() -> list[dict[str, Any]]:
    paths = sorted(REPOSITORY.glob("tests/golden/*.json"))
    return [json.loads(path.read_bytes()) for path in paths]


def spoilt_text(text: str, chance: random.Random) -> str:
    """The text with some words taken out, put in, repeated or moved."""
    for _ in range(chance.randrange(1, 5)):
        rows = text.split("\n")
        row = chance.randrange(len(rows))
        column = chance.randrange(len(rows[row]) + 1)
        match chance.randrange(5):
            case 0:
                rows[row] = rows[row][:column] + chance.choice(WORDS) + rows[row][column:]
            case 1:
                rows[row] = rows[row][:column] + rows[row][column + chance.randrange(8) :]
            case 2:
                rows.insert(chance.randrange(len(rows)), rows[row])
            case 3:
                rows.insert(chance.randrange(len(rows)), rows.pop(row))
            case _:
                key, mark, _ = rows[row].partition(": ")
                rows[row] = key + mark + chance.choice(WORDS)
        text = "\n".join(rows)
    return text


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from places(one, (*path, key))


def spoilt_manifest(data: dict[str, Any], chance: random.Random) -> bytes:
    """The manifest with some values replaced, moved or left out; mostly with an id that fits."""
    data = json.loads(json.dumps(data))
    for _ in range(chance.randrange(1, 4)):
        known = list(places(data))
        *way, last = chance.choice(known)
        holder = data
        for step in way:
            holder = holder[step]
        match chance.randrange(4):
            case 0:
                holder[last] = chance.choice(VALUES)
            case 1:
                del holder[last]
            case 2:
                other: Any = data
                for step in chance.choice(known):
                    other = other[step]
                holder[last] = json.loads(json.dumps(other))
            case _ if isinstance(holder, list):
                holder.append(json.loads(json.dumps(holder[last])))
            case _:
                holder[chance.choice(("x", "n", "lt", "alias", "\u202e"))] = chance.choice(VALUES)
    header = data.get("header")
    if isinstance(header, dict) and chance.random() < 0.9:
        header["id"] = manifest_id(data)
    return canonical_bytes(data)


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "customer_id", "name", "email", "text", "note")),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("age", pa.int64()),
        ("signup_date", pa.date32()),
    ]
)


def reads_rules(folder: Path, text: str) -> None:
    """Rules or RuleError, and then a plan or RuleError."""
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    compile_plan(load_rules(path), {"a.jsonl": SCHEMA})


def reads_manifest(folder: Path, raw: bytes) -> None:
    """Everything that looks at a manifest."""
    path = folder / "manifest.json"
    path.write_bytes(raw)
    for check in verify(folder):
        str(check)
    manifest = Manifest.from_bytes(raw)
    list(lines(screen(manifest)))
    report_page(manifest)
    compare(manifest, manifest)
