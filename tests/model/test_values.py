"""Field paths, selectors, tallies, batches and errors."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import InputError, Mark, Place, Problem, RuleError, printable
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.fieldpath import EACH, FieldPath, Selector, leaves
from scrubber.model.tally import Tally

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        (("email",), "email"),
        (("messages", EACH, "content"), "messages[].content"),
        (("a", "b"), "a.b"),
        (("a.b",), '"a.b"'),
        (("Avg. Session Length",), '"Avg. Session Length"'),
        (("first name",), "first name"),
        ((" given_name",), '" given_name"'),
        (("",), '""'),
        (("[]",), '"[]"'),
        (('say "x"',), '"say \\"x\\""'),
        (("é", EACH, EACH), "é[][]"),
        (("a*",), '"a*"'),
    ],
)
def test_paths_as_text(steps: tuple[object, ...], text: str) -> None:
    assert str(FieldPath(steps)) == text  # type: ignore[arg-type]


@given(
    st.lists(st.text(max_size=4), min_size=1, max_size=3),
    st.lists(st.text(max_size=4), min_size=1, max_size=3),
)
def test_different_paths_have_different_texts(a: list[str], b: list[str]) -> None:
    assert (str(FieldPath(tuple(a))) == str(FieldPath(tuple(b)))) == (a == b)


@pytest.mark.parametrize(
    ("selector", "path", "matches"),
    [
        ("email", ("email",), True),
        ("Email", ("email",), False),
        ("Avg. Length", ("Avg. Length",), True),
        ('"Avg. Length"', ("Avg. Length",), True),
        ("messages[].content", ("messages", EACH, "content"), True),
        ("messages.content", ("messages", EACH, "content"), False),
        ("*_name", ("first_name",), True),
        ("*_name", ("user", "first_name"), False),
        ("**_name", ("user", "first_name"), True),
        ("user.*", ("user", "name"), True),
        ("user.*", ("user", "a", EACH), False),
        ("zip?", ("zip5",), True),
        ("zip?", ("zip",), False),
        ("a.b", ("a.b",), True),
        ("a.b", ("a", "b"), True),
        ("*", ("x\ny",), True),
    ],
)
def test_selectors(selector: str, path: tuple[object, ...], matches: bool) -> None:
    assert Selector(selector).matches(FieldPath(path)) is matches  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["Avg. mail", "l[0]", 'a"b.c', " .x", "a\n.b", "x", "*", "", "a?b"]
)
def test_a_wildcard_is_a_whole_step_whatever_its_name(name: str) -> None:
    """A catch-all that passes over a column would leave it to the rule behind it."""
    assert Selector("*").matches(FieldPath((name,)))
    assert Selector("s.*").matches(FieldPath(("s", name)))
    assert Selector("s[].*").matches(FieldPath(("s", EACH, name)))
    assert not Selector("*").matches(FieldPath((name, "below")))
    assert not Selector("s.*").matches(FieldPath(("s", name, "below")))
    assert not Selector("*").matches(FieldPath((name, EACH)))


def test_a_wildcard_is_a_part_of_a_quoted_name_too() -> None:
    mail = FieldPath(("Avg. mail",))
    assert all(Selector(text).matches(mail) for text in ("*mail", "Avg*", "A*l", '"Avg. *"'))
    assert not any(Selector(text).matches(mail) for text in ("mail", "*phone", "avg*", "Avg"))


def test_capitals_need_not_count() -> None:
    for name in ("E-Mail", "e-mail", "E-MAIL"):
        assert Selector("e?MAIL", ignore_case=True).matches(FieldPath((name,)))
        assert Selector("user.E-mail", ignore_case=True).matches(FieldPath(("USER", name)))
    assert not Selector("e?mail").matches(FieldPath(("E-Mail",)))
    assert Selector("größe", ignore_case=True).matches(FieldPath(("GRÖßE",)))


def test_leaves_walk_into_everything() -> None:
    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("messages", MESSAGES),
            ("attrs", pa.map_(pa.string(), pa.int8())),
            ("hollow", pa.struct([])),
            ("word", pa.dictionary(pa.int8(), pa.string())),
        ]
    )
    assert [str(path) for path, _ in leaves(schema)] == [
        "id",
        "messages[].role",
        "messages[].content",
        "attrs.{key}",
        "attrs.{value}",
        "hollow",
        "word",
    ]


TALLIES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)).map(Tally)


@given(TALLIES, TALLIES, TALLIES)
def test_tallies_add_up(a: Tally[str], b: Tally[str], c: Tally[str]) -> None:
    assert a + Tally() == a
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert (a + b).total == a.total + b.total
    assert hash(a + b) == hash(b + a)


def test_a_count_is_not_negative() -> None:
    with pytest.raises(ValueError):
        Tally({"a": -1})


def test_a_batch_shows_its_address_and_not_its_data() -> None:
    batch = Batch(BatchRef("x.csv", 0, 1, 1), pa.table({"a": ["SECRET"]}))
    assert "SECRET" not in repr(batch)
    with pytest.raises(ValueError):
        Batch(BatchRef("x.csv", 0, 1, 2), pa.table({"a": ["SECRET"]}))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name", "plain name"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\nb\x00", "a\\x0ab\\x00"),
        ("\ud800", "\\ud800"),
        ("日本 é", "日本 é"),
        ("x" * 200, "x" * 120 + "…"),
    ],
)
def test_printable(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_errors_say_where_and_survive_a_pickle() -> None:
    error = InputError("csv-ragged", "too many cells", place=Place("a\x1b.csv", 3, "f"), hint="fix")
    assert str(error) == "a\\x1b.csv, row 3, field f: [csv-ragged] too many cells (fix)"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    problems = [
        Problem(Mark("r.yaml", 7, 3), "x", "b"),
        Problem(Mark("r.yaml", 2, 1), "y", "a", "h"),
    ]
    rules = RuleError(problems)
    assert str(rules) == "r.yaml:2:1 [y] a, h\nr.yaml:7:3 [x] b"
    assert str(pickle.loads(pickle.dumps(rules))) == str(rules)
