"""pack:prediction-logs on logs of the real shape: what stays trains, what attacks a model goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import scrubber

pytestmark = pytest.mark.slow

LOGS = Path(__file__).parents[2] / "fixtures" / "predictions"
PACK = "pack:prediction-logs"


def test_logs_keep_the_top_label_and_nothing_to_attack_with(tmp_path: Path) -> None:
    raw = [json.loads(line) for line in (LOGS / "log.jsonl").read_text("utf-8").splitlines()]
    done = scrubber.scrub(str(LOGS), PACK, out=tmp_path / "out", key=bytes(range(32)))
    text = (tmp_path / "out/data/log.jsonl").read_text("utf-8")
    out = [json.loads(line) for line in text.splitlines()]
    assert [row["prediction"]["label"] for row in out] == [
        row["prediction"]["label"] for row in raw
    ]
    assert [row["prediction"]["confidence"] for row in out] == [
        pytest.approx(round(row["prediction"]["confidence"], 1)) for row in raw
    ]
    for row in out:
        assert not row.keys() & {"probabilities", "user_id"}
        assert len(row["timestamp"]) == len("2026-03-01")
    tokens: dict[tuple[str, str], set[str]] = {}
    for before, after in zip(raw, out, strict=True):
        day = before["timestamp"][:10]
        tokens.setdefault((before["request_id"], day), set()).add(after["request_id"])
    assert all(len(one) == 1 for one in tokens.values())
    assert len(set.union(*tokens.values())) == len(tokens)  # another day, another token
    for row in raw:
        mail = row["input"].split("write to ")[1].split(" about")[0]
        name = row["input"].split("I am ")[1].split(",")[0]
        assert mail not in text
        assert name not in text
    legal = done.manifest.data["legal"]
    assert len(legal["prohibited_uses"]["value"]) == 3
    assert "limits the rate of queries" in json.dumps(done.manifest.to_json())
    page = Path(scrubber.report(tmp_path / "out").path).read_text("utf-8")
    assert "raw confidences" in page
    assert "limits the rate of queries" in page
