"""Attacks on classes: people nobody can tell apart, and one value written in several ways."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.anonymize import recheck as second
from scrubber.anonymize.census import take_census
from scrubber.anonymize.labels import sensitive_labels, subject_labels
from scrubber.anonymize.levels import choose
from scrubber.errors import GateError
from scrubber.model.batch import Batch, BatchRef
from scrubber.policy import compile_plan, rules_from_mapping
from scrubber.privacy.hierarchy import in_order
from tests.examples import examples

KEY = bytes(range(32))


def rules(subject: Any = None, **privacy: Any) -> dict[str, Any]:
    """One quasi-identifier that stays as it is, a subject, and a sensitive label."""
    fields = [
        {"name": "zip", "class": "quasi_identifier"},
        {"name": "ill", "class": "sensitive", "keep": "the label"},
    ]
    asked: dict[str, Any] = {"version": 1, "fields": fields}
    if subject is not None:
        fields.append({"name": "who", "class": "direct_identifier", "transform": subject})
        asked["subject"] = "who"
    fixed = {"hierarchies": {"zip": []}, "max_levels": {"zip": 0}, "suppression_limit": 0}
    return {**asked, "privacy": {**fixed, **privacy}}


def refused(table: pa.Table, asked: dict[str, Any]) -> bool:
    try:
        scrubber.scrub(table, asked, key=KEY)
    except GateError as error:
        if error.code not in ("privacy-too-few", "privacy-infeasible"):
            raise
        return True
    return False


def table(who: list[Any] | None = None, ill: list[str | None] | None = None) -> pa.Table:
    count = len(who or ill or ())
    columns: dict[str, Any] = {"zip": ["a"] * count, "ill": ill or ["flu"] * count}
    return pa.table(columns if who is None else {**columns, "who": who})


@pytest.mark.parametrize("subject", ["drop", "token"])
@pytest.mark.parametrize(
    ("who", "persons"),
    [
        ([None, None, None], 1),
        (["ann", None, None], 1),  # the others may be ann
        (["ann", "bob", None], 2),
        (["ann", "bob", None, None, None], 2),
        (["ann", "bob", "cid"], 3),
        (["ann", "bob", "cid", None], 3),
        (["caf\u00e9", "cafe\u0301", "cafe"], 2),
        ([7.0, 7.0, None], 1),
        ([float("nan"), float("nan"), 1.0], 1),
        ([1, 1, 2], 2),
        ([None, None, 5], 1),
    ],
)
def test_who_is_not_known_makes_no_class_larger(who: list[Any], persons: int, subject: Any) -> None:
    if subject == "token" and any(isinstance(one, float) for one in who):
        pytest.skip("floats have no token")
    assert persons < 2 or not refused(table(who), rules(subject, k=persons))
    assert refused(table(who), rules(subject, k=persons + 1))


def test_a_table_without_subjects_adds_nobody_to_those_of_another(tmp_path: Any) -> None:
    (tmp_path / "a.csv").write_text("zip,ill,who\na,flu,ann\na,flu,bob\n")
    (tmp_path / "b.csv").write_text("zip,ill,who\na,flu,\na,flu,\n")
    with pytest.raises(GateError, match="privacy-too-few"):
        scrubber.scrub(
            tmp_path, rules("drop", k=3), key=KEY, out=tmp_path.parent / f"{tmp_path.name}-out"
        )


SPELLINGS = [
    ["Flu", "Flu "],
    ["Flu", "flu"],
    ["Flu", " FLU\t"],
    ["gr\u00fcn", "gru\u0308n"],
    ["Stra\u00dfe", "STRASSE"],
    ["\uff26\uff4c\uff55", "Flu"],
    ["F\u200blu", "Flu", "\ufeffFlu"],
    ["heart  failure", "heart failure", "heart\u00a0failure"],
    ["Flu", None],
    ["Flu", ""],
    ["Flu", "  "],
    ["7", "7.0", "07", " 7"],
    ["0", "-0", "-0.0"],
    [None, None],
]


@pytest.mark.parametrize(
    "model",
    [2, {"ill": {"l": 2, "kind": "entropy"}}, {"ill": {"l": 2, "kind": "recursive", "c": 3}}],
)
@pytest.mark.parametrize("ill", SPELLINGS)
def test_spellings_and_nulls_are_no_values_of_their_own(ill: list[str | None], model: Any) -> None:
    asked = rules(k=2, l=model)
    assert refused(table(ill=ill), asked)
    assert refused(table(ill=ill * 3), asked)
    assert not refused(table(ill=["Flu", "Cold"] * 2), asked)


@pytest.mark.parametrize("kind", ["equal", "ordered"])
def test_spellings_and_nulls_bring_no_class_closer_to_the_whole(kind: str) -> None:
    """All of class a have the flu, however it is written; half of the whole have it."""
    ill = ["Flu", "flu ", "FLU", None, "cold", "cold", "COLD ", None]
    records = pa.table({"zip": ["a"] * 4 + ["b"] * 4, "ill": ill})
    assert refused(records, rules(k=2, t={"ill": {"t": 0.45, "kind": kind}}))
    assert not refused(records, rules(k=2, t={"ill": {"t": 1, "kind": kind}}))
    alike = pa.table({"zip": ["a"] * 3 + ["b"] * 3, "ill": ["Flu", "cold", None] * 2})
    assert not refused(alike, rules(k=2, t={"ill": {"t": 0.01, "kind": kind}}))
    silent = pa.table({"zip": ["a"] * 2 + ["b"] * 2, "ill": [None, None, "Flu", "cold"]})
    assert refused(silent, rules(k=2, t={"ill": {"t": 0.5, "kind": kind}}))


def test_whom_a_record_is_about_is_what_keyed_functions_see() -> None:
    whole = [pa.array([7]), pa.array([7.0]), pa.array(["7"]), pa.array([7], pa.decimal128(5, 2))]
    assert len({subject_labels(one)[0].as_py() for one in whole}) == 1
    apart = [pa.array(["007"]), pa.array([True]), pa.array([b"7"]), pa.array([7.5])]
    assert len({subject_labels(one)[0].as_py() for one in (*whole, *apart)}) == 5
    assert subject_labels(pa.array([float("nan"), None])).null_count == 2


def test_labels_stay_apart_where_they_say_something_else() -> None:
    texts = ["flu", "flu a", "flu-a", "1", "-1", "1.5", "15", "1e5", "c\u00f4te", "cote"]
    made = sensitive_labels(pa.array(texts, pa.large_string())).to_pylist()
    assert len(set(made)) == len(texts)
    assert None not in made


VALUES = st.sampled_from([None, "", "Flu", "flu ", "Cold", "COLD", "gout", "7", "7.0"])
ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), VALUES, st.sampled_from([None, "x", "y", "z"])),
    min_size=1,
    max_size=14,
)
MODELS = st.sampled_from(
    [
        {},
        {"l": 2},
        {"l": {"ill": {"l": 1.5, "kind": "entropy"}}},
        {"l": {"ill": {"l": 2, "kind": "recursive", "c": 2}}},
        {"t": 0.3},
        {"t": {"ill": {"t": 0.3, "kind": "ordered"}}},
    ]
)


@examples(200)
@given(rows=ROWS, models=MODELS, k=st.integers(2, 3), by_subject=st.booleans())
def test_the_recheck_agrees_with_the_search(
    rows: list[tuple[str, str | None, str | None]],
    models: dict[str, Any],
    k: int,
    by_subject: bool,
) -> None:
    """Where nothing may be generalized or dropped, either both accept a table or neither does."""
    zips, ills, persons = (list(column) for column in zip(*rows, strict=True))
    asked = rules("token" if by_subject else None, k=k, **models)
    records = {"zip": zips, "ill": ills} | ({"who": persons} if by_subject else {})
    here = pa.table({name: pa.array(column, pa.string()) for name, column in records.items()})
    plan = compile_plan(rules_from_mapping(asked), {"t": here.schema})
    census = take_census(plan, [Batch(BatchRef("t", 0, 1, len(rows)), here)], None)
    reference = _reference(here, models)
    counts = second.count_classes(plan, "t", [here], reference)
    try:
        second.recheck(plan, counts, reference)
        sound = True
    except GateError:
        sound = False
    try:
        choose(plan, {"t": here.schema}, census)
        found = True
    except GateError:
        found = False
    assert found == sound


def _reference(here: pa.Table, models: dict[str, Any]) -> dict[str, dict[str | None, int]]:
    if not models:
        return {}
    plain = {"flu ": "flu", "cold": "cold", "7.0": "7"}
    known = [plain.get(value.lower(), value.lower()) for value in here["ill"].to_pylist() if value]
    return {"ill": {value: known.count(value) for value in in_order(set(known))}}
