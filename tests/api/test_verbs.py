"""A verb from Python gives the data, the exit code and the errors of its command with --json."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

import scrubber
from scrubber import api
from scrubber.cli.app import app
from scrubber.cli.console import begin, report_error
from scrubber.errors import ScrubberError

RULES = """version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: name, class: direct_identifier, transform: {encrypt: {domain: who}}}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10}}}
tests:
  - {given: {age: 34}, expect: {age: "[30, 40)"}}
"""
FAILING = RULES.replace('expect: {age: "[30, 40)"}', 'expect: {age: "[20, 30)"}')
WIDER = RULES.replace("width: 10", "width: 20")
UNTIL = "2999-12-31"
REASON = "case 17"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules, data, two outputs, a plan, two signing keys and a trust file."""
    folder = tmp_path_factory.mktemp("verbs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SCRUBBER_KEY", bytes(range(32)).hex())
        for name, text in (("rules", RULES), ("failing", FAILING), ("wider", WIDER)):
            Path(f"{name}.yaml").write_text(text)
        Path("t.csv").write_text("name,age\n" + "".join(f"Ann{n},{n}\n" for n in range(20, 50)))
        scrubber.scrub("t.csv", "wider.yaml", out="before")
        scrubber.scrub("t.csv", "rules.yaml", out="after")
        people = []
        for name, role in (("ada", "author"), ("grace", "dpo")):
            public = scrubber.keygen(signing=True, out=f"{name}.pem").public
            people.append(f'  - {{name: {name}, keys: ["{public}"], roles: [{role}]}}\n')
        Path("trust.yaml").write_text(
            f"version: 1\npeople:\n{''.join(people)}"
            "require: {signed_by: [author], approvals: [{roles: [dpo]}], waived_by: [dpo], k: 5}\n"
        )
    return folder


@pytest.fixture(autouse=True)
def desk(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    monkeypatch.setenv("SCRUBBER_KEY", bytes(range(32)).hex())
    for name in ("plan.json", "plan.intoto.jsonl", "out.json", "out.csv", "out.yaml", "out.html"):
        Path(name).unlink(missing_ok=True)


def command(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The envelope of a command line."""
    begin("")
    capsys.readouterr()
    try:
        app([*words, "--json"], prog_name="scrubber", standalone_mode=False)
    except ScrubberError as error:
        report_error(error)
    envelope: dict[str, Any] = json.loads(capsys.readouterr().out)
    return envelope


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


ADA, GRACE, TRUST = "file:ada.pem", "file:grace.pem", "trust.yaml"
AS_DPO: dict[str, Any] = {"role": "dpo", "expires": UNTIL, "key": GRACE, "trust": TRUST}
BY_DPO = ("--role", "dpo", "--expires", UNTIL, "--key", GRACE, "--trust", TRUST)

SAME: list[tuple[str, Callable[[], Any]]] = [
    ("check rules.yaml", lambda: scrubber.check("rules.yaml")),
    ("check rules.yaml t.csv", lambda: scrubber.check("rules.yaml", "t.csv")),
    ("check failing.yaml", lambda: scrubber.check(Path("failing.yaml"))),
    ("plan rules.yaml t.csv", lambda: scrubber.plan("rules.yaml", ["t.csv"])),
    (
        "plan rules.yaml t.csv --out plan.json --force",
        lambda: scrubber.plan("rules.yaml", "t.csv", out="plan.json", overwrite=True),
    ),
    ("audit t.csv --rows 10 --seed 3", lambda: scrubber.audit("t.csv", rows=10, seed=3)),
    (
        "init t.csv --out out.yaml --force",
        lambda: scrubber.draft("t.csv", out="out.yaml", overwrite=True),
    ),
    ("risk t.csv --qi age", lambda: scrubber.risk("t.csv", "age")),
    ("risk t.csv", lambda: scrubber.risk("t.csv")),
    ("risk t.csv --rules rules.yaml", lambda: scrubber.risk("t.csv", rules="rules.yaml")),
    (
        "risk t.csv --qi age,name --population t.csv --population-size 900",
        lambda: scrubber.risk("t.csv", ["age", "name"], population="t.csv", population_size=900),
    ),
    (
        "hierarchy t.csv --field age --out out.csv --force",
        lambda: scrubber.hierarchy("t.csv", "age", out="out.csv", overwrite=True),
    ),
    (
        "attack linkage t.csv after --known age --absent t.csv --seed 3",
        lambda: scrubber.attack_linkage("t.csv", "after", "age", absent="t.csv", seed=3),
    ),
    ("show after", lambda: scrubber.show("after")),
    ("verify after", lambda: scrubber.verify("after")),
    (
        "verify after --trust trust.yaml --upstream before",
        lambda: scrubber.verify("after", trust=TRUST, upstream=["before"]),
    ),
    ("diff before after", lambda: scrubber.diff("before", "after")),
    ("diff after after", lambda: scrubber.diff(scrubber.read_manifest("after"), "after")),
    ("report after --out out.html", lambda: scrubber.report("after", out="out.html")),
    (
        "report after --out out.html --against before",
        lambda: scrubber.report("after", out="out.html", against="before"),
    ),
    ("export after --to sarif", lambda: scrubber.export("after", "sarif")),
    (
        "export after --to dta --out out.json --overwrite",
        lambda: scrubber.export("after", "dta", out="out.json", overwrite=True),
    ),
    ("sign before --key file:ada.pem", lambda: scrubber.sign("before", ADA)),
    (
        f"approve before --criteria x {' '.join(BY_DPO)}",
        lambda: scrubber.approve("before", criteria=["x"], **AS_DPO),
    ),
    (
        f"waive before --check k-anonymity --reason x {' '.join(BY_DPO)}",
        lambda: scrubber.waive("before", check="k-anonymity", reason="x", **AS_DPO),
    ),
    ("gate before --trust trust.yaml", lambda: scrubber.gate("before", TRUST)),
    ("gate after --trust trust.yaml", lambda: scrubber.gate("after", TRUST)),
]


@pytest.mark.parametrize(("line", "verb"), SAME, ids=[line for line, _ in SAME])
def test_a_verb_and_its_command_agree(
    capsys: pytest.CaptureFixture[str], line: str, verb: Callable[[], Any]
) -> None:
    envelope, result = command(capsys, *line.split()), verb()
    assert plain(result.to_json()) == envelope["data"]
    assert result.exit_code == envelope["exit_code"]


def test_scrub_and_run_agree(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    envelope = command(capsys, "run", "rules.yaml", "t.csv", "--out", folder)
    result = scrubber.scrub("t.csv", "rules.yaml", out=folder, overwrite=True)
    assert result.exit_code == envelope["exit_code"] == 0
    ours, theirs = plain(result.to_json()), envelope["data"]
    assert ours["out"] == theirs["out"] == folder
    for part in ("fields", "records", "outputs", "policy", "checks"):
        assert ours["manifest"][part] == theirs["manifest"][part]


def test_reveal_writes_what_its_command_writes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    words = ("reveal", "after", "--reason", REASON, "--out", str(theirs))
    envelope = command(capsys, *words)
    found = scrubber.reveal("after", reason=REASON, key="env:SCRUBBER_KEY", out=ours)
    assert envelope["data"] == {"out": str(theirs), "values": len(found)}
    assert [one.value for one in found] == [f"Ann{n}" for n in range(20, 50)]
    assert ours.read_bytes() == theirs.read_bytes()
    assert ours.stat().st_mode & 0o777 == 0o600


WRONG: list[tuple[str, Callable[[], Any]]] = [
    ("check no.yaml", lambda: scrubber.check("no.yaml")),
    ("check rules.yaml no.csv", lambda: scrubber.check("rules.yaml", "no.csv")),
    ("plan trust.yaml t.csv", lambda: scrubber.plan("trust.yaml", "t.csv")),
    ("plan rules.yaml t.csv -o t.csv", lambda: scrubber.plan("rules.yaml", "t.csv", out="t.csv")),
    ("run rules.yaml no.csv -o out", lambda: scrubber.scrub("no.csv", "rules.yaml", out="out")),
    (
        "run rules.yaml t.csv -o after",
        lambda: scrubber.scrub("t.csv", "rules.yaml", out="after"),
    ),
    (
        "run rules.yaml t.csv -o out --address there:1",
        lambda: scrubber.scrub("t.csv", "rules.yaml", out="out", address="there:1"),
    ),
    (
        "run rules.yaml t.csv -o out --plan no.json",
        lambda: scrubber.scrub("t.csv", "rules.yaml", out="out", plan="no.json"),
    ),
    ("audit no.csv", lambda: scrubber.audit("no.csv")),
    ("init t.csv -o rules.yaml", lambda: scrubber.draft("t.csv", out="rules.yaml")),
    ("risk t.csv --rules no.yaml", lambda: scrubber.risk("t.csv", rules="no.yaml")),
    ("risk t.csv --qi no", lambda: scrubber.risk("t.csv", "no")),
    ("risk t.csv --qi ,", lambda: scrubber.risk("t.csv", [])),
    ("hierarchy t.csv --field no -o h.csv", lambda: scrubber.hierarchy("t.csv", "no")),
    (
        "hierarchy t.csv --field age -o t.csv",
        lambda: scrubber.hierarchy("t.csv", "age", out="t.csv"),
    ),
    ("attack linkage t.csv after --known ,", lambda: scrubber.attack_linkage("t.csv", "after", [])),
    (
        "attack linkage t.csv after --known no",
        lambda: scrubber.attack_linkage("t.csv", "after", "no"),
    ),
    (
        "attack linkage rules.yaml after --known age",
        lambda: scrubber.attack_linkage("rules.yaml", "after", "age"),
    ),
    (
        "attack inference t.csv after --secret age --known age",
        lambda: scrubber.attack_inference("t.csv", "after", "age", "age"),
    ),
    (
        "attack inference t.csv after --secret name --known age",
        lambda: scrubber.attack_inference("t.csv", "after", "name", "age"),
    ),
    (
        "attack membership after --target no",
        lambda: scrubber.attack_membership("after", "no"),
    ),
    (
        "attack membership after --target age",
        lambda: scrubber.attack_membership("after", "age"),
    ),
    ("utility t.csv after --target name", lambda: scrubber.utility("t.csv", "after", "name")),
    (
        "tradeoff rules.yaml t.csv --target no --vary privacy.k=2",
        lambda: scrubber.tradeoff("rules.yaml", "t.csv", "no", "privacy.k", [2]),
    ),
    (
        "tradeoff rules.yaml t.csv --target age --vary fields.no.keep=x",
        lambda: scrubber.tradeoff("rules.yaml", "t.csv", "age", "fields.no.keep", ["x"]),
    ),
    (
        "minimize rules.yaml t.csv --target no",
        lambda: scrubber.minimize("rules.yaml", "t.csv", "no"),
    ),
    ("show no", lambda: scrubber.show("no")),
    ("show t.csv", lambda: scrubber.show("t.csv")),
    ("verify no", lambda: scrubber.verify("no")),
    ("verify after --trust no.yaml", lambda: scrubber.verify("after", trust="no.yaml")),
    ("diff before no", lambda: scrubber.diff("before", "no")),
    ("report after -o t.csv", lambda: scrubber.report("after", out="t.csv")),
    ("export after -t dta -o t.csv", lambda: scrubber.export("after", "dta", out="t.csv")),
    (
        "export after -t dta -o rules.yaml --overwrite",
        lambda: scrubber.export("after", "dta", out="rules.yaml", overwrite=True),
    ),
    ("sign after --key MC4CAQAwBQYDK2VwBCIEIA", lambda: scrubber.sign("after", "MC4CAQAwBQYDK2")),
    ("sign after --key env:NO_SUCH_KEY", lambda: scrubber.sign("after", "env:NO_SUCH_KEY")),
    (
        f"sign after --key {GRACE} --trust {TRUST}",
        lambda: scrubber.sign("after", GRACE, trust=TRUST),
    ),
    (
        f"approve after --criteria x {' '.join(BY_DPO)} --expires soon",
        lambda: scrubber.approve("after", criteria="x", **{**AS_DPO, "expires": "soon"}),
    ),
    (
        f"approve after --criteria x {' '.join(BY_DPO)} --expires 2020-01-01",
        lambda: scrubber.approve("after", criteria="x", **{**AS_DPO, "expires": "2020-01-01"}),
    ),
    (
        f"waive after --check no --reason x {' '.join(BY_DPO)}",
        lambda: scrubber.waive("after", check="no", reason="x", **AS_DPO),
    ),
    ("gate after --trust rules.yaml", lambda: scrubber.gate("after", "rules.yaml")),
    (
        "reveal after --reason x --field age --out r.jsonl",
        lambda: scrubber.reveal(
            "after", field="age", reason="x", key="env:SCRUBBER_KEY", out="r.jsonl"
        ),
    ),
    (
        "reveal after --reason x --out after/r.jsonl",
        lambda: scrubber.reveal("after", reason="x", key="env:SCRUBBER_KEY", out="after/r.jsonl"),
    ),
    (
        "reveal after --reason x --out t.csv",
        lambda: scrubber.reveal("after", reason="x", key="env:SCRUBBER_KEY", out="t.csv"),
    ),
]


@pytest.mark.parametrize(("line", "verb"), WRONG, ids=[line for line, _ in WRONG])
def test_a_verb_and_its_command_refuse_alike(
    capsys: pytest.CaptureFixture[str], line: str, verb: Callable[[], Any]
) -> None:
    envelope = command(capsys, *line.split())
    with pytest.raises(ScrubberError) as caught:
        verb()
    assert caught.value.code == envelope["error"]["code"]
    assert caught.value.exit_code == envelope["exit_code"] != 0


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (lambda: scrubber.export("after", "excel"), "export-unknown"),
        (lambda: scrubber.scrub("t.csv", "rules.yaml", out="o", format="xls"), "format-unknown"),
        (lambda: scrubber.scrub("t.csv", "rules.yaml", out="o", executor="x"), "executor-unknown"),
        (lambda: scrubber.check("rules.yaml", object()), "no-paths"),
        (lambda: scrubber.risk([], "age"), "no-paths"),
    ],
)
def test_what_the_command_line_cannot_even_say(verb: Callable[[], Any], code: str) -> None:
    with pytest.raises(ScrubberError) as caught:
        verb()
    assert caught.value.code == code


def test_samples_and_keys_are_in_no_repr() -> None:
    planned = scrubber.plan("rules.yaml", "t.csv", rows=2)
    assert planned.fields[1].samples == (("20", "[20, 30)"), ("21", "[20, 30)"))
    assert "Ann" not in repr(planned)
    key = scrubber.keygen()
    assert key.text not in repr(key)


def test_every_command_has_its_verb() -> None:
    no_verb = {"init": "draft", "run": "scrub", "schema": "Manifest", "text": "scrub_text"}
    for name, one in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        within = [f"{name}_{part}" for part in getattr(one, "commands", ())]
        for verb in within or [name]:
            assert getattr(api, no_verb.get(verb, verb)) is not None


def test_every_public_name_is_there_and_documented() -> None:
    assert set(scrubber.__all__) - {"__version__", "ScrubBatches"} <= set(api.__all__)
    for name in api.__all__:
        assert getattr(api, name) is not None
    for name in scrubber.__all__:
        thing = getattr(scrubber, name)
        if callable(thing):
            assert thing.__doc__, name
        if callable(thing) and name[0].islower():
            assert "Raises:" in thing.__doc__, name
    assert "scrubber.api.check" not in sys.modules, "a file of this name would hide the verb"
