"""The chain of manifests: an output that extends another names and includes its manifest."""

from __future__ import annotations

from typing import Final

from scrubber.errors import IncompleteError, InputError, Place, TamperedError
from scrubber.manifest.document import Manifest, read_manifest
from scrubber.storage import Location

PREVIOUS: Final = "previous"
"""The folder of an output with earlier manifests, each named by its id."""


def read_chain(folder: Location) -> tuple[Manifest, ...]:
    """The manifest in `folder` and all manifests that it extends, newest first.

    Raises: the errors of :func:`read_manifest`; TamperedError ``chain-broken`` for a missing,
    unreadable or different manifest of the chain.
    """
    newest = read_manifest(folder)
    return (newest, *manifests_before(folder, newest.data["header"]["previous"]))


def manifests_before(folder: Location, previous: str | None) -> tuple[Manifest, ...]:
    """The earlier manifests included in an output, starting with the id `previous`.

    Raises: TamperedError ``chain-broken``.
    """
    found: list[Manifest] = []
    while previous is not None:
        try:
            manifest = read_manifest(folder / PREVIOUS / f"{previous}.json")
        except (IncompleteError, InputError, TamperedError):
            raise _broken(folder) from None
        if manifest.id != previous or manifest in found:
            raise _broken(folder)
        found.append(manifest)
        previous = manifest.data["header"]["previous"]
    return tuple(found)


def _broken(folder: Location) -> TamperedError:
    text = "a manifest that this output extends is missing or was changed"
    return TamperedError("chain-broken", text, place=Place(file=str(folder)))
