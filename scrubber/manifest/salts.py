"""Salted digests of small output files, and the file of salts, which stays with the data.

The content of a file with few records can be guessed: anyone who knows the people can try likely
contents against its SHA-256. So the manifest publishes SHA-256(salt + SHA-256(file)) instead, and
no length. The 32 salt bytes are in ``data/.salts.json``. See docs/decisions/0026.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Final

from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.manifest.statement import OutputFacts

SALTS: Final = "data/.salts.json"
"""The salts file of an output. Readers of a folder skip it, since its name begins with a dot."""
SMALL_FILE: Final = 1000
"""Files with fewer records are small."""
MAX_SALTS: Final = 512 * 1024 * 1024
_SALT: Final = re.compile("[0-9a-f]{64}")


def is_small(output: OutputFacts) -> bool:
    """True if the digest of this file is salted."""
    return output.rows < SMALL_FILE


def salted_digest(plain: str, salt: str) -> str:
    """SHA-256 (hex) of the salt and a file's SHA-256, both in hex."""
    return sha256(bytes.fromhex(salt) + bytes.fromhex(plain)).hexdigest()


def salts_file(outputs: Iterable[OutputFacts]) -> bytes | None:
    """The content of :data:`SALTS`: a JSON object of salts by path; None without small files."""
    salts = {output.path: output.salt for output in outputs if output.salt is not None}
    return canonical_bytes(salts) if salts else None


def parse_salts(raw: bytes, paths: Collection[str]) -> Mapping[str, str]:
    """The salts of `paths`, from the content of :data:`SALTS`.

    Raises: ValueError unless `raw` is the output of :func:`salts_file` for these paths.
    """
    salts = parse_canonical(raw)
    if not isinstance(salts, dict) or salts.keys() != set(paths):
        raise ValueError("not the salts of these files")
    if not all(isinstance(salt, str) and _SALT.fullmatch(salt) for salt in salts.values()):
        raise ValueError("not a salt")
    return salts
