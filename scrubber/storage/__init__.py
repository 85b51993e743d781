"""Object stores by URL (s3, gs, az, hf): objects found, read by ranges, written by uploads.

    for item in below("s3://bucket/folder", "input"):
        with opened(item.url, item.name, item.facts, READ_AHEAD) as file:
            file.read()

An object exists completely or not at all, and there is no rename. Credentials come from the sources
of the stores' own clients (environment, configuration files, roles), never from a URL. Local paths
are handled elsewhere.

All functions may raise NotAvailable ``storage-unknown``, ``storage-extra`` (with the extra to
install) and ``storage-read-only``; InputError or OutputError ``storage-url``,
``storage-credentials``, ``storage-denied``, ``storage-bucket``; IncompleteError
``storage-unreachable``. Messages of the clients are never repeated.
"""

from scrubber.storage.address import base_name, checked, has_wildcard, is_remote, joined
from scrubber.storage.atomic import PRIVATE, put_whole, write_whole
from scrubber.storage.client import changed, same_store, writable
from scrubber.storage.location import Location, Readable, Remote, locate
from scrubber.storage.objects import (
    Facts,
    Found,
    below,
    create,
    facts,
    is_folder,
    matching,
    read,
    remove,
    write,
)
from scrubber.storage.reader import READ_AHEAD, ObjectReader, opened
from scrubber.storage.small import LargeFile, MissingFile, SmallFile, UnfitFile, read_small
from scrubber.storage.upload import Upload, drop_unfinished

__all__ = [
    "PRIVATE",
    "READ_AHEAD",
    "Facts",
    "Found",
    "LargeFile",
    "Location",
    "MissingFile",
    "ObjectReader",
    "Readable",
    "Remote",
    "SmallFile",
    "UnfitFile",
    "Upload",
    "base_name",
    "below",
    "changed",
    "checked",
    "create",
    "drop_unfinished",
    "facts",
    "has_wildcard",
    "is_folder",
    "is_remote",
    "joined",
    "locate",
    "matching",
    "opened",
    "put_whole",
    "read",
    "read_small",
    "remove",
    "same_store",
    "writable",
    "write",
    "write_whole",
]
