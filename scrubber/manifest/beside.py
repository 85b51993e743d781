"""All files in an output folder: those in the manifest, its companions, and unknown files.

A companion has a fixed name beside ``manifest.json`` and a checked form. Files of other programs
and people with certain names (:data:`UNCHECKED`) are allowed but not part of the record.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scrubber import storage
from scrubber.errors import InputError, Place, printable
from scrubber.manifest.chain import PREVIOUS
from scrubber.manifest.document import DATA, FILE_NAME
from scrubber.storage import Location

ATTESTATIONS: Final = "manifest.intoto.jsonl"
"""Signatures, approvals and waivers; :mod:`scrubber.attest` checks them."""
ACCESS: Final = "access.jsonl"
"""The log of revealed values; :mod:`scrubber.attest.access` checks it."""
COMPANIONS: Final = frozenset({FILE_NAME, ATTESTATIONS, ACCESS})
UNCHECKED: Final = frozenset({"README.md", "croissant.json", "report.html"})
"""Files for readers or other tools, derived from the manifest and never checked."""
_HUB: Final = frozenset({".gitattributes"})  # the Hugging Face Hub adds one to every repository


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, link or empty folder; `name` is relative to the output, with ``/``. `fault` describes
    anything but a plain file of this folder, and is empty for a plain file."""

    name: str
    fault: str = ""

    def __str__(self) -> str:
        return printable(self.name) + (f" ({self.fault})" if self.fault else "")


def entries(root: Location) -> Iterator[Entry]:
    """All entries of the output at `root`, including hidden files, without following links.

    Raises: InputError ``unreadable`` for a folder that this user may not list.
    """
    if isinstance(root, Path):
        return _on_disk(root, "")
    return (Entry(one.name) for one in storage.below(str(root), str(root)))


def _on_disk(folder: Path, above: str) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as listed:
            found = sorted(listed, key=lambda one: one.name)
    except OSError:
        place = Place(file=above or folder.name)
        raise InputError("unreadable", "the folder cannot be listed", place=place) from None
    if not found and above:
        yield Entry(above.rstrip("/"), "an empty folder")
    for one in found:
        name = above + one.name
        if one.is_symlink():
            yield Entry(name, "a link")
        elif one.is_dir(follow_symlinks=False):
            yield from _on_disk(folder / one.name, f"{name}/")
        elif not one.is_file(follow_symlinks=False):
            yield Entry(name, "no plain file")
        elif one.stat(follow_symlinks=False).st_nlink > 1:
            yield Entry(name, "a hard link")
        else:
            yield Entry(name)


def strangers(
    found: Collection[Entry],
    outputs: Collection[str],
    chain: Collection[str] | None,
    root: Location,
) -> tuple[list[str], list[str]]:
    """The unknown paths in `found`, below ``data/`` and beside it.

    Known are the paths in `outputs` and the earlier manifests with the ids in `chain`; None means
    that the chain is broken, so that its files are unknown. A faulty output is left to the check of
    its bytes.
    """
    earlier = {name for id_ in chain or () for name in earlier_names(id_)}
    named = earlier | COMPANIONS | _tolerated(root)
    below, beside = [], []
    for entry in found:
        if entry.name in outputs or (chain is None and entry.name.startswith(f"{PREVIOUS}/")):
            continue
        if entry.name == DATA or entry.name.startswith(f"{DATA}/"):
            below.append(str(entry))
        elif entry.name not in named or entry.fault:
            beside.append(str(entry))
    return below, beside


def earlier_names(id_: str) -> tuple[str, ...]:
    """The files of the earlier manifest `id_`: itself, its attestations, and its access log."""
    return tuple(f"{PREVIOUS}/{id_}.{name}" for name in ("json", "intoto.jsonl", "access.jsonl"))


def unchecked(found: Collection[Entry], root: Location) -> list[str]:
    """The names in `found` that are allowed beside the manifest but not checked."""
    return sorted(entry.name for entry in found if entry.name in _tolerated(root))


def _tolerated(root: Location) -> frozenset[str]:
    return UNCHECKED | _HUB if str(root).startswith("hf://") else UNCHECKED
