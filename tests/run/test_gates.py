"""Gates and the second look: what is left is counted and told, and stops a run that may not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.assess import ENTITIES, WRITINGS
from scrubber.cli import main
from scrubber.errors import GateError, RuleError
from scrubber.manifest import screen, validate
from scrubber.pipeline import batch as scrubbing
from scrubber.pipeline.rescan import Rescanned, rescan

KEY = bytes(range(32))
PATTERNS = {"ner": "none"}
ID = {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}}
NOTE = {"name": "note", "class": "text", "entities": {"default": "redact"}}
KEPT = {"name": "kept", "class": "insensitive", "keep": "a test"}
AGE = {"name": "age", "class": "quasi_identifier", "keep": "a test"}


def rules(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 1, "fields": list(fields), "detect": PATTERNS, **more}


def left(frame: pl.DataFrame, *fields: dict[str, Any], **more: Any) -> dict[tuple[str, str], Any]:
    """What the manifest says is left, by field and entity."""
    manifest = scrubber.scrub(frame, rules(*fields, **more), key=KEY).manifest
    assert validate(manifest.to_json()) == []
    return {
        (row["field"], row["entity"]): row["count"]
        for row in manifest.data["risk"]["rescan"]["left"]
    }


def test_nothing_is_left_of_what_was_found() -> None:
    frame = pl.DataFrame({"id": [f"C-{i:05}" for i in range(50)], "note": ["mail a@firm.com"] * 50})
    surrogate = {**NOTE, "entities": {"default": "redact", "EMAIL_ADDRESS": "surrogate"}}
    for note in (NOTE, surrogate):
        assert left(frame, ID, note) == {}


def test_a_kept_field_is_looked_at() -> None:
    frame = pl.DataFrame({"kept": ["gold", "write to bob@firm.com"] * 20, "note": ["hi"] * 40})
    assert left(frame, KEPT, NOTE) == {("kept", "EMAIL_ADDRESS"): {"n": 20}}


def test_a_name_in_a_cell_is_no_evidence() -> None:
    frame = pl.DataFrame({"kept": ["Peru", "Violet Brown", "2026-01-01"] * 20, "note": ["hi"] * 60})
    assert left(frame, KEPT, NOTE, detect={}) == {}  # the built-in names model


def test_the_records_own_identifiers_are_looked_for() -> None:
    frame = pl.DataFrame({"id": ["C-10001", "C-10002"] * 20, "note": ["ask c-10001", "none"] * 20})
    assert left(frame, ID, NOTE) == {("note", "OWN_IDENTIFIER"): {"n": 20}}
    assert left(frame, ID, {**NOTE, "linked": ["id"]}) == {}


def test_few_are_not_told() -> None:
    frame = pl.DataFrame({"kept": ["bob@firm.com"] * 3 + ["gold"] * 60, "note": ["hi"] * 63})
    assert left(frame, KEPT, NOTE) == {("kept", "EMAIL_ADDRESS"): {"lt": 11}}


def test_what_a_rule_keeps_by_its_entity_is_not_left() -> None:
    frame = pl.DataFrame({"note": ["see www.firm.com, a@firm.com"] * 20})
    kept = {**NOTE, "entities": {"default": "redact", "URL": {"keep": "public"}}}
    assert left(frame, kept) == {}


def test_a_gate_looks_for_all_entities() -> None:
    frame = pl.DataFrame({"note": ["a@firm.com, 212-555-0152"] * 20})
    detect = {"ner": "none", "entities": ["EMAIL_ADDRESS"]}
    assert left(frame, NOTE, detect=detect) == {}
    wide = left(frame, NOTE, detect=detect, gates={"max_residual_rate": 1})
    assert wide[("note", "PHONE_NUMBER")] == {"n": 20}


def test_a_table_without_text_is_looked_at_where_a_gate_asks() -> None:
    frame = pl.DataFrame({"kept": ["bob@firm.com"] * 20})
    manifest = scrubber.scrub(frame, rules(KEPT)).manifest.data
    assert manifest["risk"]["rescan"] is None
    assert "no-rescan" in {row["id"] for row in manifest["risk"]["limitations"]}
    with pytest.raises(GateError, match=r"residual-rate.*EMAIL_ADDRESS in kept: 20"):
        scrubber.scrub(frame, rules(KEPT, gates={"max_residual_rate": 0.9}))


NESTED = [{"messages": [{"who": "me", "text": "C-10001"}, {"who": "you", "text": "b@firm.com"}]}]


def test_lists_and_nulls() -> None:
    rows = [*NESTED, {"messages": None}, {"messages": [{"who": None, "text": None}]}] * 20
    frame = pl.DataFrame(rows).with_columns(id=pl.lit("C-10001"))
    fields = (
        ID,
        {"name": "messages[].who", "class": "insensitive", "keep": "a role"},
        {**NOTE, "name": "messages[].text"},
    )
    assert left(frame, *fields) == {("messages[].text", "OWN_IDENTIFIER"): {"n": 20}}


@pytest.mark.parametrize("frame", [pl.DataFrame({"note": []}), pl.DataFrame({"note": [None] * 9})])
def test_nothing_to_look_at(frame: pl.DataFrame) -> None:
    frame = frame.cast(pl.String)
    gates = {"max_residual_rate": 0, "rescan": "all"}
    manifest = scrubber.scrub(frame, rules(NOTE, gates=gates)).manifest
    passed = {check["id"]: check["passed"] for check in manifest.data["checks"]}
    assert passed == {"conservation": True, "residual-rate": True}


def test_a_gate_on_what_was_not_measured_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"note": ["hi"] * 40, "kept": ["x"] * 40})
    with pytest.raises(GateError, match=r"min-k.*nothing to count"):
        scrubber.scrub(frame, rules(NOTE, KEPT, gates={"min_k": 2}))
    monkeypatch.setattr(scrubbing, "rescan", lambda *_args, **_more: Rescanned())
    with pytest.raises(GateError, match=r"residual-rate.*scanned again"):
        scrubber.scrub(frame, rules(NOTE, KEPT, gates={"max_residual_rate": 1}))


def test_quasi_identifiers_that_are_all_dropped_make_no_classes() -> None:
    frame = pl.DataFrame({"note": ["hi"] * 40, "age": [1] * 40})
    dropped = {"name": "age", "class": "quasi_identifier", "transform": "drop"}
    manifest = scrubber.scrub(frame, rules(NOTE, dropped, gates={"min_k": 2})).manifest
    told = {check["id"]: check["actual"] for check in manifest.data["checks"]}
    assert told["min-k"] == "every quasi-identifier is dropped"


def test_a_detector_that_misses_at_first_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look takes nothing from the first: not even that it took place."""
    monkeypatch.setattr(scrubbing, "look", lambda *args: _blind(*args))
    frame = pl.DataFrame({"note": ["mail a@firm.com"] * 20})
    assert left(frame, NOTE) == {("note", "EMAIL_ADDRESS"): {"n": 20}}


def _blind(table: Any, plan: Any, _detector: Any, *rest: Any) -> Any:
    from scrubber.pipeline.detection import look

    class Nothing:
        identities = ()

        def detect(self, texts: Any) -> list[tuple[()]]:
            return [()] * len(texts)

        def attempt(self, texts: Any, _patience: int) -> list[Any]:
            return [()] * len(texts)

    return look(table, plan, Nothing(), *rest)


@pytest.mark.slow
def test_a_sample_is_the_same_for_any_number_of_workers_and_all_is_all(tmp_path: Path) -> None:
    """Slices, dictionaries and nulls take other memory in another process, and are the same."""
    texts = [None if i % 7 == 0 else "nothing to see " * (i % 400) for i in range(900)]
    kept = pa.array(["bob@firm.com" if i % 2 else "x" for i in range(900)]).dictionary_encode()
    pq.write_table(
        pa.table({"note": texts, "kept": kept}), tmp_path / "in.parquet", row_group_size=350
    )
    made = []
    for name, workers, gates in (("a", 1, {}), ("b", 2, {}), ("c", 1, {"rescan": "all"})):
        wanted = rules(KEPT, NOTE, gates=gates)
        found = scrubber.scrub(
            tmp_path / "in.parquet", wanted, key=KEY, out=tmp_path / name, workers=workers
        )
        made.append(found.manifest)
    told = [one.data["risk"]["rescan"] for one in made]
    assert made[0].id == made[1].id
    assert told[0]["records"] == "sample"
    assert 200 < told[0]["looked_at"]["n"] < 900
    assert 0 < told[0]["left"][0]["count"]["n"] < 450
    assert (told[2]["records"], told[2]["looked_at"]) == ("all", {"n": 900})
    assert told[2]["left"][0]["count"] == {"n": 450}


def test_what_is_planted_is_caught_and_told() -> None:
    frame = pl.DataFrame({"note": ["nothing here to see"] * 20})
    manifest = scrubber.scrub(frame, rules(NOTE)).manifest
    rows = manifest.data["risk"]["planted"]
    planted = {row["entity"]: row["recall"] for row in rows if row["writing"] == "plain"}
    assert {row["writing"] for row in rows} == set(WRITINGS)
    assert sorted(planted) == sorted(ENTITIES)
    assert planted["EMAIL_ADDRESS"] >= 900
    assert planted["PERSON"] < 100  # patterns know no names
    view = screen(manifest)
    assert view.second_look[-2].startswith("planted values found: at least 0.0% (PERSON, ")
    assert view.second_look[-1].startswith("20 values each in 11 writings; lowest: CREDIT_CARD ")
    # the worst entity in its worst writing is the number of the verdict
    assert ", planted values found: at least 0.0% (PERSON, " in view.verdict
    kept = {**NOTE, "entities": {"default": "redact", "US_SSN": {"keep": "a test"}}}
    manifest = scrubber.scrub(frame, rules(kept)).manifest
    assert "US_SSN" not in {row["entity"] for row in manifest.data["risk"]["planted"]}
    narrow = {"ner": "none", "entities": ["EMAIL_ADDRESS"]}
    manifest = scrubber.scrub(frame, rules(NOTE, detect=narrow)).manifest
    assert {row["entity"] for row in manifest.data["risk"]["planted"]} == {"EMAIL_ADDRESS"}
    least = min(row["low"] for row in manifest.data["risk"]["planted"])
    shown = screen(manifest).verdict
    assert f"planted values found: at least {least / 1000:.1%} (EMAIL_ADDRESS, " in shown


AGES = pl.DataFrame({"age": [31] * 12 + [45] * 11, "kept": ["x"] * 23})


def test_min_k_counts_what_comes_out() -> None:
    assert scrubber.scrub(AGES, rules(AGE, KEPT, gates={"min_k": 11})).data.height == 23
    with pytest.raises(GateError, match=r"min-k.*fewer than 12"):
        scrubber.scrub(AGES, rules(AGE, KEPT, gates={"min_k": 12}))
    dropped = {**AGE, "transform": "drop"}
    del dropped["keep"]
    assert scrubber.scrub(AGES, rules(dropped, KEPT, gates={"min_k": 99})).data.height == 23
    manifest = scrubber.scrub(AGES, rules(AGE, KEPT, gates={"min_k": 11})).manifest
    (gate,) = [rule for rule in manifest.data["policy"]["rules"] if rule["id"] == "gates"]
    assert [dict(one) for one in gate["parameters"]] == [{"name": "min_k", "value": "11"}]
    binned = {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 50}}}
    assert scrubber.scrub(AGES, rules(binned, KEPT, gates={"min_k": 23})).data.height == 23


def test_min_k_adds_up_over_files_and_counts_null(tmp_path: Path) -> None:
    for name, ages in (("a", [31, None]), ("b", [31, None])):
        pl.DataFrame({"age": ages}, schema={"age": pl.Int64}).write_parquet(tmp_path / name)
        (tmp_path / name).rename(tmp_path / f"{name}.parquet")
    inputs = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    scrubber.scrub(inputs, rules(AGE, gates={"min_k": 2}), out=tmp_path / "good")
    with pytest.raises(GateError):
        scrubber.scrub(inputs, rules(AGE, gates={"min_k": 3}), out=tmp_path / "bad")
    assert not (tmp_path / "bad").exists()


def test_min_k_and_privacy_are_one_promise() -> None:
    privacy = {"k": 5, "hierarchies": {"age": []}}
    bare = {"name": "age", "class": "quasi_identifier"}
    scrubber.scrub(AGES, rules(bare, KEPT, privacy=privacy, gates={"min_k": 5}))
    with pytest.raises(RuleError, match="k-below-gate"):
        scrubber.scrub(AGES, rules(bare, KEPT, privacy=privacy, gates={"min_k": 6}))


def test_a_quasi_identifier_in_a_list_makes_no_classes() -> None:
    frame = pl.DataFrame({"ages": [[1, 2], [3]]})
    field = {"name": "ages[]", "class": "quasi_identifier", "keep": "a test"}
    with pytest.raises(GateError, match="list or struct"):
        scrubber.scrub(frame, rules(field, gates={"min_k": 2}))


def test_a_failed_gate_publishes_nothing_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("kept\n" + "bob@firm.com\n" * 20)
    (tmp_path / "r.yaml").write_text(json.dumps(rules(KEPT, gates={"max_residual_rate": 0})))
    paths = [str(tmp_path / name) for name in ("r.yaml", "in.csv", "out")]
    monkeypatch.setattr(sys, "argv", ["scrubber", "run", *paths[:2], "--out", paths[2]])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capfd.readouterr()
    assert "[residual-rate]" in said.err
    assert "bob@" not in said.out + said.err
    assert not (tmp_path / "out").exists()


def test_a_second_look_at_no_records() -> None:
    from scrubber.detect.shared import detector_for
    from scrubber.model.batch import BatchRef
    from scrubber.model.opened import Opened
    from scrubber.policy import compile_plan, rules_from_mapping

    table = pl.DataFrame({"note": []}, schema={"note": pl.String}).to_arrow()
    plan = compile_plan(rules_from_mapping(rules(NOTE)), {"s": table.schema})
    assert plan.detect is not None
    ref = BatchRef("s", 0, 1, 0)
    found = rescan(
        Opened(table), table, plan.table("s"), ref, detector_for(plan.detect), every=True
    )
    assert (found.rows, found.residual.total) == (0, 0)


@pytest.mark.parametrize(
    ("expect", "passes"),
    [
        ({"min_share": 0.2, "max_share": 0.3}, True),
        ({"max_share": 0.25}, True),
        ({"min_share": 0.26}, False),
        ({"max_share": 0.24}, False),
        ({"max_share": 0.0}, False),
    ],
)
@pytest.mark.parametrize("in_memory", [True, False])
def test_a_rule_that_drops_another_share_than_expected_stops_the_run(
    tmp_path: Path, expect: dict[str, float], passes: bool, in_memory: bool
) -> None:
    frame = pl.DataFrame({"id": range(400), "kept": ["no", "yes", "yes", "yes"] * 100})
    row = {"drop": "kept = 'no'", "reason": "no consent", "expect": expect}
    frame.write_csv(tmp_path / "in.csv")
    given, out = (frame, None) if in_memory else (tmp_path / "in.csv", tmp_path / "out")
    asked = rules(ID, KEPT, rows=[row])
    if passes:
        scrubbed = scrubber.scrub(given, asked, key=KEY, out=out)  # type: ignore[type-var]
        manifest = scrubbed.manifest
        assert "expect-rows[0]" in [check["id"] for check in manifest.data["checks"]]
        return
    with pytest.raises(GateError, match="row-share") as caught:
        scrubber.scrub(given, asked, key=KEY, out=out)  # type: ignore[type-var]
    assert caught.value.exit_code == 1
    assert not (tmp_path / "out").exists()
