"""Increments: only new sources, by the same work, in a chain of manifests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scrubber.errors import OutputError, TamperedError
from scrubber.manifest import read_chain, read_manifest, verify
from scrubber.policy import rules_from_mapping
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

KEY = RootKey(bytes(range(32)))
RULES: dict[str, Any] = {
    "version": 1,
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "n", "class": "insensitive", "keep": "a number"},
    ],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name in "ab":
        shard(tmp_path, name)
    scrub(tmp_path, "one")
    return tmp_path


def shard(place: Path, name: str, rows: int = 20) -> None:
    lines = [json.dumps({"id": f"{name}{i}", "n": i}) + "\n" for i in range(rows)]
    (place / "in" / f"{name}.jsonl").write_text("".join(lines))


def scrub(place: Path, out: str, since: str | None = None, **changes: Any) -> Path:
    rules = rules_from_mapping({**RULES, **changes.pop("rules", {})})
    earlier = place / since if since is not None else None
    options = {"key": KEY, **changes}
    run(Request(rules, [str(place / "in")], place / out, incremental=earlier, **options))
    return place / out


def data(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "data").iterdir() if path.name[0] != ".")


def test_only_what_is_new_is_scrubbed_and_the_chain_grows(place: Path) -> None:
    shard(place, "c")
    two = scrub(place, "two", since="one")
    shard(place, "d")
    three = scrub(place, "three", since="two")
    assert (data(two), data(three)) == (["c.jsonl"], ["d.jsonl"])
    ids = [read_manifest(place / name).id for name in ("three", "two", "one")]
    assert [manifest.id for manifest in read_chain(three)] == ids
    header = read_manifest(three).data["header"]
    assert header["previous"] == ids[1]
    assert [check.id for check in verify(three) if check.id == "previous"] == ["previous"]
    assert all(check.passed for check in verify(three))
    assert read_manifest(two).data["records"]["in"] == {"n": 20}


def test_the_bytes_are_those_of_a_whole_run(place: Path) -> None:
    shard(place, "c")
    two, whole = scrub(place, "two", since="one"), scrub(place, "whole")
    assert (two / "data/c.jsonl").read_bytes() == (whole / "data/c.jsonl").read_bytes()


def test_a_source_that_has_gone_is_no_reason_to_stop(place: Path) -> None:
    (place / "in" / "a.jsonl").unlink()
    shard(place, "c")
    assert data(scrub(place, "two", since="one")) == ["c.jsonl"]


def refused(place: Path, **changes: Any) -> str:
    with pytest.raises(OutputError) as caught:
        scrub(place, "two", since="one", **changes)
    assert not (place / "two").exists()
    return caught.value.code


def test_nothing_new(place: Path) -> None:
    assert refused(place) == "increment-empty"


def test_a_source_that_is_done_and_has_changed(place: Path) -> None:
    shard(place, "b", rows=21)
    shard(place, "c")
    assert refused(place) == "increment-source"


def test_another_key(place: Path) -> None:
    shard(place, "c")
    assert refused(place, key=RootKey(bytes(range(1, 33)))) == "increment-source"


def test_other_rules(place: Path) -> None:
    shard(place, "c")
    fields = [RULES["fields"][0], {"name": "n", "class": "insensitive", "transform": "drop"}]
    assert refused(place, rules={"fields": fields}) == "increment-work"


def test_classes_of_records_hold_over_all_of_them(place: Path) -> None:
    shard(place, "c")
    fields = [RULES["fields"][0], {"name": "n", "class": "quasi_identifier"}]
    privacy = {"k": 2, "hierarchies": {"n": [{"bin": {"width": 50}}]}}
    assert refused(place, rules={"fields": fields, "privacy": privacy}) == "increment-privacy"


def test_without_a_key_no_source_is_known(place: Path) -> None:
    shard(place, "c")
    dropped = {"fields": [{**RULES["fields"][0], "transform": "drop"}, RULES["fields"][1]]}
    scrub(place, "keyless", rules=dropped, key=None)
    shard(place, "d")
    with pytest.raises(OutputError, match="increment-key"):
        scrub(place, "two", since="keyless", rules=dropped, key=None)


def missing(folder: Path) -> None:
    shutil.rmtree(folder / "previous")


def changed(folder: Path) -> None:
    for path in (folder / "previous").iterdir():
        path.write_bytes(path.read_bytes().replace(b"insensitive", b"sensitive"))


def another(folder: Path) -> None:
    for path in (folder / "previous").iterdir():
        path.write_bytes((folder / "manifest.json").read_bytes())


@pytest.mark.parametrize("harm", [missing, changed, another])
def test_a_broken_chain_is_found(place: Path, harm: Any) -> None:
    shard(place, "c")
    two = scrub(place, "two", since="one")
    harm(two)
    assert [check.id for check in verify(two) if not check.passed] == ["previous"]
    shard(place, "d")
    with pytest.raises(TamperedError, match="chain-broken"):
        scrub(place, "three", since="two")
