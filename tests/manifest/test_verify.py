"""Verify: an untouched folder passes, and every way of touching it is noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import IncompleteError, InputError
from scrubber.manifest import read_manifest, verify
from scrubber.manifest.canonical import canonical_bytes, manifest_id
from scrubber.manifest.merkle import merkle_root, outputs_root
from scrubber.manifest.verify import Check
from tests.golden.manifest_facts import LARGE, SMALL_CELLS, TINY
from tests.manifest.folders import publish_files

CONTENTS = {"data/customers.csv": b"email\nx\n" * 999, "data/sub/\x1b[31mchats.jsonl": b"{}\n"}
CHATS = next(name for name in CONTENTS if "chats" in name)


def publish(folder: Path, made_of: Any = LARGE, base: int = 1) -> Path:
    """An output folder as a run leaves it."""
    return publish_files(folder, *made_of, CONTENTS, base)


def failed(checks: tuple[Check, ...]) -> list[str]:
    return [check.id for check in checks if not check.passed]


@pytest.mark.parametrize("made_of", [LARGE, SMALL_CELLS, TINY], ids=["large", "small", "tiny"])
@pytest.mark.parametrize("base", [1, 10, 1000])
def test_an_untouched_folder_passes(tmp_path: Path, made_of: Any, base: int) -> None:
    checks = verify(publish(tmp_path, made_of, base))
    assert failed(checks) == []
    assert [check.id for check in checks] == [
        "form",
        "schema",
        "id",
        "conservation",
        "salts",
        "output data/customers.csv",
        "output data/sub/\\x1b[31mchats.jsonl",
        "unlisted",
        "beside",
        "merkle-root",
    ]


def test_no_manifest_is_an_incomplete_run(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / "manifest.json").unlink()
    for attempt in (verify, read_manifest):
        with pytest.raises(IncompleteError) as caught:
            attempt(tmp_path)
        assert caught.value.exit_code == 5
        assert str(tmp_path) not in str(caught.value)


def test_a_manifest_is_read_from_its_folder_or_its_file(tmp_path: Path) -> None:
    publish(tmp_path)
    assert read_manifest(tmp_path) == read_manifest(tmp_path / "manifest.json")


def flip(folder: Path) -> None:
    raw = bytearray((folder / "data/customers.csv").read_bytes())
    raw[5] ^= 1
    (folder / "data/customers.csv").write_bytes(raw)


def append(folder: Path) -> None:
    with (folder / "data/customers.csv").open("ab") as stream:
        stream.write(b"x")


def link(folder: Path) -> None:
    target = folder / "data/customers.csv"
    target.rename(folder / "real.csv")
    target.symlink_to(folder / "real.csv")


def hard_link(folder: Path) -> None:
    os.link(folder / "data/customers.csv", folder.parent / f"{folder.name}-elsewhere")


def earlier_unnamed(folder: Path) -> None:
    """A sound manifest in previous/ that this output does not extend."""
    (folder / "previous").mkdir()
    named = folder / "previous" / f"{read_manifest(folder).id}.json"
    named.write_bytes((folder / "manifest.json").read_bytes())


def link_folder(folder: Path) -> None:
    (folder / "data/sub").rename(folder / "elsewhere")
    (folder / "data/sub").symlink_to(folder / "elsewhere", target_is_directory=True)


def link_data(folder: Path) -> None:
    (folder / "data").rename(folder / "elsewhere")
    (folder / "data").symlink_to(folder / "elsewhere", target_is_directory=True)


def pipe(folder: Path) -> None:
    (folder / "data/customers.csv").unlink()
    os.mkfifo(folder / "data/customers.csv")


def replace_by_folder(folder: Path) -> None:
    (folder / "data/customers.csv").unlink()
    (folder / "data/customers.csv").mkdir()


def swap(folder: Path) -> None:
    first, second = (folder / name for name in CONTENTS)
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)


CSV, CHAT = "output data/customers.csv", "output data/sub/\\x1b[31mchats.jsonl"


@pytest.mark.parametrize(
    ("touch", "expected"),
    [
        (flip, [CSV]),
        (append, [CSV]),
        (lambda f: (f / CHATS).unlink(), [CHAT, "unlisted"]),  # its folder is empty now
        (lambda f: (f / CHATS).write_bytes(b""), [CHAT]),
        (swap, [CSV, CHAT]),
        (link, [CSV, "beside"]),
        (link_folder, [CHAT, "unlisted", "beside"]),
        (link_data, ["salts", CSV, CHAT, "unlisted", "beside"]),
        (pipe, [CSV]),
        (replace_by_folder, [CSV]),
        (lambda f: (f / "data/raw.csv").write_bytes(b"Ann"), ["unlisted"]),
        (lambda f: (f / "data/CUSTOMERS.csv").write_bytes(b""), ["unlisted"]),
        (lambda f: (f / "data/customers.csv ").write_bytes(b""), ["unlisted"]),
        (lambda f: (f / "data/cafe\u0301").write_bytes(b""), ["unlisted"]),
        (lambda f: (f / "data/empty").mkdir(), ["unlisted"]),
        (lambda f: (f / "data/sub/a/b").mkdir(parents=True), ["unlisted"]),
        (hard_link, [CSV]),
        (lambda f: (f / "raw.csv").write_bytes(b"Ann"), ["beside"]),
        (lambda f: (f / ".raw").write_bytes(b"Ann"), ["beside"]),
        (lambda f: (f / "Manifest.json").write_bytes(b"{}"), ["beside"]),
        (lambda f: (f / "manifest.json~").write_bytes(b"{}"), ["beside"]),
        (lambda f: (f / "empty").mkdir(), ["beside"]),
        (lambda f: (f / "previous").mkdir(), ["beside"]),
        (lambda f: (f / "other").symlink_to("/etc"), ["beside"]),
        (lambda f: os.mkfifo(f / "pipe"), ["beside"]),
        (lambda f: (f / "report.html").symlink_to("/etc/passwd"), ["beside"]),
        (lambda f: (f / ".gitattributes").write_bytes(b""), ["beside"]),
        (earlier_unnamed, ["beside"]),
        (lambda f: (f / "data/sub/.hidden").write_bytes(b""), ["unlisted"]),
        (lambda f: (f / "data/l").symlink_to("/etc/passwd"), ["unlisted"]),
        (lambda f: (f / "data/d").symlink_to("/etc", target_is_directory=True), ["unlisted"]),
    ],
    ids=lambda value: getattr(value, "__name__", "") if callable(value) else "",
)
def test_touched_outputs(
    tmp_path: Path, touch: Callable[[Path], None], expected: list[str]
) -> None:
    touch(publish(tmp_path))
    assert failed(verify(tmp_path)) == expected


def test_no_data_folder_at_all(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / "data").rename(tmp_path / "moved")
    assert failed(verify(tmp_path)) == ["salts-missing", CSV, CHAT, "beside"]


@pytest.mark.parametrize("name", ["README.md", "croissant.json", "report.html"])
def test_what_is_no_part_of_the_record_is_said_to_be_unchecked(tmp_path: Path, name: str) -> None:
    (publish(tmp_path) / name).write_bytes(b"anything")
    checks = verify(tmp_path)
    assert failed(checks) == []
    assert f"unchecked {name}" in [check.id for check in checks]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_no_tampering(tmp_path: Path) -> None:
    publish(tmp_path)
    for path in (tmp_path / "data/customers.csv", tmp_path / "data/sub"):
        path.chmod(0)
        with pytest.raises(InputError, match="unreadable"):
            verify(tmp_path)
        path.chmod(0o755)


def test_a_failed_check_tells_what_was_there(tmp_path: Path) -> None:
    flip(publish(tmp_path))
    check = next(c for c in verify(tmp_path) if not c.passed)
    content = CONTENTS["data/customers.csv"]
    assert check.expected == f"{len(content)} bytes, sha256 {sha256(content).hexdigest()}"
    assert check.actual.startswith(f"{len(content)} bytes, sha256 ")


def resealed(folder: Path, edit: Callable[[dict[str, Any]], None], fix_id: bool = True) -> Path:
    """The folder with an edited manifest, with the right id for what it says now."""
    publish(folder)
    data = read_manifest(folder).to_json()
    edit(data)
    if fix_id:
        data["header"]["id"] = manifest_id(data)
    (folder / "manifest.json").write_bytes(canonical_bytes(data))
    return folder


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(data: dict[str, Any]) -> None:
        node: Any = data
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "fix_id", "expected"),
    [
        (put("records", "in", value={"n": 3001}), False, ["id"]),
        (put("records", "in", value={"n": 3001}), True, ["conservation"]),
        (put("records", "dropped", value=[]), True, ["conservation"]),
        (put("records", "dropped", 0, "count", value={"lt": 11}), True, ["conservation"]),
        (put("sources", 0, "records", value={"n": 4000}), True, ["conservation"]),
        (put("outputs", "files", 0, "rows", value={"n": 1}), True, ["conservation"]),
        (put("fields", 0, "counts", "removed", value={"n": 50}), True, ["conservation"]),
        (put("outputs", "merkle_root", value="0" * 64), True, ["merkle-root"]),
        (put("outputs", "files", 0, "path", value="../x"), True, ["schema"]),
        (
            put("outputs", "files", 0, "path", value="data/../../x"),
            True,
            ["output data/../../x", "unlisted", "merkle-root"],
        ),
        (
            put("outputs", "files", 0, "sha256", value="0" * 64),
            True,
            [CSV, "merkle-root"],
        ),
        (put("header", "schema", value="scrubber/manifest/w1"), True, ["schema"]),
        (put("note", value="Ann Poe"), True, ["schema"]),
    ],
)
def test_edited_manifests(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], fix_id: bool, expected: list[str]
) -> None:
    checks = verify(resealed(tmp_path, edit, fix_id))
    assert failed(checks) == expected
    assert "Ann Poe" not in str(checks)


def test_a_manifest_of_another_version_is_no_tampering(tmp_path: Path) -> None:
    resealed(tmp_path, put("header", "schema", value="scrubber/manifest/v2"))
    with pytest.raises(InputError, match="manifest-version"):
        verify(tmp_path)


@pytest.mark.parametrize("count", [{"suppressed": True}, {"n": 150}])
def test_withheld_counts_are_no_contradiction(tmp_path: Path, count: dict[str, Any]) -> None:
    assert (
        failed(verify(resealed(tmp_path, put("records", "dropped", 0, "count", value=count)))) == []
    )


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b"null", b'{"header":{}}'])
def test_a_manifest_that_is_none(tmp_path: Path, raw: bytes) -> None:
    publish(tmp_path)
    (tmp_path / "manifest.json").write_bytes(raw)
    checks = verify(tmp_path)
    assert len(failed(checks)) == 1
    assert not checks[-1].passed


def split_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written there: split at the largest power of two below n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + split_root(leaves[:k]) + split_root(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_merkle_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == split_root(leaves)


def test_merkle_root_of_the_reference_tree() -> None:
    # The inputs and roots of the Certificate Transparency reference implementation.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    leaves = [bytes.fromhex(text) for text in inputs]
    assert merkle_root(leaves[:1]).hex().startswith("6e340b9cffb37a98")
    assert merkle_root(leaves[:2]).hex().startswith("fac54203e7cc696c")
    assert merkle_root(leaves).hex().startswith("5dc9da79a70659a9")


def test_the_root_binds_names_and_order() -> None:
    files = [
        {"path": "data/a", "sha256": "0", "salted_sha256": None, "bytes": 1},
        {"path": "data/b", "sha256": None, "salted_sha256": "1", "bytes": None},
    ]
    renamed = [{**files[0], "path": "data/c"}, files[1]]
    assert len({outputs_root(files), outputs_root(files[::-1]), outputs_root(renamed)}) == 3
