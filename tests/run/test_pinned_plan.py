"""A run is held to a written plan: what drifted is named, and nothing is published then."""

from __future__ import annotations

import csv
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scrubber.attest.attested import attested_plan
from scrubber.attest.checking import check_plan
from scrubber.attest.gate import gate
from scrubber.attest.signer import SigningKey
from scrubber.attest.trust import Person, Trust
from scrubber.errors import GateError, InputError, KeyFault, ScrubberError, TamperedError
from scrubber.manifest import HIDDEN, Fragment
from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.planned import PlanDocument, Share, plan_schema, read_plan
from scrubber.manifest.planview import plan_screen
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from scrubber.policy import Rules, rules_from_mapping
from scrubber.run.forecast import differing, forecast
from scrubber.run.pinned_plan import plan_document
from scrubber.run.request import Request
from scrubber.run.run import run, survey
from scrubber.run.survey import Survey
from scrubber.run.work_ids import work_ids
from scrubber.transform.keys import RootKey

KEY = RootKey(bytes(range(32)))
RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]},
    "rows": [{"drop": "consent = 'no'", "reason": "no consent"}],
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "user"}}},
        {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}},
        {"name": "note", "class": "text", "entities": {"default": "redact"}},
        {"name": "consent", "class": "insensitive", "keep": "a gate"},
    ],
}


def write(folder: Path, rows: int, mails: int, no: int, name: str = "t.csv") -> list[str]:
    """A table in which `mails` of ten notes hold an address, and `no` of ten records go."""
    (folder / "in").mkdir(exist_ok=True)
    with (folder / "in" / name).open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "age", "note", "consent"])
        for i in range(rows):
            note = f"mail ann{i}@example.com" if i % 10 < mails else "nothing"
            out.writerow([i, 20 + i % 50, note, "no" if i // 10 % 10 < no else "yes"])
    return [str(folder / "in")]


def planned(inputs: list[str], rules: dict[str, Any] = RULES) -> PlanDocument:
    parsed = rules_from_mapping(rules)
    surveyed = survey(parsed, inputs)
    return plan_document(parsed, surveyed, forecast(surveyed, KEY), KEY)


def test_a_run_as_planned_states_the_plan(tmp_path: Path) -> None:
    inputs = write(tmp_path, 2000, 4, 2)
    document = planned(inputs)
    manifest = run(
        Request(
            rules_from_mapping(RULES), inputs, tmp_path / "out", key=KEY, pinned=document, workers=2
        )
    )
    (check,) = [c for c in manifest.data["checks"] if c["id"] == "plan"]
    assert check["passed"]
    assert check["expected"] == f"as planned in {document.id}"
    plain = run(Request(rules_from_mapping(RULES), inputs, tmp_path / "plain", key=KEY))
    assert plain.data["fields"] == manifest.data["fields"]


def test_the_plan_says_what_the_manifest_will_say(tmp_path: Path) -> None:
    inputs = write(tmp_path, 600, 4, 2)
    document = planned(inputs)
    manifest = run(Request(rules_from_mapping(RULES), inputs, tmp_path / "out", key=KEY))
    for name in ("dataset", "legal", "policy", "engine"):
        then, now = dict(document.data[name]), manifest.to_json()[name]
        if name == "engine":  # what is installed is known where it runs
            assert (then.pop("lock_digest"), len(now.pop("lock_digest"))) == (None, 64)
        if name == "policy":  # what is told under the key only is hidden in a plan
            for one, other in zip(then["rules"], now["rules"], strict=True):
                for row, told in zip(one["parameters"], other["parameters"], strict=True):
                    if row["value"].endswith(HIDDEN):
                        row["value"] = told["value"]
        assert then == now
    assert [f["name"] for f in document.data["fields"]] == ["id", "age", "note", "consent"]
    assert "counts" not in document.data["fields"][0]
    assert document.data["fields"][0]["key_id"] is None
    assert "ann1@" not in document.to_bytes().decode()


def test_a_plan_names_the_key_of_the_rules_and_a_run_refuses_another(tmp_path: Path) -> None:
    inputs = write(tmp_path, 60, 4, 2)
    rules = {**RULES, "key": {"env": "NOT_SET", "id": KEY.id}}
    document = plan_document(rules_from_mapping(rules), survey(rules_from_mapping(rules), inputs))
    named = {field["key_id"] for field in document.data["fields"]}
    assert named <= {KEY.id, None}
    assert KEY.id in named
    other = RootKey(bytes(range(7, 39)))
    for key, code in ((KEY, None), (other, "key-other")):
        request = Request(rules_from_mapping(rules), inputs, tmp_path / "out", key=key)
        if code is None:
            assert run(request).data["fields"][0]["key_id"] == KEY.id
        else:
            with pytest.raises(KeyFault, match=code):
                run(replace(request, out=tmp_path / "other"))
    drifted = {**rules, "key": {"env": "NOT_SET", "id": other.id}}
    now = plan_document(rules_from_mapping(drifted), survey(rules_from_mapping(drifted), inputs))
    assert any("key id was" in said for said in document.drift(now))


def test_shares_are_those_of_the_data(tmp_path: Path) -> None:
    shares = {(s.field, s.event): s.milli for s in planned(write(tmp_path, 3000, 4, 2)).shares}
    assert shares == {
        (None, "dropped"): 200,
        ("id", "changed"): 1000,
        ("id", "nulled"): 0,
        ("age", "changed"): 1000,
        ("age", "nulled"): 0,
        ("note", "changed"): 400,
        ("note", "nulled"): 0,
        ("consent", "changed"): 0,
        ("consent", "nulled"): 0,
    }


def test_a_small_source_tells_no_share(tmp_path: Path) -> None:
    assert planned(write(tmp_path, 439, 4, 0)).shares == ()


def test_a_share_is_rounded_beyond_any_small_count(tmp_path: Path) -> None:
    """Of 440 values, ten that are changed are not told from none."""
    (tmp_path / "in").mkdir()
    for changed in range(11):
        with (tmp_path / "in" / "t.csv").open("w", newline="") as file:
            file.write("id,age,note,consent\n")
            for i in range(440):
                file.write(f"{i},30,{'a@example.com' if i < changed else 'x'},yes\n")
        document = planned([str(tmp_path / "in")])
        (share,) = [s for s in document.shares if (s.field, s.event) == ("note", "changed")]
        assert share.milli == 0


def _with(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(RULES), **changes}


def _fields(index: int, **changes: Any) -> dict[str, Any]:
    rules = deepcopy(RULES)
    rules["fields"][index].update(changes)
    return rules


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        (_fields(1, transform={"bin": {"width": 5}}), "field age of t.csv: parameters"),
        (_fields(1, transform="drop"), "field age of t.csv: action was bin, is drop"),
        (_fields(3, keep="another reason"), "the rules: not the same"),
        (_with(on_error="drop_row"), "the rules: not the same"),
        (_with(rows=[]), "the rules: not the same"),
        (_with(detect={"ner": "none", "entities": ["IP_ADDRESS"]}), "detector EmailRecognizer"),
    ],
)
def test_other_rules_are_drift(tmp_path: Path, rules: dict[str, Any], named: str) -> None:
    inputs = write(tmp_path, 50, 4, 2)
    document = planned(inputs)
    with pytest.raises(GateError, match="plan-drift") as caught:
        run(Request(rules_from_mapping(rules), inputs, tmp_path / "out", key=KEY, pinned=document))
    assert named in str(caught.value)
    assert caught.value.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_other_sources_are_drift(tmp_path: Path) -> None:
    document = planned(write(tmp_path, 50, 4, 2))
    inputs = write(tmp_path, 50, 4, 2, "u.csv")
    with pytest.raises(GateError, match=r"source u\.csv: new"):
        run(Request(rules_from_mapping(RULES), inputs, tmp_path / "out", key=KEY, pinned=document))
    (tmp_path / "in" / "t.csv").unlink()
    with pytest.raises(GateError, match=r"source t\.csv: gone"):
        run(Request(rules_from_mapping(RULES), inputs, tmp_path / "out", key=KEY, pinned=document))


def test_another_type_is_drift(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rules = rules_from_mapping({"version": 1, "fields": [{"name": "*", "keep": "x"}]})
    pq.write_table(pa.table({"n": [1]}), tmp_path / "t.parquet")
    inputs = [str(tmp_path / "t.parquet")]
    document = plan_document(rules, survey(rules, inputs))
    pq.write_table(pa.table({"n": ["1"]}), tmp_path / "t.parquet")
    with pytest.raises(GateError, match="type in was int64, is string"):
        run(Request(rules, inputs, tmp_path / "out", pinned=document))


def test_the_protection_of_counts_is_planned(tmp_path: Path) -> None:
    inputs = write(tmp_path, 50, 4, 2)
    rounded = planned(inputs, {**RULES, "disclosure": {"base": 5, "min_cell": 20}})
    assert rounded.data["header"]["disclosure"] == {"base": 5, "min_cell": 20}
    assert PlanDocument.from_bytes(rounded.to_bytes()) == rounded
    said = [row.count for row in plan_screen(rounded).rows]
    assert "counts from 1 to 19 are withheld, others rounded to multiples of 5" in said
    drift = rounded.drift(planned(inputs))
    assert "the counts of the manifest: base was 5, is 1, min cell was 20, is 11" in drift


def test_another_program_is_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = planned(write(tmp_path, 50, 4, 2))
    monkeypatch.setattr("scrubber.run.facts.__version__", "9.9.9")
    assert document.drift(planned([str(tmp_path / "in")])) == ("the program: not the same",)


@pytest.mark.parametrize(
    ("mails", "no", "named"),
    [
        (9, 2, "values of note of t.csv changed: expected about 40 %, came out about 90 %"),
        (0, 2, "values of note of t.csv changed: expected about 40 %, came out about 0 %"),
        (4, 5, "records of t.csv dropped: expected about 20 %, came out about 50 %"),
    ],
)
def test_other_shares_are_drift(tmp_path: Path, mails: int, no: int, named: str) -> None:
    document = planned(write(tmp_path, 2000, 4, 2))
    inputs = write(tmp_path, 2000, mails, no)
    with pytest.raises(GateError, match="plan-drift") as caught:
        run(Request(rules_from_mapping(RULES), inputs, tmp_path / "out", key=KEY, pinned=document))
    assert named in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_little_more_is_no_drift() -> None:
    fragment = Fragment(
        BatchRef("t", 0, 1, 1000),
        "",
        1000,
        800,
        Tally({"rows[0]": 200}),
        Tally(),
        Tally({("a", "in"): 800, ("a", "changed"): 400}),
    )
    for milli, told in ((400, 0), (600, 0), (399, 1), (601, 1)):
        assert len(list(differing([Share("t", "a", "changed", milli)], [fragment], 11))) == told
    assert list(differing([Share("u", "a", "changed", 0)], [fragment], 11)) == []


def test_a_value_that_fails_stops_no_plan(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age\n" + "30\n" * 500 + "old\n" * 500)
    rules = {"version": 1, "fields": [RULES["fields"][1]]}
    document = planned([str(tmp_path / "t.csv")], rules)
    shares = {(s.field, s.event): s.milli for s in document.shares}
    assert shares["age", "nulled"] == 500


def test_a_plan_survives_its_bytes(tmp_path: Path) -> None:
    document = planned(write(tmp_path, 1000, 4, 2))
    (tmp_path / "plan.json").write_bytes(document.to_bytes())
    assert read_plan(tmp_path / "plan.json") == document
    assert document == planned([str(tmp_path / "in")])
    assert repr(document) == f"PlanDocument(id={document.id[:16]})"


def test_a_flipped_byte_of_a_plan_is_found(tmp_path: Path) -> None:
    raw = planned(write(tmp_path, 50, 4, 2)).to_bytes()
    for i in range(0, len(raw), 41):
        with pytest.raises(TamperedError, match="plan-"):
            PlanDocument.from_bytes(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :])


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b"\xff", b'{"header":{}}'])
def test_what_is_no_plan(raw: bytes) -> None:
    with pytest.raises(TamperedError, match="plan-form"):
        PlanDocument.from_bytes(raw)


def test_a_plan_with_more_in_it_is_none(tmp_path: Path) -> None:
    document = planned(write(tmp_path, 50, 4, 2))
    with pytest.raises(TamperedError, match="plan-form") as caught:
        PlanDocument.from_bytes(canonical_bytes({**document.data, "note": "Ann Poe"}))
    assert "Ann Poe" not in str(caught.value)


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no-plan"):
        read_plan(tmp_path / "plan.json")
    with pytest.raises(ScrubberError):
        read_plan(tmp_path)


def test_the_schema_of_a_plan_is_one() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(plan_schema())


def test_what_privacy_will_choose_has_no_share(tmp_path: Path) -> None:
    rules = {
        "version": 1,
        "fields": [
            {"name": "age", "class": "quasi_identifier"},
            {"name": "kind", "class": "insensitive", "keep": "a category"},
        ],
        "privacy": {
            "k": 5,
            "suppression_limit": 0.2,
            "hierarchies": {"age": [{"bin": {"width": 10}}]},
        },
    }
    ages = [20 + i % 40 for i in range(1000)] + list(range(100, 1100, 10))
    (tmp_path / "t.csv").write_text("age,kind\n" + "".join(f"{age},x\n" for age in ages))
    inputs = [str(tmp_path / "t.csv")]
    document = planned(inputs, rules)
    assert {(s.field, s.event) for s in document.shares} == {
        (None, "dropped"),
        ("kind", "changed"),
        ("kind", "nulled"),
    }
    manifest = run(Request(rules_from_mapping(rules), inputs, tmp_path / "out", pinned=document))
    assert {c["id"] for c in manifest.data["checks"]} >= {"plan", "conservation"}
    assert manifest.data["records"]["dropped"]
    (tmp_path / "plan.json").write_bytes(document.to_bytes())
    for path in (tmp_path / "plan.json", tmp_path / "out"):
        for k, passed in ((5, True), (6, False)):
            trust = Trust((), ("author",), k=k)
            checks = {c.id: c for c in gate(path, trust, date(2026, 1, 1)).checks}
            assert checks["k-anonymity"].passed is passed
            assert checks["k-anonymity"].actual == "k = 5"


def test_rules_that_ask_for_no_classes_fail_where_they_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(planned(write(tmp_path, 50, 4, 2)).to_bytes())
    verdict = gate(tmp_path / "plan.json", Trust((), ("author",), k=2), date(2026, 1, 1))
    assert verdict.exit_code == 1


def test_any_flipped_byte_of_a_signed_plan_is_found(tmp_path: Path) -> None:
    key = SigningKey.new()
    trust = Trust((Person("ada", (key.public,), frozenset({"author"})),), ("author",))
    path = tmp_path / "plan.json"
    path.write_bytes(planned(write(tmp_path, 50, 4, 2)).to_bytes())
    document = attested_plan(path)
    document.attest(document.statement(), key)

    def passes() -> bool:
        return all(check.passed for check in check_plan(path, trust, date(2026, 1, 1)))

    assert passes()
    for file in (path, tmp_path / "plan.intoto.jsonl"):
        before = file.read_bytes()
        for i in (*range(0, len(before), 67), len(before) - 1):
            file.write_bytes(before[:i] + bytes([before[i] ^ 1 << i % 8]) + before[i + 1 :])
            assert not passes(), (file.name, i)
        file.write_bytes(before)
    assert passes()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model on disk that knows a person, by rule."""
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Ann Poe"}])
    pipeline.to_disk(tmp_path / "tiny")
    return tmp_path / "tiny"


def of_another_person(model: Path) -> None:
    """The same name and version, and another content of the same length."""
    path = next(model.rglob("patterns.jsonl"))
    path.write_bytes(path.read_bytes().replace(b"Ann Poe", b"Bob Poe"))


def test_a_model_of_the_same_name_and_version_is_drift(tmp_path: Path, tiny: Path) -> None:
    inputs = write(tmp_path, 600, 4, 2)
    rules = {**RULES, "detect": {**RULES["detect"], "ner": f"spacy:{tiny}"}}

    def survey_of(rules: dict[str, Any]) -> tuple[Rules, Survey]:
        parsed = rules_from_mapping(rules)
        return parsed, survey(parsed, inputs)

    parsed, surveyed = survey_of(rules)
    document = plan_document(parsed, surveyed, (), KEY)
    before = work_ids(parsed, surveyed.plan, None)
    run(Request(parsed, inputs, tmp_path / "one", key=KEY, pinned=document))
    of_another_person(tiny)
    with pytest.raises(GateError, match=r"plan-drift.*detector spacy:en_.*: model digest was"):
        run(Request(rules_from_mapping(rules), inputs, tmp_path / "two", key=KEY, pinned=document))
    parsed, surveyed = survey_of(rules)
    assert work_ids(parsed, surveyed.plan, None) != before  # no part of the other is taken over
