"""Documents and output folders at a local path or a URL, with one interface."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Literal, Protocol, Self

from scrubber.storage.address import base_name, checked, is_remote, joined
from scrubber.storage.objects import facts, is_folder
from scrubber.storage.reader import READ_AHEAD, ObjectReader, opened


class Readable(Protocol):
    """An open file, as a context manager; `read` returns the rest, or up to the given number of
    bytes."""

    def read(self, size: int = -1, /) -> bytes: ...

    def __enter__(self) -> Readable: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
        /,
    ) -> object: ...


class Location(Protocol):
    """A file or a folder, with the method names of :class:`pathlib.Path`."""

    @property
    def name(self) -> str: ...

    @property
    def parent(self) -> Self: ...

    def __truediv__(self, name: str, /) -> Self: ...

    def with_suffix(self, suffix: str, /) -> Self: ...

    def is_dir(self) -> bool: ...

    def is_file(self) -> bool: ...

    def open(self, mode: Literal["rb"], /) -> Readable: ...


@dataclass(frozen=True, slots=True)
class Remote:
    """A location in a store. Opening a missing object raises FileNotFoundError, as for files; other
    errors are those of :mod:`scrubber.storage`."""

    url: str

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        return base_name(self.url)

    @property
    def parent(self) -> Remote:
        return Remote(self.url.rsplit("/", 1)[0])

    def __truediv__(self, name: str, /) -> Remote:
        return Remote(joined(self.url, name))

    def with_suffix(self, suffix: str, /) -> Remote:
        return self.parent / PurePosixPath(self.name).with_suffix(suffix).name

    def is_dir(self) -> bool:
        return facts(self.url, self.url) is None and is_folder(self.url, self.url)

    def is_file(self) -> bool:
        return facts(self.url, self.url) is not None

    def open(self, mode: Literal["rb"], /) -> ObjectReader:
        del mode
        return opened(self.url, self.url, None, READ_AHEAD)


def locate(place: str | PathLike[str] | Location) -> Location:
    """The location of `place`.

    Raises: InputError ``storage-credentials``, ``storage-url``.
    """
    if isinstance(place, str):
        return Remote(checked(place)) if is_remote(place) else Path(place)
    return Path(place) if isinstance(place, PathLike) else place
