"""Canonical JSON bytes (RFC 8785) of values without floats, and a strict parser for them.

Equal values have equal bytes in every implementation of RFC 8785, so a digest of the bytes
identifies the value. Floats are refused, since implementations differ in their text form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NoReturn

import rfc8785

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 64


def canonical_bytes(value: object) -> bytes:
    """The RFC 8785 bytes of `value`: null, bool, int, str, and mappings and sequences of these.

    Raises: ValueError for floats, integers from 2**53, lone surrogates, non-string keys, nesting
    deeper than 64, and other types. Its text names the fault, never the value.

    >>> canonical_bytes({"b": [1, True], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[1,true]}'
    """
    plain = plain_json(value)
    return rfc8785.dumps(plain)


def plain_json(value: object) -> Any:
    """Copy `value` into new dicts and lists, with the checks of :func:`canonical_bytes`."""
    return _plain(value, 0)


def _plain(value: object, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply for a manifest")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("an integer in a manifest is below 2**53")
        return int(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item, depth + 1) for item in value]
    kind = type(value).__name__
    raise ValueError(f"a manifest holds no {kind}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a key in a manifest is a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a string in a manifest is valid Unicode") from None
    return str(value)


def parse_canonical(raw: bytes) -> Any:
    """The value whose canonical bytes are exactly `raw`.

    Raises: ValueError for anything else, such as other spacing or key order, duplicate keys,
    floats, or invalid UTF-8.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except (ValueError, RecursionError):
        raise ValueError("not JSON of the form that a manifest has") from None
    if canonical_bytes(value) != raw:
        raise ValueError("not in canonical form (RFC 8785)")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def _no_float(text: str) -> NoReturn:  # noqa: ARG001 - json's hook passes the number's text
    raise ValueError("a manifest holds no fractions")


def core_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The content covered by the id: everything except the id and ``run`` (clock, run id, duration,
    workers). So equal plans on equal data have equal ids, however they were executed."""
    core = {key: value for key, value in manifest.items() if key != "run"}
    core["header"] = {key: value for key, value in manifest["header"].items() if key != "id"}
    return core


def manifest_id(manifest: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of the canonical bytes of the core."""
    return sha256(canonical_bytes(core_of(manifest))).hexdigest()
