"""Linked values end to end: gone from the text, and the same pseudonym as in the column."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.policy import rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey
from tests.examples import examples

KEY = bytes(range(32))
DETECT = {"ner": "none", "entities": ["EMAIL_ADDRESS"]}


def surrogate(name: str, entity: str, **more: Any) -> dict[str, Any]:
    transform = {"surrogate": {"entity": entity}}
    return {"name": name, "class": "direct_identifier", "transform": transform, **more}


def text(name: Any, linked: list[str], **entities: Any) -> dict[str, Any]:
    return {
        "name": name,
        "class": "text",
        "entities": {"default": "redact", **entities},
        "linked": linked,
    }


def rules(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 1, "detect": DETECT, "fields": list(fields), **more}


PEOPLE = [surrogate("fname", "FIRST_NAME"), surrogate("lname", "LAST_NAME")]
TOKEN = {"name": "id", "transform": {"token": {"domain": "customer"}}}
LINKS = ["fname", "lname", "email", "tel", "id"]
SHARED = rules(
    *PEOPLE,
    surrogate("email", "EMAIL_ADDRESS"),
    surrogate("tel", "PHONE_NUMBER"),
    TOKEN,
    text(
        ["note", "messages[].content"],
        LINKS,
        PERSON="surrogate",
        EMAIL_ADDRESS="surrogate",
        PHONE_NUMBER="surrogate",
        ID="token",
    ),
    {"name": "messages[].role", "keep": "a role"},
)


def table(**columns: list[Any]) -> pa.Table:
    rows = len(next(iter(columns.values())))
    empty: dict[str, list[Any]] = {name: [None] * rows for name in LINKS}
    typed = {k: pa.array(v, pa.string()) for k, v in {**empty, **columns}.items() if k in LINKS}
    notes = pa.array(columns.get("note", [None] * rows), pa.string())
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    messages = pa.array(columns.get("messages", [None] * rows), pa.list_(message))
    return pa.table({**typed, "note": notes, "messages": messages})


def scrubbed(data: pa.Table, decided: dict[str, Any]) -> list[dict[str, Any]]:
    result: pa.Table = scrubber.scrub(data, decided, key=KEY).data
    result.validate(full=True)
    rows: list[dict[str, Any]] = result.to_pylist()
    return rows


def test_names_become_what_the_columns_show() -> None:
    note = "Mr. Gray, noah gray, N. Gray, GRAY! Gray's Noah; Gray, Noah"
    (row,) = scrubbed(table(fname=["Noah"], lname=["Gray"], note=[note]), SHARED)
    first, last = row["fname"], row["lname"]
    assert row["note"] == (
        f"Mr. {last}, {first.lower()} {last.lower()}, {first[0]}. {last}, {last.upper()}! "
        f"{last}'s {first}; {last}, {first}"
    )


# (first name, last name, how a text writes them, with {f} and {l} for what the columns show)
WRITINGS = [
    ("Jürgen", "Müller", "Mueller kam, J. MUELLER", "{l} kam, {i}. {L}"),
    ("Ann", "Mueller", "Ann Müller", "{f} {l}"),
    ("Søren", "O'Brien", "soren O\u2019Brien, obrien", "{f_} {l}, {l_}"),
    ("Mary-Jane", "Poe", "MARYJANE poe", "{FF} {l_}"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "written", "expected"), WRITINGS)
def test_a_name_that_is_spelled_otherwise_gets_the_same_pseudonym(
    first: str, last: str, written: str, expected: str
) -> None:
    (row,) = scrubbed(table(fname=[first], lname=[last], note=[written]), SHARED)
    f, l = row["fname"], row["lname"]  # noqa: E741
    shown = {"f": f, "l": l, "i": f[0], "L": l.upper(), "f_": f.lower(), "l_": l.lower()}
    assert row["note"] == expected.format(**shown, FF=f.replace("-", "").upper())


@pytest.mark.parametrize(
    ("column", "value", "said", "part"),
    [
        ("email", "ngray1@mac.com", "NGray1@Mac.com", None),
        ("email", "ngray1@mac.com", "ngray1", "user"),
        ("tel", "(617) 248-4867", "+1 617.248.4867", None),
        ("id", "C-100037", "c100037", None),
    ],
)
def test_a_value_becomes_what_its_column_shows(
    column: str, value: str, said: str, part: str | None
) -> None:
    (row,) = scrubbed(table(**{column: [value]}, note=[f"it is {said}, yes"]), SHARED)
    shown = row[column].partition("@")[0] if part else row[column]
    assert row["note"] == f"it is {shown}, yes"


def test_another_family_of_operator_stays_what_it_is() -> None:
    decided = rules(*PEOPLE, text("note", ["fname", "lname"], PERSON={"token": {"domain": "p"}}))
    data = table(fname=["Noah"], lname=["Gray"], note=["Noah and noah gray"]).select(
        ["fname", "lname", "note"]
    )
    (row,) = scrubbed(data, decided)
    assert row["fname"] not in row["note"]
    assert "oah" not in row["note"]


def test_a_dropped_column_is_searched_before_it_goes() -> None:
    decided = rules(
        {"name": ["first", "last"], "transform": "drop", "linked_as": "PERSON"},
        {"name": "born", "transform": "drop", "linked_as": "DATE_OF_BIRTH"},
        text("note", ["first", "last", "born"]),
    )
    data = pa.table(
        {
            "first": ["Noah"],
            "last": ["Quill"],
            "born": pa.array([dt.date(1990, 2, 1)]),
            "note": ["noah QUILL, born February 1, 1990 or 2/1/90"],
        }
    )
    assert scrubbed(data, decided) == [
        {"note": "{PERSON}, born {DATE_OF_BIRTH} or {DATE_OF_BIRTH}"}
    ]


KINDS: list[tuple[pa.Array, str, str, str]] = [
    (pa.array([100037]), "ID", "no 100037", "no {ID}"),
    (pa.array([None], pa.int64()), "ID", "no number", "no number"),
    (pa.array([dt.datetime(2022, 10, 3, 4, 5)]), "DATE_TIME", "Oct 3, 2022", "{DATE_TIME}"),
    (pa.array([dt.datetime(2022, 10, 3)], pa.timestamp("ns", "UTC")), "DATE_TIME", "10/3/22",
     "{DATE_TIME}"),
    (pa.array([dt.date(2022, 10, 3)], pa.date64()), "DATE_TIME", "3.10.2022", "{DATE_TIME}"),
    (pa.array(["Noah"]).dictionary_encode(), "PERSON", "noah", "{PERSON}"),
    (pa.array([["Noah", None, "Mia"]]), "PERSON", "mia; noah", "{PERSON}; {PERSON}"),
    (pa.array([None], pa.list_(pa.string())), "PERSON", "mia", "mia"),
    (pa.array([[]], pa.list_(pa.string())), "PERSON", "mia", "mia"),
    (pa.array(["Noah"], pa.string_view()), "PERSON", "noah", "{PERSON}"),
    (pa.array([{"who": "Noah"}]), "PERSON", "noah", "{PERSON}"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "entity", "said", "expected"), KINDS)
def test_every_kind_of_column(column: pa.Array, entity: str, said: str, expected: str) -> None:
    decided = rules(
        {"name": "x**", "transform": "drop", "linked_as": entity}, text("note", ["x**"])
    )
    assert scrubbed(pa.table({"x": column, "note": [said]}), decided) == [{"note": expected}]


def test_nulls_and_nesting_keep_their_shape() -> None:
    messages = [
        [{"role": "user", "content": "I am Noah"}, None, {"role": None, "content": None}],
        None,
        [],
    ]
    data = table(
        fname=["Noah", "Noah", None], lname=[None] * 3, messages=messages, note=["Noah", None, ""]
    )
    rows = scrubbed(data, SHARED)
    name = rows[0]["fname"]
    assert [row["note"] for row in rows] == [name, None, ""]
    assert rows[0]["messages"][0] == {"role": "user", "content": f"I am {name}"}
    assert rows[0]["messages"][1:] == [None, {"role": None, "content": None}]
    assert [row["messages"] for row in rows[1:]] == [None, []]


def test_rows_with_the_same_text_and_other_values_do_not_share() -> None:
    data = table(fname=["Noah", "Mia"], lname=["Reed", "Reed"], note=["it was Noah"] * 2)
    one, other = scrubbed(data, SHARED)
    assert one["note"] == f"it was {one['fname']}"
    assert other["note"] == "it was Noah"  # another person's name is not this row's


def test_no_columns_match_when_the_text_is_not_utf8() -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.array([0, 1], pa.int32()).buffers()[1], pa.py_buffer(b"\xff")]
    )
    dropped = {"name": "x", "transform": "drop", "linked_as": "PERSON"}
    decided = rules(dropped, text("note", ["x"]), on_error="drop_row")
    assert scrubbed(pa.table({"x": ["Noah"], "note": broken}), decided) == []
    assert scrubbed(pa.table({"x": broken, "note": ["fine"]}), decided) == [{"note": "fine"}]


def test_the_row_is_looked_at_as_one_document() -> None:
    cue = {
        "name": "cue",
        "supported_entity": "PERSON",
        "patterns": [{"name": "p", "regex": r"(?<=I am )(?-i:[A-Z]\w+ [A-Z]\w+)", "score": 0.9}],
    }
    decided = rules(text(["a", "b[]"], []), detect={**DETECT, "recognizers": [cue]})
    decided["fields"][0].pop("linked")
    data = pa.table(
        {
            "a": ["I am Henrik Hasslund", "nobody", "hasslund"],
            "b": [["thanks, henrik", None, "Hasslund!"], ["Henrik"], None],
        }
    )
    assert scrubbed(data, decided) == [
        {"a": "I am {PERSON}", "b": ["thanks, {PERSON}", None, "{PERSON}!"]},
        {"a": "nobody", "b": ["Henrik"]},
        {"a": "hasslund", "b": None},
    ]
    decided["detect"]["consistency"] = []
    assert scrubbed(data, decided)[0]["b"][0] == "thanks, henrik"
    found = scrubber.find(
        ["I am Ann Poe. poe!", "poe"], decided["detect"] | {"consistency": ["PERSON"]}
    )
    assert [[s.recognizer for s in spans] for spans in found] == [["cue", "consistency"], []]


def test_the_manifest_counts_linked_findings_under_their_recognizer() -> None:
    data = table(fname=["Noah"] * 40, lname=["Reed"] * 40, note=["Noah Reed came"] * 40)
    manifest = json.loads(scrubber.scrub(data, SHARED, key=KEY).manifest.to_bytes())
    told = json.dumps(manifest)
    assert '"linked"' in told
    assert "Noah" not in told
    assert "Reed" not in told


@pytest.mark.slow
def test_workers_do_not_change_a_byte(tmp_path: Any) -> None:
    lines = [
        {
            "fname": f"Anton{i % 7}",
            "lname": f"Quill{chr(97 + i % 26)}er",
            "note": f"quill{chr(97 + i % 26)}er, A. asked {i % 5}",
        }
        for i in range(3_000)
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    decided = rules(*PEOPLE, text("note", ["fname", "lname"], PERSON="surrogate"))
    outputs = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        run(
            Request(
                rules_from_mapping(decided), [str(source)], out, key=RootKey(KEY), workers=workers
            )
        )
        outputs.append((out / "data" / "in.jsonl").read_bytes())
    assert outputs[0] == outputs[1]
    assert b"quill" not in outputs[0].lower()


NAME = st.from_regex(r"\A[A-Z][a-z]{4,9}\Z").map(lambda word: word + "zq")
WRITINGS = st.sampled_from(
    [
        "{f} {l}", "{l}, {f}", "{f}", "{l}", "Dr. {l}", "{i}. {l}", "{l}s", "{f}_{l}", "{l}'s {f}",
        "{m}", "{u}", "{u} at {d}", "{p}", "+1 {p}", "{t}", "{c}", "{n}", "{g}", "{s}",
    ]
)  # fmt: skip
PLANTED = {
    "fname": "FIRST_NAME",
    "lname": "LAST_NAME",
    "email": "EMAIL_ADDRESS",
    "tel": "PHONE_NUMBER",
    "id": "ID",
    "born": "DATE_OF_BIRTH",
}
CASES = st.sampled_from([str, str.upper, str.lower])


@examples(60)
@given(NAME, NAME, st.integers(10_000, 99_999), st.lists(st.tuples(WRITINGS, CASES), max_size=6))
def test_no_planted_identifier_is_left(
    first: str, last: str, number: int, planted: list[tuple[str, Any]]
) -> None:
    last = last[::-1].title()
    tel, code, day = (
        f"617-24{number % 10}-{4000 + number % 1000}",
        f"C-7{number}",
        dt.date(1970, 1, 1),
    )
    day += dt.timedelta(days=number % 15_000)
    user = f"u{number}x"
    said = [
        cased(
            writing.format(
                f=first, l=last, i=first[0], m=f"{user}@mail.test", u=user, d="mail.test", p=tel,
                t=tel.replace("-", ""), c=code, n=code[2:], g=day.strftime("%d %B %Y"),
                s=day.strftime("%m/%d/%Y"),
            )
        )
        for writing, cased in planted
    ]  # fmt: skip
    note = " | ".join(["so", *said, "then"])
    data = pa.table(
        {
            "fname": [first], "lname": [last], "email": [f"{user}@mail.test"], "tel": [tel],
            "id": [code], "born": [day], "note": [note],
        }
    )  # fmt: skip
    fields = [{"name": n, "transform": "drop", "linked_as": e} for n, e in PLANTED.items()]
    (row,) = scrubbed(data, rules(*fields, text("note", list(PLANTED))))
    left = row["note"].lower()
    digits = "".join(filter(str.isdigit, left))
    for secret in (first, last, user):
        assert secret.lower() not in left
    for secret in (tel.replace("-", ""), code[2:], day.strftime("%m%d%Y")):
        assert secret not in digits
    assert left.count("|") == len(said) + 1
