"""All or nothing: an output is there in whole, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scrubber.errors import IncompleteError, OutputError
from scrubber.manifest import FILE_NAME as MANIFEST
from scrubber.outputs.folder import staged_in_folder as staged


def build(out: Path, inputs: list[Path] | None = None, *, overwrite: bool = False) -> None:
    with staged(out, inputs or [], overwrite=overwrite) as stage:
        (stage.output / "data").mkdir()
        (stage.output / "data" / "a.csv").write_text("x\n")
        (stage.output / MANIFEST).write_text("{}")


def visible(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))


def test_a_finished_block_is_published_and_leaves_nothing_else(tmp_path: Path) -> None:
    build(tmp_path / "deep" / "out")
    assert (tmp_path / "deep" / "out" / "data" / "a.csv").read_text() == "x\n"
    assert os.listdir(tmp_path / "deep") == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    build(tmp_path / "out")
    assert (tmp_path / "out" / MANIFEST).exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_block_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), staged(tmp_path / "out", [], overwrite=False) as stage:
        (stage.output / "half.csv").write_text("x")
        raise error
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "error", "code"),
    [
        (errno.ENOSPC, IncompleteError, "disk-full"),
        (errno.EDQUOT, IncompleteError, "disk-full"),
        (errno.EACCES, OutputError, "output-write"),
    ],
)
def test_what_the_system_says_becomes_ours_without_its_text(
    tmp_path: Path, number: int, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as caught, staged(tmp_path / "out", [], overwrite=False):
        raise OSError(number, "SECRET /home/ann")
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_output_is_replaced_only_on_request_and_only_if_it_is_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out)
    with pytest.raises(OutputError, match="output-exists"):
        build(out)
    (out / "old").write_text("x")
    build(out, overwrite=True)
    assert visible(out) == ["data", MANIFEST]
    (out / MANIFEST).unlink()
    with pytest.raises(OutputError, match="output-foreign"):
        build(out, overwrite=True)
    assert visible(out) == ["data"]
    assert visible(tmp_path) == ["out"]


def test_a_file_or_a_link_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    build(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("file", "link"):
        with pytest.raises(OutputError, match="output-foreign"):
            build(tmp_path / name, overwrite=True)
    assert (tmp_path / "file").read_text() == "mine"


def test_output_and_input_do_not_overlap(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("x")
    with pytest.raises(OutputError, match="output-in-input"):
        build(tmp_path / "in" / "out", [tmp_path / "in"])
    with pytest.raises(OutputError, match="output-in-input"):
        build(tmp_path / "in", [tmp_path / "in"])
    with pytest.raises(OutputError, match="input-in-output"):
        build(tmp_path, [tmp_path / "in" / "a.csv"])
    build(tmp_path / "in" / "out", [tmp_path / "in" / "a.csv"])  # beside a file is fine


def test_two_runs_into_one_output_at_once(tmp_path: Path) -> None:
    handle = os.open(tmp_path / ".out.scrubber-lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(OutputError, match="output-busy"):
        build(tmp_path / "out")
    os.close(handle)
    build(tmp_path / "out")


def test_a_killed_run_leaves_nothing_visible_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    program = (
        "import os, signal, pathlib\n"
        "from scrubber.outputs.folder import staged_in_folder as staged\n"
        f"with staged(pathlib.Path({str(tmp_path / 'out')!r}), [], overwrite=False) as stage:\n"
        "    (stage.output / 'half.csv').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert visible(tmp_path) == []
    build(tmp_path / "out")
    assert os.listdir(tmp_path) == ["out"]
    assert visible(tmp_path / "out") == ["data", MANIFEST]


def test_folders_made_above_a_failed_output_go_again(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    out = tmp_path / "kept" / "new" / "newer" / "out"
    with pytest.raises(RuntimeError), staged(out, [], overwrite=False):
        raise RuntimeError
    assert list(tmp_path.rglob("*")) == [tmp_path / "kept"]


def test_a_failed_replacement_brings_the_earlier_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build(out)
    (out / "old").write_text("x")
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name == "output":
            raise OSError(errno.EIO, "no")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fails)
        with pytest.raises(OutputError, match="output-write"):
            build(out, overwrite=True)
    assert visible(out) == ["data", MANIFEST, "old"]
    assert os.listdir(tmp_path) == ["out"]


def test_a_run_killed_between_the_renames_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out)
    out.rename(tmp_path / ".out.scrubber-replaced")  # what SIGKILL leaves at that moment
    with pytest.raises(OutputError, match="output-exists"):
        build(out)
    assert visible(out) == ["data", MANIFEST]
    assert os.listdir(tmp_path) == ["out"]
