"""No small count of people can be computed from what a run publishes.

The attacker knows the schema, the rules, every sum that must hold, and which remainders are zero;
he solves for whole numbers. What he may not know is any count from 1 to 10.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.manifest import Manifest
from scrubber.model.fieldpath import Inner, name_of
from scrubber.model.opened import Opened
from scrubber.model.tally import Tally
from scrubber.policy import rules_from_mapping
from scrubber.run.on_table import run_on_table
from tests.examples import examples
from tests.manifest.attacker import Domain, Sums, pinned, values

pytestmark = pytest.mark.slow

LIMIT, TOP = 11, 4000
Tree = Mapping[str, Any]
POINT = pa.struct({"x": pa.int64(), "y": pa.int64(), "deep": pa.struct({"z": pa.int64()})})
SCHEMA = pa.schema(
    {
        "gone": pa.bool_(),
        "name": pa.string(),
        "at": POINT,
        "turns": pa.list_(pa.struct({"who": pa.string(), "says": pa.string()})),
        "notes": pa.map_(pa.string(), pa.string()),
        "vector": pa.list_(pa.int64(), 3),
        "word": pa.struct(
            [
                (name_of(Inner.TEXT), pa.string()),
                (name_of(Inner.NUMBER), pa.int64()),
                (name_of(Inner.BOOLEAN), pa.bool_()),
            ]
        ),
    }
)
RULES: dict[str, Any] = {
    "version": 1,
    "rows": [{"drop": "gone", "reason": "a test"}],
    "fields": [
        {"name": "name", "transform": "drop"},
        {"name": "turns[].says", "transform": {"mask": {"keep_last": 2}}},
        {"name": "notes.{key}", "keep": "a test"},
        {"name": "**", "keep": "a test"},
    ],
}


KINDS = {"{text}": str, "{number}": int, "{boolean}": bool}


def scrubbed(rows: Sequence[Tree], **more: Any) -> Manifest:
    kinds = {type_: name_of(Inner(step)) for step, type_ in KINDS.items()}
    words = (
        None if row["word"] is None else {kinds[type(row["word"])]: row["word"]} for row in rows
    )
    records = [{**row, "word": word} for row, word in zip(rows, words, strict=True)]
    table = pa.Table.from_pylist(records, schema=SCHEMA)
    return run_on_table(rules_from_mapping({**RULES, **more}), table)[1]


# What holds, by the path of what is counted: in which whole it lies, so many times, and how many
# there truly are in a record. Lists of any length lie in nothing that is known.
WHOLES: dict[str, tuple[str, int] | None] = {
    "gone": ("rows", 1),
    "name": ("rows", 1),
    "at": ("rows", 1),
    "at.x": ("at", 1),
    "at.y": ("at", 1),
    "at.deep": ("at", 1),
    "at.deep.z": ("at.deep", 1),
    "turns[]": None,
    "turns[].who": ("turns[]", 1),
    "turns[].says": ("turns[]", 1),
    "word": ("rows", 1),
    "word.{text}": ("word", 1),
    "word.{number}": ("word", 1),
    "word.{boolean}": ("word", 1),
    "notes.{entry}": None,
    "notes.{key}": ("notes.{entry}", 1),
    "notes.{value}": ("notes.{entry}", 1),
    "vector": ("rows", 1),
    "vector[]": ("vector", 3),
}


def present(path: str, row: Tree) -> int:
    """How many there are in a record, counted from the record itself."""
    found: list[Any] = [row]
    for step in path.replace("[]", ".[]").split("."):
        if step in KINDS:
            found = [one for one in found if type(one) is KINDS[step]]
        elif step in ("[]", "{entry}"):
            found = [one for many in found if many is not None for one in many]
        elif step in ("{key}", "{value}"):
            entries = (entry for many in found if many is not None for entry in many)
            found = [entry[step == "{value}"] for entry in entries if entry is not None]
        else:
            found = [one.get(step) for one in found if one is not None]
    return sum(one is not None for one in found)


def attack(rows: Sequence[Tree], data: Mapping[str, Any]) -> set[Hashable]:
    """The counts from 1 to 10 that have one value only in all that `data` allows."""
    true, known, sums = _system(rows, data)
    small = {key: n for key, n in true.items() if 0 < n < LIMIT}
    return pinned(small, known, sums)


def _system(
    rows: Sequence[Tree], data: Mapping[str, Any]
) -> tuple[dict[Hashable, int], dict[Hashable, Domain], Sums]:
    out = [row for row in rows if row["gone"] is False]
    published: dict[Hashable, Any] = {
        "in": data["records"]["in"],
        "source": data["sources"][0]["records"],
        "rows": data["records"]["out"],
    }
    true: dict[Hashable, int] = {"in": len(rows), "source": len(rows), "rows": len(out)}
    true["lost"] = len(rows) - len(out)
    sums: list[tuple[Any, ...]] = [("in", ["rows", "lost"]), ("in", ["source"])]
    for row in data["records"]["dropped"]:
        published["dropped"], true["dropped"] = row["count"], true["lost"]
        sums.append(("lost", ["dropped"]))
    for path, whole in WHOLES.items():
        true[path] = sum(present(path, row) for row in out)
        if whole is None:
            continue
        above, times = whole
        around: Hashable = above
        if times > 1:
            around = ("elements", above)
            true[around] = times * true[above]
            sums.append((around, [above], times))
        true["lacking", path] = true[around] - true[path]
        sums.append((around, [path, ("lacking", path)]))
    for field in data["fields"]:
        path = field["name"]
        published[path] = field["counts"]["in"]
        parts = []
        for event in ("changed", "removed", "nulled"):
            published[path, event] = field["counts"][event]
            parts.append((path, event))
        true[path, "nulled"] = 0
        true[path, "removed"] = true[path] if path == "name" else 0
        true[path, "changed"] = true[path] if path == "turns[].says" else 0
        true[path, "same"] = true[path] - sum(true[part] for part in parts)
        sums.append((path, [*parts, (path, "same")]))
        if path.count("[]") == 0 and not path.startswith("notes"):
            true["behind", path] = len(rows) - true[path]
            sums.append(("in", [path, ("behind", path)]))
    sums.append(("word", [f"word.{kind}" for kind in KINDS]))
    known = {key: _domain(true[key], published.get(key, {})) for key in true}
    return true, known, sums


def _domain(true: int, count: Mapping[str, Any]) -> Domain:
    match count:
        case {"n": int(n)}:
            assert n == true
            return (n, n)
        case {"lt": int(limit)}:
            return (1, limit - 1)
        case {"suppressed": True}:
            return (LIMIT if true >= LIMIT else 1, TOP)
        case _:  # never printed; that it is zero may be known
            return (0, 0) if true == 0 else (1, TOP)


def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """`of`, and a null now and then."""
    return st.integers(0, 9).flatmap(lambda n: st.none() if n == 0 else of)


ONE = some(st.just(1))
TURN = st.fixed_dictionaries({"who": some(st.just("me")), "says": some(st.just("hi!"))})
RECORDS = st.fixed_dictionaries(
    {
        "gone": st.sampled_from([False] * 9 + [True]),
        "name": some(st.just("Ann")),
        "at": some(
            st.fixed_dictionaries(
                {"x": ONE, "y": ONE, "deep": some(st.fixed_dictionaries({"z": ONE}))}
            )
        ),
        "turns": some(
            st.lists(
                some(
                    st.fixed_dictionaries(
                        {"who": some(st.just("me")), "says": some(st.just("hi!"))}
                    )
                ),
                max_size=3,
            )
        ),
        "notes": some(st.lists(st.tuples(st.just("k"), some(st.just("v"))), max_size=1)),
        "vector": some(st.lists(ONE, min_size=3, max_size=3)),
        "word": some(st.sampled_from(["w", 1, True])),
    }
)


def full(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "gone": False,
        "name": "Ann",
        "at": {"x": 1, "y": 1, "deep": {"z": 1}},
        "turns": [{"who": "me", "says": "hi!"}] * 2,
        "notes": [("k", "v")],
        "vector": [1, 2, 3],
        "word": "w",
    }
    return {**record, **changes}


# Each would be found by one subtraction, if what the fields lie in were not counted.
FEW: dict[str, list[dict[str, Any]]] = {
    "elements that lack a field": [full(turns=[{"who": None, "says": "hi!"}])] * 3,
    "structs that lack a field, of few records with one": [full(at=None)] * 300
    + [full(at={"x": 1, "y": None, "deep": {"z": 1}})] * 3,
    "structs within structs": [full(at=None)] * 300 + [full(at={"x": 1, "y": 1, "deep": None})] * 3,
    "entries without a value": [full(notes=[("k", None)])] * 3,
    "lists of a fixed size": [full(vector=None)] * 3,
    "elements of a fixed size that are null": [full(vector=[1, None, 3])] * 3,
    "the last of three kinds": [full(word=7)] * 150 + [full(word=True)] * 3,
}


@pytest.mark.parametrize("kind", FEW)
def test_by_one_subtraction(kind: str) -> None:
    rows = [full()] * 200 + FEW[kind]
    assert not attack(rows, scrubbed(rows).data)


@pytest.mark.parametrize("kind", FEW)
def test_the_attack_wins_where_only_fields_are_counted(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Opened, "inner_counts", lambda opened: Tally().items() if opened else ())
    rows = [full()] * 200 + FEW[kind]
    assert attack(rows, scrubbed(rows).data)


@examples(40)
@given(st.lists(RECORDS, min_size=1, max_size=30), st.sampled_from([1, 1, 7, 40]))
def test_no_small_count_is_pinned(rows: list[dict[str, Any]], times: int) -> None:
    rows = rows * times
    assert not attack(rows, scrubbed(rows).data)


def _interval(count: Mapping[str, Any], base: int) -> Domain:
    """What a rounded count allows."""
    match count:
        case {"n": 0}:
            return (0, 0)
        case {"n": int(n)}:
            return (LIMIT, n + base // 2) if n - base < LIMIT else (n - base // 2, n + base // 2)
        case {"lt": int(limit)}:
            return (1, limit - 1)
        case _:
            return (1, TOP)


BASE = 5


@examples(60)
@given(
    st.lists(st.booleans(), min_size=0, max_size=120),
    st.lists(st.booleans(), min_size=1, max_size=10),
)
def test_two_manifests_do_not_tell_how_many_people_they_differ_by(
    names: list[bool], more: list[bool]
) -> None:
    """The records of a second manifest are those of the first and a few more, whose number, and
    the number of names among them, stays open: any of at least ``BASE - 1`` is possible."""
    rows = [full(name="Ann" if named else None) for named in names]
    others = [full(name="Ann" if named else None) for named in more]
    before, after = (
        scrubbed(some, disclosure={"base": BASE}).data for some in (rows, rows + others)
    )
    known: dict[Hashable, Domain] = {"more": (0, TOP), "more names": (0, TOP)}
    for when, data in (("before", before), ("after", after)):
        (name,) = (field for field in data["fields"] if field["name"] == "name")
        known[when] = _interval(data["records"]["out"], BASE)
        known[when, "names"] = _interval(name["counts"]["in"], BASE)
        known[when, "none"] = (0, TOP)
    sums: Sums = [
        ("after", ["before", "more"]),
        (("after", "names"), [("before", "names"), "more names"]),
        ("more", ["more names", "more none"]),
        *((when, [(when, "names"), (when, "none")]) for when in ("before", "after")),
    ]
    known["more none"] = (0, TOP)
    assert len(values("more", known, sums, BASE - 1)) == BASE - 1
    if any(more):  # that there is none may be known
        assert len(values("more names", known, sums, BASE - 1)) == BASE - 1


def test_exact_manifests_tell_and_say_so() -> None:
    """With base 1 the difference of two manifests is exact: the limitations say that."""
    one, two = (scrubbed([full()] * n) for n in (100, 103))
    assert [m.data["records"]["out"] for m in (one, two)] == [{"n": 100}, {"n": 103}]
    for manifest, exact in ((one, True), (scrubbed([full()], disclosure={"base": 5}), False)):
        ids = [row["id"] for row in manifest.data["risk"]["limitations"]]
        assert ("exact-counts" in ids) is exact
