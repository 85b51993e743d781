"""Writing an object of any size, which stays invisible until it is committed."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from scrubber.storage.address import scheme_of
from scrubber.storage.client import asking, client, putting, writable

PART_BYTES = 32 * 2**20
"""Size of an uploaded part, held in memory. S3 allows 10,000 parts, so a file has at most 312
GiB."""


class Upload:
    """An object being written, sent in parts as they fill; formats call it an outlet."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._system, self._path = writable(url)
        self._in_memory = scheme_of(url) == "memory"
        self._done = False
        with putting(name):
            self._file: Any = (
                io.BytesIO()  # fsspec would publish it at once
                if self._in_memory
                else self._system.open(self._path, "wb", block_size=PART_BYTES)
            )

    def write(self, data: memoryview) -> None:
        """Append bytes."""
        with putting(self.name):
            self._file.write(data)

    def sync(self) -> None:
        """Do nothing: an object becomes visible and durable on commit."""

    def close(self) -> None:
        """Do nothing: the caller commits or aborts the upload."""

    def commit(self) -> None:
        """Complete the upload: the object becomes visible as a whole."""
        with putting(self.name):
            if self._in_memory:
                self._system.pipe_file(self._path, self._file.getvalue())
            else:
                self._file.close()
        self._done = True

    def abort(self) -> None:
        """Abandon an uncommitted upload. Clients complete an upload when its file is closed or
        collected, so it is first marked as closed."""
        if self._done:
            return
        self._done = True
        if self._in_memory:
            return
        self._file.closed = True
        with contextlib.suppress(Exception):  # it stays invisible; the next run removes it
            self._file.discard()


def drop_unfinished(url: str, name: str) -> None:
    """Abort the unfinished uploads of killed runs below the folder `url`. S3 keeps (and charges
    for) their parts until then; other stores let them expire."""
    if scheme_of(url) != "s3":
        return
    system, path = client(url)
    bucket, prefix, _ = system.split_path(path)
    listing = {"Bucket": bucket, "Prefix": f"{prefix}/"}
    listed: dict[str, Any] = {"IsTruncated": True}
    with asking(name, writing=True):
        while listed.get("IsTruncated"):
            listed = system.call_s3("list_multipart_uploads", **listing)
            for one in listed.get("Uploads", ()):
                upload = {"Key": one["Key"], "UploadId": one["UploadId"]}
                system.call_s3("abort_multipart_upload", Bucket=bucket, **upload)
            listing["KeyMarker"] = listed.get("NextKeyMarker", "")
            listing["UploadIdMarker"] = listed.get("NextUploadIdMarker", "")
