"""All or nothing: an output is there in whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.errors import IncompleteError, Interrupted, OutputError
from scrubber.manifest import FILE_NAME as MANIFEST
from scrubber.outputs import folder, publish, rename
from scrubber.outputs.folder import FolderStage
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


@pytest.fixture(params=["one step", "two steps"])
def _ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's call to exchange names, and without."""
    if request.param == "two steps":
        monkeypatch.setattr(rename, "_system", lambda: (None, None))
    elif not sys.platform.startswith("linux"):
        pytest.skip("tested on Linux")


@pytest.mark.usefixtures("_ways")
def test_a_failed_replacement_brings_the_earlier_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build(out)
    (out / "old").write_text("x")

    def fails(*_: Path) -> bool:
        raise OSError(errno.EIO, "no")

    def moves(folder: Path, target: Path) -> None:
        if folder.name == "output":
            fails()
        move(folder, target)

    move = rename.move_to_free
    with monkeypatch.context() as patched:
        patched.setattr(publish, "move_to_free", moves)
        if rename._system()[1] is not None:
            patched.setattr(publish, "exchange", fails)
        with pytest.raises(OutputError, match="output-write"):
            build(out, overwrite=True)
    assert visible(out) == ["data", MANIFEST, "old"]
    assert os.listdir(tmp_path) == ["out"]


def test_a_run_killed_between_the_renames_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out)
    (tmp_path / ".out.scrubber-partial").mkdir()
    out.rename(tmp_path / ".out.scrubber-partial/replaced")  # what SIGKILL leaves at that moment
    with pytest.raises(OutputError, match="output-exists"):
        build(out)
    assert visible(out) == ["data", MANIFEST]
    assert os.listdir(tmp_path) == ["out"]


def a_folder(out: Path) -> None:
    out.mkdir()
    (out / "mine").write_text("mine")


def an_empty_folder(out: Path) -> None:
    out.mkdir()


def a_file(out: Path) -> None:
    out.write_text("mine")


def a_link(out: Path) -> None:
    out.symlink_to(out.parent / "elsewhere")


def an_output(out: Path) -> None:
    build_by_hand(out)


def build_by_hand(out: Path) -> None:
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "data" / "theirs.csv").write_text("theirs")
    (out / MANIFEST).write_text("theirs")


def a_file_in_the_earlier_one(out: Path) -> None:
    (out / "data").mkdir(exist_ok=True)
    (out / "data" / "mine.txt").write_text("mine")


def another_content_in_the_earlier_one(out: Path) -> None:
    (out / "data" / "a.csv").write_text("mine, and longer")


def another_folder_in_its_place(out: Path) -> None:
    out.rename(out.with_name("moved"))
    build_by_hand(out)


@pytest.mark.usefixtures("_ways")
@pytest.mark.parametrize("early", [True, False], ids=["while it is built", "while it is published"])
@pytest.mark.parametrize(
    ("appears", "earlier"),
    [
        *((one, None) for one in (a_folder, an_empty_folder, a_file, a_link, an_output)),
        *((one, an_empty_folder) for one in (a_file_in_the_earlier_one, an_output)),
        (a_file_in_the_earlier_one, an_output),
        (another_content_in_the_earlier_one, an_output),
        (another_folder_in_its_place, an_output),
    ],
)
def test_what_appears_at_the_output_during_the_run_stays(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    appears: Callable[[Path], None],
    earlier: Callable[[Path], None] | None,
    early: bool,
) -> None:
    """Late means at the last moment, after everything has been looked at."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("kept")
    out = tmp_path / "out"
    if earlier is not None:
        earlier(out)
    done: list[dict[str, str]] = []

    def appear() -> None:
        if not done:
            appears(out)
            done.append(everything(tmp_path))

    def late(name: str) -> Callable[..., object]:
        call = getattr(publish, name)

        def called(*places: Path) -> object:
            appear()
            return call(*places)

        return called

    with (
        pytest.raises(OutputError, match="output-changed"),
        staged(out, [], overwrite=True) as stage,
    ):
        (stage.output / "data").mkdir()
        (stage.output / MANIFEST).write_text("ours")
        (stage.parts / "finished").write_text("x")
        if early:
            appear()
        else:
            for name in ("move_to_free", "exchange"):
                monkeypatch.setattr(publish, name, late(name))
    assert everything(tmp_path) == done[0]
    assert (tmp_path / ".out.scrubber-partial" / "parts" / "finished").exists()


def everything(folder: Path) -> dict[str, str]:
    """What others see in a folder, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(".out."):
            found[name] = (
                f"-> {path.readlink()}"
                if path.is_symlink()
                else "/"
                if path.is_dir()
                else path.read_text()
            )
    return found


@pytest.mark.parametrize("name", [".out.scrubber-partial", ".out.scrubber-lock"])
def test_a_link_in_the_place_of_our_own_files_is_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").write_text("kept")
    aim = victim if name.endswith("partial") else victim / "made"
    (tmp_path / name).symlink_to(aim)
    with pytest.raises(OutputError):
        build(tmp_path / "out", overwrite=True)
    assert everything(victim) == {"kept": "kept"}
    assert (tmp_path / name).is_symlink()


def test_a_folder_of_somebody_else_in_the_place_of_ours_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / ".out.scrubber-partial"
    a_folder(hidden)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(OutputError):
        build(tmp_path / "out")
    assert (hidden / "mine").read_text() == "mine"


def test_a_second_request_to_stop_loses_no_finished_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(_: FolderStage) -> bool:
        raise Interrupted

    with pytest.raises(Interrupted), staged(tmp_path / "out", [], overwrite=False) as stage:
        (stage.parts / "finished").write_text("x")
        monkeypatch.setattr(folder, "_finished", impatient)
        raise Interrupted
    assert (stage.parts / "finished").exists()


@pytest.mark.usefixtures("_ways")
def test_folders_that_others_race_to_make_are_never_removed(tmp_path: Path) -> None:
    """Another thread puts folders at the output as fast as it can, and remembers which stayed."""
    out, stop, made = tmp_path / "out", threading.Event(), []

    def races() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                out.mkdir()
                (out / "theirs").write_text("theirs")
                made.append(out.rename(tmp_path / f"theirs-{len(made)}"))

    racer = threading.Thread(target=races)
    racer.start()
    try:
        for number in range(60):
            with contextlib.suppress(OutputError):
                build(out)
                out.rename(tmp_path / f"mine-{number}")
    finally:
        stop.set()
        racer.join()
    assert made
    assert all((path / "theirs").exists() for path in made)
