"""Commands over a store, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import call
from tests.stores import ENVIRONMENT, S3

pytestmark = pytest.mark.slow

RULES = """version: 1
dataset: {name: notes}
fields:
  - {name: name, class: direct_identifier, transform: drop}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10}}}
  - {name: topic, class: insensitive, keep: what the model learns}
"""
ROWS = "".join(f"Ann{i},{20 + i % 30},login\n" for i in range(60))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: S3) -> S3:
    """A folder with rules and signing keys, and a bucket with data."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES)
    for shard in range(2):
        s3.put(f"in/{shard}.csv", f"name,age,topic\n{ROWS}".encode())
    return s3


@pytest.fixture
def output(desk: S3, tmp_path: Path) -> S3:
    """An output that was made on this machine and copied to ``out``."""
    assert call("run", "rules.yaml", desk.url("in"), "-o", "local", "-q") == 0
    for path in (tmp_path / "local").rglob("*"):
        if path.is_file():
            name = path.relative_to(tmp_path / "local").as_posix()
            desk.put(f"out/{name}", path.read_bytes())
    return desk


def test_looking_at_inputs(desk: S3, capsys: pytest.CaptureFixture[str]) -> None:
    data = desk.url("in")
    assert call("check", "rules.yaml", data) == 0
    assert call("plan", "rules.yaml", data) == 0
    assert call("audit", data) == 0
    assert call("init", data, "--out", "first.yaml") == 0
    assert call("risk", f"{data}/*.csv", "--qi", "age,topic") == 0
    said = capsys.readouterr()
    assert "Ann1" not in said.out + said.err
    assert call("check", "rules.yaml", desk.url("nothing")) == 2
    assert "[input-missing]" in capsys.readouterr().out


def test_show_verify_report_and_export(output: S3, capsys: pytest.CaptureFixture[str]) -> None:
    out = output.url("out")
    assert call("show", out) == 0
    local = capsys.readouterr().out
    assert call("show", "local") == 0
    assert capsys.readouterr().out == local
    assert call("show", f"{out}/manifest.json") == 0
    assert call("verify", out) == 0
    assert call("diff", "local", out) == 0
    assert call("export", out, "--to", "croissant") == 0
    assert call("report", out, "--against", out) == 0
    assert output.get("out/report.html").startswith(b"<!doctype html>")
    assert call("report", out) == 0  # an earlier report is replaced
    output.put("out/report.html", b"mine")
    assert call("report", out) == 2
    assert output.get("out/report.html") == b"mine"
    assert call("report", out, "--out", "here.html") == 0


def a_changed_byte(s3: S3) -> None:
    s3.put("out/data/0.csv", s3.get("out/data/0.csv").replace(b"login", b"logon", 1))


def a_missing_file(s3: S3) -> None:
    s3.client.delete_object(Bucket="bucket", Key="out/data/1.csv")


def a_file_too_many(s3: S3) -> None:
    s3.put("out/data/deep/2.csv", b"x\n")


def a_file_beside(s3: S3) -> None:
    s3.put("out/raw.csv", b"name\nAnn\n")


def a_hidden_file(s3: S3) -> None:
    s3.put("out/.raw/1", b"Ann")


def a_file_in_other_case(s3: S3) -> None:
    s3.put("out/DATA/1.csv", b"x\n")


@pytest.mark.parametrize(
    "harm",
    [
        a_changed_byte,
        a_missing_file,
        a_file_too_many,
        a_file_beside,
        a_hidden_file,
        a_file_in_other_case,
    ],
)
def test_verify_finds_what_was_changed(output: S3, harm: object) -> None:
    harm(output)  # type: ignore[operator]
    assert call("verify", output.url("out")) == 4


def test_a_folder_without_a_manifest_is_no_output(output: S3) -> None:
    output.client.delete_object(Bucket="bucket", Key="out/manifest.json")
    for command in ("show", "verify", "report"):
        assert call(command, output.url("out")) == 5
    assert call("show", output.url("nowhere")) == 5


def test_sign_approve_and_gate(output: S3, capsys: pytest.CaptureFixture[str]) -> None:
    out = output.url("out")
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
    assert call("gate", out, "--trust", "trust.yaml") == 3
    assert call("sign", out, "--key", "file:ada.pem") == 0
    assert call("sign", out, "--key", "file:ada.pem") == 0  # once is enough
    approve = ("--role", "dpo", "--criteria", "DPIA-17", "--expires", "2999-12-31")
    assert call("approve", out, *approve, "--trust", "trust.yaml", "--key", "file:grace.pem") == 0
    assert len(output.get("out/manifest.intoto.jsonl").splitlines()) == 2
    assert call("gate", out, "--trust", "trust.yaml") == 0
    assert call("verify", out, "--trust", "trust.yaml") == 0
    a_changed_byte(output)
    assert call("verify", out, "--trust", "trust.yaml") == 4


@pytest.mark.parametrize("command", ["show", "verify", "report"])
def test_credentials_in_a_url_are_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    secret = ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]
    assert call(command, f"s3://key:{secret}@bucket/out") == 2
    said = capsys.readouterr()
    assert "[storage-credentials]" in said.out
    assert secret not in said.out + said.err


def test_json_names_the_url(output: S3, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("report", output.url("out"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"report": "s3://bucket/out/report.html"}
