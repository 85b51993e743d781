"""Objects in a store: find, list, write and remove."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scrubber.storage.address import before_wildcards, joined
from scrubber.storage.client import asking, client, putting, writable

_VERSIONS = ("ETag", "generation", "etag", "blob_id", "xet_hash", "created", "mtime")
_PER_REQUEST = 1000


@dataclass(frozen=True, slots=True, order=True)
class Facts:
    """An object's size in bytes and its version: an ETag, a generation or a time, which changes
    with each write."""

    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Found:
    """An object below a folder: its URL, its relative name with ``/``, and its facts."""

    url: str
    name: str
    facts: Facts


def facts(url: str, name: str) -> Facts | None:
    """The current facts of the object; None if it does not exist or is a folder."""
    system, path = client(url)
    try:
        with asking(name):
            system.invalidate_cache()
            info = system.info(path)
    except FileNotFoundError:
        return None
    return facts_of(info) if info["type"] == "file" and info["size"] is not None else None


def is_folder(url: str, name: str) -> bool:
    """True if objects exist below `url`, or a bucket of this name."""
    system, path = client(url)
    with asking(name):
        return bool(system.isdir(path))


def below(url: str, name: str) -> list[Found]:
    """All objects below the folder `url`, recursively, sorted; empty if there is no such folder."""
    system, path = client(url)
    try:
        with asking(name):
            system.invalidate_cache()
            listed = system.find(path, detail=True)
    except FileNotFoundError:
        return []
    return list(_found(url, path, listed.values()))


def matching(pattern: str, name: str) -> tuple[str, list[Found], list[str]]:
    """Expand a glob (``**`` crosses folders): the base URL of relative names, the objects and the
    folders, sorted."""
    base = before_wildcards(pattern)
    system, path = client(pattern)
    root = client(base)[1]
    with asking(name):
        system.invalidate_cache()
        matched = system.glob(path, detail=True)
    folders = [
        _relative(root, info["name"]) for info in matched.values() if info["type"] == "directory"
    ]
    return base, list(_found(base, root, matched.values())), sorted(folders)


def read(url: str, name: str) -> bytes | None:
    """The bytes of a small object; None if it does not exist."""
    system, path = client(url)
    try:
        with asking(name):
            return bytes(system.cat_file(path))
    except FileNotFoundError:
        return None


def write(url: str, data: bytes, name: str) -> None:
    """Write a small object, replacing any existing one."""
    system, path = writable(url)
    with putting(name):
        system.pipe_file(path, data)


def create(url: str, data: bytes, name: str) -> bool:
    """Create a small object; False if it exists. The store decides, so only one of two concurrent
    callers succeeds."""
    system, path = writable(url)
    try:
        with putting(name):
            system.pipe_file(path, data, mode="create")
    except FileExistsError:
        return False
    return True


def remove(urls: Iterable[str], name: str) -> None:
    """Remove objects of one store; missing objects are ignored."""
    wanted = list(urls)
    for start in range(0, len(wanted), _PER_REQUEST):
        system = writable(wanted[0])[0]
        paths = [client(url)[1] for url in wanted[start : start + _PER_REQUEST]]
        try:
            with asking(name, writing=True):
                system.rm(paths)
        # For at least one object; clients differ in how they report which.
        except FileNotFoundError:
            for path in paths:
                with contextlib.suppress(FileNotFoundError), asking(name, writing=True):
                    system.rm_file(path)


def facts_of(info: dict[str, Any]) -> Facts:
    """Size and version, as reported by a client."""
    version = next((info[key] for key in _VERSIONS if info.get(key)), "")
    if isinstance(version, datetime):  # one client formats times differently between requests
        version = version.timestamp()
    return Facts(int(info["size"]), str(version).strip('"'))


def _found(base: str, root: str, listed: Iterable[dict[str, Any]]) -> Iterator[Found]:
    for info in sorted(listed, key=lambda info: str(info["name"])):
        name = _relative(root, info["name"])
        # Some programs create an empty object for a folder; its name ends with a slash.
        if info["type"] == "file" and name and not name.endswith("/"):
            yield Found(joined(base, name), name, facts_of(info))


def _relative(root: str, path: str) -> str:
    inner = root.strip("/")
    return path.strip("/").removeprefix(inner).removeprefix("/")
