"""The packs for chats and agent sessions, on conversations of the real shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import scrubber

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KEY = bytes(range(3, 35))  # under which no stand-in is the name of another participant
Files = dict[str, list[dict[str, Any]]]


def made() -> ModuleType:
    spec = util.spec_from_file_location("sessions", ROOT / "fixtures" / "sessions.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


SESSIONS = made()


def records(path: Path) -> list[dict[str, Any]]:
    text = path.read_text("utf-8")
    return json.loads(text) if text.startswith("[") else list(map(json.loads, text.splitlines()))


def scrubbed(pack: str, name: str, out: Path) -> Files:
    scrubber.scrub(str(ROOT / "fixtures" / name), pack, out=out, key=KEY)
    return {path.name: records(path) for path in sorted((out / "data").glob("[!.]*"))}


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return scrubbed("pack:chat-finetuning", "chats", tmp_path_factory.mktemp("chats") / "out")


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return scrubbed("pack:agent-traces", "traces", tmp_path_factory.mktemp("traces") / "out")


def test_the_fixtures_are_current(tmp_path: Path) -> None:
    SESSIONS.write(tmp_path)
    for name in ("chats", "traces"):
        for path in (tmp_path / name).iterdir():
            assert path.read_bytes() == (ROOT / "fixtures" / name / path.name).read_bytes()


def test_nothing_of_a_person_is_left(chats: Files, traces: Files) -> None:
    values = [value.casefold() for who in SESSIONS.people() for value in who.values()]
    for name, found in {**chats, **traces}.items():
        text = json.dumps(found, ensure_ascii=False).casefold()
        # a stand-in may end like a name (Tamara), and none begins like one
        left = [v for v in values if re.search(rf"(?<![^\W\d_]){re.escape(v)}", text)]
        assert left == [], name


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}"
            yield from keys_of(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, f"{path}[]")


GONE = re.compile(r"url|image_urls|timestamp|^\.id$")


def test_every_record_keeps_its_shape(chats: Files, traces: Files) -> None:
    for folder, files in (("chats", chats), ("traces", traces)):
        for name, found in files.items():
            before = records(ROOT / "fixtures" / folder / name)
            assert len(found) == len(before), name
            for old, new in zip(before, found, strict=True):
                gone = {key for key in keys_of(old) if key not in set(keys_of(new))}
                assert all(GONE.search(key) for key in gone), (name, gone)


def test_the_chats_are_still_what_a_trainer_reads(chats: Files) -> None:
    for record in chats["openai.jsonl"]:
        open_calls: set[str] = set()
        names = {tool["function"]["name"] for tool in record["tools"]}
        for message in record["messages"]:
            assert message["role"] in ("system", "user", "assistant", "tool")
            for call in message.get("tool_calls") or ():
                assert call["type"] == "function"
                assert call["function"]["name"] in names
                assert set(json.loads(call["function"]["arguments"])) == {"email", "name"}
                open_calls.add(call["id"])
            if message["role"] == "tool":
                open_calls.remove(message["tool_call_id"])
                assert json.loads(message["content"])["open"] is True
            content = message["content"]
            assert content is None or isinstance(content, str | list)
        assert not open_calls
    for record in chats["sharegpt.jsonl"]:
        assert [turn["from"] for turn in record["conversations"]] == ["human", "gpt"]
    assert all(set(one) == {"instruction", "input", "output"} for one in chats["alpaca.json"])


def test_a_person_has_one_stand_in_throughout_a_conversation(chats: Files) -> None:
    for record in chats["openai.jsonl"]:
        asked, call, result = (record["messages"][i] for i in (1, 2, 3))
        arguments = json.loads(call["tool_calls"][0]["function"]["arguments"])
        found = json.loads(result["content"])
        assert arguments["name"] == found["name"]
        assert asked["content"] == f"Hi, I am {found['name']}. My mail is {arguments['email']}."
        assert found["phone"] in record["messages"][4]["content"][0]["text"]
        assert record["messages"][5]["content"].endswith(f"{found['name'].split()[0]}.")


def test_records_of_a_session_still_refer_to_each_other(traces: Files) -> None:
    claude = traces["claude-code.jsonl"]
    known = {one["uuid"] for one in claude if "uuid" in one}
    assert len(known) == 3 * len(SESSIONS.people())
    assert {one["parentUuid"] for one in claude if one.get("parentUuid")} < known
    assert {one["leafUuid"] for one in claude if "leafUuid" in one} < known
    calls = [one["message"]["content"] for one in claude if isinstance(one.get("message"), dict)]
    parts = [part for content in calls if isinstance(content, list) for part in content]
    used = [part["id"] for part in parts if part["type"] == "tool_use"]
    answered = [part["tool_use_id"] for part in parts if part["type"] == "tool_result"]
    assert used == answered
    payloads = [one["payload"] for one in traces["codex.jsonl"]]
    ids = [one["call_id"] for one in payloads if "call_id" in one]
    assert ids[::2] == ids[1::2]
    events = traces["openhands.json"]
    assert [one["cause"] for one in events if "cause" in one] == [one["id"] for one in events][1::3]


def test_a_user_has_one_stand_in_in_all_sessions(traces: Files) -> None:
    """In prompts, paths, remotes, variables, and from program to program."""
    pattern = re.compile(r"(?:/home/|/Users/|USER=|git@github.com:)([\w.-]+?)(?=[/\\\"]|\b)")
    stand_ins: list[set[str]] = [set() for _ in SESSIONS.people()]
    for found in traces.values():
        each = len(found) // len(stand_ins)
        for i, record in enumerate(found):
            stand_ins[i // each] |= set(pattern.findall(json.dumps(record)))
    assert [len(one) for one in stand_ins] == [1] * len(stand_ins)
    assert len(set().union(*stand_ins)) == len(stand_ins)
