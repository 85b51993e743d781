"""Deletion in a store: the journal decides, and a stopped replacement is finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scrubber
from scrubber import storage
from scrubber.errors import IncompleteError
from scrubber.manifest import verify
from scrubber.outputs import replacing
from scrubber.storage import locate
from tests.deletion.test_forget import KEY, rules

_GONE = ["p1x3", "p2x4"]


class Stopped(BaseException):
    """A kill, in this process."""


@pytest.fixture
def out(tmp_path: Path) -> str:
    folder = tmp_path / "in"
    folder.mkdir()
    for shard in range(4):
        rows = "".join(f"p{shard}x{i},{i}\n" for i in range(12))
        (folder / f"{shard}.csv").write_text("id,n\n" + rows)
    url = f"memory://bucket/{tmp_path.name}/out"
    scrubber.scrub(folder, rules(), key=KEY, out=url)
    return url


def everything(url: str) -> dict[str, bytes]:
    found = storage.below(url, url)
    return {one.name: storage.read(one.url, one.url) or b"" for one in found}


def intact(url: str) -> bool:
    return all(check.passed for check in verify(locate(url)))


def test_files_in_a_store_are_replaced(out: str) -> None:
    before = everything(out)
    done = scrubber.forget(_GONE, out, key=KEY).outputs[0]
    after = everything(out)
    assert done.files == ("data/1.csv", "data/2.csv")
    assert intact(out)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"data/1.csv", "data/2.csv", "data/.salts.json", "manifest.json"}
    assert after.keys() - before.keys() == {f"previous/{done.before}.json"}
    assert [after[name].count(b"\n") for name in done.files] == [12, 12]


def test_a_replacement_stopped_at_any_step_is_undone_or_finished(
    out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, steps = everything(out), 0
    names = ("write", "remove")

    def stopping(after: int) -> Any:
        count = 0

        def step(call: Any) -> Any:
            def stopped(*given: Any, **named: Any) -> Any:
                nonlocal count
                count += 1
                if count > after:
                    raise Stopped
                return call(*given, **named)

            return stopped

        return step

    states = set()
    while True:
        with monkeypatch.context() as patched:
            step = stopping(steps)
            for name in names:
                patched.setattr(storage, name, step(getattr(storage, name)))
            patched.setattr(replacing, "_copy", step(replacing._copy))
            try:
                scrubber.forget(_GONE, out, key=KEY)
                done = True
            except Stopped:
                done = False
        # the lease of a dead process is taken over after a minute: here its object goes
        hidden = storage.below(f"{out}/.scrubber-partial", out)
        storage.remove([one.url for one in hidden if one.name.startswith("lease")], out)
        now = everything(out)
        if "manifest.json" not in now:
            states.add("none")
            with pytest.raises(IncompleteError):
                scrubber.read_manifest(out)
        elif now["manifest.json"] == before["manifest.json"]:
            states.add("old")
            assert all(now[name] == content for name, content in before.items())
        else:
            states.add("new")
        scrubber.forget(_GONE, out, key=KEY)
        assert intact(out)
        assert not [name for name in everything(out) if name.startswith(".scrubber")]
        storage.remove([one.url for one in storage.below(out, out)], out)
        for name, content in before.items():
            storage.write(f"{out}/{name}", content, name)
        if done:
            break
        steps += 1
    assert states == {"old", "none", "new"}
    assert steps > 8
