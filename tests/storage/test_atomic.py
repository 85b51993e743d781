"""Small files are written whole or not at all, and over nothing that was not meant."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from scrubber.errors import IncompleteError, OutputError
from scrubber.storage import PRIVATE, put_whole, write_whole


def anything(path: Path) -> None:
    del path


def test_a_new_file_has_its_content_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", b"whole")
    assert (tmp_path / "new").read_bytes() == b"whole"
    assert os.listdir(tmp_path) == ["new"]


def test_what_is_secret_is_the_owners_from_the_first_byte(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", b"secret", mode=PRIVATE)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["file", "folder", "link to a file", "dangling link", "fifo"])
def test_nothing_that_exists_is_replaced_or_followed(tmp_path: Path, kind: str) -> None:
    target, other = tmp_path / "target", tmp_path / "other"
    other.write_text("other")
    match kind:
        case "file":
            target.write_text("before")
        case "folder":
            target.mkdir()
        case "link to a file":
            target.symlink_to(other)
        case "dangling link":
            target.symlink_to(tmp_path / "made by following")
        case _:
            os.mkfifo(target)
    before = target.lstat()
    with pytest.raises(OutputError, match="mine-exists"):
        write_whole(target, b"new", exists="mine-exists")
    if kind != "file":
        with pytest.raises(OutputError, match="output-foreign"):
            write_whole(target, b"new", replace=anything)
    assert os.path.samestat(target.lstat(), before)
    assert other.read_text() == "other"
    assert sorted(os.listdir(tmp_path)) == ["other", "target"]


def test_a_file_is_replaced_only_where_the_guard_lets_it_pass(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("before")

    def refuse(path: Path) -> NoReturn:
        raise OutputError("mine", f"not {path.name}")

    with pytest.raises(OutputError, match="mine"):
        write_whole(target, b"new", replace=refuse)
    assert target.read_text() == "before"
    write_whole(target, b"new", replace=anything)
    assert target.read_text() == "new"


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, IncompleteError),
        (errno.EDQUOT, IncompleteError),
        (errno.EIO, OutputError),
        (errno.EROFS, OutputError),
    ],
)
def test_a_fault_in_the_middle_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    target = tmp_path / "target"
    target.write_text("before")

    def fail(_: int) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        write_whole(target, b"new", replace=anything)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["target"]


def test_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    put_whole(tmp_path / "new", b"whole")
    assert (tmp_path / "new").read_bytes() == b"whole"
    with pytest.raises(FileExistsError):
        put_whole(tmp_path / "new", b"again")
    assert (tmp_path / "new").read_bytes() == b"whole"
    assert os.listdir(tmp_path) == ["new"]


def test_folders_above_are_made_only_where_asked(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="output-write"):
        write_whole(tmp_path / "a" / "new", b"")
    write_whole(tmp_path / "a" / "new", b"", parents=True)
    with pytest.raises(OutputError, match="output-write"):
        write_whole(tmp_path / "a" / "new" / "below", b"", parents=True)
