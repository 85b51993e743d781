"""docs/ci.md is true: its trust file is read, and its workflow's commands run in their order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import call

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
TRUST, WORKFLOW = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
RULES = """version: 1
key: {env: SCRUBBER_KEY}
dataset: {legal_basis: consent, purpose: training}
fields:
  - {name: name, class: direct_identifier, transform: token}
  - {name: topic, class: insensitive, keep: what the model learns}
"""


def run_line(line: str) -> int:
    words = shlex.split(line, comments=True)
    assert words[0] == "scrubber"
    return call(*words[1:])


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("rules", "data", "plans"):
        Path(folder).mkdir()
    Path("rules/crm.yaml").write_text(RULES)
    Path("data/t.csv").write_text("name,topic\n" + "Ann,login\n" * 20)
    monkeypatch.setenv("SCRUBBER_KEY", "00112233445566778899aabbccddeeff" * 2)
    trust = TRUST
    for name in ("ada", "grace", "ci"):
        assert run_line(f"scrubber keygen --signing --out {name}.pem") == 0
        public = capsys.readouterr().out.strip()
        trust = trust.replace(f"ed25519:<{name}'s 64 hex digits>", public)
    Path("trust.yaml").write_text(trust)
    monkeypatch.setenv("SCRUBBER_SIGNING_KEY", Path("ci.pem").read_text())
    return tmp_path


def _commands(job: dict[str, Any]) -> list[str]:
    steps = [step["run"] for step in job["steps"] if "run" in step]
    return [line for line in steps if line.startswith("scrubber ")]


def test_the_workflow_runs_as_it_stands(repository: Path) -> None:
    jobs = yaml.safe_load(WORKFLOW)["jobs"]
    plan, sign, approve = SHELL[2].replace("\\\n", "").splitlines()
    gate = _commands(jobs["rules"])[-1]
    assert gate.startswith("scrubber gate")
    assert run_line(plan) == 0
    assert run_line(gate) == 3
    assert run_line(sign) == 0
    assert run_line(approve) == 0
    assert run_line(SHELL[1].replace("\\\n", "").strip()) == 0
    for job in ("rules", "data"):
        commands = _commands(jobs[job])
        assert len(commands) >= 3
        for command in commands:
            assert run_line(command) == 0, command
    assert "cmp plan.json plans/crm.json" in WORKFLOW
    assert Path("plan.json").read_bytes() == Path("plans/crm.json").read_bytes()
    used = {line.split()[1] for job in jobs.values() for line in _commands(job)}
    assert used >= {"check", "plan", "gate", "run", "sign", "export", "verify"}
    assert (repository / "scrubber.sarif").is_file()


def test_the_workflow_uploads_what_it_wrote() -> None:
    steps = yaml.safe_load(WORKFLOW)["jobs"]["data"]["steps"]
    (upload,) = [s for s in steps if "upload-sarif" in s.get("uses", "")]
    written = [s["run"] for s in steps if "--to sarif" in s.get("run", "")]
    assert written[0].endswith(f"--out {upload['with']['sarif_file']}")
