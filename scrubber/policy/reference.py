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
from scrubber.privacy.models import MODELS
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
    ("fields[].realign[]", schema.Realign),
    ("rows[]", schema.RowRule),
    ("rows[].sample", schema.SampleRule),
    ("rows[].limit", schema.LimitRule),
    ("rows[].repeats", schema.RepeatsRule),
    ("rows[].expect", schema.Expect),
    ("tests[]", schema.Example),
    ("privacy", schema.Privacy),
    *((f"privacy.{key} of a field", schema.model_setting(kind)) for key, kind in MODELS.items()),
    ("leak_index", schema.LeakIndex),
    ("gates", schema.Gates),
    ("disclosure", schema.Disclosure),
)
_INTRODUCTION = """\
# The rule language

<!-- Written by scrubber.policy.rules_reference(); a test checks that this file is current. -->

A rule file is one YAML file (UTF-8, at most 4 MiB). It is strict: unknown and duplicate keys are
errors. Words that YAML versions read differently (`NO`, `on`, `0123`, `12:30`) are errors too;
quote them to get text. An unquoted date such as 2027-06-30 is text. `scrubber check` reports all
problems at once, as `file:line:column [code] text`. The [glossary](glossary.md) defines the terms.

## Topics

**Fields.** The first rule that matches a field applies. A name is a column, a path
(`messages[].content`) or a glob: `*` and `?` match within one step, `**` across steps. `keep` and
`drop` apply to everything below a path; other transforms apply to single fields. The `[]` of a
list of values may be omitted.

**Steps.** A list of transforms is applied in order: `transform: [{email: {keep: domain}}, {map:
{values: providers.csv, other: other}}]`. Each step must accept the type that the one before it
gives. `drop`, `keep` and `encrypt` take whole values and are no steps.

**Tables and types.** `in: encounters` limits a rule to a table, and `type: float` to fields of a
type. A table is a file by its name, with or without its extension, or a folder; globs are allowed.
All fields of a CSV file are text. A table without a source is an error, unless the rule is
`optional`.

**JSON.** A path may hold values of several kinds: a string here, a list of parts there. Each kind
is a field of its own. `content` is the string, `content[].text` a text of the parts, and
`content.**` everything below; with `entities`, every text below. Where strings, numbers and
booleans meet, `id` means all of them, and `id.{text}`, `id.{number}` and `id.{boolean}` one kind.
Integers of more than 53 bits beside fractions are `{integer}`. Keys that are data, such as names or
ids, are values at `ratings.{key}`, above `ratings.{value}`; so are the keys of Parquet maps. A rule
decides about keys if its name ends in `{key}`, or if it drops them; `**` alone keeps no keys. Only
JSON can hold several kinds: other output formats are refused. Keys are written in the order in
which the file first has them. A key that is null in some records and absent in others becomes null.

**Formats.** `format: json` reads a text as JSON: its values and its keys that are data are
searched, each beside its key, and what comes out is JSON again. A number that is replaced becomes
text. A text that is no JSON is prose. `log` reads line by line, and as JSON where a line is JSON.
`auto` decides for each text between JSON, a log and prose. `code` reads all of a text as source
code, in which identifiers are no names. `tokens` reads the elements of a list as the words of one
text. The words of a stand-in go to the tokens in its place, whose number stays.

**Labelled text.** `realign` names the fields that point into a text: `{start: spans[].start, end:
spans[].end, copy: spans[].text}`, `{pair: label[][]}` for lists that begin with a start and an end,
or `{copy: words[]}`. They need no rule of their own. Positions move along with the text. One within
a replaced part becomes the place of the stand-in, and a copy becomes the words there. -1 is no
position. A position outside of its text, or one that contradicts its copy, is an error. So is a
kept integer that is a position in a scrubbed text: it is recognized from the data.

**Conditions.** `when: "country = 'DE'"` limits a rule to records for which a condition of Polars
SQL is true, as in row rules. The first rule of a field whose condition holds decides a value. The
last rule of a field has no condition. Where one is unknown (null, or it fails), the strictest of
the field's rules decides, and among equally strict ones the last. `drop` empties the value, since
the field stays. A condition on a field below `[]` sees the fields of its element first, then those
of the record. All rules of a field give one type. Text that is scrubbed (`entities`) belongs in the
last rule. A rule may have its own `on_error`. Subjects and fields whose level `privacy` chooses
take no condition.

**Derived fields.** `derive` adds columns, which need a rule like any other: `{name: age,
years_between: [birth_date, visit_date]}`. Times between two dates are completed years or months,
or days; either date may be fixed, or `run_day`. `user_agent` gives the family of a browser, and
`sql` the value of an expression. Derived fields may use each other in any order. Row rules,
conditions and `privacy` see them. Where an input is null, the result is null. Where it cannot be
computed, `on_error` applies. A field derived from a direct identifier or from text must not be
kept; completed years, months and truth values may.

**The day of a run.** `run_day` is a date in conditions and derived fields: that of `as_of`. With
`as_of: run` it is the day (UTC) on which the run began, also after it was stopped and resumed. The
manifest states it.

**Counted values.** `rare` and `clip` with `to: mean` need the counts of all records. A run counts
them in a pass of its own, after row rules and before `privacy`. The result depends on neither files
nor workers. Memory grows with the number of different values. An extension (`--incremental`) and
single batches are refused.

**Unlisted fields.** A field without a rule is an error, unless `on_unlisted` is set. A rule
without a matching field is an error too, unless it is `optional` or comes from an included file.

**Row rules.** A record is dropped if its row rule is true *or unknown*. Each record is judged
alone: aggregates, windows and the clock are not available. A rule is skipped for tables without
its columns. CSV fields are text: write `consent = 'false'`.

A row rule is one condition. It may use columns, literals, `AND OR NOT`, comparisons, `IN`,
`BETWEEN`, `LIKE`, `IS NULL`, `CASE`, `CAST`, regular expressions (`~`), arithmetic and the
functions listed below. Queries, comments and everything else are refused before Polars parses
them. Quote names with other characters than letters, digits and underscores: `"Avg. Length" > 3`.

**Consent.** `follow: subject` drops all records of a person, in every table with the `subject`, if
the rule drops one of them. An unknown answer counts as a no. A
person without a record in a table with the rule's columns is dropped too and counted on its own,
unless `missing: keep`. Tables without the subject are left alone. If only some of the subject's
tables have the columns, a rule without `follow` is an error, which says how many records it would
leave. `follow: record` states that the others stay.

**Samples, limits, duplicates, order.** `sample` keeps each value of `by` with the probability
`share`; the same key draws the same values in every run. `limit` keeps `n` records per value of
`per`, counted over all tables with the field; `in` names fewer tables. `repeats` keeps some of the
records that are equal in the fields of `of`. With `near` it compares texts: sequences of three
words, by MinHash (install `scrubber[near]`), with a standard error of up to 0.045. Pairs join into
sets, so the ends of a chain may differ more. `shuffle` mixes the records of each file, not between
files. Conditions and samples apply first; then the other rules, in their order. All draws depend
on the key and the content of records, not on files or workers. These rules read the data once
more, and keep some numbers per record in the folder of temporary files (`TMPDIR`), with bounded
memory. Rules other than conditions and samples refuse `--incremental` and `ScrubBatches`.

**Includes.** A file overrides its includes, and later includes override earlier ones. `fields`,
`rows`, `detect.recognizers` and `detect.rules` are concatenated in that order; other mappings are
merged key by key. Tests of an included file do not run. Its `key` is ignored, unless the rule file
uses it: `key: {include: base.yaml}`. The packs `pack:hipaa-safe-harbor`, `pack:gdpr-direct`,
`pack:secrets`, `pack:chat-finetuning`, `pack:agent-traces`, `pack:labelled-text` and
`pack:prediction-logs` are part of the
package. Commands accept a pack in place of a rule file.

**Malformed records.** A malformed record stops a run; `on_error: drop_row` rejects and counts it
instead. A CSV record is malformed without the cells of the header. A JSON line is malformed if it
is not an object, repeats a key, or nests more than 64 levels. A quote where RFC 4180 allows none
always stops the run, since the borders of all later records are then unknown. `run
--quarantine-unreadable` omits such a file.

**Hierarchies.** `hierarchy` reads a CSV file without a header, relative to the rule file. Each
line is a leaf with its ancestors: `leaf;level 1;level 2;...`. White space around a leaf is
ignored.

**Privacy.** A quasi-identifier without a transform gets one level of its hierarchy in all records.
A transform, if any, is applied first. Of all levels that suppress at most `suppression_limit` of
the records, those with the lowest loss are chosen. Suppressed are the records in classes that are
smaller than `k` or violate `l` or `t`.

Null is a value of its own in a quasi-identifier. With `subject`, a class needs `k` known subjects;
a null subject may be any of them. `l` and `t` count known values only; spellings that differ in
case, blanks, Unicode or number format count as one value.

A hierarchy is a CSV file as above or a list of transforms, one for each further level: `zip:
[{prefix: {keep: 3}}, {prefix: {keep: 1}}]`. An empty list allows the value or `*`. If values have
no common root, `*` is added above them. `max_levels` limits the level of a field. If no levels
suffice, the error names the field whose removal would save the most records. It also names a `k`
or `suppression_limit` that would suffice.

**Time limits.** A regex must not match fuzzily (`{e<=3}`) or recurse (`(?R)`, `(?1)`). It must not
multiply repetitions beyond some hundred thousand. The regexes of a recognizer have 10 seconds of
processor time per text, and so have those of `rules`; texts above a million characters have more.
Beyond that limit a text counts as not scanned. The error names the recognizer, and the run stops,
or `on_error` nulls the text or drops the record. At the third such text of a field in one batch
(up to 65,536 records), the run stops in any case. So a batch loses at most half a minute per
field. `audit`, `find` and `check` stop at the first such text.

**Languages.** Leak rates are measured for some languages, which a manifest lists under
`engine.leaks`. Records with texts in another language or script stop the run, unless `languages:
{unmeasured: ...}` drops or quarantines them. `patterns_only` leaves the names in such texts, and
the verdict reports it. Short texts are judged together with the other texts of their record;
undecided ones count as measured. Up to one record in a thousand in another language stops nothing,
since judgments can be wrong. Another script always stops the run, with one exception: records with
fewer than 12 letters of it stop the run only if there are at least 11 of them, and more than one
record in twenty. Without a names model, languages are not judged.

**Leak index.** `leak_index` writes keyed fingerprints of all removed identifiers to a secret file.
[`scrubber probe`](evidence.md) looks a model's outputs up in it. Whoever has the file and its key
can ask who was in the data, so delete it by `delete_by`. Dates, ages, postcodes and lone names are
left out.

**Gates.** Text fields and kept fields of the output are scanned again: a sample of the records, or
every record with `rescan: all`. A finding is a residual if its words occur in the same value of
the input. A complete identifier of the record itself is a residual too. Entities that a rule keeps
are not counted, nor are names, places and dates outside of text fields. Without
`max_residual_rate`, only the entities of `detect` are searched, and the manifest reports the
residuals.

**Tests.** `given` is one record, by path; a list gives the elements below `[]`. `expect` holds the
expected values. An expected `null` also matches a removed field. `expect: dropped` is a record
that a condition drops; samples, limits and duplicates do not apply to tests. Levels of `privacy`
depend on all records, so tests see quasi-identifiers before generalization.
"""


def rules_reference() -> str:
    """The reference as Markdown."""
    definitions = json_schema()["$defs"]
    lines = [_INTRODUCTION, "## Keys", ""]
    for heading, model in _PARTS:
        lines += [f"### {heading}", "", getdoc(model) or "", "", *_table(model), ""]
    lines += ["## Equal values", "", (getdoc(canonical) or "").partition("\n\n")[2], ""]
    lines += ["## Transforms", "", "`drop` removes the field. The others, by name:", ""]
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
        "`entities` sets the operator of each entity, and `default` that of all others (`redact`",
        "if omitted):",
        "",
        f"{shown}, or `{{keep: why}}`.",
        "",
        "Presidio's parameters are accepted too (`new_value`, `masking_char`, `hash_type`). Salts,",
        "keys and Python functions are not accepted in a rule file.",
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
    """The JSON Schema of one part, as in the whole."""
    shape: dict[str, Any] = without_null(model.model_json_schema(by_alias=True))
    return shape


def _default(part: dict[str, Any]) -> str:
    value = part.get("default")
    if value is None:
        return ""
    return "`true`" if value is True else "`false`" if value is False else f"`{value!r}`"


def _takes(part: dict[str, Any]) -> str:
    """The values that a key takes, in words."""
    if "enum" in part or "const" in part:
        words = part.get("enum", [part.get("const")])
        return ", ".join(f"`{word}`" for word in words if word is not None)
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
    return named.get(words, words if words[:1] == "`" else words.removeprefix("a ") + "s")
