"""What a scrub does to a batch: shapes kept, originals gone, failures counted, never passed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.detect.base import PATIENCE, Seen
from scrubber.errors import DetectionError, TransformError
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.finding import Span
from scrubber.pipeline.batch import Tools, scrub_batch
from scrubber.policy import compile_plan, rules_from_mapping

KEY = bytes(range(32))


def rules(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    detect = {"ner": "none", "entities": ["EMAIL_ADDRESS", "IP_ADDRESS", "URL"]}
    return {"version": 1, "detect": detect, "fields": list(fields), **more}


def keep(name: str) -> dict[str, Any]:
    return {"name": name, "class": "insensitive", "keep": "test"}


def text(name: str, **entities: Any) -> dict[str, Any]:
    return {"name": name, "class": "text", "entities": {"default": "redact", **entities}}


def change(name: str, transform: Any) -> dict[str, Any]:
    return {"name": name, "class": "quasi_identifier", "transform": transform}


def scrubbed(table: pa.Table, decided: dict[str, Any]) -> dict[str, list[Any]]:
    result: pa.Table = scrubber.scrub(table, decided, key=KEY).data
    result.validate(full=True)
    columns: dict[str, list[Any]] = result.to_pydict()
    return columns


MAIL = "write to ann@example.com"
GONE = "write to {EMAIL_ADDRESS}"
PART = pa.struct([("t", pa.string()), ("n", pa.int64())])
NESTED: list[tuple[pa.DataType, list[Any], str, list[Any]]] = [
    (pa.string(), [MAIL, None, ""], "f", [GONE, None, ""]),
    (pa.large_string(), [MAIL, None], "f", [GONE, None]),
    (pa.string_view(), [MAIL, None], "f", [GONE, None]),
    (pa.dictionary(pa.int8(), pa.string()), [MAIL, None, MAIL], "f", [GONE, None, GONE]),
    (pa.list_(pa.string()), [[MAIL, None], None, []], "f[]", [[GONE, None], None, []]),
    (pa.list_(pa.string_view()), [[MAIL], None], "f", [[GONE], None]),
    (pa.list_(pa.list_(pa.string())), [[[MAIL], None], []], "f[][]", [[[GONE], None], []]),
    (pa.list_(pa.string(), 2), [[MAIL, None], None], "f[]", [[GONE, None], None]),
    (PART, [{"t": MAIL, "n": 1}, None], "f.t", [{"t": GONE, "n": 1}, None]),
    (pa.list_(PART), [[{"t": MAIL, "n": None}, None]], "f[].t", [[{"t": GONE, "n": None}, None]]),
    (pa.map_(pa.string(), pa.string()), [[("k", MAIL)], None], "f[].value", [[("k", GONE)], None]),
]


@pytest.mark.parametrize(("kind", "values", "path", "expected"), NESTED)
def test_text_is_rewritten_where_it_stands(
    kind: pa.DataType, values: list[Any], path: str, expected: list[Any]
) -> None:
    table = pa.table({"f": pa.array(values, kind)})
    keys = [keep("f.{key}")] if pa.types.is_map(kind) else []
    out = scrubber.scrub(table, rules(text(path), *keys, keep("**"))).data
    assert out.schema.field("f").type == kind
    assert out.column("f").to_pylist() == expected


@pytest.mark.parametrize(
    ("given", "operators", "expected"),
    [
        ("a ann@example.com b", {}, "a {EMAIL_ADDRESS} b"),
        ("no, ann is not ann@example.com", {}, "no, ann is not {EMAIL_ADDRESS}"),
        ("10.0.0.1, 10.0.0.1", {}, "{IP_ADDRESS}, {IP_ADDRESS}"),
        ("é🙏 10.0.0.1 é", {}, "é🙏 {IP_ADDRESS} é"),
        ("10.0.0.1", {"IP_ADDRESS": {"replace": {"with": "[ip]"}}}, "[ip]"),
        ("10.0.0.1", {"IP_ADDRESS": {"mask": {"char": "#"}}}, "########"),
        ("10.0.0.1", {"IP_ADDRESS": {"ip": {"v4": 8}}}, "10.0.0.0/8"),
        ("", {}, ""),
    ],
)
def test_operators_in_text(given: str, operators: dict[str, Any], expected: str) -> None:
    assert scrubbed(pa.table({"f": [given]}), rules(text("f", **operators))) == {"f": [expected]}


def test_a_surrogate_is_the_same_within_a_document_and_another_one_elsewhere() -> None:
    chats = [
        [{"t": "I am ann@example.org", "n": 1}, {"t": "so, ann@example.org?", "n": 2}],
        [{"t": "ann@example.org again", "n": 1}],
    ]
    table = pa.table({"f": pa.array(chats, pa.list_(PART))})
    decided = rules(text("f[].t", EMAIL_ADDRESS="surrogate"), keep("f[].n"))
    first, second = scrubbed(table, decided)["f"]
    one = first[0]["t"].removeprefix("I am ")
    assert first[1]["t"] == f"so, {one}?"
    assert one != "ann@example.org"
    assert one not in second[0]["t"]


VALUES: list[tuple[pa.DataType, Any, Any, Any]] = [
    (pa.int32(), 34, {"bin": {"width": 10}}, "[30, 40)"),
    (pa.decimal128(9, 2), Decimal("12.34"), {"round": {"to": 1}}, Decimal("12.00")),
    (pa.float32(), 12.5, {"bin": {"width": 5}}, "[10, 15)"),
    (pa.date32(), dt.date(2026, 5, 17), {"truncate_date": {"to": "month"}}, dt.date(2026, 5, 1)),
    (pa.string(), "94110", {"prefix": {"keep": 3}}, "941"),
    (pa.bool_(), True, "redact", "{REDACTED}"),
    (pa.binary(), b"\x00\xff", {"replace": {"with": "-"}}, "-"),
]


@pytest.mark.parametrize(("kind", "value", "transform", "expected"), VALUES)
def test_columns(kind: pa.DataType, value: Any, transform: Any, expected: Any) -> None:
    table = pa.table({"f": pa.array([value, None], kind)})
    assert scrubbed(table, rules(change("f", transform))) == {"f": [expected, None]}


BIN = change("age", {"bin": {"width": 10}})
AGES = pa.table({"age": ["34", "SECRET", None, "7"], "n": [1, 2, 3, 4]})


def test_on_error_fail_names_row_field_and_rule() -> None:
    with pytest.raises(TransformError) as caught:
        scrubbed(AGES, rules(BIN, keep("n")))
    place = caught.value.place
    assert place is not None
    assert (place.row, place.field) == (2, "age")
    assert "SECRET" not in str(caught.value)


def test_on_error_null() -> None:
    result = scrubber.scrub(AGES, rules(BIN, keep("n"), on_error="null"))
    assert result.data.to_pydict() == {
        "age": ["[30, 40)", None, None, "[0, 10)"],
        "n": [1, 2, 3, 4],
    }


def test_on_error_drop_row_leaves_the_others_as_they_would_be() -> None:
    result = scrubber.scrub(AGES, rules(BIN, keep("n"), on_error="drop_row"))
    assert result.data.to_pydict() == {"age": ["[30, 40)", None, "[0, 10)"], "n": [1, 3, 4]}
    (quarantined,) = result.manifest.data["records"]["quarantined"]
    assert quarantined["reason"] == "transform-failed"


def test_a_nested_failure_drops_the_whole_record() -> None:
    table = pa.table({"a": pa.array([["1", "x"], ["2"]], pa.list_(pa.string())), "n": [1, 2]})
    decided = rules(change("a[]", {"bin": {"width": 10}}), keep("n"), on_error="drop_row")
    assert scrubbed(table, decided) == {"a": [["[0, 10)"]], "n": [2]}


def test_a_null_where_none_may_be_stops_the_run() -> None:
    table = pa.table({"m": pa.array([[("x", 1)]], pa.map_(pa.string(), pa.int64()))})
    decided = rules(change("m[].key", {"bin": {"width": 10}}), keep("**"), on_error="null")
    with pytest.raises(TransformError, match="null-not-allowed"):
        scrubbed(table, decided)


REQUIRED = pa.schema([pa.field("n", pa.int64()), pa.field("age", pa.string(), nullable=False)])
INSIDE = pa.schema([pa.field("n", pa.int64()), pa.field("s", pa.struct([REQUIRED.field("age")]))])
PLACES: list[tuple[str, pa.Table, str, str]] = [
    (
        "a map's key",
        pa.table(
            {
                "n": [1, 2],
                "m": pa.array([[("x", 1)], [("34", 2)]], pa.map_(pa.string(), pa.int64())),
            }
        ),
        "m[].key",
        "m[].value",
    ),
    (
        "a required field",
        pa.table({"n": [1, 2], "age": ["x", "34"]}, schema=REQUIRED),
        "age",
        "",
    ),
    (
        "a required field in a struct",
        pa.table({"n": [1, 2], "s": [{"age": "x"}, {"age": "34"}]}, schema=INSIDE),
        "s.age",
        "",
    ),
]


@pytest.mark.parametrize(("where", "table", "path", "beside"), PLACES)
def test_where_no_null_may_be_the_run_stops_or_the_record_goes(
    where: str, table: pa.Table, path: str, beside: str
) -> None:
    del where
    fields = [change(path, {"round": {"to": 10}}), keep("n"), *([keep(beside)] if beside else [])]
    with pytest.raises(TransformError, match="null-not-allowed"):
        scrubbed(table, rules(*fields, on_error="null"))
    assert scrubbed(table, rules(*fields, on_error="drop_row"))["n"] == [2]


def test_half_floats_are_compared_too() -> None:
    table = pa.table({"f": pa.array([14.0, None], pa.float16())})
    assert scrubbed(table, rules(change("f", {"round": {"to": 10}}))) == {"f": [10.0, None]}


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.int64(), pa.date32(), pa.timestamp("us"), pa.binary(), pa.bool_()]
)
def test_a_subject_is_the_same_behind_a_dictionary(kind: pa.DataType) -> None:
    subjects = pa.array([1, 0, None]).cast(pa.int32() if kind == pa.date32() else pa.int64())
    plain = subjects.cast(pa.string()).cast(kind) if kind == pa.binary() else subjects.cast(kind)
    dates = [dt.date(2024, 1, 1)] * 3
    decided = rules(
        keep("who"), change("when", {"date_shift": {"max_days": 9}}), subject="who", on_error="null"
    )
    expected = scrubbed(pa.table({"who": plain, "when": dates}), decided)["when"]
    assert expected[2] is None
    for encoded in (plain.dictionary_encode(), plain.dictionary_encode(null_encoding="encode")):
        assert scrubbed(pa.table({"who": encoded, "when": dates}), decided)["when"] == expected


@pytest.mark.parametrize("operator", ["redact", "token", "surrogate"])
def test_a_text_that_is_not_utf8_fails_alone(operator: str) -> None:
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 3, 3 + len(MAIL))))
    texts = pa.Array.from_buffers(
        pa.string(), 2, [None, offsets, pa.py_buffer(b"ab\xff" + MAIL.encode())]
    )
    decided = rules(text("t", default=operator), keep("n"), on_error="drop_row")
    assert scrubbed(pa.table({"t": texts, "n": [1, 2]}), decided)["n"] == [2]


class Blind:
    """A detector that cannot look at some texts."""

    identities = (("Blind", "1"),)

    def __init__(self, cannot: Callable[[str], bool]) -> None:
        self._cannot = cannot
        self.asked: list[str] = []

    def attempt(self, texts: Sequence[str], patience: int = PATIENCE) -> list[Seen]:
        answers: list[Seen] = []
        for index, text in enumerate(texts):
            self.asked.append(text)
            if self._cannot(text):
                patience -= 1
                raised = {} if patience else {"index": index}
                error = DetectionError(
                    "detector-timeout", "recognizer Blind ran out of time", **raised
                )
                if not patience:
                    raise error
                answers.append(error)
            else:
                answers.append((Span(0, 1, "X", 1.0, "Blind"),) if text else ())
        return answers

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        return [one for one in self.attempt(texts, 1) if not isinstance(one, DetectionError)]


def scrub_blind(on_error: str, detector: Blind) -> Any:
    table = pa.table({"f": ["good", "bad", None, "good", ""]})
    plan = compile_plan(
        rules_from_mapping(rules(text("f"), on_error=on_error)), {"s": table.schema}
    )
    return scrub_batch(plan, Batch(BatchRef("s", 0, 1, 5), table), Tools(None, detector))


def test_a_text_that_could_not_be_looked_at_is_never_passed_on() -> None:
    def bad(one: str) -> bool:
        return one == "bad"

    with pytest.raises(TransformError, match="Blind ran out of time") as caught:
        scrub_blind("fail", Blind(bad))
    assert caught.value.place is not None
    assert caught.value.place.row == 2
    nulled = scrub_blind("null", Blind(bad))
    assert nulled.table.to_pydict() == {"f": ["{X}ood", None, None, "{X}ood", ""]}
    assert nulled.fragment.fields["f", "nulled"] == 1
    dropped = scrub_blind("drop_row", Blind(bad))
    assert dropped.table.to_pydict() == {"f": ["{X}ood", None, "{X}ood", ""]}
    assert dropped.fragment.quarantined.total == 1


def test_distinct_texts_are_looked_at_once_and_counted_as_often_as_they_stand() -> None:
    detector = Blind(lambda _: False)
    result = scrub_blind("fail", detector)
    assert sorted(detector.asked) == ["", "bad", "good"]
    assert result.fragment.findings["f", "X", "Blind", "redact"] == 3
    assert result.fragment.fields["f", "in"] == 4
    assert result.fragment.fields["f", "changed"] == 3


def test_the_original_column_never_stays() -> None:
    table = pa.table({"a": ["SECRET-1"], "b": ["SECRET-2"], "c": [MAIL]})
    decided = rules(
        {"name": "a", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "b", "class": "direct_identifier", "transform": "drop"},
        text("c"),
    )
    out = scrubbed(table, decided)
    assert list(out) == ["a", "c"]
    assert "SECRET" not in str(out)
    assert "ann" not in str(out)


def test_text_that_is_not_utf8_is_a_failure_and_no_crash() -> None:
    broken = pa.array([b"caf\xe9 SECRET", b"fine"], pa.binary()).view(pa.string())
    decided = rules(text("f"))
    with pytest.raises(TransformError) as caught:
        scrubber.scrub(pa.table({"f": broken}), decided)
    assert "SECRET" not in str(caught.value)
    result = scrubber.scrub(pa.table({"f": broken}), {**decided, "on_error": "drop_row"})
    assert result.data.to_pydict() == {"f": ["fine"]}
