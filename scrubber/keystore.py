"""Keys: made by keygen, resolved from their reference at the place of use, never shown."""

from __future__ import annotations

import base64
import os
import secrets
import shlex
import subprocess
from pathlib import Path

from scrubber.attest.signer import SigningKey
from scrubber.errors import KeyFault, NotAvailable, how_to_install, printable
from scrubber.policy.plan import KeyRef, KeySource
from scrubber.storage import PRIVATE, LargeFile, UnfitFile, read_small, write_whole
from scrubber.transform.keys import KEY_BYTES, RootKey

_EXEC_SECONDS = 30
_FILE_LIMIT = 4096


def resolve_key(ref: KeyRef) -> RootKey:
    """Resolve `ref` to its key.

    Raises: KeyFault ``key-missing``, ``key-exposed`` (a file readable by group or others),
    ``key-command``, ``key-format``, ``key-length``, ``key-weak``, ``key-other`` (not the key of the
    id that the rules state); NotAvailable ``extra-missing`` without the keyring extra.
    """
    key = RootKey.parse(_secret(ref, "scrubber keygen"))
    refuse_other(key, ref.id)
    return key


def refuse_other(key: RootKey, stated: str | None) -> None:
    """Refuse a key whose id is not the `stated` one; None states none.

    Raises: KeyFault ``key-other``.
    """
    if stated is not None and key.id != stated:
        text = f"the rules ask for the key {stated}, and this is {key.id}"
        raise KeyFault("key-other", text, hint="the key's own id: scrubber keygen prints it")


def resolve_signing_key(ref: KeyRef) -> SigningKey:
    """Resolve `ref` to its private key.

    Raises: the errors of :func:`resolve_key`.
    """
    return SigningKey.parse(_secret(ref, "scrubber keygen --signing"))


def key_reference(text: str) -> KeyRef:
    """Parse a key reference: ``env:NAME``, ``file:PATH``, ``keyring:NAME`` or ``exec:COMMAND``.

    Raises: KeyFault ``key-reference``. Its text does not repeat `text`, which may be a key.
    """
    kind, _, name = text.partition(":")
    if kind not in list(KeySource) or not name.strip():
        raise KeyFault(
            "key-reference",
            "a key is given by its location",
            hint="env:NAME, file:PATH, keyring:NAME or exec:COMMAND",
        )
    return KeyRef(KeySource(kind), name)


def _secret(ref: KeyRef, maker: str) -> str:
    """The text behind `ref`; `maker` is the command that makes such a key."""
    match ref.source:
        case KeySource.ENV:
            return _from_env(ref.name, maker)
        case KeySource.FILE:
            return _from_file(Path(ref.name).expanduser(), maker)
        case KeySource.KEYRING:
            return _from_keyring(ref.name)
        case KeySource.EXEC:
            return _from_command(ref.name)


def as_key(key: RootKey | bytes | str) -> RootKey:
    """A key passed by a program: 32 bytes, the text written by keygen, or a reference to a key.

    Raises: the errors of :func:`key_reference` and :func:`resolve_key`.
    """
    if isinstance(key, RootKey):
        return key
    if isinstance(key, str) and ":" in key:  # the text of a key never holds a colon
        return resolve_key(key_reference(key))
    try:
        return RootKey(key) if isinstance(key, bytes) else RootKey.parse(key)
    except KeyFault as error:
        fault = error
    del key  # tracebacks may show the values of their frames
    raise fault


def new_key() -> str:
    """A new random key as base64 text."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def write_key(path: Path, text: str) -> None:
    """Write the `text` of a key to a new file of mode 0600.

    Raises: OutputError ``key-exists`` (keys are never overwritten), ``output-write``.
    """
    write_whole(
        path,
        f"{text.strip()}\n".encode("ascii"),
        exists="key-exists",
        hint="a key is never overwritten",
        mode=PRIVATE,
    )


def _from_env(name: str, maker: str) -> str:
    value = os.environ.get(name, "")
    if not value.strip():
        raise KeyFault(
            "key-missing",
            f"the environment variable {printable(name)} does not hold a key",
            hint=f'export {printable(name)}="$({maker})"',
        )
    return value


def _from_file(path: Path, maker: str) -> str:
    shown = printable(str(path))
    try:
        file = read_small(path, _FILE_LIMIT)
    except LargeFile:
        raise KeyFault("key-format", f"the key file {shown} is too large for a key") from None
    except UnfitFile as unfit:
        raise KeyFault(
            "key-missing",
            f"the key file {shown} cannot be read: {unfit.reason}",
            hint=f"{maker} --out {shown}",
        ) from None
    if file.mode & 0o077:
        raise KeyFault(
            "key-exposed", f"the key file is readable by others: {shown}", hint=f"chmod 600 {shown}"
        )
    return _text(file.content)


def _from_keyring(name: str) -> str:
    try:
        import keyring
    except ImportError:
        raise NotAvailable(
            "extra-missing", "keyring is not installed", hint=how_to_install("keyring")
        ) from None
    service, _, user = name.rpartition("/")
    asked = True
    try:
        value = keyring.get_password(service or "scrubber", user)
    except Exception:  # noqa: BLE001 - backends raise anything, and may quote the secret
        asked = False
    if not asked:
        raise KeyFault("key-missing", "the keyring is not accessible")
    if not value:
        raise KeyFault("key-missing", f"the keyring holds no key named {printable(name)}")
    return str(value)


def _from_command(command: str) -> str:
    try:
        done = subprocess.run(  # named by the author of the rule file
            shlex.split(command),
            capture_output=True,
            timeout=_EXEC_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):  # may quote the output
        done = None
    if done is None:
        raise KeyFault("key-command", "the key command cannot be executed")
    code, printed = done.returncode, done.stdout
    del done
    if code != 0:
        del printed
        raise KeyFault("key-command", f"the key command ended with exit code {code}")
    return _text(printed)


def _text(content: bytes) -> str:
    """Decode `content`; bytes beyond ASCII become characters that no key contains."""
    return content.decode("ascii", "replace")
