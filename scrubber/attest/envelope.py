"""DSSE: a signed payload as one line of canonical JSON, many lines to a file.

Protocol: https://github.com/secure-systems-lab/dsse (v1.0.2). What is signed is the
pre-authentication encoding of the exact payload bytes, so that no parser stands between a signature
and what it says. A line has one form only (canonical JSON, canonical base64): a byte that is
changed anywhere in it is found.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scrubber import storage
from scrubber.attest.signer import PublicKey, SigningKey
from scrubber.errors import KeyFault, OutputError, Place, TamperedError
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.storage import Location, MissingFile, UnfitFile, read_small

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and who signed it. `signer` is read from the envelope and proves nothing before
    :attr:`intact` and a look into a trust file."""

    payload: bytes
    signature: bytes
    signer: PublicKey

    @property
    def intact(self) -> bool:
        """Whether the holder of `signer` signed exactly this payload."""
        return self.signer.verifies(self.signature, _encoding(self.payload))

    def to_line(self) -> bytes:
        """The envelope as canonical JSON, with the line break that ends it."""
        body = {
            "payloadType": PAYLOAD_TYPE,
            "payload": _base64(self.payload),
            "signatures": [{"keyid": self.signer.id, "sig": _base64(self.signature)}],
        }
        return canonical_bytes(body) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Envelope:
        """The envelope that has exactly this line.

        Errors: TamperedError ``envelope-form``.
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
    """`payload`, signed; the same bytes for the same payload and key."""
    return Envelope(payload, key.sign(_encoding(payload)), key.public)


def _encoding(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the type and the payload, each behind its length."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def read_envelopes(path: Location) -> tuple[Envelope, ...]:
    """The envelopes in the file at `path`, in order; none if there is no file.

    Errors: TamperedError ``envelope-form`` for anything that is not a line of an envelope.
    """
    try:
        raw = read_small(path, _MAX_BYTES).content
    except MissingFile:
        return ()
    except UnfitFile as unfit:
        text = f"the attestations cannot be read: {unfit.reason}"
        raise TamperedError("envelope-form", text, place=Place(file=path.name)) from None
    return tuple(_lines(raw))


def _lines(raw: bytes) -> Iterator[Envelope]:
    for line in raw.splitlines(keepends=True):
        yield Envelope.from_line(line)


def append_envelope(path: Location, envelope: Envelope) -> None:
    """Add a line to the file at `path`; a line that is there already is not added again.

    Errors: TamperedError ``envelope-form`` if the file holds anything else, OutputError
    ``attestation-write``.
    """
    known = read_envelopes(path)
    if envelope in known:
        return
    if isinstance(path, Path):
        _append(path, envelope.to_line())
        return
    # A store appends nothing: the object is put again with one line more. Who put it at the same
    # time may have replaced ours, so it is looked at again.
    storage.write(str(path), b"".join(e.to_line() for e in (*known, envelope)), path.name)
    append_envelope(path, envelope)


def _append(path: Path, line: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        text = "the attestation cannot be written"
        raise OutputError("attestation-write", text, place=Place(file=path.name)) from None


def _malformed() -> TamperedError:
    return TamperedError("envelope-form", "this is no envelope as scrubber writes it")
