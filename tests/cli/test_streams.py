"""Standard input and output: one stream, spooled privately and written once all gates passed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import scrubber
from scrubber.errors import InputError, OutputError, ScrubberError
from scrubber.manifest import Manifest

MAIL = "ann@example.com"
RULES: dict[str, Any] = {
    "version": 1,
    "detect": {"ner": "none"},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": "drop"},
        {"name": "note", "class": "text", "entities": {"default": "redact"}},
    ],
}
LINE = b'{"id":1,"note":"to ann@example.com"}\n'
CLEAN = b'{"note":"to {EMAIL_ADDRESS}"}\n'


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files; it must be empty at the end of each test."""
    folder = tmp_path / "private"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def streamed(given: bytes, tmp_path: Path, **more: Any) -> tuple[bytes, Manifest]:
    target = io.BytesIO()
    result = scrubber.scrub_stream(
        io.BytesIO(given), target, more.pop("rules", RULES), manifest=tmp_path / "m.json", **more
    )
    assert list((tmp_path / "private").iterdir()) == []
    return target.getvalue(), result.manifest


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "note": [f"to {MAIL}"]}), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("given", "stated", "expected"),
    [
        (LINE, None, CLEAN),
        (b"\xef\xbb\xbf\n " + LINE, None, CLEAN),
        (LINE.strip(), None, CLEAN),
        (b"[" + LINE + b"]", None, None),
        (b'{\n"id":1,\n"note":"to ann@example.com"}', None, None),
        (b"id,note\r\n1,to ann@example.com\r\n", "csv", b"note\r\nto {EMAIL_ADDRESS}\r\n"),
        (parquet(), None, None),
    ],
)
def test_a_stream_is_recognized_or_stated(
    given: bytes, stated: str | None, expected: bytes | None, tmp_path: Path
) -> None:
    out, manifest = streamed(given, tmp_path, input_format=stated)
    assert MAIL.encode() not in out
    if expected is not None:
        assert out == expected
    assert Manifest.from_bytes((tmp_path / "m.json").read_bytes()).id == manifest.id
    assert manifest.data["sources"][0]["alias"].startswith("stdin.")
    assert (tmp_path / "m.json.salts.json").exists()
    assert MAIL not in (tmp_path / "m.json").read_text()


@pytest.mark.parametrize(
    ("given", "more", "code"),
    [
        (b"", {}, "input-empty"),
        (b" \r\n\xef\xbb\xbf", {}, "input-empty"),
        (b"zqx,y\n1,2\n", {}, "input-unsupported"),
        (b"\x1f\x8b\x08zqx", {}, "input-unsupported"),
        (LINE, {"input_format": "nosuch"}, "format-unknown"),
        (LINE, {"input_format": "parquet"}, "parquet-unreadable"),
        (b'{"id":1,"new":"zqx"}\n', {}, ""),
        (LINE, {"rules": {**RULES, "gates": {"min_k": 2}}}, "min-k"),
    ],
)
def test_nothing_comes_out_of_a_stream_that_fails(
    given: bytes, more: dict[str, Any], code: str, tmp_path: Path
) -> None:
    target = io.BytesIO()
    with pytest.raises(ScrubberError) as caught:
        scrubber.scrub_stream(
            io.BytesIO(given),
            target,
            more.pop("rules", RULES),
            manifest=tmp_path / "m.json",
            **more,
        )
    assert code in str(caught.value)
    assert "zqx" not in str(caught.value)
    assert target.getvalue() == b""
    assert not (tmp_path / "m.json").exists()
    assert list((tmp_path / "private").iterdir()) == []


def test_one_file_goes_into_a_stream_and_several_do_not(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in ("a", "b"):
        (tmp_path / "raw" / f"{name}.jsonl").write_bytes(LINE)
    target = io.BytesIO()
    source = tmp_path / "raw" / "a.jsonl"
    scrubber.scrub_stream(source, target, RULES, manifest=tmp_path / "m.json")
    assert target.getvalue() == CLEAN
    with pytest.raises(OutputError, match="output-exists"):
        scrubber.scrub_stream(source, target, RULES, manifest=tmp_path / "m.json")
    with pytest.raises(InputError, match="one-stream"):
        scrubber.scrub_stream(tmp_path / "raw", target, RULES, manifest=tmp_path / "n.json")
    assert target.getvalue() == CLEAN


def command(tmp_path: Path, *words: str, given: bytes = LINE) -> subprocess.CompletedProcess[bytes]:
    (tmp_path / "r.yaml").write_text(json.dumps(RULES))
    return subprocess.run(
        [sys.executable, "-m", "scrubber", *words],
        input=given,
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_the_command_writes_the_data_alone_to_stdout(tmp_path: Path) -> None:
    done = command(tmp_path, "run", "r.yaml", "-", "--out", "-", "--manifest", "m.json")
    assert (done.returncode, done.stdout) == (0, CLEAN)
    assert MAIL.encode() not in done.stderr
    done = command(tmp_path, "run", "r.yaml", "-", "--out", "out")
    assert done.returncode == 0
    assert (tmp_path / "out/data/stdin.jsonl").read_bytes() == CLEAN
    assert list((tmp_path / "private").iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("-", "--out", "-"),
        ("-", "--out", "-", "--manifest", "m.json", "--json"),
        ("-", "--out", "-", "--manifest", "m.json", "--overwrite"),
        ("-", "x.jsonl", "--out", "-", "--manifest", "m.json"),
        ("-", "--out", "out", "--manifest", "m.json"),
    ],
)
def test_wrong_usage_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    from tests.commands import call

    (tmp_path / "r.yaml").write_text(json.dumps(RULES))
    assert call("run", tmp_path / "r.yaml", *words) == 2


@pytest.mark.slow
def test_a_closed_pipe_leaves_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(json.dumps(RULES))
    long = LINE.replace(b"to ", b"to " + b"x " * 1000)
    (tmp_path / "a.jsonl").write_bytes(LINE + long * 2_000)  # more than a pipe holds
    words = ("run", "r.yaml", "a.jsonl", "--out", "-", "--manifest", "m.json", "--quiet")
    run = subprocess.Popen(
        [sys.executable, "-m", "scrubber", *words], cwd=tmp_path, stdout=subprocess.PIPE
    )
    assert run.stdout is not None
    assert run.stdout.readline() == CLEAN
    run.stdout.close()
    assert run.wait(120) == 141
    assert not (tmp_path / "m.json").exists()
