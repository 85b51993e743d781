"""Compiled regexes from the cache are those that were compiled, and nothing else is read there."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
import regex

from scrubber.detect.matchers import phone_prefilter as phonetrigger
from scrubber.detect.matchers.phone_prefilter import trigger
from scrubber.detect.prefilter import compiled as module
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.detect.prefilter.compiled import Regexes
from scrubber.detect.recognizers import RECOGNIZERS

FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
HOUSE = [(p.regex, flags) for r in RECOGNIZERS for p in r.patterns for flags in (0, FLAGS)]
OTHERS = [
    (r"(?P<name>a|b)+cöx\d", FLAGS),
    (r"(?<=\bmy )ſtraße|ß{2,}", FLAGS),
    (r"(?<a>x)(?<b>y)\g<a>|\p{Lu}{e<=1}", 0),
    (r"(?V1)[a-z--[aeiou]]+", 0),
    (r"(?r)\d+", 0),
]
TEXT = (
    "Aböcöx1 abcÖX٣ my STRASSE ssß xyx Key=AKIAIOSFODNN7EXAMPLE token: ghp_" + "a1B2" * 9 + "\nÜ 12"
)


def matches(made: Any) -> list[Any]:
    return [(m.span(), m.groups(), m.groupdict(), m.fuzzy_counts) for m in made.finditer(TEXT)]


@pytest.mark.slow
def test_what_is_read_back_is_what_was_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Regexes(CacheFolder(tmp_path / "c"))
    for pattern, flags in HOUSE + OTHERS:
        first.compile(pattern, flags)
    first.keep()
    monkeypatch.setattr(module, "_compile", None)  # nothing is compiled again
    second = Regexes(CacheFolder(tmp_path / "c"))
    for pattern, flags in HOUSE + OTHERS:
        made, known = regex.compile(pattern, flags), second.compile(pattern, flags)
        assert (known.pattern, known.flags, known.groupindex) == (
            made.pattern,
            made.flags,
            made.groupindex,
        )
        assert matches(known) == matches(made)


def test_a_regex_that_is_not_valid_is_no_other(tmp_path: Path) -> None:
    kept = Regexes(CacheFolder(tmp_path / "c"))
    with pytest.raises(regex.error):
        kept.compile("(", 0)
    kept.keep()
    assert not (tmp_path / "c").exists()


class _Deed:
    """Something that does harm when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self._path,)


def _other(path: Path) -> dict[Any, Any]:
    return {("abc", 0): regex.compile("x"), ("d", 0): _Deed(path)}


@pytest.mark.parametrize(
    "content",
    [
        lambda _path: b"",
        lambda _path: b"rubbish",
        lambda _path: pickle.dumps([1]),
        lambda path: pickle.dumps({("abc", 0): _Deed(path)}),
        lambda path: pickle.dumps(_other(path)),
        lambda _path: pickle.dumps({("abc", 0): regex.compile("x")}),
        lambda _path: pickle.dumps({("abc", 0): 1}),
    ],
)
def test_nothing_else_is_read(tmp_path: Path, content: Any) -> None:
    folder = CacheFolder(tmp_path / "c")
    kept = Regexes(folder)
    kept.compile("abc", 0)
    kept.keep()
    (stored,) = (tmp_path / "c").iterdir()
    folder.write(stored.name, content(tmp_path / "deed"))
    assert Regexes(folder).compile("abc", 0).fullmatch("abc")
    assert not (tmp_path / "deed").exists()


def test_they_are_lent_to_this_thread_and_for_a_while(tmp_path: Path) -> None:
    kept = Regexes(CacheFolder(tmp_path / "c"))
    real = regex.compile
    ours = kept.compile("ours", 0)

    def elsewhere() -> None:
        regex.compile("bluebird")

    with pytest.raises(ZeroDivisionError), kept.lent():
        assert regex.compile("ours") is ours
        assert regex.compile(ours) is ours
        assert regex.compile("a", regex.I).fullmatch("A")
        assert regex.compile(r"\L<w>", w=["x"]).fullmatch("x")
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        raise ZeroDivisionError
    assert regex.compile is real
    kept.keep()
    (stored,) = (tmp_path / "c").iterdir()
    assert b"ours" in stored.read_bytes()
    assert b"bluebird" not in stored.read_bytes()


@pytest.mark.parametrize("damage", [None, b"", b"{}", b'["zz"]', b"[1]"])
def test_the_trigger_of_phone_numbers_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    folder = CacheFolder(tmp_path / "c")
    made = trigger(("US", "GB"), 1)
    assert trigger(("US", "GB"), 1, folder) == made
    assert trigger(("DE",), 1, folder) == trigger(("DE",), 1) != made
    if damage is None:
        monkeypatch.setattr(phonetrigger, "_trigger", None)  # nothing is worked out again
    else:
        for stored in (tmp_path / "c").iterdir():
            folder.write(stored.name, damage)
    assert trigger(("US", "GB"), 1, folder) == made
