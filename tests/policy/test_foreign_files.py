"""Files that are named by mistake, or on purpose: none of their words is repeated, and the program
neither waits for them nor reads them without end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubber.attest.trust import read_trust
from scrubber.errors import KeyFault, RuleError, ScrubberError
from scrubber.keystore import resolve_key, resolve_signing_key
from scrubber.manifest import read_manifest
from scrubber.manifest.planned import read_plan
from scrubber.policy import load_rules
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.policy.syntax.compose import compose
from tests.commands import call

FOREIGN = {
    "accounts": "root:x:0:0:Zqroot:/root:/bin/zqsh\nzqann:x:1000:1000:Zqann Zqpoe:/home/zqann\n",
    "people": "name,email,ssn\nZqann Zqpoe,zqann@zqmail.example,078051120\nZqbob,zq@x,0123456\n",
    "semicolons": "Zqann;Zqpoe;078051120\nZqbob;Zqroe\n",
    "private key": "-----BEGIN PRIVATE KEY-----\nZqMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n",
    "environment": "ZQTOKEN=zqsecretvalue\nexport ZQOTHER='zqmore'\n",
    "settings": "Zqann Zqpoe: zqpatient\nZqbob: {zqward: 7}\nZqann Zqpoe: again\n",
    "json": '{"zqpassword": "zqhunter2", "zqusers": [{"zqname": "Zqann"}]}',
    "list": "- Zqann Zqpoe\n- 0178051120\n- 12:30:45\n- NO\n",
    "numbers": "078051120: zqa\n0x4a4b: zqb\nZqc: 1_000_078\n",
    "broken": "zqa: b: Zqann\n\tzqc: [1\n",
    "two documents": "zqa: 1\n---\nZqann: 2\n",
    "tags": "zqa: !zqtag Zqann\nzqb: *zqalias\n",
    "quotes": 'zqa: "Zqann \\q Zqpoe"\n',
    "another tool's": "version: 1\nzqservices: {zqweb: {zqimage: zqregistry}}\nfields: zqtext\n",
    "half a rule file": (
        "version: 1\nfields:\n  - {name: zqname, transform: zqform, zqkey: 1, class: zqclass}\n"
        "detect: {ner: zqner, entities: [ZQENTITY], zqlist: 1, score_thresholds: {Zqann: zqhigh}}\n"
        "rows: [{drop: 'zqcolumn = zqfunction(1)'}]\non_error: zqword\nkey: {env: zq key}\n"
    ),
    "bytes": "\udcff\udcfeZqann",
}


@pytest.fixture(params=FOREIGN, ids=list(FOREIGN))
def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "foreign"
    path.write_bytes(FOREIGN[request.param].encode("utf-8", "surrogateescape"))
    path.chmod(0o600)
    return path


def said(call: Callable[[], object]) -> str:
    """Everything that the error of `call` says; empty where it raises none."""
    try:
        call()
    except RuleError as error:
        return "\n".join([str(error), *(f"{p!r}" for p in error.problems)])
    except ScrubberError as error:
        return f"{error} {error!r}"
    return ""


def reveals_nothing(text: str) -> bool:
    return not re.search("zq|078051120|0123456|4a4b|1_000_078", text, re.IGNORECASE)


@pytest.mark.usefixtures("foreign")
def test_an_included_file_is_not_quoted(tmp_path: Path) -> None:
    for nesting in ("include: [foreign]", "include: [middle.yaml]"):
        (tmp_path / "middle.yaml").write_text("version: 1\ninclude: [foreign]\n")
        (tmp_path / "r.yaml").write_text(f"version: 1\n{nesting}\nfields: [{{name: a, keep: w}}]\n")
        text = said(lambda: load_rules(tmp_path / "r.yaml"))
        assert re.search(r"foreign:\d+:\d+ \[", text)
        assert reveals_nothing(text)


def test_a_rule_file_that_is_none_is_not_quoted(
    foreign: Path, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["foreign"] in ("another tool's", "half a rule file"):
        pytest.skip("it has keys of the rule language: its author is told what is wrong")
    text = said(lambda: load_rules(foreign))
    assert text
    assert reveals_nothing(text)


def test_a_trust_file_that_is_none_is_not_quoted(
    foreign: Path, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["foreign"] in ("another tool's", "half a rule file"):
        pytest.skip("it has a key of trust files")
    text = said(lambda: read_trust(foreign))
    assert text
    assert reveals_nothing(text)


@pytest.mark.usefixtures("foreign")
def test_a_hierarchy_that_is_none_is_not_quoted(tmp_path: Path) -> None:
    for field in (
        "{name: a, transform: {hierarchy: {file: foreign, level: 9}}}",
        "{name: a, class: quasi_identifier}\nprivacy: {k: 2, hierarchies: {a: foreign}}",
    ):
        (tmp_path / "r.yaml").write_text(f"version: 1\nfields:\n  - {field}\n")
        assert reveals_nothing(said(lambda: load_rules(tmp_path / "r.yaml")))


def test_a_key_that_is_none_is_not_quoted(foreign: Path) -> None:
    for resolve in (resolve_key, resolve_signing_key):
        text = said(lambda: resolve(KeyRef(KeySource.FILE, str(foreign))))  # noqa: B023
        assert "[key-" in text
        assert reveals_nothing(text)


def test_a_plan_or_manifest_that_is_none_is_not_quoted(foreign: Path) -> None:
    for read in (read_plan, read_manifest):
        text = said(lambda: read(foreign))  # noqa: B023
        assert text
        assert reveals_nothing(text)


def test_a_misspelt_key_of_an_included_file_gets_its_place_and_the_right_word(
    tmp_path: Path,
) -> None:
    (tmp_path / "base.yaml").write_text("version: 1\nfeilds: []\n")
    (tmp_path / "r.yaml").write_text("version: 1\ninclude: [base.yaml]\n")
    text = said(lambda: load_rules(tmp_path / "r.yaml"))
    assert "base.yaml:2:1 [unknown-key] this is not a key of the rule language" in text
    assert "did you mean fields?" in text
    assert "feilds" not in text


def test_an_author_reads_the_words_of_a_right_included_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("version: 1\nfields: [{name: a, transform: tokn}]\n")
    (tmp_path / "r.yaml").write_text("version: 1\ninclude: [base.yaml]\n")
    assert "unknown transform tokn" in said(lambda: load_rules(tmp_path / "r.yaml"))


# files without an end, and files that wait


def _rule_file(path: str, folder: Path) -> Path:
    del folder
    return Path(path)


def _written(text: str) -> Callable[[str, Path], Path]:
    def write(path: str, folder: Path) -> Path:
        (folder / "r.yaml").write_text(text.replace("PATH", path))
        return folder / "r.yaml"

    return write


READERS: dict[str, Callable[[str, Path], object]] = {
    "rule file": lambda path, folder: load_rules(_rule_file(path, folder)),
    "include": lambda path, folder: load_rules(
        _written("version: 1\ninclude: [PATH]\n")(path, folder)
    ),
    "hierarchy": lambda path, folder: load_rules(
        _written(
            "version: 1\nfields: [{name: a, transform: {hierarchy: {file: PATH, level: 1}}}]\n"
        )(path, folder)
    ),
    "levels": lambda path, folder: load_rules(
        _written(
            "version: 1\nfields: [{name: a, class: quasi_identifier}]\n"
            "privacy: {k: 2, hierarchies: {a: PATH}}\n"
        )(path, folder)
    ),
    "key": lambda path, folder: resolve_key(KeyRef(KeySource.FILE, path)),  # noqa: ARG005
    "signing key": lambda path, folder: resolve_signing_key(KeyRef(KeySource.FILE, path)),  # noqa: ARG005
    "trust file": lambda path, folder: read_trust(Path(path)),  # noqa: ARG005
    "plan": lambda path, folder: read_plan(Path(path)),  # noqa: ARG005
    "manifest": lambda path, folder: read_manifest(Path(path)),  # noqa: ARG005
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "zero", "folder", "huge", "null", "socket", "nowhere"])
def test_what_is_no_small_file_ends_at_once_in_an_error(
    kind: str, reader: str, tmp_path: Path
) -> None:
    path = tmp_path / "thing"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "zero" | "null":
            path = Path("/dev") / kind
        case "folder":
            path.mkdir()
        case "huge":
            with path.open("wb") as file:
                file.truncate(1 << 40)  # of holes: it takes no room
            path.chmod(0o600)
        case "socket":
            import socket

            listening = socket.socket(socket.AF_UNIX)
            listening.bind(os.path.relpath(path))
            listening.close()
    started = time.monotonic()
    with pytest.raises(ScrubberError) as caught:
        READERS[reader](str(path), tmp_path)
    assert time.monotonic() - started < 5
    assert caught.value.code != "internal"


@pytest.mark.slow
def test_a_command_does_not_wait_for_standard_input(tmp_path: Path) -> None:
    """A pipe that nobody writes to, as /dev/stdin of every command that reads a rule file."""
    (tmp_path / "a.csv").write_text("a\n1\n")
    ours, theirs = os.pipe()
    try:
        for command in (["check", "/dev/stdin"], ["verify", "/dev/stdin"], ["show", "/dev/stdin"]):
            done = subprocess.run(
                [sys.executable, "-m", "scrubber", *command],
                stdin=ours,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert done.returncode != 0
            assert b"pipe or device" in done.stdout + done.stderr
    finally:
        os.close(ours)
        os.close(theirs)


# the key of an included file


def _files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text("version: 1\n" + text)
    return folder / "main.yaml"


BASE = "key: {exec: 'touch hit'}\nfields: [{name: a, transform: token}]\n"


def test_the_key_of_an_included_file_does_not_count_by_itself(tmp_path: Path) -> None:
    main = _files(tmp_path, base=BASE, main="include: [base.yaml]\n")
    text = said(lambda: load_rules(main))
    assert "base.yaml:2:1 [key-in-include]" in text
    assert "key: {include: FILE}" in text
    # nor from a file that is included further down
    _files(tmp_path, middle="include: [base.yaml]\n", main="include: [middle.yaml]\n")
    assert "base.yaml:2:1 [key-in-include]" in said(lambda: load_rules(main))


TAKEN = [
    ("include: [base.yaml]\nkey: {include: base.yaml}\n", KeyRef(KeySource.EXEC, "touch hit")),
    ("include: [base.yaml]\nkey: {env: MINE}\n", KeyRef(KeySource.ENV, "MINE")),
    ("include: [middle.yaml]\nkey: {include: middle.yaml}\n", KeyRef(KeySource.EXEC, "touch hit")),
    ("include: ['pack:chat-finetuning']\n", KeyRef(KeySource.ENV, "SCRUBBER_KEY")),
]


@pytest.mark.parametrize(("main", "key"), TAKEN)
def test_a_rule_file_takes_a_key_or_names_its_own(tmp_path: Path, main: str, key: KeyRef) -> None:
    middle = "include: [base.yaml]\nkey: {include: base.yaml}\n"
    assert load_rules(_files(tmp_path, base=BASE, middle=middle, main=main)).key == key


@pytest.mark.parametrize(
    ("main", "middle"),
    [
        ("include: [base.yaml]\nkey: {include: other.yaml}\n", ""),
        ("include: [base.yaml]\nkey: {include: ../base.yaml}\n", ""),
        ("include: [base.yaml]\nkey: {include: main.yaml}\n", ""),
        ("key: {include: base.yaml}\n", ""),
        ("include: [middle.yaml]\nkey: {include: middle.yaml}\n", "key: {include: middle.yaml}\n"),
        ("include: [middle.yaml]\nkey: {include: middle.yaml}\n", "key: {include: main.yaml}\n"),
        ("include: [base.yaml]\nkey: {include: base.yaml, env: A}\n", ""),
    ],
)
def test_a_key_that_cannot_be_taken_is_refused(tmp_path: Path, main: str, middle: str) -> None:
    path = _files(tmp_path, base=BASE, middle=middle, main=main)
    assert re.search(r"\[(key-include|one-of)\]", said(lambda: load_rules(path)))


def test_a_file_cannot_pass_for_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pack:mine").write_text("version: 1\nkey: {exec: 'touch hit'}\n")
    Path("main.yaml").write_text("version: 1\ninclude: ['pack:mine']\n")
    composed = compose("main.yaml")
    assert "key" not in composed.tree.data
    assert composed.problems


# commands that look at rules run no command of theirs


LOOKING = [
    ["check", "r.yaml"],
    ["check", "r.yaml", "a.csv"],
    ["plan", "r.yaml", "a.csv"],
    ["plan", "r.yaml", "a.csv", "--json"],
    ["plan", "r.yaml", "a.csv", "--rows", "3", "--out", "plan.json"],
    ["audit", "a.csv"],
    ["init", "a.csv", "--out", "draft.yaml"],
    ["risk", "a.csv", "--qi", "a"],
]


def test_looking_at_rules_runs_no_key_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    (tmp_path / "r.yaml").write_text(
        "version: 1\nkey: {exec: 'touch hit'}\nfields:\n  - {name: a, transform: token}\n"
        "  - {name: b, transform: drop}\ntests: [{given: {a: '1', b: x}, expect: {b: null}}]\n"
    )
    for command in LOOKING:
        assert call(*command) == 0, command
        assert not (tmp_path / "hit").exists(), command
    assert call("run", "r.yaml", "a.csv", "--out", "out") == 2
    assert (tmp_path / "hit").exists()  # what truly needs the key runs it
    assert not (tmp_path / "out").exists()


def test_a_run_that_drifted_runs_no_key_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan is compared with the rules before their key is resolved."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    rules = "version: 1\nKEYfields: [{name: a, transform: token}, {name: b, transform: drop}]\n"
    (tmp_path / "r.yaml").write_text(rules.replace("KEY", "key: {env: ABSENT}\n"))
    assert call("plan", "r.yaml", "a.csv", "--out", "plan.json") == 0
    (tmp_path / "r.yaml").write_text(rules.replace("KEY", "key: {exec: 'touch hit'}\n"))
    assert call("run", "r.yaml", "a.csv", "--out", "out", "--plan", "plan.json") == 1
    assert "plan-drift" in capsys.readouterr().out
    assert not (tmp_path / "hit").exists()


def test_key_faults_are_of_one_kind(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="folder"):
        resolve_key(KeyRef(KeySource.FILE, str(tmp_path)))
