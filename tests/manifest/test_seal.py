"""The seal: what is published, what is withheld, and what may never be in a manifest."""

from __future__ import annotations

import json
import pickle
from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import ConservationError, InputError, OutputError, TamperedError
from scrubber.manifest import (
    CheckFacts,
    DeclaredFacts,
    Facts,
    FieldFacts,
    Fragment,
    Ledger,
    Manifest,
    OutputFacts,
    RescanFacts,
    RuleFacts,
    RunFacts,
    SourceFacts,
    schema,
    seal,
    validate,
)
from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.suppression.counts import count as exact_counts
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from tests.examples import examples
from tests.golden.manifest_facts import GOLDEN, LARGE, SMALL_CELLS, TINY
from tests.manifest.attacker import Domain, values

TOP = 400


def made(*sources: Mapping[str, Any], min_cell: int = 11, base: int = 1) -> Manifest:
    """A manifest of sources ``{out, dropped, in, changed, nulled, found: {entity: n}}``; the fields
    ``in`` and so on are lists, one entry per field of the source."""
    return seal(*inputs(*sources), min_cell=min_cell, base=base)


def inputs(*sources: Mapping[str, Any]) -> tuple[Facts, Ledger]:
    fragments, fields, outputs = [], {}, []
    for number, source in enumerate(sources):
        alias, out = f"s{number}.csv", source["out"]
        dropped = Tally({f"rows[{i}]": n for i, n in enumerate(source.get("dropped", ()))})
        tally: list[tuple[tuple[str, str], int]] = []
        for i, (came, changed, nulled) in enumerate(source.get("fields", ())):
            fields.setdefault(f"f{i}", []).append(alias)
            tally += [((f"f{i}", "in"), came), ((f"f{i}", "changed"), changed)]
            tally.append(((f"f{i}", "nulled"), nulled))
        found = {("f0", e, "r", "redact"): n for e, n in source.get("found", {}).items()}
        rows = out + dropped.total
        ref = BatchRef(alias, 0, 1, rows)
        again = max(0, out - source.get("passed over", 0))
        left = Tally({("f0", e, "r"): n for e, n in source.get("left", {}).items() if again})
        fragments.append(
            Fragment(ref, "", rows, out, dropped, Tally(), Tally(tally), Tally(found), again, left)
        )
        salt = "78" * 32 if out < 1000 else None
        outputs.append(OutputFacts(f"data/{alias}", "0" * 64, 9, out, alias, number, salt))
    facts = replace(
        LARGE[0],
        sources=tuple(SourceFacts(f"s{i}.csv", "text/csv") for i in range(len(sources))),
        fields=tuple(
            FieldFacts(name, tuple(at), "string", "string", None, "mask", "fields[0]", "r.yaml:1")
            for name, at in fields.items()
        ),
        outputs=tuple(outputs),
        rescan=RescanFacts(every=False, all_entities=False),
    )
    return facts, Ledger(fragments)


def test_large_counts_are_exact() -> None:
    data = seal(*LARGE).to_json()
    assert data["records"]["in"] == {"n": 3000}
    assert data["records"]["dropped"] == [{"rule": "rows[0]", "count": {"n": 150}}]
    assert data["fields"][0]["counts"]["changed"] == {"n": 1950}
    assert "suppressed" not in seal(*LARGE).to_bytes().decode()


def test_a_handful_of_dropped_records_cannot_be_subtracted() -> None:
    data = made({"out": 995, "dropped": [5], "fields": [(995, 995, 0)]}).to_json()
    assert data["records"]["dropped"][0]["count"] == {"lt": 11}
    assert data["records"]["in"] == {"suppressed": True}
    assert data["sources"][0]["records"] == {"suppressed": True}
    # what the recipient of the files can count there stays
    assert data["records"]["out"] == {"n": 995}
    assert data["fields"][0]["counts"]["in"] == {"n": 995}


def test_a_handful_of_records_without_a_value_cannot_be_subtracted() -> None:
    data = made({"out": 1000, "fields": [(1000, 1000, 0), (996, 996, 0)]}).to_json()
    counts = [field["counts"] for field in data["fields"]]
    assert counts[0]["in"] == {"n": 1000}
    assert counts[1]["in"] == counts[1]["changed"] == {"suppressed": True}
    assert data["records"]["in"] == {"n": 1000}


def test_a_handful_of_unchanged_values_cannot_be_subtracted() -> None:
    counts = made({"out": 1000, "fields": [(1000, 997, 0)]}).to_json()["fields"][0]["counts"]
    assert counts["changed"] == {"suppressed": True}
    assert counts["in"] == {"n": 1000}


def test_a_small_source_hides_a_second_one() -> None:
    data = made({"out": 5}, {"out": 700}, {"out": 900}).to_json()
    assert [s["records"] for s in data["sources"]] == [{"lt": 11}, {"suppressed": True}, {"n": 900}]
    rows = [file["rows"] for file in data["outputs"]["files"]]
    assert rows == [{"lt": 11}, {"suppressed": True}, {"n": 900}]


def test_zero_is_told() -> None:
    data = made({"out": 0, "fields": [(0, 0, 0)]}).to_json()
    assert data["records"]["in"] == data["fields"][0]["counts"]["in"] == {"n": 0}


@pytest.mark.parametrize(
    ("rows", "base", "shown"),
    [(3004, 10, 3000), (3005, 10, 3010), (11, 10, 20), (12, 100, 100), (149, 100, 100), (0, 10, 0)],
)
def test_rounding_to_a_base(rows: int, base: int, shown: int) -> None:
    data = made({"out": rows}, base=base).to_json()
    assert data["records"]["in"] == {"n": shown}
    assert data["header"]["disclosure"] == {"min_cell": 11, "base": base}


@pytest.mark.parametrize("arguments", [{"min_cell": 2}, {"base": 0}])
def test_arguments_that_protect_nothing(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        seal(*LARGE, **arguments)


def published(data: Mapping[str, Any]) -> tuple[dict[Hashable, Any], list[tuple[Any, list[Any]]]]:
    """Every count of a manifest and the sums that anyone can see must hold; the remainders, which
    are not printed, come as None."""
    counts: dict[Hashable, Any] = {"in": data["records"]["in"], "out": data["records"]["out"]}
    counts["lost"] = None
    gone = []
    for kind in ("dropped", "quarantined"):
        for i, row in enumerate(data["records"][kind]):
            counts[kind, i] = row["count"]
            gone.append((kind, i))
    sums: list[tuple[Any, list[Any]]] = [("in", ["out", "lost"]), ("lost", gone)]
    if data["risk"]["rescan"] is not None:
        counts["again"], counts["not again"] = data["risk"]["rescan"]["looked_at"], None
        sums.append(("out", ["again", "not again"]))
        for i, row in enumerate(data["risk"]["rescan"]["left"]):
            counts["left", i] = row["count"]
    aliases = [source["alias"] for source in data["sources"]]
    for source in data["sources"]:
        alias = source["alias"]
        counts["source", alias] = source["records"]
        counts["lost", alias] = counts["rows", alias] = None
        sums.append((("source", alias), [("rows", alias), ("lost", alias)]))
        files = [f for f in data["outputs"]["files"] if f["source"] == alias]
        for file in files:
            counts["file", file["path"]] = file["rows"]
        sums.append((("rows", alias), [("file", f["path"]) for f in files]))
    sums.append(("in", [("source", alias) for alias in aliases]))
    sums.append(("out", [("rows", alias) for alias in aliases]))
    for i, field in enumerate(data["fields"]):
        for event, count in field["counts"].items():
            counts[i, event] = count
        for remainder in ("unchanged", "without", "behind", "rows", "records"):
            counts[i, remainder] = None
        parts = [(i, e) for e in ("changed", "removed", "nulled", "unchanged")]
        sums.append(((i, "in"), parts))
        sums.append(((i, "rows"), [("rows", alias) for alias in field["sources"]]))
        sums.append(((i, "records"), [("source", alias) for alias in field["sources"]]))
        sums.append(((i, "rows"), [(i, "in"), (i, "without")]))
        sums.append(((i, "records"), [(i, "in"), (i, "behind")]))
    found = []
    for i, row in enumerate(data["findings"]):
        counts["found", i] = row["count"]
        found.append(("found", i))
    if found:
        counts["further"] = counts["all found"] = None
        sums.append(("all found", found))
        sums.append(("all found", [(0, "changed"), "further"]))
    return counts, sums


def exact(counts: Mapping[Hashable, Any], sums: list[tuple[Any, list[Any]]]) -> dict[Hashable, int]:
    """The true counts, remainders included, from a manifest that withholds none."""
    known = {key: count["n"] for key, count in counts.items() if count is not None}
    while len(known) < len(counts):
        for total, parts in sums:
            missing = [key for key in (total, *parts) if key not in known]
            if len(missing) == 1:
                have = sum(known[part] for part in parts if part in known)
                known[missing[0]] = have if missing == [total] else known[total] - have
    return known


@st.composite
def accounts(draw: st.DrawFn) -> list[dict[str, Any]]:
    sources = []
    width = draw(st.integers(0, 2))
    near = st.sampled_from([0, 0, 0, 1, 4, 10, 13])
    for number in range(draw(st.integers(1, 2))):
        out = draw(st.sampled_from([0, 2, 5, 11, 15, 30, 60]))
        fields = []
        for _ in range(width):
            came = max(0, out - draw(near))
            nulled = min(came, draw(near))
            changed = max(0, came - nulled - draw(near))
            fields.append((came, changed, nulled))
        source = {"out": out, "dropped": [draw(near), draw(near)], "fields": fields}
        source["passed over"] = draw(near)
        if fields:
            source["left"] = {"PERSON": draw(near), "URL": draw(near)}
        if fields and number == 0:
            first = fields[0][1]
            source["found"] = {"PERSON": first, "URL": draw(near)}
        sources.append(source)
    if len(sources) > 1:  # findings and changed values of the one field "f0" are one account
        sources[0].setdefault("found", {})["AGE"] = (
            sum(s["fields"][0][1] for s in sources) if width else 0
        )
    if not width:
        sources[0].pop("found", None)
    return sources


def truth(facts: Facts, ledger: Ledger) -> dict[str, Any]:
    """The manifest as it would be without disclosure control: every count as ``{n}``."""
    data = seal(facts, ledger).to_json()
    cells = exact_counts(facts, ledger).cells
    plain = {key: {"n": cell.value} for key, cell in cells.items()}
    data["records"]["in"], data["records"]["out"] = plain["records", "in"], plain["records", "out"]
    for kind, name in (("dropped", "rule"), ("quarantined", "reason")):
        for row in data["records"][kind]:
            row["count"] = plain[kind, row[name]]
    for source in data["sources"]:
        source["records"] = plain["source", source["alias"]]
    for file in data["outputs"]["files"]:
        file["rows"] = plain["output", file["path"]]
    for i, field in enumerate(data["fields"]):
        field["counts"] = {event: plain["field", i, event] for event in field["counts"]}
    rescan = data["risk"]["rescan"]
    rescan["looked_at"] = plain[("rescanned",)]
    for row in rescan["left"]:
        row["count"] = plain["residual", row["field"], row["entity"], row["recognizer"]]
    for row in data["findings"]:
        key = ("finding", row["field"], row["entity"], row["recognizer"], row["action"])
        row["count"] = plain[key]
    return data


@examples(100)
@given(accounts())
def test_no_attacker_can_pin_a_small_count(sources: list[dict[str, Any]]) -> None:
    facts, ledger = inputs(*sources)
    counts, sums = published(seal(facts, ledger).to_json())
    true = exact(*published(truth(facts, ledger)))
    domains: dict[Hashable, Domain] = {}
    for key, count in counts.items():
        match count:
            case {"n": n}:
                domains[key] = (n, n)
            case {"lt": limit}:
                domains[key] = (1, limit - 1)
            case {"suppressed": True}:
                domains[key] = (11 if true[key] >= 11 else 1, TOP)
            case None:
                # A strong attacker: knows which remainders are zero.
                nothing = true[key] == 0 and key != "further"
                domains[key] = (0, 0) if nothing else (int(key != "further"), TOP)
    for key, value in true.items():
        if 0 < value < 11 and key not in ("further", "all found"):
            assert len(values(key, domains, sums, 2)) > 1, key


def test_the_id_is_that_of_the_core() -> None:
    facts, ledger = LARGE
    other = replace(facts, run=RunFacts("2027-01-01T00:00:00Z", "run-2", 9, 8))
    assert seal(other, ledger).id == seal(facts, ledger).id
    assert seal(other, ledger) != seal(facts, ledger)
    changed = replace(facts, limitations=("The sample is not random.",))
    assert seal(changed, ledger).id != seal(facts, ledger).id


def test_the_order_of_arrival_does_not_matter() -> None:
    facts, ledger = LARGE
    turned = replace(facts, sources=facts.sources[::-1], outputs=facts.outputs[::-1])
    assert seal(turned, Ledger(reversed(list(ledger)))).to_bytes() == seal(facts, ledger).to_bytes()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_schema_accepts_what_is_sealed(name: str) -> None:
    assert validate(seal(*GOLDEN[name]).to_json()) == []


def test_schema_is_2020_12_and_closed_everywhere() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert set(node["required"]) == set(node["properties"])
                assert all(child["description"] for child in node["properties"].values())
            assert node.get("type") != "number"
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("records", "in"), {"n": 1, "lt": 11}),
        (("records", "in"), {"n": 1.5}),
        (("records", "in"), {"suppressed": False}),
        (("records", "in"), 7),
        (("fields", 0, "class"), "secret"),
        (("fields", 0, "sample"), "Ann Poe"),
        (("outputs", "files", 0, "path"), "/etc/passwd"),
        (("header", "kind"), "plan"),
        (("waivers",), [{}]),
        (("dataset", "name", "status"), "guessed"),
    ],
)
def test_schema_refuses(path: tuple[Any, ...], value: Any) -> None:
    data = seal(*LARGE).to_json()
    node: Any = data
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    problems = validate(data)
    assert problems
    assert "Ann Poe" not in str(problems)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "data",
        "data/",
        "/data/x",
        "data/../x",
        "../data/x",
        "data//x",
        "data/./x",
        "x/y",
        "data/\0",
    ],
)
def test_outputs_lie_below_data(path: str) -> None:
    facts, ledger = LARGE
    outputs = (replace(facts.outputs[0], path=path), facts.outputs[1])
    with pytest.raises(OutputError):
        seal(replace(facts, outputs=outputs), ledger)


def test_names_that_are_not_unicode_are_refused() -> None:
    facts, ledger = LARGE
    sources = (*facts.sources, SourceFacts("\udcff.csv", "text/csv"))
    with pytest.raises(OutputError):
        seal(replace(facts, sources=sources), ledger)


@pytest.mark.parametrize(
    "change",
    [
        {"sources": LARGE[0].sources[:1]},
        {"sources": (*LARGE[0].sources, LARGE[0].sources[0])},
        {"fields": LARGE[0].fields[1:]},
        {"fields": (*LARGE[0].fields, LARGE[0].fields[0])},
        {"fields": (*LARGE[0].fields[:3], replace(LARGE[0].fields[3], sources=("x",)))},
        {"outputs": LARGE[0].outputs[:1]},
        {"outputs": (replace(LARGE[0].outputs[0], rows=1949), LARGE[0].outputs[1])},
    ],
    ids=["source", "source twice", "field", "field twice", "unknown source", "output", "rows"],
)
def test_what_is_counted_is_stated_exactly_once(change: dict[str, Any]) -> None:
    facts, ledger = LARGE
    with pytest.raises(ConservationError):
        seal(replace(facts, **change), ledger)


def test_more_values_than_records_is_a_contradiction() -> None:
    with pytest.raises(ConservationError):
        made({"out": 20, "fields": [(21, 0, 0)]})


def test_a_table_in_memory_has_no_outputs() -> None:
    facts, ledger = LARGE
    data = seal(replace(facts, outputs=()), ledger).to_json()
    assert data["outputs"]["files"] == []
    assert data["records"]["out"] == {"n": 2850}


DECLARED = [
    ({}, "name", None, "unknown"),
    ({"name": None}, "name", None, "unknown"),
    ({"name": "unknown"}, "name", None, "unknown"),
    ({"name": "not_applicable"}, "name", None, "not_applicable"),
    ({"name": "crm"}, "name", "crm", "declared"),
    ({"license": "CC0"}, "licence", "CC0", "declared"),
    ({"purpose": "train"}, "purposes", ["train"], "declared"),
    ({"purposes": ["a", "b"]}, "purposes", ["a", "b"], "declared"),
    (
        {"retention": {"delete_by": "2027-06-30"}},
        "retention",
        {"delete_by": "2027-06-30", "other": None},
        "declared",
    ),
    (
        {"consent": {"reference": "R", "x": 1.5}},
        "consents",
        [{"reference": "R", "status": None, "other": '{"x":"1.5"}'}],
        "declared",
    ),
    (
        {"commitments": [{"id": "C1", "text": "t"}]},
        "commitments",
        [{"id": "C1", "text": "t", "other": None}],
        "declared",
    ),
]


@pytest.mark.parametrize(("given_facts", "name", "value", "status"), DECLARED)
def test_declared_facts_have_a_status(
    given_facts: dict[str, Any], name: str, value: Any, status: str
) -> None:
    facts, ledger = LARGE
    declared = DeclaredFacts(json.dumps(given_facts), "rules/x.yaml")
    data = seal(replace(facts, declared=declared), ledger).to_json()
    fact = {**data["dataset"], **data["legal"]}[name]
    assert (fact["value"], fact["status"]) == (value, status)
    assert fact["asserted_by"] == (None if status == "unknown" else "rules/x.yaml")


@pytest.mark.parametrize(
    "text", ['{"name":"\\ud800Ann"}', "[]", '{"x":', '{"x":1e999}', '{"x":9007199254740993}']
)
def test_declared_facts_that_no_manifest_can_hold(text: str) -> None:
    facts, ledger = LARGE
    refused = replace(facts, declared=DeclaredFacts(text, "r"))
    if "e999" in text:  # fractions are kept as their text
        assert seal(refused, ledger).to_json()["dataset"]["other"][0]["value"] == "1e999"
        return
    with pytest.raises(OutputError) as caught:
        seal(refused, ledger)
    assert caught.value.code == "manifest-text"
    assert "Ann" not in str(caught.value)


def test_declared_facts_that_no_section_names_are_not_lost() -> None:
    facts, ledger = LARGE
    declared = DeclaredFacts('{"team":{"b":[1,2.5]},"dpo":"x"}', "r")
    other = seal(replace(facts, declared=declared), ledger).to_json()["dataset"]["other"]
    assert [(row["name"], row["value"]) for row in other] == [
        ("dpo", "x"),
        ("team", '{"b":[1,"2.5"]}'),
    ]


def test_parameters_are_texts() -> None:
    facts, ledger = LARGE
    parameters = {"z": 0.5, "a": [1, "x"], "m": {"k": True}, "n": None, "s": "t"}
    rule = RuleFacts("fields[0]", "r.yaml:1", "email", "bin", parameters)
    policy = replace(facts.policy, rules=(rule,))
    shown = seal(replace(facts, policy=policy), ledger).to_json()["policy"]["rules"][0][
        "parameters"
    ]
    assert [(p["name"], p["value"]) for p in shown] == [
        ("a", "1, x"),
        ("m", "k: true"),
        ("n", "null"),
        ("s", "t"),
        ("z", "0.5"),
    ]


def test_limitations_follow_from_what_was_done() -> None:
    facts, ledger = LARGE
    unsafe = replace(facts.fields[2], unsafe=True)
    fields = (*facts.fields[:2], unsafe, facts.fields[3])
    stated = replace(facts, fields=fields, limitations=("ner was off",))
    limits = [row["id"] for row in seal(stated, ledger).to_json()["risk"]["limitations"]]
    assert limits == [
        "not-anonymous",
        "risk-by-unicity",
        "exact-counts",
        "no-rescan",
        "unsafe-keep",
        "detection",
        "linkable",
        "stated",
    ]


def test_failed_checks_are_on_record() -> None:
    facts, ledger = LARGE
    checks = (CheckFacts("gate", False, "error", "a", "b"),)
    data = seal(replace(facts, checks=checks), ledger).to_json()
    assert [(c["id"], c["passed"]) for c in data["checks"]] == [
        ("conservation", True),
        ("gate", False),
    ]


def test_a_manifest_is_read_only_and_shows_its_id_alone() -> None:
    manifest = seal(*LARGE)
    with pytest.raises(TypeError):
        manifest.data["records"]["in"] = {"n": 1}  # type: ignore[index]
    assert isinstance(manifest.data["fields"], tuple)
    assert repr(manifest) == f"Manifest(id={manifest.id[:16]})"
    assert pickle.loads(pickle.dumps(manifest)) == manifest
    manifest.to_json()["records"]["in"] = {"n": 1}
    assert manifest.to_bytes() == seal(*LARGE).to_bytes()


def edited(change: dict[str, Any]) -> bytes:
    return canonical_bytes({**seal(*LARGE).to_json(), **change})


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "manifest-form"),
        (b"null", "manifest-schema"),
        (b"{}", "manifest-schema"),
        (seal(*LARGE).to_bytes() + b"\n", "manifest-form"),
        (seal(*LARGE).to_bytes().replace(b'"run":{', b'"run":{"id":"x",'), "manifest-form"),
        (seal(*LARGE).to_bytes().replace(b"manifest/v1", b"manifest/v9"), "manifest-version"),
        (edited({"extra": 1}), "manifest-schema"),
        (edited({"waivers": [1]}), "manifest-schema"),
        (seal(*LARGE).to_bytes().replace(b'{"n":3000}', b'{"n":3001}'), "manifest-id"),
    ],
    ids=str,
)
def test_only_intact_manifests_are_read(raw: bytes, code: str) -> None:
    kind = InputError if code == "manifest-version" else TamperedError  # that is no tampering
    with pytest.raises(kind) as caught:
        Manifest.from_bytes(raw)
    assert caught.value.code == code


def test_nothing_but_what_was_stated_is_in_it() -> None:
    text = "".join(seal(*made_of).to_bytes().decode() for made_of in (LARGE, SMALL_CELLS, TINY))
    assert str(Path.cwd()) not in text
    for word in ("/home", "/root", "/tmp", "hostname"):
        assert word not in text
