"""DSSE: a signed payload as one line of canonical JSON, many lines to a file.

Protocol: https://github.com/secure-systems-lab/dsse (v1.0.2). The signature covers the
pre-authentication encoding of the exact payload bytes, so no parser comes between a signature and
its content. A line has exactly one form (canonical JSON, canonical base64), so any changed byte is
detected. Only the last line may be incomplete, after a full disk or a kill during an append. It is
ignored, and the next append removes it.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import regex

from scrubber import storage
from scrubber.attest.signer import PublicKey, SigningKey
from scrubber.errors import InputError, KeyFault, OutputError, Place, TamperedError
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.storage import LargeFile, Location, MissingFile, UnfitFile, read_small
from scrubber.storage.atomic import rewrite_end

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_MAX_BYTES: Final = 256 * 1024 * 1024
_LINE: Final = regex.compile(
    rb'\{"payload":"[A-Za-z0-9+/]+={0,2}","payloadType":"application/vnd\.in-toto\+json",'
    rb'"signatures":\[\{"keyid":"ed25519:[0-9a-f]{64}","sig":"[A-Za-z0-9+/]+={0,2}"\}\]\}'
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signature. `signer` is read from the envelope and proves nothing before
    :attr:`intact` and a lookup in a trust file."""

    payload: bytes
    signature: bytes
    signer: PublicKey

    @property
    def intact(self) -> bool:
        """True if the holder of `signer` signed exactly this payload."""
        return self.signer.verifies(self.signature, _encoding(self.payload))

    def to_line(self) -> bytes:
        """The envelope as canonical JSON with a final line break."""
        body = {
            "payloadType": PAYLOAD_TYPE,
            "payload": _base64(self.payload),
            "signatures": [{"keyid": self.signer.id, "sig": _base64(self.signature)}],
        }
        return canonical_bytes(body) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Envelope:
        """The envelope that serializes to exactly this line.

        Raises: TamperedError ``envelope-form``.
        """
        try:
            body: Any = parse_canonical(line.removesuffix(b"\n"))
            (signed,) = body["signatures"]
            envelope = cls(
                payload=base64.b64decode(body["payload"], validate=True),
                signature=base64.b64decode(signed["sig"], validate=True),
                signer=PublicKey.parse(signed["keyid"]),
            )
        except (ValueError, TypeError, KeyError, binascii.Error, KeyFault):
            raise _malformed() from None
        if envelope.to_line() != line:
            raise _malformed()
        return envelope


def sign(payload: bytes, key: SigningKey) -> Envelope:
    """Sign `payload`. Equal payloads and keys give equal bytes."""
    return Envelope(payload, key.sign(_encoding(payload)), key.public)


def _encoding(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: type and payload, each after its length."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def read_envelopes(path: Location) -> tuple[Envelope, ...]:
    """The envelopes in the file `path`, in order; none without a file. An incomplete last line is
    ignored (:func:`torn_bytes`).

    Raises: TamperedError ``envelope-form`` for a malformed line, InputError
    ``attestations-unreadable``.
    """
    whole, _ = _split(_read(path))
    return _parsed(whole)


def torn_bytes(path: Location) -> int:
    """The bytes of the incomplete last line of the file `path`; 0 for none.

    Raises: the errors of :func:`read_envelopes`.
    """
    return len(_split(_read(path))[1])


def _read(path: Location) -> bytes:
    try:
        return read_small(path, _MAX_BYTES).content
    except MissingFile:
        return b""
    except LargeFile:
        raise _malformed() from None
    except UnfitFile as unfit:
        if isinstance(path, Path) and not path.is_file():  # a folder or a pipe in its place
            raise _malformed() from None
        text = f"the attestations cannot be read: {unfit.reason}"
        raise InputError("attestations-unreadable", text, place=Place(file=path.name)) from None


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Split `raw` into its complete lines and the incomplete rest.

    Raises: TamperedError ``envelope-form`` if the rest is not the beginning of an envelope's line.
    """
    end = raw.rfind(b"\n") + 1
    rest = raw[end:]
    written = rest.rstrip(b"\0")  # a crash may leave blocks of zeros in place of appended data
    if written and not _LINE.fullmatch(written, partial=True):
        raise _malformed()
    return raw[:end], rest


def _parsed(whole: bytes) -> tuple[Envelope, ...]:
    lines = whole.split(b"\n")[:-1]
    if len(set(lines)) != len(lines):  # lines are never appended twice
        raise _malformed()
    return tuple(Envelope.from_line(line + b"\n") for line in lines)


def append_envelope(path: Location, envelope: Envelope) -> None:
    """Append a line to the file `path`, completely or not at all, unless it is there already. An
    incomplete last line is removed.

    Raises: TamperedError ``envelope-form`` if the file holds anything else, InputError
    ``attestations-unreadable``, OutputError ``attestation-write``.
    """
    if isinstance(path, Path):
        _append(path, envelope)
        return
    known = read_envelopes(path)
    if envelope in known:
        return
    # Object stores cannot append: the object is written again with one more line. A concurrent
    # writer may have replaced it, so it is read once more.
    storage.write(str(path), b"".join(e.to_line() for e in (*known, envelope)), path.name)
    append_envelope(path, envelope)


def _append(path: Path, envelope: Envelope) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(path, flags, 0o644), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            whole, rest = _split(file.read())
            if envelope not in _parsed(whole):
                rewrite_end(file, len(whole), envelope.to_line())
            elif rest:
                rewrite_end(file, len(whole), b"")
    except OSError:
        text = "the attestation cannot be written"
        raise OutputError("attestation-write", text, place=Place(file=path.name)) from None


def _malformed() -> TamperedError:
    return TamperedError("envelope-form", "this is not a valid envelope")
