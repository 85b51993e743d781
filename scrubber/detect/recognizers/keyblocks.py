"""Private keys in their blocks, and JSON web tokens."""

from __future__ import annotations

import base64
import binascii
import json

from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer

_BEGIN = r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}(?:PRIVATE KEY|NKEY SEED)(?: BLOCK)?-----"
_END = r"-----END (?:[A-Z0-9]{1,20} ){0,4}(?:PRIVATE KEY|NKEY SEED)(?: BLOCK)?-----"
# A line of a key may stand in a string, a comment, a patch or a log.
_LINE = r"[^A-Za-z0-9+/=-]{0,12}(?:\\[nr])?[A-Za-z0-9+/=]{16,100}"


def _decoded(value: str) -> bytes:
    """The bytes of base64 or base64url text, as far as they go."""
    plain = value.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _is_token(value: str) -> bool | None:
    """Refutes what has no JSON object for a header; nothing is proved without the key."""
    try:
        header = json.loads(_decoded(value.split(".", 1)[0]).rstrip(b"\n"))
    except ValueError:
        return False
    return None if isinstance(header, dict) else False


def _is_encoded_key(value: str) -> bool | None:
    if not value.startswith("LS0t"):
        return None
    return None if b"PRIVATE KEY" in _decoded(value)[:80] else False


PRIVATE_KEYS = Recognizer(
    name="PrivateKeyRecognizer",
    entity="PRIVATE_KEY",
    what="Private keys: PEM, OpenSSH and PGP blocks (whole or cut off), the same in base64, JSON "
    "web keys",
    examples=("-----BEGIN RSA PRIVATE KEY-----...", '{"kty": "RSA", "d": "..."}'),
    patterns=(
        Pattern("block", rf"{_BEGIN}(?:[^-]|-(?!----))*+{_END}", SURE),
        Pattern("beginning", rf"{_BEGIN}(?:{_LINE}){{0,400}}", SURE),
        Pattern("encoded", r"(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,20000}={0,2}", SURE),
        Pattern("web key", r"\{[^{}]{0,4000}?\"kty\"[^{}]{0,4000}?\"(?:d|k)\"\s{0,8}:[^{}]{0,4000}\}", SURE),
        Pattern("web key, key first", r"\{[^{}]{0,4000}?\"(?:d|k)\"\s{0,8}:[^{}]{0,4000}?\"kty\"[^{}]{0,4000}\}", SURE),
        Pattern("putty", r"PuTTY-User-Key-File-[0-9]: [^\r\n]{1,40}\r?\n(?:[^\r\n]{1,400}\r?\n){1,400}?Private-MAC: [0-9a-f]{40,64}", SURE),
    ),
    judge=_is_encoded_key,
)  # fmt: skip

WEB_TOKENS = Recognizer(
    name="JsonWebTokenRecognizer",
    entity="JSON_WEB_TOKEN",
    what="JSON web tokens (RFC 7519) whose header is JSON",
    examples=("eyJhbGciOi....eyJzdWIiOi....",),
    patterns=(
        Pattern(
            "token",
            r"(?<![A-Za-z0-9_-])e[wy][A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,40000}"
            r"(?:\.[A-Za-z0-9_-]{0,4000}){0,3}(?![A-Za-z0-9_-])",
            SURE,
        ),
    ),
    judge=_is_token,
)
