"""One text, quickly: by the default, by rules, and on the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import scrubber
from scrubber.errors import GateError, KeyFault, NotAvailable
from tests.commands import call

KEY = bytes(range(32))
MAIL = "Write to ann@example.com, and again ann@example.com."
SCRUBBED = "Write to {EMAIL_ADDRESS}, and again {EMAIL_ADDRESS}."
NOTE = {"name": "note", "class": "text", "entities": {"default": "redact"}}
TOKENS = {"name": "other", "class": "text", "entities": {"default": {"token": {"domain": "d"}}}}
PLAIN = {"version": 1, "detect": {"ner": "none"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (MAIL, SCRUBBED),
        ("", ""),
        ([], []),
        ([None, MAIL, ""], [None, SCRUBBED, ""]),
        (("ü 日 a\u0301 \x00",), ["ü 日 a\u0301 \x00"]),
        ("Dear Ann Miller,\r\nMiller called.\n", "Dear {PERSON},\r\n{PERSON} called.\n"),
    ],
)
def test_without_rules_findings_become_labels(given: Any, expected: Any) -> None:
    assert scrubber.scrub_text(given) == expected


def test_it_is_what_scrub_makes_of_a_field_of_text() -> None:
    rules = {**PLAIN, "fields": [NOTE, TOKENS]}
    texts = [MAIL, None, "x", "call 415-555-2671"]
    import pyarrow as pa

    whole = scrubber.scrub(pa.table({"note": texts, "other": texts}), rules, key=KEY).data
    for name in ("note", "other"):
        assert scrubber.scrub_text(texts, rules, field=name, key=KEY) == whole[name].to_pylist()


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ([NOTE, TOKENS], None, "text-field"),
        ([{"name": "a", "transform": "drop"}], None, "text-field"),
        ([NOTE, {"name": "a", "transform": "drop"}], "a", "text-field"),
        ([NOTE], "nosuch", "text-field"),
        ([{**NOTE, "name": "*"}, TOKENS], None, None),
        ([NOTE], None, None),
        ([{**NOTE, "name": ["messages[].content", "x"]}], None, None),
        ([NOTE, {**TOKENS, "name": "text"}], None, "key-missing"),
    ],
)
def test_the_rule_of_one_field_applies(fields: Any, field: str | None, code: str | None) -> None:
    rules = {**PLAIN, "fields": fields}
    if code is None:
        assert scrubber.scrub_text(MAIL, rules, field=field) == SCRUBBED
        return
    with pytest.raises((NotAvailable, KeyFault)) as caught:
        scrubber.scrub_text(MAIL, rules, field=field)
    assert caught.value.code == code


def test_what_needs_a_table_is_refused() -> None:
    rules = {**PLAIN, "fields": [NOTE], "gates": {"min_k": 2}}
    with pytest.raises(NotAvailable, match="whole-table"):
        scrubber.scrub_text(MAIL, rules)


def test_a_text_in_an_unmeasured_language_is_refused_or_dropped() -> None:
    greek = "Καλημέρα, πώς είστε"
    with pytest.raises(GateError, match="language-unmeasured"):
        scrubber.scrub_text(greek)
    rules = {"version": 1, "detect": {"languages": {"unmeasured": "drop"}}, "fields": [NOTE]}
    assert scrubber.scrub_text([MAIL, greek, None], rules) == [SCRUBBED, None, None]


def test_bytes_and_numbers_are_no_text() -> None:
    for given in ([b"ann@example.com"], [7]):
        with pytest.raises(TypeError) as caught:
            scrubber.scrub_text(given)  # type: ignore[call-overload]
        assert "ann" not in str(caught.value)


class _Stdin(io.TextIOWrapper):
    def __init__(self, data: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data))
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("words", "stdin", "printed"),
    [
        ((MAIL,), b"", SCRUBBED + "\n"),
        ((), MAIL.encode() + b"\r\n", SCRUBBED + "\r\n"),
        (("-",), MAIL.encode(), SCRUBBED),
        (("r.yaml", MAIL), b"", SCRUBBED + "\n"),
        (("r.yaml",), MAIL.encode(), SCRUBBED),
        (("r.yaml", "-", "--field", "note"), b"", ""),
        (("",), b"", "\n"),
        (("--json", MAIL), b"", None),
    ],
)
def test_the_command_prints_the_text_alone(
    words: tuple[str, ...],
    stdin: bytes,
    printed: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(json.dumps({**PLAIN, "fields": [NOTE]}))
    monkeypatch.setattr(sys, "stdin", _Stdin(stdin))
    assert call("text", *words) == 0
    out, err = capfd.readouterr()
    assert err == ""
    if printed is None:
        assert json.loads(out)["data"] == {"text": SCRUBBED}
    else:
        assert out == printed.replace("\r\n", "\n") or out == printed


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("zqx.txt",), b"", "name of a file"),
        (("zqx", "y"), b"", "in quotes"),
        (("r.yaml", "zqx", "y"), b"", "in quotes"),
        (("missing.yaml",), b"zqx", "missing.yaml"),
        ((), b"zqx\xff", "encoding"),
        ((), None, "there is no text"),
    ],
)
def test_wrong_usage_is_refused(
    words: tuple[str, ...],
    stdin: bytes | None,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zqx.txt").write_text(MAIL)
    (tmp_path / "r.yaml").write_text(json.dumps({**PLAIN, "fields": [NOTE]}))
    monkeypatch.setattr(sys, "stdin", _Stdin(stdin or b"", stdin is None))
    assert call("text", *words) == 2
    out = capsys.readouterr().out
    assert said in out
    assert "zqx" not in out
