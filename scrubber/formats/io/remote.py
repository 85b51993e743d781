"""The objects of a store named by an input, by the rules for local files (formats/discovery.py)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from scrubber import storage
from scrubber.errors import InputError, Place
from scrubber.formats.base import Source

HIDDEN = (".", "_")
_AT_ONCE = 16
Named = tuple[str, str, storage.Facts]
"""URL, alias, facts."""


def expand(given: str) -> Iterator[Named]:
    """The objects named by the URL `given`: itself, all objects below it, or its matches.

    Raises: InputError ``input-missing``, ``input-no-match``, ``input-name``; the errors of
    :mod:`scrubber.storage`.
    """
    url = storage.checked(given)
    facts = storage.facts(url, url)
    if facts is not None:
        yield url, storage.base_name(url), facts
    elif found := storage.below(url, url):
        yield from _some(_shown(found), url, "it contains no file")
    elif storage.has_wildcard(url):
        yield from _some(_matches(url), url, "no file matches")
    elif storage.is_folder(url, url):
        raise InputError("input-no-match", "it contains no file", place=Place(file=url))
    else:
        text = "the object or folder does not exist"
        raise InputError("input-missing", text, place=Place(file=url))


def changed(sources: Sequence[Source]) -> str | None:
    """The alias of a source in a store that has changed since discovery, or None."""
    remote = [source for source in sources if source.facts is not None]

    def differs(source: Source) -> bool:
        return storage.facts(source.path, source.alias) != source.facts

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for source, is_other in zip(remote, pool.map(differs, remote), strict=True):
            if is_other:
                return source.alias
    return None


def _matches(pattern: str) -> Iterator[Named]:
    base, found, folders = storage.matching(pattern, pattern)
    steps = pattern[len(base) + 1 :].split("/")
    if ".." in steps:
        raise InputError(
            "input-name", "a glob cannot go up again after a wildcard", place=Place(file=pattern)
        )
    shown = tuple(mark for mark in HIDDEN if any(step.startswith(mark) for step in steps))
    yield from _shown(found, shown)
    if steps[-1] == "**":  # then the objects below are matches themselves
        return
    for folder in folders:
        if not _is_hidden(folder, shown):
            inner = storage.below(storage.joined(base, folder), pattern)
            for url, name, facts in _shown(inner):
                yield url, f"{folder}/{name}", facts


def _shown(found: Sequence[storage.Found], shown: tuple[str, ...] = ()) -> Iterator[Named]:
    for one in found:
        if not _is_hidden(one.name, shown):
            yield one.url, one.name, one.facts


def _is_hidden(name: str, shown: tuple[str, ...]) -> bool:
    return any(step.startswith(HIDDEN) and not step.startswith(shown) for step in name.split("/"))


def _some(named: Iterator[Named], url: str, text: str) -> Iterator[Named]:
    count = 0
    for one in named:
        count += 1
        yield one
    if not count:
        raise InputError("input-no-match", text, place=Place(file=url))
