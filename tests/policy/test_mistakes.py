"""Mistakes of authors of rule files: each has its place, and says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from scrubber.errors import RuleError
from scrubber.policy import compile_plan, load_rules

SCHEMA = pa.schema(
    [
        ("a", pa.string()),
        ("age", pa.int64()),
        ("born", pa.string()),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("consent", pa.string()),
        ("ok", pa.bool_()),
    ]
)
KEYED = "version: 1\nkey: {env: K}\n"
PATTERNS = "version: 1\ndetect: {ner: none}\n"
REST = '{name: "**", keep: x}'


def fields(*rules: str, head: str = "version: 1\n") -> str:
    return head + "fields:\n" + "".join(f"  - {rule}\n" for rule in rules)


def rows(condition: str) -> str:
    return f'version: 1\nrows: [{{drop: "{condition}", reason: x}}]\nfields: [{REST}]\n'


def derive(*written: str) -> str:
    listed = "".join(f"  - {one}\n" for one in written)
    return f"version: 1\nderive:\n{listed}fields: [{REST}]\n"


def when(condition: str) -> str:
    return fields(f'{{name: a, when: "{condition}", transform: drop}}', REST)


MISTAKES: dict[str, tuple[str, str, str]] = {
    # name: (file, line:column [code], words of the cure)
    # typos
    "a key of the file": ("version: 1\nfeilds: []\n", "2:1 [unknown-key]", "mean fields?"),
    "a key of a rule": (fields("{name: a, transfrom: drop}"), "3:15 [unknown-key]", "mean transform?"),
    "a transform": (fields("{name: a, transform: tokn}"), "3:15 [unknown-transform]", "mean token?"),
    "a parameter": (fields("{name: a, transform: {mask: {kep_last: 2}}}"), "3:34 [unknown-key]", "mean keep_last?"),
    "a word": (fields("{name: a, transform: {truncate_date: {to: mont}}}"), "3:47 [unknown-value]", "mean month?"),
    "a class": (fields("{name: a, class: quasi, transform: drop}"), "3:22 [unknown-class]", "quasi_identifier |"),
    "an action on errors": ("version: 1\non_error: skip\n", "2:11 [unknown-value]", "fail | null | drop_row"),
    "a field": (fields("{name: agee, transform: drop}", REST), "3:12 [unmatched-rule]", "mean age?"),
    "a type": (fields("{name: a, type: txt, transform: drop}"), "3:21 [unknown-value]", "text |"),
    "a table": (fields("{name: a, in: tabel, transform: drop}", REST), "3:19 [unmatched-table]", "mean table?"),
    "a pack": ("version: 1\ninclude: [pack:hipaa]\n", "2:11 [include-missing]", "pack:hipaa-safe-harbor"),
    "an entity": (fields("{name: a, entities: {EMAIL: redact}}", head=PATTERNS), "4:33 [no-detector]", "mean EMAIL_ADDRESS?"),
    "an entity of patterns": (fields("{name: a, entities: {US_SNN: redact}}", head=PATTERNS), "4:34 [unknown-entity]", "mean US_SSN?"),
    "a column of a condition": (when("consnt = 'no'"), "3:21 [unknown-field]", "mean consent?"),
    "a column of a row rule": (rows("consnt = 'no'"), "2:15 [unmatched-rule]", "mean consent?"),
    "a function": (rows("lenght(a) > 1"), "2:15 [row-function]", "mean length?"),
    # nesting
    "a transform beside its key": (fields("{name: a, round: {to: 5}}"), "3:15 [unknown-key]", "transform: {round: {...}}"),
    "a parameter beside its transform": (fields("{name: a, transform: mask, keep_last: 2}"), "3:32 [unknown-key]", "{mask: {keep_last: ...}}"),
    "two transforms in one": (fields("{name: a, transform: {round: {to: 5}, redact: {}}}"), "3:26 [wrong-type]", "in order are a list"),
    "parameters as a list": (fields("{name: a, transform: {round: [5]}}"), "3:34 [wrong-type]", "round: {...}"),
    "a parameter alone": (fields("{name: a, transform: {prefix: 3}}"), "3:35 [wrong-type]", "prefix: {...}"),
    "fields as a mapping": ("version: 1\nfields: {a: drop}\n", "2:9 [wrong-type]", "- {name: a, transform: drop}"),
    "a rule as a text": (fields("a"), "3:5 [wrong-type]", "- {name: a, transform: drop}"),
    "the holder of fields": (fields("{name: messages, transform: redact}", REST), "3:12 [not-a-field]", "name those"),
    "drop as a step": (fields("{name: a, transform: [{url: {keep: [path]}}, drop]}"), "3:50 [not-a-step]", "as the only transform"),
    # YAML
    "a tab": ("version: 1\nfields:\n\t- {name: a, transform: drop}\n", "3:1 [yaml-syntax]", "spaces, not tabs"),
    "a path without quotes": (fields("{name: messages[].content, transform: drop}"), "3:20 [yaml-syntax]", '"messages[].content"'),
    "a glob without quotes": (fields("{name: *, transform: drop}"), "3:13 [yaml-syntax]", "quote names that begin with *"),
    "a colon without quotes": (fields("{name: a, keep: why: because}"), "3:24 [yaml-syntax]", "quote texts with :"),
    "a bracket that stays open": (fields("{name: [a, transform: drop}"), "3:31 [yaml-syntax]", "quote texts with"),
    "a key twice": ("version: 1\non_error: fail\non_error: fail\n", "3:1 [duplicate-key]", "remove one"),
    "no for a word": ("version: 1\non_unlisted: no\n", "2:14 [yaml-boolean]", '"no" if text'),
    "two documents": ("version: 1\n---\nversion: 1\n", "2:1 [yaml-documents]", "remove the ---"),
    "an empty file": ("", "1:1 [empty-file]", "version: 1"),
    "no version": ("fields: []\n", "1:1 [missing-key]", "add version: 1"),
    "a key without a value": ("version: 1\nsubject:\n", "2:9 [no-value]", "give one or remove"),
    # decisions
    "a rule in the shadow": (fields(REST, "{name: a, transform: redact}"), "4:12 [shadowed-rule]", "move it up"),
    "a rule that decides nothing": (fields("{name: a}"), "3:5 [undecided-field]", "give it a transform"),
    "a field without a rule": (fields("{name: a, transform: drop}"), "2:1 [unlisted-field]", "set on_unlisted"),
    "nothing left": (fields('{name: "**", transform: drop}'), "2:1 [nothing-left]", "keep or transform"),
    "keep as a transform": (fields("{name: a, transform: keep}"), "3:15 [keep-without-reason]", 'keep: "why"'),
    "keep without a reason": (fields("{name: a, keep: true}"), "3:21 [wrong-type]", 'keep: "why"'),
    "a direct identifier kept": (fields("{name: a, class: direct_identifier, keep: x}"), "3:41 [direct-identifier-kept]", "token, surrogate or drop"),
    "a quasi-identifier alone": (fields("{name: age, class: quasi_identifier}"), "3:5 [undecided-field]", "privacy: {k: 11}"),
    "a mask that keeps too much": (fields("{name: a, transform: {mask: {keep_last: 4}}}"), "3:26 [mask-keeps]", "keep fewer"),
    "conditions without an end": (fields("{name: a, when: \"ok = true\", transform: drop}", '{name: [age, born, consent, ok, "messages[].*"], keep: x}'), "3:15 [when-without-last]", "last rule without when"),
    # text
    "entities in numbers": (fields("{name: age, entities: {default: redact}}", REST, head=PATTERNS), "4:17 [entities-not-text]", "a transform of its own"),
    "entities and a transform": (fields("{name: a, transform: drop, entities: {default: redact}}", head=PATTERNS), "4:32 [one-of]", "transform for whole values"),
    "drop in text": (fields("{name: a, entities: {default: drop}}", head=PATTERNS), "4:26 [not-for-text]", "{redact: {with: ''}}"),
    "numbers of a boolean": (fields("{name: ok, transform: {round: {to: 5}}}", REST), "3:27 [wrong-kind]", "redact, empty and drop"),
    # conditions
    "no condition": (rows("consent = = 1"), "2:15 [row-syntax]", "write one condition"),
    "a query": (rows("select 1"), "2:15 [row-syntax]", "not a query"),
    "other records": (rows("avg(age) > 1"), "2:15 [row-not-separable]", "a fixed value"),
    "the clock": (rows("born > now()"), "2:15 [row-clock]", "DATE '2024-01-01'"),
    "a text as a number": (rows("consent = 1"), "2:15 [row-type]", "consent = 'false'"),
    "a text as a boolean": (when("consent = false"), "3:21 [row-type]", "consent = 'false'"),
    # dates, keys, files
    "a format of letters": (fields("{name: born, transform: {truncate_date: {to: year, format: DD.MM.YYYY}}}", REST), "3:45 [bad-parameter]", "%Y, %m and %d"),
    "a code that no format has": (fields("{name: born, transform: {truncate_date: {to: year, format: '%d.%m.%Q'}}}", REST), "3:45 [bad-parameter]", "%Y %y %m"),
    "a day that is none": ("version: 1\ndataset: {retention: {delete_by: 2026-02-30}}\n", "2:34 [bad-value]", "such as 2027-06-30"),
    "a day that is past": ("version: 1\ndataset: {retention: {delete_by: 2020-01-31}}\n", "2:34 [past-date]", "must not exist"),
    "a language by its name": ("version: 1\ndetect: {languages: [en, German], ner: none}\n", "2:26 [unknown-language]", "mean de?"),
    "a locale for a language": ("version: 1\ndetect: {languages: {expected: [en-US]}, ner: none}\n", "2:33 [unknown-language]", "mean en?"),
    "no language at all": ("version: 1\ndetect: {languages: [q1], ner: none}\n", "2:22 [unknown-language]", "ISO 639-1"),
    # derived fields
    "a kind of derived field": (derive("{name: n, year_between: [born, 2020-01-01]}"), "3:15 [unknown-key]", "mean years_between?"),
    "a function of a derived field": (derive("{name: n, sql: uper(a)}"), "3:20 [row-function]", "mean upper?"),
    "a field of a derived field": (derive("{name: n, sql: agee + 1}"), "3:20 [unknown-field]", "mean age?"),
    "a type in a derived field": (derive("{name: n, sql: upper(age)}"), "3:20 [row-type]", "age (integer)"),
    "one date of two": (derive("{name: n, years_between: born}"), "3:30 [wrong-type]", "[birth_date, visit_date]"),
    "a transform of a derived field": (derive("{name: n, sql: a, transform: drop}"), "3:23 [unknown-key]", "years_between"),
    "a circle": (derive("{name: n, sql: m + 1}", "{name: m, sql: n + 1}"), "3:20 [derived-circle]", "fields of the data"),
    "a derived field that is there": (derive("{name: age, sql: age}"), "3:22 [derived-circle]", "fields of the data"),
    "derive as a mapping": ("version: 1\nderive: {name: n, sql: a}\nfields: [" + REST + "]\n", "2:9 [wrong-type]", "list"),
    "run_day of no day": (derive("{name: n, years_between: [born, run_day]}"), "3:30 [no-run-day]", "as_of: run"),
    "a day of as_of": ("version: 1\nas_of: today\n", "2:8 [bad-value]", "as_of takes run"),
    "a text cast to a date": (when("CAST(born AS DATE) < DATE '2020-01-01'"), "3:21 [row-type]", "DATE(born"),
    # parameters
    "rare below two": (fields("{name: a, transform: {rare: {min: 1}}}"), "3:33 [bad-parameter]", "at least 2"),
    "a period": (fields("{name: a, transform: {token: {per: {hour: born}}}}", head=KEYED), "4:40 [bad-parameter]", "day, month or year"),
    "a period of no column": (fields("{name: a, transform: {token: {per: {day: bron}}}}", REST, head=KEYED), "4:5 [unknown-field]", "mean born?"),
    "a locale": (fields("{name: a, transform: {surrogate: {entity: PERSON, locale: it_CH}}}", head=KEYED), "4:63 [bad-parameter]", "{field: lang}"),
    "a group of no mean": (fields("{name: age, transform: {clip: {upper: 9, min_group: 20}}}"), "3:35 [bad-parameter]", "to: mean"),
    "a rule's own errors": (fields("{name: a, transform: redact, on_error: skip}"), "3:44 [unknown-value]", "fail | null | drop_row"),
    "no key": (fields("{name: a, transform: token}"), "3:5 [key-missing-in-rules]", "key: {env: SCRUBBER_KEY}"),
    "the key itself": ("version: 1\nkey: {env: " + "0123456789abcdef" * 4 + "}\n", "2:12 [key-in-rules]", "scrubber keygen"),
    "two places of the key": ("version: 1\nkey: {env: A, file: b}\n", "2:1 [one-of]", "key: {env: SCRUBBER_KEY}"),
    "a salt": (fields("{name: a, transform: {hash: {salt: x}}}"), "3:27 [bad-parameter]", "name a key:"),
    "too few bits": (fields("{name: a, transform: {token: {bits: 32}}}", head=KEYED), "4:34 [bad-parameter]", "from 64 to 128"),
    "a hierarchy that is not there": (fields("{name: a, transform: {hierarchy: {file: no.csv, level: 1}}}"), "3:45 [hierarchy-missing]", "relative to the rule file"),
    "a shift of nobody": (fields("{name: born, transform: {date_shift: {max_days: 3}}}", REST, head=KEYED), "4:29 [shift-without-subject]", "set subject:"),
    "bounds the wrong way": (fields("{name: age, transform: {clip: {lower: 5, upper: 1}}}"), "3:35 [bad-parameter]", "lower must be less than upper"),
    "a limit that is none": ("version: 1\nprivacy: {k: 1}\n", "2:14 [out-of-range]", "at least 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_its_place_and_its_cure(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, place, cure = MISTAKES[name]
    Path("r.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        compile_plan(load_rules("r.yaml"), {"table.csv": SCHEMA})
    said = {
        f"{one.mark.line}:{one.mark.column} [{one.code}]": f"{one.text}, {one.hint}"
        for one in caught.value.problems
    }
    assert place in said
    assert cure in said[place]


def test_there_are_at_least_forty_kinds() -> None:
    assert len(MISTAKES) >= 90
