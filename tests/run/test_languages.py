"""Records in a language that was not measured: they stop the run, or the rules decide."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import scrubber
from scrubber.errors import GateError, RuleError
from scrubber.manifest import Manifest, screen, validate
from scrubber.review import Effect, compare, report_page

FINNISH = "minä menen huomenna kaupunkiin, ja Matti Virtanen ostaa sieltä uuden pyörän, koska"
ENGLISH = "we will go to the city tomorrow and meet Martin Miller there, because that is where"
GREEK = "Καλημέρα, πώς είστε"


def frame(*texts: str, english: int = 20) -> pl.DataFrame:
    return pl.DataFrame({"note": [f"{ENGLISH} {i}" for i in range(english)] + [*texts]})


def rules(languages: Any = None, **more: Any) -> dict[str, Any]:
    detect = {"ner": "builtin", "entities": ["PERSON", "EMAIL_ADDRESS"]}
    if languages is not None:
        detect["languages"] = languages
    note = {"name": "note", "class": "text", "entities": {"default": "redact"}}
    return {"version": 1, "detect": detect, "fields": [note], **more}


def listed(manifest: Manifest, group: str = "unmeasured") -> list[dict[str, Any]]:
    return [{**row, "count": dict(row["count"])} for row in manifest.data["records"][group]]


@pytest.fixture(autouse=True)
def few_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubber.run.planted_recall._PLANTED", 1)


@pytest.mark.parametrize("foreign", [FINNISH, GREEK])
def test_one_record_stops_a_run_unless_the_rules_decide(foreign: str) -> None:
    with pytest.raises(GateError) as caught:
        scrubber.scrub(frame(foreign), rules())
    assert caught.value.code == "language-unmeasured"
    assert caught.value.exit_code == 1
    named = "fi" if foreign == FINNISH else "Greek script"
    assert f"({named}: fewer than 11)" in caught.value.text
    assert "unmeasured: drop" in caught.value.hint
    assert "Matti" not in str(caught.value)


def test_many_are_counted_in_the_error() -> None:
    with pytest.raises(GateError, match=r"\(fi: 12, Greek script: fewer than 11\)"):
        scrubber.scrub(frame(*[FINNISH] * 12, GREEK), rules(["en"]))


@pytest.mark.slow
def test_one_language_in_a_thousand_may_be_a_mistake_but_no_script() -> None:
    done = scrubber.scrub(frame(FINNISH, english=1000), rules())
    assert listed(done.manifest) == [{"language": "fi", "count": {"lt": 11}}]
    with pytest.raises(GateError, match="language-unmeasured"):
        scrubber.scrub(frame(FINNISH, FINNISH, english=1000), rules())
    with pytest.raises(GateError, match="language-unmeasured"):
        scrubber.scrub(frame(GREEK, english=1000), rules())
    with pytest.raises(GateError, match="language-unmeasured"):  # the gate forgives nothing
        scrubber.scrub(frame(FINNISH, english=1000), rules(gates={"languages": "measured"}))


def test_a_few_letters_of_another_script_stop_a_run_where_they_are_many() -> None:
    scrap = "卡号4111111111111111请扣款"
    done = scrubber.scrub(frame(scrap), rules())
    assert listed(done.manifest) == [
        {"language": "CJK script, a few letters", "count": {"lt": 11}},
    ]
    for english, scraps, stopped in ((200, 10, False), (209, 11, False), (208, 11, True)):
        data = frame(*[scrap] * scraps, english=english)
        if stopped:
            with pytest.raises(GateError, match="language-unmeasured"):
                scrubber.scrub(data, rules())
        else:
            assert scrubber.scrub(data, rules()).data.height == english + scraps
    left = scrubber.scrub(frame(scrap), rules({"unmeasured": "drop"}))
    assert left.data.height == 20
    with pytest.raises(GateError, match="language-unmeasured"):  # the gate forgives nothing
        scrubber.scrub(frame(scrap), rules(gates={"languages": "measured"}))


def test_drop_and_quarantine_leave_such_records_out() -> None:
    data = frame(FINNISH, GREEK, *[FINNISH] * 12)
    for choice, group, key in (
        ("drop", "dropped", {"rule": "detect"}),
        ("quarantine", "quarantined", {"reason": "language-unmeasured"}),
    ):
        gates = {"languages": "measured"}
        done = scrubber.scrub(data, rules({"unmeasured": choice}, gates=gates))
        assert done.data.height == 20
        assert listed(done.manifest, group) == [{**key, "count": {"n": 14}}]
        assert listed(done.manifest) == []
        assert validate(done.manifest.to_json()) == []
        (check,) = [one for one in done.manifest.data["checks"] if one["id"] == "languages"]
        assert check["passed"]


def test_patterns_only_leaves_names_and_says_so() -> None:
    wanted = rules({"expected": ["en"], "unmeasured": "patterns_only"})
    mail = f"{FINNISH} matti@example.com"
    done = scrubber.scrub(frame(*[mail] * 12), wanted)
    last = done.data["note"][-1]
    assert "Matti Virtanen" in last
    assert "matti@example.com" not in last
    assert "Martin Miller" not in done.data["note"][0]
    data = done.manifest.data
    assert validate(done.manifest.to_json()) == []
    assert listed(done.manifest) == [{"language": "fi", "count": {"n": 12}}]
    assert not data["risk"]["rescan"]["left"]  # the second look is as blind, on record
    assert "unmeasured-languages" in {one["id"] for one in data["risk"]["limitations"]}
    view = screen(done.manifest)
    assert ", NAMES KEPT in 12 records of unmeasured languages" in view.verdict
    assert any("unmeasured language: fi" in row.label for row in view.rows)
    assert "Records in unmeasured languages: " in report_page(done.manifest)
    with pytest.raises(GateError, match="language-unmeasured"):
        scrubber.scrub(frame(mail), {**wanted, "gates": {"languages": "measured"}})
    before = scrubber.scrub(frame(), rules()).manifest
    weaker = [c for c in compare(before, done.manifest) if c.effect is Effect.WEAKER]
    assert any("unmeasured" in change.aspect for change in weaker)


def test_short_texts_are_judged_with_their_record() -> None:
    words = FINNISH.split()
    messages = [" ".join(words[i : i + 2]) for i in range(0, len(words), 2)]
    path = {"name": "chat[]", "class": "text", "entities": {"default": "redact"}}
    data = pl.DataFrame({"chat": [["hi there", "see you"]] * 15 + [messages]})
    chosen = {**rules(), "fields": [path]}
    with pytest.raises(GateError, match="fi: fewer than 11"):
        scrubber.scrub(data, chosen)
    assert scrubber.scrub(data[:-1], chosen).data.height == 15


def test_without_a_names_model_no_language_was_measured_or_asked_for() -> None:
    narrow = {**rules(), "detect": {"ner": "none", "entities": ["EMAIL_ADDRESS"]}}
    assert scrubber.scrub(frame(FINNISH, GREEK), narrow).data.height == 22


def test_plan_and_audit_name_them(tmp_path: Any) -> None:
    frame(FINNISH, GREEK).write_csv(tmp_path / "a.csv")
    planned = scrubber.plan(rules(), tmp_path / "a.csv")
    assert planned.unmeasured == ("Greek script", "fi")
    assert planned.to_json()["unmeasured"]["treatment"] == "stop"
    (table,) = scrubber.audit(tmp_path / "a.csv").tables
    said = "unmeasured languages and scripts: Greek script 1-10, fi 1-10"
    assert said in table.fields[0].evidence_said


@pytest.mark.parametrize(
    ("languages", "code"),
    [
        ({"unmeasured": "keep"}, "unknown-value"),
        ({"unmeasure": "drop"}, "unknown-key"),
        ({"expected": []}, "wrong-type"),
        ("en", "wrong-type"),
    ],
)
def test_mistakes(languages: Any, code: str) -> None:
    with pytest.raises(RuleError, match=rf"\[{code}\]"):
        scrubber.scrub(frame(), rules(languages))
