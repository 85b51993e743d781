"""Salted digests of small output files, and the file of salts that travels with the data alone.

A file of few records can be guessed: whoever knows the people tries the likely contents against its
SHA-256. So the manifest holds SHA-256(salt + SHA-256(file)) for it, and not its length; the 32 salt
bytes stand in ``data/.salts.json``. See docs/decisions/0026.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Final

from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.manifest.statement import OutputFacts

SALTS: Final = "data/.salts.json"
"""Where the salts of an output stand. Its name begins with a dot: readers of a folder skip it."""
SMALL_FILE: Final = 1000
"""A file of fewer records is small."""
MAX_SALTS: Final = 512 * 1024 * 1024
_SALT: Final = re.compile("[0-9a-f]{64}")


def is_small(output: OutputFacts) -> bool:
    """True if the digest of this file is salted."""
    return output.rows < SMALL_FILE


def salted_digest(plain: str, salt: str) -> str:
    """SHA-256 (hex) of the salt and a file's own SHA-256, both given in hex."""
    return sha256(bytes.fromhex(salt) + bytes.fromhex(plain)).hexdigest()


def salts_file(outputs: Iterable[OutputFacts]) -> bytes | None:
    """The content of :data:`SALTS`: a JSON object of salts by path; None without small files."""
    salts = {output.path: output.salt for output in outputs if output.salt is not None}
    return canonical_bytes(salts) if salts else None


def parse_salts(raw: bytes, paths: Collection[str]) -> Mapping[str, str]:
    """The salt of each of the `paths`, from the content of :data:`SALTS`.

    Raises: ValueError unless `raw` is what :func:`salts_file` writes for these paths.
    """
    salts = parse_canonical(raw)
    if not isinstance(salts, dict) or salts.keys() != set(paths):
        raise ValueError("not the salts of these files")
    if not all(isinstance(salt, str) and _SALT.fullmatch(salt) for salt in salts.values()):
        raise ValueError("not a salt")
    return salts
