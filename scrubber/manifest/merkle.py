"""The Merkle tree over the output files: one root for all of them, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from scrubber.manifest.canonical import canonical_bytes

_LEAF: Final = ("path", "sha256", "salted_sha256", "bytes")


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash of RFC 9162, section 2.1.1, over SHA-256.

    Leaves are hashed with the prefix 0x00 and nodes with 0x01, so that no node equals a leaf. A
    list of n leaves is split at the largest power of two below n. The root of no leaves is the
    SHA-256 of the empty string.

    >>> merkle_root([]).hex()[:8]
    'e3b0c442'
    """
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return sha256(b"").digest()
    # Pairing from the left and promoting an odd last node gives the same tree as splitting.
    while len(level) > 1:
        pairs = [
            sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def outputs_root(files: Sequence[Mapping[str, Any]]) -> str:
    """The root (hex) over output files in the given order (by shard number). A leaf is the
    canonical JSON of a file's path, SHA-256 (plain or salted) and length, as published."""
    leaves = [canonical_bytes({k: file[k] for k in _LEAF}) for file in files]
    return merkle_root(leaves).hex()
