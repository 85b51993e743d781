"""Datasets on the Hugging Face Hub, from a server on this machine that answers as the Hub does."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from scrubber import formats, storage
from scrubber.errors import InputError, NotAvailable

pytest.importorskip("huggingface_hub", reason="the extra hf is not installed")

FILES = {
    "README.md": b"# a set",
    "data/a.csv": b"id,note\n1,x\n2,y\n",
    "data/deep/b.jsonl": b'{"n": 1}\n' * 3,
}
COMMIT = "a" * 40


def entry(path: str) -> dict[str, object]:
    if path in FILES:
        return {
            "type": "file",
            "oid": f"{len(path):040}",
            "size": len(FILES[path]),
            "path": path,
        }
    return {"type": "directory", "oid": "0" * 40, "size": 0, "path": path}


def tree(folder: str, deep: bool) -> list[dict[str, object]]:
    inner = f"{folder}/" if folder else ""
    below = [path for path in FILES if path.startswith(inner)]
    names = {path[len(inner) :].split("/")[0] for path in below}
    if deep:
        names = {
            p[len(inner) :]
            for path in below
            for p in (path, path.rsplit("/", 1)[0])
            if p.startswith(inner)
        }
    return [entry(inner + name) for name in sorted(names)]


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        if path == "/api/datasets/user/set" or path.startswith("/api/datasets/user/set/revision"):
            self._json({"id": "user/set", "sha": COMMIT, "private": False, "gated": False})
        elif match := re.fullmatch(r"/api/datasets/user/set/tree/[^/]+/?(.*)", path):
            deep = parse_qs(url.query).get("recursive", [""])[0].lower() == "true"
            self._json(tree(match[1], deep))
        elif match := re.fullmatch(r"/datasets/user/set/resolve/[^/]+/(.*)", path):
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            self._send(206, FILES[match[1]][int(first) : int(last) + 1])
        else:
            self._send(404, b"", "RepoNotFound")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body)["paths"]
        known = {part for path in FILES for part in (path, path.rsplit("/", 1)[0])}
        self._json([entry(path) for path in asked if path in known])

    def log_message(self, *_: object) -> None:
        pass

    def _json(self, data: object) -> None:
        self._send(200, json.dumps(data).encode())

    def _send(self, status: int, data: bytes, error: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if error:
            self.send_header("X-Error-Code", error)
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from fsspec.config import conf
    from huggingface_hub import HfFileSystem

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setitem(conf, "hf", {"endpoint": endpoint, "token": False})
    HfFileSystem.clear_instance_cache()
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("given", "aliases"),
    [
        ("hf://datasets/user/set/data", ["a.csv", "deep/b.jsonl"]),
        ("hf://datasets/user/set/data/a.csv", ["a.csv"]),
        ("hf://datasets/user/set/**/*.jsonl", ["data/deep/b.jsonl"]),
        ("hf://datasets/user/set@main/data/*.csv", ["a.csv"]),
    ],
)
@pytest.mark.usefixtures("hub")
def test_a_dataset_is_found_and_read(given: str, aliases: list[str]) -> None:
    sources = formats.discover([given])
    assert [source.alias for source in sources] == aliases
    for source in sources:
        schema = formats.schemas([source])[source.alias]
        rows = sum(chunk.table.num_rows for chunk in formats.read(source, schema))
        assert rows == (2 if source.format == "csv" else 3)
    formats.refuse_changed(sources, {source.alias: None for source in sources})


@pytest.mark.usefixtures("hub")
def test_a_dataset_that_is_not_there() -> None:
    with pytest.raises(InputError, match="input-missing"):
        formats.discover(["hf://datasets/user/other/a.csv"])


def test_nothing_is_written_to_the_hub() -> None:
    for write in (storage.write, storage.create):
        with pytest.raises(NotAvailable, match="storage-read-only"):
            write("hf://datasets/user/set/a.csv", b"x", "a.csv")
