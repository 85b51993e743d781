"""Plan, sign, approve, run, gate and export, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import call

RULES = """version: 1
dataset: {name: notes}
fields:
  - {name: name, class: direct_identifier, transform: drop}
  - {name: topic, class: insensitive, keep: what the model learns}
"""


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """A folder with rules, data, two people's keys, and a trust file."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES)
    Path("data").mkdir()
    Path("data/t.csv").write_text("name,topic\n" + "Ann,login\n" * 20)
    for name in ("ada", "grace"):
        assert call("keygen", "--signing", "--out", f"{name}.pem") == 0
        Path(f"{name}.pub").write_text(capsys.readouterr().out.strip())
    ada, grace = (Path(f"{name}.pub").read_text() for name in ("ada", "grace"))
    Path("trust.yaml").write_text(
        "version: 1\npeople:\n"
        f'  - {{name: ada, keys: ["{ada}"], roles: [author]}}\n'
        f'  - {{name: grace, keys: ["{grace}"], roles: [dpo]}}\n'
        "require: {signed_by: [author], approvals: [{roles: [dpo]}], waived_by: [dpo]}\n"
    )
    return tmp_path


TRUST = ("--trust", "trust.yaml")
APPROVE = ("--role", "dpo", "--criteria", "DPIA-17", "--expires", "2999-12-31", *TRUST)


def by(name: str) -> tuple[str, str]:
    return "--key", f"file:{name}.pem"


def test_from_plan_to_an_approved_output(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ("run", "rules.yaml", "data", "-o", "out", "--plan", "plan.json", *TRUST, "-q")
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call(*run) == 3
    assert not (desk / "out").exists()
    assert call("sign", "plan.json", *by("ada")) == 0
    assert call("gate", "plan.json", *TRUST) == 3
    assert call("verify", "plan.json", *TRUST) == 0
    assert call("approve", "plan.json", *APPROVE, *by("ada")) == 2  # she signed it
    assert call("gate", "plan.json", *TRUST) == 3
    assert call("approve", "plan.json", *APPROVE, *by("grace")) == 0
    assert call("gate", "plan.json", *TRUST) == 0
    assert call(*run) == 0
    assert call("verify", "out") == 0
    assert "not signed\nverified" in capsys.readouterr().out
    assert call("verify", "out", *TRUST) == 3  # nothing was tampered with: nobody signed yet
    assert call("sign", "out", *by("ada")) == 0
    assert call("verify", "out", *TRUST) == 0
    assert call("gate", "out", *TRUST) == 3
    assert call("approve", "out", *APPROVE, *by("grace")) == 0
    assert call("gate", "out", *TRUST) == 0
    assert capsys.readouterr().out.rstrip().endswith("approved")


def test_drift_is_exit_code_1(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    (desk / "rules.yaml").write_text(RULES.replace("transform: drop", "transform: redact"))
    assert call("run", "rules.yaml", "data", "-o", "out", "--plan", "plan.json") == 1
    assert "field name of t.csv: action was drop, is redact" in capsys.readouterr().out


def test_a_plan_is_replaced_on_request_and_loses_what_was_signed(desk: Path) -> None:
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call("sign", "plan.json", *by("ada")) == 0
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 2
    assert (desk / "plan.intoto.jsonl").exists()
    assert call("plan", "rules.yaml", "data", "--out", "plan.json", "--force") == 0
    assert not (desk / "plan.intoto.jsonl").exists()
    assert call("plan", "rules.yaml", "data", "--out", "no/such/plan.json") == 2


def test_what_was_tampered_with_is_not_signed(desk: Path) -> None:
    assert call("run", "rules.yaml", "data", "-o", "out", "-q") == 0
    (desk / "out/data/t.csv").write_text("topic\nx\n")
    assert call("sign", "out", *by("ada")) == 4
    assert call("approve", "out", *APPROVE, *by("grace")) == 4
    assert call("gate", "out", *TRUST) == 4
    assert not (desk / "out/manifest.intoto.jsonl").exists()


def test_waivers(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = RULES.splitlines(keepends=True)[:-1]
    (desk / "rules.yaml").write_text("".join([*listed, "on_unlisted: keep\n"]))
    assert call("run", "rules.yaml", "data", "-o", "out", "-q") == 0
    assert call("sign", "out", *by("ada")) == 0
    assert call("approve", "out", *APPROVE, *by("grace")) == 0
    assert call("gate", "out", *TRUST) == 1
    waive = ("waive", "out", "--check", "unsafe-keep", "--reason", "a pilot", "--role", "dpo")
    assert call(*waive, "--expires", "2999-12-31", *TRUST, *by("grace")) == 0
    capsys.readouterr()
    assert call("gate", "out", *TRUST, "--json") == 0
    checks = {c["id"]: c for c in json.loads(capsys.readouterr().out)["data"]}
    told = checks["unsafe-keep"]
    assert (told["passed"], told["actual"]) == (False, "topic")  # owned, never passed
    assert told["waived"] == "by grace until 2999-12-31"
    assert call("gate", "out", *TRUST) == 0
    said = capsys.readouterr().out
    assert "WAIVED  unsafe-keep, by grace until 2999-12-31" in said
    assert said.rstrip().endswith("approved, with 1 failed and waived")
    assert "pass  unsafe-keep" not in said


UNTIL = ("--expires", "2999-12-31")
WAIVE = ("waive", "plan.json", "--reason", "x", *UNTIL)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("sign", "plan.json", *TRUST, *by("grace")), "role-not-held"),
        (("sign", "plan.json", *TRUST, *by("eve")), "signer-unknown"),
        (("approve", "plan.json", *APPROVE, *by("eve")), "signer-unknown"),
        (("approve", "plan.json", *APPROVE, *by("ada")), "role-not-held"),
        (("approve", "plan.json", *APPROVE, "--role", "dop", *by("grace")), "role-unknown"),
        (("approve", "plan.json", *APPROVE, "--role", "author", *by("ada")), "role-unknown"),
        ((*WAIVE, "--check", "nonsense", "--role", "dpo", *TRUST, *by("grace")), "check-unknown"),
        ((*WAIVE, "--check", "unsafe-keep", "--role", "x", *TRUST, *by("grace")), "role-unknown"),
        ((*WAIVE, "--check", "unsafe-keep", "--role", "dpo", *TRUST, *by("eve")), "signer-unknown"),
    ],
)
def test_what_the_trust_file_does_not_know_is_not_written(
    desk: Path, args: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("keygen", "--signing", "--out", "eve.pem") == 0
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call(*args) == 2
    assert f"[{code}]" in capsys.readouterr().out
    assert not (desk / "plan.intoto.jsonl").exists()


@pytest.mark.parametrize(
    "args",
    [
        (
            "approve",
            "plan.json",
            "--role",
            "dpo",
            "--criteria",
            "x",
            *TRUST,
            "--expires",
            "2020-01-01",
        ),
        ("approve", "plan.json", "--role", "dpo", "--criteria", "x", *TRUST, "--expires", "soon"),
        ("approve", "plan.json", "--role", "dpo", *TRUST, *UNTIL),
        (
            "approve",
            "plan.json",
            "--role",
            "dpo",
            "--criteria",
            "x",
            *UNTIL,
            "--key",
            "file:grace.pem",
        ),
        (*WAIVE, "--check", "unsafe-keep", "--role", "dpo", "--key", "file:grace.pem"),
        ("sign", "plan.json", "--key", "MC4CAQAwBQYDK2VwBCIEIA"),
        ("sign", "plan.json", "--key", "env:NO_SUCH_KEY"),
        ("sign", "no-such-plan.json", "--key", "file:ada.pem"),
        ("gate", "plan.json", "--trust", "rules.yaml"),
        ("gate", "plan.json", "--trust", "no-such-file"),
        ("gate", "plan.json"),
        ("run", "rules.yaml", "data", "-o", "out", "--trust", "trust.yaml"),
        ("run", "rules.yaml", "data", "-o", "out", "--plan", "no-such-plan.json"),
        ("export", "no-such-folder", "--to", "sarif"),
        ("export", ".", "--to", "pdf"),
    ],
)
def test_wrong_use(desk: Path, args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call(*args) in (2, 5)
    assert "MC4CAQ" not in capsys.readouterr().out
    assert not (desk / "out").exists()


def test_exports_are_written_and_printed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("run", "rules.yaml", "data", "-o", "out", "-q") == 0
    capsys.readouterr()
    for target in ("croissant", "openlineage", "sarif", "junit", "hf-card", "dta"):
        assert call("export", "out", "--to", target) == 0
        printed = capsys.readouterr().out
        assert call("export", "out", "--to", target, "--out", f"{target}.txt") == 0
        assert (desk / f"{target}.txt").read_text() == printed
        assert "Ann" not in printed
        capsys.readouterr()
    assert call("export", "out", "--to", "sarif", "--out", "no/such/folder") == 2


def test_a_signing_key_is_a_secret_file(desk: Path) -> None:
    assert (desk / "ada.pem").stat().st_mode & 0o777 == 0o600
    assert call("keygen", "--signing", "--out", "ada.pem") == 2
    (desk / "ada.pem").chmod(0o644)
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call("sign", "plan.json", *by("ada")) == 2


def test_nothing_that_is_signed_or_exported_holds_a_value_or_a_key(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import base64
    import hashlib

    words = [f"zq{i:05d}xw" for i in range(500)]
    rules = (
        RULES + "  - {name: note, class: text, entities: {default: redact}}\ndetect: {ner: none}\n"
    )
    (desk / "rules.yaml").write_text(rules)
    rows = "".join(f"{word},login,mail {word}@example.com\n" for word in words)
    (desk / "data/t.csv").write_text("name,topic,note\n" + rows)
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call("sign", "plan.json", *by("ada")) == 0
    assert call("approve", "plan.json", *APPROVE, *by("grace")) == 0
    assert call("run", "rules.yaml", "data", "-o", "out", "--plan", "plan.json", *TRUST) == 0
    assert call("sign", "out", *by("ada"), "--json") == 0
    for target in ("croissant", "openlineage", "sarif", "junit", "hf-card", "dta"):
        assert call("export", "out", "--to", target, "--out", f"out/{target}.txt") == 0
    texts = {"the terminal": capsys.readouterr().out}
    for path in desk.rglob("*"):
        if path.is_file() and "data" not in path.parts[len(desk.parts) : -1]:
            texts[path.name] = path.read_text()
    for name in ("plan.intoto.jsonl", "manifest.intoto.jsonl"):
        lines = texts[name].splitlines()
        payloads = [base64.b64decode(json.loads(line)["payload"]).decode() for line in lines]
        texts[f"payloads of {name}"] = "".join(payloads)
    secrets = [
        line
        for name in ("ada.pem", "grace.pem")
        for line in texts.pop(name).splitlines()
        if not line.startswith("-----")
    ]
    digests = [hashlib.sha256(word.encode()).hexdigest() for word in words]
    for where, text in texts.items():
        for secret in (*words, *digests, *secrets):
            assert secret not in text, where


def test_a_plan_is_shown_with_what_was_signed(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "data/t.csv").write_text("name,topic\n" + "Ann,login\n" * 500)
    rows = "rows: [{drop: \"topic = 'x'\", reason: none}]\n"
    (desk / "rules.yaml").write_text(RULES + rows)
    assert call("plan", "rules.yaml", "data", "--out", "plan.json") == 0
    assert call("sign", "plan.json", *by("ada")) == 0
    assert call("approve", "plan.json", *APPROVE, *by("grace")) == 0
    waive = ("waive", "plan.json", "--check", "unsafe-keep", "--reason", "\x1b[31mred")
    assert call(*waive, "--role", "dpo", "--expires", "2999-12-31", *TRUST, *by("grace")) == 0
    capsys.readouterr()
    assert call("show", "plan.json") == 0
    out = capsys.readouterr().out
    ada, grace = (Path(f"{name}.pub").read_text() for name in ("ada", "grace"))
    for line in (
        "Planned, not done: 1 of 2 fields kept, 0 transformed, 1 removed; ",
        "`topic (t.csv)`: insensitive -> kept: what the model learns, rules.yaml:5",
        f"- signed, by {ada}",
        f"- approved as dpo until 2999-12-31: DPIA-17, by {grace}",
        f"- waived unsafe-keep as dpo until 2999-12-31: \\x1b[31mred, by {grace}",
    ):
        assert line in out
    assert call("show", "plan.json", "--json") == 0
    assert json.loads(capsys.readouterr().out)["data"]["header"]["kind"] == "plan"
    (desk / "plan.intoto.jsonl").write_bytes(b"x\n")
    assert call("show", "plan.json") == 4
    assert call("verify", "plan.json") == 4
    assert call("gate", "plan.json", *TRUST) == 4
    assert call("verify", "nothing.json") == 5
    assert call("show", "rules.yaml") == 2  # another file is no tampering
    assert call("verify", "rules.yaml") == 2
    assert call("diff", "rules.yaml", "plan.json") == 2
    assert call("show", "nothing.json") == 5


def test_a_run_is_shown_with_what_was_signed(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("run", "rules.yaml", "data", "-o", "out", "-q") == 0
    assert call("sign", "out", *by("ada")) == 0
    assert call("show", "out") == 0
    assert f"- signed, by {(desk / 'ada.pub').read_text()}" in capsys.readouterr().out
    line = (desk / "out/manifest.intoto.jsonl").read_text()
    signature = json.loads(line)["signatures"][0]["sig"]
    (desk / "out/manifest.intoto.jsonl").write_text(line.replace(signature[:4], "AAAA"))
    assert call("show", "out") == 0
    assert "- NOT valid: the signature does not match these bytes" in capsys.readouterr().out
