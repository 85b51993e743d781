"""A store that breaks off, denies, or is not there: an error with a code, never a short file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scrubber import formats, storage
from scrubber.errors import IncompleteError, InputError, ScrubberError
from tests.stores import reach

DATA = b"id,note\n" + b"".join(b"%d,planted9value\n" % i for i in range(20_000))
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@dataclass
class Broken:
    """An S3 server with one object; `answer` sends what a range of it was asked for."""

    answer: Answer
    asked: int = 0
    gets: list[str] = field(default_factory=list)


def whole(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(206)
    handler.send_header("Content-Length", str(len(data)))
    handler.send_header("ETag", '"1"')
    handler.end_headers()
    handler.wfile.write(data)


def shorter(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    whole(handler, data[: len(data) // 2])


def broken_off(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.send_response(206)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[: len(data) // 2])
    handler.close_connection = True


def everything(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    del data
    whole(handler, DATA + b"more")


def status(number: int, code: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        del data
        body = f"<Error><Code>{code}</Code><Message>planted9value</Message></Error>".encode()
        handler.send_response(number)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broken]:
    state = Broken(whole)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.send_header("ETag", '"1"')
            self.end_headers()

        def do_GET(self) -> None:
            state.asked += 1
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            state.answer(self, DATA[int(first) : int(last) + 1])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    reach(f"http://127.0.0.1:{server.server_port}", monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 2)
    yield state
    server.shutdown()
    server.server_close()


def everything_read() -> int:
    (source,) = formats.discover(["s3://bucket/a.csv"])
    schema = formats.schemas([source])["a.csv"]
    return sum(chunk.table.num_rows for chunk in formats.read(source, schema))


def test_a_whole_object_is_read(broken: Broken) -> None:
    assert everything_read() == 20_000
    assert broken.asked


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (shorter, IncompleteError, "storage-unreachable"),
        (broken_off, IncompleteError, "storage-unreachable"),
        (everything, IncompleteError, "storage-unreachable"),
        (status(500, "InternalError"), IncompleteError, "storage-unreachable"),
        (status(403, "AccessDenied"), InputError, "storage-denied"),
        (status(404, "NoSuchKey"), InputError, "source-changed"),
        (status(412, "PreconditionFailed"), InputError, "source-changed"),
    ],
)
def test_what_is_not_as_it_should_is_an_error_and_quotes_nothing(
    broken: Broken, answer: Answer, error: type[ScrubberError], code: str
) -> None:
    broken.answer = answer
    with pytest.raises(error) as caught:
        everything_read()
    assert caught.value.code == code
    assert str(caught.value.place) == "a.csv"
    assert "planted9value" not in f"{caught.value!s}{caught.value!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_short_moment_of_trouble_is_tried_again(
    broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 5)

    def answer(handler: BaseHTTPRequestHandler, data: bytes) -> None:
        (
            status(503, "SlowDown")
            if broken.asked in (1, 4)
            else broken_off
            if broken.asked == 2
            else whole
        )(handler, data)

    broken.answer = answer
    assert everything_read() == 20_000


def test_a_store_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    reach("http://127.0.0.1:9", monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with pytest.raises(IncompleteError) as caught:
        storage.facts("s3://bucket/a", "a")
    assert caught.value.code == "storage-unreachable"


def test_a_machine_that_is_not_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    reach("http://127.0.0.1:9", monkeypatch)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(InputError) as caught:
        storage.facts("s3://bucket/a", "a")
    assert caught.value.code == "storage-denied"
