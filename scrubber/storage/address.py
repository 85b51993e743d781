"""URLs of objects and folders in stores, without credentials."""

from __future__ import annotations

import re

from scrubber.errors import InputError, Place

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_QUERY = re.compile(r"\?[A-Za-z][\w.-]*=")
_AZURE = frozenset({"abfs", "abfss"})
_AZURE_HOST = re.compile(r"[a-z0-9$-]+@[a-z0-9]+\.[a-z0-9.-]+", re.IGNORECASE)
_WILDCARD = re.compile(r"[*?\[]")


def is_remote(path: str) -> bool:
    """True if `path` is a URL, not a local path.

    >>> is_remote("s3://bucket/a.csv"), is_remote("/data/a.csv")
    (True, False)
    """
    return _URL.match(path) is not None


def checked(url: str) -> str:
    """Return `url` without trailing slashes. A URL that could hold a password or a token is
    refused, and never printed.

    Raises: InputError ``storage-credentials``, ``storage-url``.

    >>> checked("s3://bucket/folder/")
    's3://bucket/folder'
    """
    match = _URL.match(url)
    assert match is not None, "whoever asks knows that it is a URL"
    scheme, rest = match[1].lower(), match[2]
    host = rest.split("/", 1)[0]
    if ("@" in host and not _names_account(scheme, host)) or _QUERY.search(rest):
        raise InputError(
            "storage-credentials",
            "a URL must not hold a user, a password, a token or parameters",
            hint="credentials come from the store's own environment variables or configuration",
        )
    rest = rest.rstrip("/")
    if not rest or "\0" in rest:
        raise InputError("storage-url", "the URL has no bucket", place=Place(file=f"{scheme}://"))
    return f"{scheme}://{rest}"


def scheme_of(url: str) -> str:
    """The part before ``://``, in lower case."""
    return url.split("://", 1)[0].lower()


def bucket_of(url: str) -> str:
    """The URL of the bucket or container of `url`.

    >>> bucket_of("s3://bucket/a/b")
    's3://bucket'
    """
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"


def joined(url: str, name: str) -> str:
    """The URL of `name`, a relative name with ``/``, below `url`."""
    return f"{url}/{name}"


def base_name(url: str) -> str:
    """The part after the last slash."""
    return url.rsplit("/", 1)[1]


def before_wildcards(pattern: str) -> str:
    """The folder above all matches of `pattern`.

    >>> before_wildcards("s3://bucket/2026/part-*/x.csv")
    's3://bucket/2026'
    """
    first = _WILDCARD.search(pattern)
    return pattern if first is None else pattern[: first.start()].rsplit("/", 1)[0]


def has_wildcard(url: str) -> bool:
    return _WILDCARD.search(url) is not None


def _names_account(scheme: str, host: str) -> bool:
    """True for Azure's way to name a container of an account: ``container@account.dfs...``."""
    return scheme in _AZURE and _AZURE_HOST.fullmatch(host) is not None
