"""Salts for the digests of small output files, known only to holders of the data."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from scrubber.manifest import OutputFacts
from scrubber.manifest.salts import is_small
from scrubber.transform.keys import KEY_BYTES, RootKey


def with_salts(outputs: Iterable[OutputFacts], key: RootKey | None) -> tuple[OutputFacts, ...]:
    """Add a salt to each small file in `outputs`.

    Under a key, the salt is derived from the file's path and content: equal files get equal salts,
    and the holder of one file learns nothing about the salt of a later one. Without a key it is
    random.
    """
    return tuple(salted(one, key) if is_small(one) else one for one in outputs)


def salted(output: OutputFacts, key: RootKey | None) -> OutputFacts:
    """The output with a salt of its own."""
    return replace(output, salt=_salt(output, key))


def _salt(output: OutputFacts, key: RootKey | None) -> str:
    if key is None:
        return secrets.token_hex(KEY_BYTES)
    return key.derive("output-salt", f"{output.sha256}/{output.path}").hex()
