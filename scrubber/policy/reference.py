"""The reference of the rule language, written from its models: ``docs/rules.md``."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc
from typing import Any

from pydantic import BaseModel

from scrubber.policy import schema
from scrubber.policy.editor import json_schema, without_null
from scrubber.policy.operators import parameters_model
from scrubber.policy.sql import FUNCTIONS
from scrubber.transform import TRANSFORMS
from scrubber.transform.crypto import canonical

_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", schema.RuleFile),
    ("key", schema.Key),
    ("dataset", schema.Dataset),
    ("dataset.sources[]", schema.DataSource),
    ("dataset.consent", schema.Consent),
    ("dataset.commitments[]", schema.Commitment),
    ("dataset.retention", schema.Retention),
    ("detect", schema.Detect),
    ("detect.rules[]", schema.DetectRule),
    ("detect.rules[].exclude", schema.Exclusion),
    ("fields[]", schema.FieldRule),
    ("rows[]", schema.RowRule),
    ("tests[]", schema.Example),
    ("privacy", schema.Privacy),
    ("privacy.l of a field", schema.DiversitySetting),
    ("privacy.t of a field", schema.ClosenessSetting),
    ("gates", schema.Gates),
    ("disclosure", schema.Disclosure),
)
_INTRODUCTION = """\
# The rule language

<!-- Written by scrubber.policy.rules_reference(); a test checks that this file is current. -->

One YAML file (UTF-8, at most 4 MiB) says what happens to a dataset. It is strict: unknown and
duplicate keys are errors, and so are words that YAML versions read in different ways (`NO`, `on`,
`0123`, `12:30`): quote them where text is meant. An unquoted date such as 2027-06-30 is text.
`scrubber check` reports every problem at once, as `file:line:column [code] text`.

- **Fields.** The first rule whose name matches a field decides about it. A name is a column, a path
  (`messages[].content`) or a glob: `*` and `?` match within one step, `**` across steps. `keep` and
  `drop` take all that lies below a path; other transforms work on single fields, and a list of
  values may be named without its `[]`.
- **Every field is decided.** What no rule names is an error, unless `on_unlisted` says otherwise. A
  rule that matches nothing is an error, unless it is `optional` or comes from an included file.
- **Rows.** A record for which a row rule is true *or unknown* is dropped. Each record is judged by
  itself: no aggregates, no windows, no clock. A rule is skipped for tables without its columns.
  Fields of CSV files are text: write `consent = 'false'`. A row rule is one condition: columns,
  literals, `AND OR NOT`, comparisons, `IN`, `BETWEEN`, `LIKE`, `IS NULL`, `CASE`, `CAST`, regular
  expressions (`~`), arithmetic, and the functions listed below. Queries, comments and everything
  else are refused before Polars reads them. Names with other signs than letters, digits and
  underscores go in double quotes: `"Avg. Length" > 3`.
- **Includes.** What stands in a file wins over what it includes, and a later include over an
  earlier one. `fields`, `rows`, `detect.recognizers` and `detect.rules` are joined in that order,
  other mappings are merged key by key. The tests of an included file are left to that file. Its
  `key` does not count, unless the rule file takes it: `key: {include: base.yaml}`.
  `pack:hipaa-safe-harbor`, `pack:gdpr-direct`, `pack:secrets` and `pack:chat-finetuning` ship with
  the program; a command takes their names, too, in place of a rule file.
- **Records that cannot be read** stop a run; `on_error: drop_row` rejects and counts them: a CSV
  record without the header's cells, a JSON line that is no object, has a key twice or values of
  another type than the records before. A quote where RFC 4180 allows none stops it in any case,
  since no record behind it has borders that can be trusted; `run --quarantine-unreadable` leaves
  the file out.
- **Hierarchies.** `hierarchy` reads a CSV file without a header, relative to the rule file, one
  leaf a line: `leaf;level 1;level 2;...`. White space around a leaf does not count.
- **Privacy.** A quasi-identifier without a transform gets a level of its hierarchy, the same in all
  records; one with a transform gets that first. The levels are those that lose least of all that
  leave at most `suppression_limit` of the records in classes that are too small (or not as `l` and
  `t` ask); these records are dropped. Null is a value of its own in a quasi-identifier. With
  `subject`, a class has to be of `k` known subjects: a null may be any of them. `l` and `t` count
  known values only, and case, blanks, Unicode and number spellings do not make others of them. A
  hierarchy is a CSV file as above, or a list of transforms, each of which
  makes one more level: `zip: [{prefix: {keep: 3}}, {prefix: {keep: 1}}]`; an empty list leaves the
  value or `*`. Where values do not meet in a common root, `*` is put above them; `max_levels` keeps
  a field below. Where no levels do, the error names the field without which fewest records would
  have to go, and the `k` or `suppression_limit` that would do.
- **Time.** A regex may not match fuzzily (`{e<=3}`), call itself or a group (`(?R)`, `(?1)`), nor
  multiply repetitions to more than some hundred thousand. The regexes of a recognizer have 10
  seconds of processor time for a text (more for one of over a million characters), and so have
  those of `rules`. A text on which they need more could not be looked at: the error names the
  recognizer, and the run stops, or `on_error` nulls the text or takes its record away. At the
  third such text of a field in one batch (up to 65,536 records) the run stops whatever `on_error`
  says: then the regex is at fault. So a batch loses no more than half a minute on a field.
  `audit`, `find` and `check` stop at the first.
- **Gates.** What is written is looked at again: a sample of the records (`rescan: all` for every
  one), in text fields and kept fields. A finding is left if its words stood in the same value
  before; so is an identifier of the record itself, whole. What a rule keeps by its entity is not
  counted, nor are names, places and dates in fields that are no text. Without `max_residual_rate`
  only the entities of `detect` are looked for, and the manifest tells what is left.
- **Tests.** `given` is one record, by path (a list gives the elements below `[]`); `expect` holds
  the values that must come out. An expected `null` also holds for a field that is gone.
  The levels that `privacy` chooses take all records: here quasi-identifiers are as before it.
"""


def rules_reference() -> str:
    """The reference as Markdown."""
    definitions = json_schema()["$defs"]
    lines = [_INTRODUCTION, "## Keys", ""]
    for heading, model in _PARTS:
        lines += [f"### {heading}", "", getdoc(model) or "", "", *_table(model), ""]
    lines += ["## Equal values", "", (getdoc(canonical) or "").partition("\n\n")[2], ""]
    lines += ["## Transforms", "", "`drop` takes the field away. The others, by name:", ""]
    for name, kind in sorted(TRANSFORMS.items()):
        lines += [f"### {name}", "", (getdoc(kind) or "").strip(), ""]
        model = parameters_model(kind)
        if model.model_fields:
            lines += [*_table(model), ""]
    functions = ", ".join(f"`{name}`" for name in sorted(FUNCTIONS))
    lines += ["## Functions of row rules", "", functions + ".", ""]
    shown = ", ".join(f"`{name}`" for name in sorted(definitions["Operator"]["anyOf"][0]["enum"]))
    lines += [
        "## Operators in text",
        "",
        "`entities` gives each entity an operator, and `default` one for all others (`redact`",
        "where it is left out):",
        "",
        f"{shown}, or `{{keep: why}}`.",
        "",
        "Presidio's parameters are read too (`new_value`, `masking_char`, `hash_type`); a salt, a",
        "key or a Python function does not belong in a rule file.",
        "",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(model: type[BaseModel]) -> Iterator[str]:
    shape = _shape(model)
    described = any("description" in part for part in shape["properties"].values())
    yield "| key | takes |" + (" meaning |" if described else " default |")
    yield "|---|---|---|"
    required = shape.get("required", [])
    for key, part in shape["properties"].items():
        if described:
            last = part.get("description", "")
        else:
            last = "required" if key in required else _default(part)
        star = " (required)" if described and key in required else ""
        yield f"| `{key}`{star} | {_takes(part)} | {last} |".replace("|  |", "| |")


def _shape(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of one part, as it stands in the whole."""
    shape: dict[str, Any] = without_null(model.model_json_schema(by_alias=True))
    return shape


def _default(part: dict[str, Any]) -> str:
    value = part.get("default")
    if value is None:
        return ""
    return "`true`" if value is True else "`false`" if value is False else f"`{value!r}`"


def _takes(part: dict[str, Any]) -> str:
    """What a key takes, in words."""
    if "enum" in part or "const" in part:
        words = part.get("enum", [part.get("const")])
        return ", ".join(f"`{word}`" for word in words)
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return {"Transform": "a transform", "Operator": "an operator"}.get(name, "a mapping")
    options = part.get("anyOf", part.get("oneOf"))
    if options is not None:
        return " or ".join(dict.fromkeys(_takes(option) for option in options))
    match part.get("type"):
        case "array":
            return f"a list of {_plural(_takes(part.get('items', {})))}"
        case "object":
            values = part.get("additionalProperties")
            inner = f" to {_takes(values)}" if isinstance(values, dict) else ""
            return f"a mapping{inner}"
        case "integer":
            return "a whole number"
        case "number":
            return "a number" + (" from 0 to 1" if part.get("maximum") == 1 else "")
        case "boolean":
            return "`true` or `false`"
        case _:
            return "a text"


def _plural(words: str) -> str:
    named = {"a text": "texts", "a mapping": "mappings", "a whole number": "whole numbers"}
    return named.get(words, words.removeprefix("a ") + "s")
