"""The clients of the stores: the only importer of fsspec and its stores."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from scrubber.errors import (
    IncompleteError,
    InputError,
    NotAvailable,
    OutputError,
    Place,
    ScrubberError,
    how_to_install,
    printable,
)
from scrubber.storage.address import scheme_of


class _Kind(NamedTuple):
    package: str
    extra: str


_AZURE = _Kind("adlfs", "az")
_GOOGLE = _Kind("gcsfs", "gs")
_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "s3": _Kind("s3fs", "s3"),
        "gs": _GOOGLE,
        "gcs": _GOOGLE,
        "az": _AZURE,
        "abfs": _AZURE,
        "abfss": _AZURE,
        "hf": _Kind("huggingface_hub", "hf"),
        "memory": _Kind("fsspec", "s3"),  # objects of this process, for tests
    }
)
_LOGGERS = ("fsspec", "s3fs", "aiobotocore", "botocore", "gcsfs", "google", "adlfs", "azure")
_DENIED = frozenset({401, 403})
_CONFLICT = frozenset({409, 412})
_NO_LOGIN = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "ProfileNotFound",
        "DefaultCredentialsError",
        "RefreshError",
        "ClientAuthenticationError",
        "CredentialUnavailableError",
        "LocalTokenNotFoundError",
        "GatedRepoError",
    }
)


def client(url: str) -> tuple[Any, str]:
    """The fsspec filesystem for `url`, and its name for the object. No request is sent.

    Listings are never cached, since sources are checked for changes.

    Raises: NotAvailable ``storage-unknown``, ``storage-extra``.
    """
    scheme = scheme_of(url)
    kind = _KINDS.get(scheme)
    if kind is None:
        raise NotAvailable(
            "storage-unknown",
            f"{printable(scheme)}:// is not a supported storage",
            hint="local paths, s3://, gs://, az://, abfs://, hf://",
        )
    _quieten()
    try:
        import fsspec

        made = fsspec.get_filesystem_class(scheme)
    except (ImportError, ValueError):  # fsspec knows abfss:// only with adlfs
        raise NotAvailable(
            "storage-extra",
            f"{scheme}:// needs the package {kind.package}",
            hint=how_to_install(kind.extra),
        ) from None
    with asking(None):
        # The account in an Azure URL is the only option taken from a URL.
        options = made._get_kwargs_from_urls(url) if kind is _AZURE else {}
        if scheme == "s3":  # otherwise the size of a small object is requested before it is read
            options = {"max_concurrency": 1}
        system = fsspec.filesystem(scheme, use_listings_cache=False, **options)
        return system, str(system._strip_protocol(url))


def writable(url: str) -> tuple[Any, str]:
    """As :func:`client`, for writing and removing objects.

    Raises: the errors of :func:`client`; NotAvailable ``storage-read-only`` for the Hugging Face
    Hub, where every write is a commit whose history would keep removed objects.
    """
    if scheme_of(url) == "hf":
        raise NotAvailable(
            "storage-read-only",
            "hf:// is read-only",
            place=Place(file=url),
            hint="write to a folder, then upload it in one commit: hf upload",
        )
    return client(url)


def _quieten() -> None:
    """Disable telemetry and default logging of the clients, since their logs quote requests and
    answers."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "critical")
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def same_store(url: str) -> tuple[str, str, str]:
    """A common form of equivalent URLs, whatever the spelling of the scheme."""
    system, path = client(url)
    account = str(getattr(system, "account_name", ""))
    return type(system).__name__, account, path.strip("/")


@contextlib.contextmanager
def asking(name: str | None, *, writing: bool = False) -> Iterator[None]:
    """Translate a client's exceptions into scrubber's, since their texts may quote URLs, headers
    and data.

    `name` is the object's name in messages. FileNotFoundError and FileExistsError pass, since they
    are answers. A failed condition of a request raises the latter while creating, and
    ``source-changed`` while reading.
    """
    place = Place(file=name) if name is not None else None
    try:
        yield
    except (ScrubberError, FileNotFoundError, FileExistsError):
        raise
    except Exception as error:  # noqa: BLE001 - every client has exceptions of its own
        if _is_denial(error):
            fault = OutputError if writing else InputError
            hint = "is this machine logged in to the store, and may it read and write there?"
            text = "the store denies access"
            raise fault("storage-denied", text, place=place, hint=hint) from None
        if _is_conflict(error):
            if writing:
                raise FileExistsError from None
            raise changed(name) from None
        raise IncompleteError(
            "storage-unreachable",
            "the store cannot be reached, or answers incorrectly",
            place=place,
            hint="repeat the command, which keeps finished parts",
        ) from None


@contextlib.contextmanager
def putting(name: str) -> Iterator[None]:
    """As :func:`asking`, for writing an object: only its bucket can be missing."""
    try:
        with asking(name, writing=True):
            yield
    except FileNotFoundError:
        text = "the bucket does not exist or is not accessible"
        raise OutputError("storage-bucket", text, place=Place(file=name)) from None


def changed(name: str | None) -> InputError:
    """The error for an object that changed after it was found."""
    text = "the object changed while it was read"
    return InputError("source-changed", text, place=Place(file=name))


def _is_denial(error: Exception) -> bool:
    return any(
        isinstance(one, PermissionError)
        or type(one).__name__ in _NO_LOGIN
        or _status(one) in _DENIED
        or str(one).startswith("Forbidden")  # gcsfs
        for one in _causes(error)
    )


def _is_conflict(error: Exception) -> bool:
    """True if a condition of the request failed (that no object exists, or that it is
    unchanged)."""
    return any(
        type(one).__name__ == "FileExpired" or _status(one) in _CONFLICT for one in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _status(error: BaseException) -> int | None:
    """The HTTP status behind an exception of some client."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _number(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    for holder in (error, response):
        for name in ("status_code", "status", "code"):
            found = _number(getattr(holder, name, None))
            if found is not None:
                return found
    return None


def _number(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None
