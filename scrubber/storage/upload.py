"""Writing an object of any size: nothing of it is there until it is committed."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from scrubber.storage.address import scheme_of
from scrubber.storage.client import asking, client, putting, writable

PART_BYTES = 32 * 2**20
"""What is sent at once and held in memory; S3 takes 10,000 of them, so a file of 312 GiB."""


class Upload:
    """One object being written, sent in parts as they fill; what formats call an outlet."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._system, self._path = writable(url)
        self._in_memory = scheme_of(url) == "memory"
        self._done = False
        with putting(name):
            self._file: Any = (
                io.BytesIO()  # fsspec would show it at once
                if self._in_memory
                else self._system.open(self._path, "wb", block_size=PART_BYTES)
            )

    def write(self, data: memoryview) -> None:
        """Append bytes."""
        with putting(self.name):
            self._file.write(data)

    def sync(self) -> None:
        """Nothing: an object is there, and durable, when it is committed."""

    def close(self) -> None:
        """Nothing: whoever began the upload commits or aborts it."""

    def commit(self) -> None:
        """Finish the upload: from here on the object is there, as a whole."""
        with putting(self.name):
            if self._in_memory:
                self._system.pipe_file(self._path, self._file.getvalue())
            else:
                self._file.close()
        self._done = True

    def abort(self) -> None:
        """Give up what was not committed. The clients complete an upload when its file is closed,
        or collected, so it is marked as closed without that."""
        if self._done:
            return
        self._done = True
        if self._in_memory:
            return
        self._file.closed = True
        with contextlib.suppress(Exception):  # it stays invisible; the next run clears it away
            self._file.discard()


def drop_unfinished(url: str, name: str) -> None:
    """Abort what killed runs began to upload below the folder `url`. S3 keeps (and charges) parts
    until someone does; the other stores let them expire by themselves."""
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
