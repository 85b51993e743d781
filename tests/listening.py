"""Listeners that hear whatever opens a file or asks a server: the other end of an attack."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_IN_OPEN = 0x20
_IN_ACCESS = 0x1


class Watched:
    """A file that hears who opens it (inotify, so on Linux alone)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK)
        watch = self._libc.inotify_add_watch(self._handle, os.fsencode(path), _IN_OPEN | _IN_ACCESS)
        assert self._handle >= 0
        assert watch >= 0

    def heard(self) -> bool:
        """True if the file was opened since the last call."""
        try:
            return len(os.read(self._handle, 65536)) >= struct.calcsize("iIII")
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._handle)


@contextmanager
def watched(path: Path) -> Iterator[Watched]:
    if not sys.platform.startswith("linux"):
        pytest.skip("inotify is Linux's")
    one = Watched(path)
    try:
        yield one
    finally:
        one.close()


class Server:
    """A server on this machine that counts connections and hangs up."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.settimeout(1)
                try:
                    connection.recv(1024)
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@contextmanager
def server() -> Iterator[Server]:
    one = Server()
    try:
        yield one
    finally:
        one.close()
