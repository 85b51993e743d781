"""Small output files: neither the manifest nor what is made of it lets their content be guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from scrubber.attest.checking import check_run, exit_code
from scrubber.attest.gate import intact
from scrubber.cli.app import app
from scrubber.errors import IncompleteError, TamperedError
from scrubber.exports import TARGETS, export
from scrubber.manifest import Manifest, read_manifest, schema, screen, validate, verify
from scrubber.manifest.canonical import canonical_bytes, manifest_id
from scrubber.manifest.salts import SALTS
from scrubber.manifest.view import lines
from scrubber.policy import rules_from_mapping
from scrubber.review import report_page
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))
PEOPLE = ("Ann", "Bob", "Cid", "Dee", "Eve", "Fay")
KEPT: dict[str, Any] = {"version": 1, "fields": [{"name": "*", "keep": "a test"}]}


def publish(folder: Path, content: str, key: RootKey | None = KEY, rules: Any = KEPT) -> Manifest:
    """The output ``out`` in `folder`, of one CSV file."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "a.csv").write_text(content)
    given = rules_from_mapping(rules)
    return run(Request(given, [str(folder / "in")], folder / "out", key=key, overwrite=True))


def told(folder: Path, manifest: Manifest) -> str:
    """Everything that a reader may be given without the data."""
    checks = verify(folder / "out")
    exports = [export(manifest, target) for target in TARGETS]
    page, shown = report_page(manifest), "\n".join(lines(screen(manifest)))
    return "\n".join([manifest.to_bytes().decode(), *exports, page, shown, repr(checks)])


def table(people: tuple[str, ...]) -> str:
    return "name\n" + "".join(f"{name}\n" for name in people)


def guesses() -> dict[str, tuple[str, ...]]:
    """Every choice of people, by the plain SHA-256 of the file that it makes."""
    found = {}
    for size in range(1, len(PEOPLE) + 1):
        for people in combinations(PEOPLE, size):
            found[sha256(table(people).encode()).hexdigest()] = people
    return found


@pytest.mark.parametrize("key", [KEY, None], ids=["key", "no key"])
def test_a_list_of_people_cannot_be_guessed(tmp_path: Path, key: RootKey | None) -> None:
    people = PEOPLE[1:4]
    said = told(tmp_path, publish(tmp_path, table(people), key))
    content = (tmp_path / "out" / "data" / "a.csv").read_bytes()
    assert guesses()[sha256(content).hexdigest()] == people  # the attack itself works
    assert not guesses().keys() & set(re.findall("[0-9a-f]{64}", said))


def test_the_number_of_records_cannot_be_had_from_the_length(tmp_path: Path) -> None:
    """Records of 1,009 bytes: any length that tells how many there are is a multiple."""
    row = "x" * 1008
    for number in (1, 2, 5, 10):
        said = told(tmp_path, publish(tmp_path, "a\n" + f"{row}\n" * number))
        length = (tmp_path / "out" / "data" / "a.csv").stat().st_size
        assert length == 2 + 1009 * number
        numbers = {int(one.replace(",", "")) for one in re.findall(r"[\d,]*\d", said)}
        assert not numbers & {length, 1009 * number}


@pytest.mark.parametrize("few", [0, 3])
def test_the_length_of_a_large_file_tells_no_withheld_count(tmp_path: Path, few: int) -> None:
    """Values of one length in a column: the length of the file tells how many there are."""
    content = "a,b\n" + "1,y\n" * few + "1,\n" * (2000 - few)
    (file,) = publish(tmp_path, content).data["outputs"]["files"]
    length = (tmp_path / "out" / "data" / "a.csv").stat().st_size
    assert file["sha256"] is not None
    assert file["bytes"] == (None if few else length)


def test_rounded_counts_come_without_a_length(tmp_path: Path) -> None:
    rules = {**KEPT, "disclosure": {"base": 5}}
    (file,) = publish(tmp_path, "a\n" + "1\n" * 2000, rules=rules).data["outputs"]["files"]
    assert (file["bytes"], file["rows"]) == (None, {"n": 2000})
    assert file["sha256"] is not None


@pytest.mark.parametrize(("rows", "small"), [(0, True), (999, True), (1000, False)])
def test_which_files_are_small(tmp_path: Path, rows: int, small: bool) -> None:
    manifest = publish(tmp_path, "a\n" + "1\n" * rows)
    (file,) = manifest.data["outputs"]["files"]
    assert (file["sha256"] is None, file["salted_sha256"] is None) == (small, not small)
    assert (tmp_path / "out" / SALTS).exists() is small
    assert all(check.passed for check in verify(tmp_path / "out"))


def test_a_salt_is_of_one_content_under_one_name(tmp_path: Path) -> None:
    """Who was given a file and its salt cannot test guesses about the next version of it."""
    salts = []
    for people in (PEOPLE[:2], PEOPLE[:2], PEOPLE[:3]):
        publish(tmp_path, table(people))
        salts.append(json.loads((tmp_path / "out" / SALTS).read_bytes())["data/a.csv"])
    assert salts[0] == salts[1] != salts[2]
    assert all(re.fullmatch("[0-9a-f]{64}", salt) for salt in salts)


def test_without_a_key_a_salt_is_random(tmp_path: Path) -> None:
    ids = {publish(tmp_path, table(PEOPLE[:2]), None).id for _ in range(3)}
    assert len(ids) == 3


def test_the_check_by_hand_that_the_manual_gives(tmp_path: Path) -> None:
    manifest = publish(tmp_path, table(PEOPLE[:2]))
    salt = json.loads((tmp_path / "out" / SALTS).read_bytes())["data/a.csv"]
    plain = sha256((tmp_path / "out" / "data/a.csv").read_bytes()).hexdigest()
    (file,) = manifest.data["outputs"]["files"]
    assert file["salted_sha256"] == sha256(bytes.fromhex(salt + plain)).hexdigest()


def rewrite(change: Callable[[dict[str, str]], object]) -> Callable[[Path], None]:
    def touch(out: Path) -> None:
        salts = json.loads((out / SALTS).read_bytes())
        change(salts)
        (out / SALTS).write_bytes(canonical_bytes(salts))

    return touch


def link(out: Path) -> None:
    (out / SALTS).rename(out.parent / "salts")
    (out / SALTS).symlink_to(out.parent / "salts")


@pytest.mark.parametrize(
    ("touch", "failed", "code"),
    [
        (lambda out: out.exists(), [], 0),
        (lambda out: (out / SALTS).unlink(), ["salts-missing"], 5),
        (lambda out: (out / SALTS).write_bytes(b""), ["salts"], 4),
        (lambda out: (out / SALTS).write_bytes(b'{"data/a.csv": "00"}'), ["salts"], 4),
        (rewrite(lambda salts: salts.clear()), ["salts"], 4),
        (rewrite(lambda salts: salts.update(note="0" * 64)), ["salts"], 4),
        (rewrite(lambda salts: salts.update({"data/a.csv": "Ann"})), ["salts"], 4),
        (rewrite(lambda salts: salts.update({"data/a.csv": "0" * 64})), ["output data/a.csv"], 4),
        (link, ["salts"], 4),
        (lambda out: (out / "data/a.csv").write_text("name\n"), ["output data/a.csv"], 4),
        (lambda out: (out / "data/a.csv").unlink(), ["output data/a.csv"], 4),
    ],
)
def test_what_is_wrong_with_salts(
    tmp_path: Path, touch: Callable[[Path], object], failed: list[str], code: int
) -> None:
    publish(tmp_path, table(PEOPLE[:2]))
    touch(tmp_path / "out")
    checks = verify(tmp_path / "out")
    assert [check.id for check in checks if not check.passed] == failed
    assert exit_code(checks) == code
    args = ["verify", str(tmp_path / "out"), "--json"]
    assert (app(args, standalone_mode=False) or 0) == code


def test_salts_of_no_small_file_are_a_stray_file(tmp_path: Path) -> None:
    publish(tmp_path, "a\n" + "1\n" * 1000)
    (tmp_path / "out" / SALTS).write_bytes(b"{}")
    assert [c.id for c in verify(tmp_path / "out") if not c.passed] == ["unlisted"]


def test_without_salts_nothing_can_be_vouched_for(tmp_path: Path) -> None:
    publish(tmp_path, table(PEOPLE[:2]))
    (tmp_path / "out" / SALTS).unlink()
    with pytest.raises(IncompleteError) as caught:
        intact(tmp_path / "out", date(2026, 12, 1))
    assert (caught.value.code, caught.value.exit_code) == ("salts-missing", 5)
    (tmp_path / "out" / "data/a.csv").unlink()
    with pytest.raises(TamperedError):
        intact(tmp_path / "out", date(2026, 12, 1))
    assert exit_code(check_run(tmp_path / "out", None, date(2026, 12, 1))) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "0" * 64},
        {"salted_sha256": None},
        {"bytes": 7},
    ],
)
def test_a_small_file_has_one_digest_and_no_length(tmp_path: Path, change: dict[str, Any]) -> None:
    data = publish(tmp_path, table(PEOPLE[:2])).to_json()
    assert validate(data) == []
    data["outputs"]["files"][0].update(change)
    data["header"]["id"] = manifest_id(data)
    assert validate(data) == ["/outputs/files/0: oneOf"]
    (tmp_path / "out" / "manifest.json").write_bytes(canonical_bytes(data))
    with pytest.raises(TamperedError):
        read_manifest(tmp_path / "out")


def test_the_schema_says_how_to_check_a_small_file() -> None:
    files = schema()["properties"]["outputs"]["properties"]["files"]["items"]["properties"]
    assert SALTS in files["salted_sha256"]["description"]
