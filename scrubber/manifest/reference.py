"""The reference of the manifest, generated from its JSON Schema: ``docs/manifest.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrubber.manifest.schema import schema

_FACT = {"value", "status", "asserted_by"}
_INTRODUCTION = """\
# The manifest, field by field

<!-- Written from the JSON Schema (`make docs`); a test checks that this file is current. -->

Every run writes `manifest.json` beside the scrubbed data. It records inputs, removed data with
rules, kept data with reasons, the remaining risk and the outputs. It contains no value of the data.
`scrubber show` and `scrubber report` present it to people; `scrubber schema manifest` prints its
schema.

- The file is UTF-8 JSON in canonical form (RFC 8785). It has no fractions: shares are in
  milli-units (250 is 25 %).
- A **count** is `{"n": 1200}`, `{"lt": 11}` (1 to 10) or `{"suppressed": true}` (withheld, since it
  would reveal a small count). If `header.disclosure.base` is above 1, every `n` is rounded to a
  multiple of it. Two manifests of almost the same records then do not reveal the difference.
- For a **small file** (fewer than 1,000 records), SHA-256 and length would allow guessing the
  content, so neither is published. `salted_sha256` is SHA-256 over 32 salt bytes and the 32 bytes
  of the file's SHA-256. The salts are in `data/.salts.json`: pass them on with the data, never
  with the manifest alone. `scrubber verify` needs them for small files and otherwise ends with
  exit code 5 (`salts-missing`). By hand:
  `printf '%s%s' SALT "$(sha256sum < FILE | cut -c 1-64)" | xxd -r -p | sha256sum`.
- A **fact** is declared, never measured: `{"value": …, "status": "declared", "asserted_by":
  "rules/crm.yaml:1"}`. Facts without a declaration have the status `unknown`.
- The id covers everything except `run`. The same rules and key on the same data give the same id,
  whatever the executor. Without a key, the salts of small files are random, and so is the id.
"""


def manifest_reference() -> str:
    """The reference as Markdown, with a table for each section."""
    whole = schema()
    lines = [_INTRODUCTION]
    for name, section in whole["properties"].items():
        lines += [f"## {name}", "", f"{_sentence(section)}", ""]
        lines += _table(_rows(section, "", whole["$defs"]))
    return "\n".join(lines)


def _table(rows: Iterator[tuple[str, str, str]]) -> list[str]:
    told = [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in rows]
    return ["| field | type | meaning |", "|---|---|---|", *told, ""] if told else []


def _rows(
    node: Mapping[str, Any], above: str, defs: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Path, type and meaning of each field below `node`."""
    for one in _alternatives(node, defs):
        for name, child in one.get("properties", {}).items():
            path = f"{above}.{name}" if above else name
            kind = _kind(child, defs)
            yield path, kind, _meaning(child)
            if kind == "fact":
                yield from _rows(child["properties"]["value"], f"{path}.value", defs)
            elif not kind.startswith("count"):
                yield from _rows(child, path, defs)
        if "items" in one:
            yield from _rows(one["items"], f"{above}[]", defs)


def _alternatives(node: Mapping[str, Any], defs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The node itself, or its most detailed alternative."""
    if "$ref" in node:
        return _alternatives(defs[node["$ref"].rpartition("/")[2]], defs)
    choices = [
        _alternatives(one, defs)[0] for one in (*node.get("oneOf", ()), *node.get("anyOf", ()))
    ]
    return [max(choices, key=_told)] if choices else [node]


def _told(node: Mapping[str, Any]) -> int:
    """The number of described properties or items of a node."""
    return len(node.get("properties", ())) or len(node.get("items", ()))


def _kind(node: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if _is_fact(node):
        return "fact"
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return "count" if name == "count" else _kind(defs[name], defs)
    if "oneOf" in node:
        return " or ".join(dict.fromkeys(_kind(one, defs) for one in node["oneOf"]))
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{one}`" if one is not None else "null" for one in node["enum"])
    kinds = node.get("type", "any")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


def _is_fact(node: Mapping[str, Any]) -> bool:
    return set(node.get("properties", ())) == _FACT


def _meaning(node: Mapping[str, Any]) -> str:
    return str(node.get("description", "")).replace("|", "\\|")


def _sentence(section: Mapping[str, Any]) -> str:
    text = _meaning(section)
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
