"""Keys come from references, and a key that others can read is no key."""

from __future__ import annotations

import os
import stat
import sys
from itertools import product
from pathlib import Path

import pytest

from scrubber.attest.signer import SigningKey
from scrubber.errors import KeyFault, NotAvailable, OutputError
from scrubber.keystore import (
    as_key,
    key_reference,
    new_key,
    resolve_key,
    resolve_signing_key,
    write_key,
)
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.transform.keys import RootKey

KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"


def test_keygen_makes_different_usable_keys() -> None:
    assert as_key(new_key()).id != as_key(new_key()).id


def test_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", KEY)
    assert resolve_key(KeyRef(KeySource.ENV, "K")) == as_key(KEY)
    for value, code in [("", "key-missing"), ("  ", "key-missing"), ("abc", "key-"), ("é", "key-")]:
        monkeypatch.setenv("K", value)
        with pytest.raises(KeyFault, match=code):
            resolve_key(KeyRef(KeySource.ENV, "K"))
    monkeypatch.delenv("K")
    with pytest.raises(KeyFault, match="key-missing"):
        resolve_key(KeyRef(KeySource.ENV, "K"))


def test_a_key_with_another_id_than_the_rules_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", KEY)
    id_ = as_key(KEY).id
    assert resolve_key(KeyRef(KeySource.ENV, "K", id_)) == as_key(KEY)
    with pytest.raises(KeyFault, match="key-other") as refused:
        resolve_key(KeyRef(KeySource.ENV, "K", "0" * 16))
    assert KEY not in str(refused.value)


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    ref = KeyRef(KeySource.FILE, str(path))
    with pytest.raises(KeyFault, match="key-missing"):
        resolve_key(ref)
    write_key(path, new_key())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert resolve_key(ref) == as_key(path.read_text())
    for mode in (0o640, 0o604, 0o644, 0o620):
        path.chmod(mode)
        with pytest.raises(KeyFault, match="key-exposed"):
            resolve_key(ref)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40, b"A" * 5000, KEY.encode() * 2])
def test_a_file_without_a_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFault) as caught:
        resolve_key(KeyRef(KeySource.FILE, str(path)))
    assert KEY not in str(caught.value)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_key(tmp_path / "key", new_key())
    before = (tmp_path / "key").read_text()
    with pytest.raises(OutputError, match="key-exists"):
        write_key(tmp_path / "key", new_key())
    assert (tmp_path / "key").read_text() == before
    with pytest.raises(OutputError, match="output-write"):
        write_key(tmp_path / "no" / "such" / "folder", new_key())


def test_command(tmp_path: Path) -> None:
    script = tmp_path / "give.py"
    script.write_text(f"print({KEY!r})")
    assert resolve_key(KeyRef(KeySource.EXEC, f"{sys.executable} {script}")) == as_key(KEY)
    for command in (
        "/no/such/program",
        "'unbalanced",
        f"{sys.executable} -c 'import sys; sys.exit(3)'",
    ):
        with pytest.raises(KeyFault, match="key-command"):
            resolve_key(KeyRef(KeySource.EXEC, command))


def test_keyring_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(NotAvailable, match="extra-missing"):
        resolve_key(KeyRef(KeySource.KEYRING, "scrubber/main"))


def test_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        @staticmethod
        def get_password(service: str, user: str) -> str | None:
            if user == "angry":
                raise RuntimeError(KEY)
            return KEY if (service, user) == ("vault", "main") else None

    monkeypatch.setitem(sys.modules, "keyring", Ring)
    assert resolve_key(KeyRef(KeySource.KEYRING, "vault/main")) == as_key(KEY)
    for name in ("vault/other", "angry"):
        with pytest.raises(KeyFault, match="key-missing") as caught:
            resolve_key(KeyRef(KeySource.KEYRING, name))
        assert KEY not in str(caught.value)


def test_the_environment_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", KEY)
    before = dict(os.environ)
    resolve_key(KeyRef(KeySource.ENV, "K"))
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        ("env:K", KeySource.ENV, "K"),
        ("file:a:b", KeySource.FILE, "a:b"),
        ("exec:vault read x", KeySource.EXEC, "vault read x"),
        ("keyring:s/u", KeySource.KEYRING, "s/u"),
    ],
)
def test_a_key_is_named_by_where_it_is(text: str, source: KeySource, name: str) -> None:
    assert key_reference(text) == KeyRef(source, name)


@pytest.mark.parametrize("text", ["", "env:", "K", KEY, "ENV:K", "http://x", "-----BEGIN"])
def test_what_names_no_key_is_not_repeated(text: str) -> None:
    with pytest.raises(KeyFault, match="key-reference") as caught:
        key_reference(text)
    assert KEY not in str(caught.value)


def test_signing_keys_come_from_the_same_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SigningKey.new()
    write_key(tmp_path / "pem", key.to_pem())
    monkeypatch.setenv("K", key.to_pem())
    for text in ("env:K", f"file:{tmp_path / 'pem'}", f"exec:cat {tmp_path / 'pem'}"):
        assert resolve_signing_key(key_reference(text)).public == key.public
    monkeypatch.setenv("K", KEY)
    with pytest.raises(KeyFault, match="key-format") as caught:
        resolve_signing_key(key_reference("env:K"))
    assert KEY not in str(caught.value)
    with pytest.raises(KeyFault, match=r"key-missing.*keygen --signing"):
        resolve_signing_key(key_reference("env:NO_SUCH_KEY"))


def _locals(error: BaseException) -> str:
    """All that a traceback with the values of its frames shows of ours, and of what came before."""
    shown, seen = [], set()
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        chain += [one.__cause__, one.__context__]
        shown.append(f"{one!r} {vars(one)!r} {one.args!r}")
        trace = one.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            if f"{os.sep}scrubber{os.sep}" in frame.f_code.co_filename:
                shown += [f"{name}={value!r}" for name, value in frame.f_locals.items()]
            trace = trace.tb_next
    return "\n".join(shown)


NO_KEYS = [
    KEY[:-2],
    KEY + "00",
    "z" + KEY[1:],
    "ab" * 32,
    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=",
    "-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktMTU5PUFFS\n-----END PRIVATE KEY-----",
    "pass wörd of the vault",
]


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_is_no_key_is_in_no_frame_of_the_traceback(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", text)
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(0o600)
    printing = f"{sys.executable} {tmp_path / 'print.py'}"
    (tmp_path / "print.py").write_text(
        f"import sys\nprint({text!r})\nsys.exit(len(sys.argv) - 1)\n"
    )
    references = [
        KeyRef(KeySource.ENV, "K"),
        KeyRef(KeySource.FILE, str(path)),
        KeyRef(KeySource.EXEC, printing),
        KeyRef(KeySource.EXEC, f"{printing} and-fail"),
    ]
    for resolve, ref in product((resolve_key, resolve_signing_key), references):
        with pytest.raises(KeyFault) as caught:
            resolve(ref)
        _says_nothing(caught.value, text)
    for call in (as_key, RootKey.parse, SigningKey.parse):
        with pytest.raises(KeyFault) as caught:
            call(text)
        _says_nothing(caught.value, text)
    for raw in (bytes(32), b"\x01\x02\x03" * 8, text.encode()):
        with pytest.raises(KeyFault) as caught:
            as_key(raw)
        _says_nothing(caught.value, text)


def _says_nothing(error: BaseException, text: str) -> None:
    shown = _locals(error)
    for line in text.splitlines():
        assert line not in shown
        assert repr(line)[1:-1] not in shown


def test_a_command_that_takes_too_long_leaves_nothing_of_what_it_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrubber.keystore._EXEC_SECONDS", 1)
    script = tmp_path / "slow.py"
    script.write_text(f"import time\nprint({KEY!r}, flush=True)\ntime.sleep(60)\n")
    with pytest.raises(KeyFault, match="key-command") as caught:
        resolve_key(KeyRef(KeySource.EXEC, f"{sys.executable} {script}"))
    assert KEY not in _locals(caught.value)
