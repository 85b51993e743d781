"""The packs that `init` names for data of a known shape."""

from __future__ import annotations

from pathlib import Path

import pytest

import scrubber
from scrubber import formats
from scrubber.profiling.packs import pack_for

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("chats/*", "pack:chat-finetuning"),
        ("traces/*", "pack:agent-traces"),
        *((f"chats/{name}", "pack:chat-finetuning") for name in ("openai.jsonl", "alpaca.json")),
        *((f"traces/{name}", "pack:agent-traces") for name in ("pi.jsonl", "openhands.json")),
        ("labelled/*", "pack:labelled-text"),
        ("predictions/*", "pack:prediction-logs"),
        ("support/*", None),
    ],
)
def test_the_pack_of_a_shape(name: str, pack: str | None) -> None:
    sources = formats.discover([str(FIXTURES / name)])
    assert pack_for(formats.schemas(sources).values()) == pack


@pytest.mark.parametrize(
    ("shape", "realign"),
    [
        ("ner", {"start": "spans[].start", "end": "spans[].end", "copy": "spans[].text"}),
        ("pairs", {"pair": "label[][].{number}"}),
        ("squad", {"start": "answers.answer_start[]", "copy": "answers.text[]"}),
    ],
)
def test_a_draft_moves_positions_along(shape: str, realign: dict[str, str]) -> None:
    made = scrubber.draft([str(FIXTURES / "labelled" / f"{shape}.jsonl")])
    fields = made.as_mapping()["fields"]
    assert [one["realign"] for one in fields if "realign" in one] == [[realign]]
    assert not set(realign.values()) & {one["name"] for one in fields}


def test_a_draft_names_the_pack(tmp_path: Path) -> None:
    patterns = {"ner": "none"}
    source = str(FIXTURES / "chats" / "alpaca.json")
    made = scrubber.draft([source], out=tmp_path / "r.yaml", detect=patterns)
    assert made.pack == "pack:chat-finetuning"
    assert made.to_json()["pack"] == made.pack
    assert "# pack:chat-finetuning has rules" in (tmp_path / "r.yaml").read_text("utf-8")
