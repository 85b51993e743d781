"""The prefilter changes the speed and nothing else: the answers are those without it, and those of
Presidio's own engine. Its cache is believed only where nobody else could have written it."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import rows
from scrubber.detect import Detector, DetectSpec, build_detector
from scrubber.detect.house.detector import HouseDetector
from scrubber.detect.prefilter import scanner as prefilter
from scrubber.detect.prefilter.cache import CacheFolder
from tests.examples import examples

pytestmark = pytest.mark.slow

VALUES = [
    "ann@example.com",
    "212-555-0152",
    "+44 20 7946 0018",
    "(0049) 30 23125 123",
    "4111 1111 1111 1111",
    "078-05-1120",
    "DE89 3704 0044 0532 0130 00",
    "10.1.2.3",
    "2001:db8::8a2e:370:7334",
    "https://www.example.org/a?b=c",
    "12/31/1999",
    "01:23:45:67:89:ab",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "123456789",
    "F1234567",
]
GLUE = [
    "",
    " ",
    "\n",
    "\r\n",
    ".",
    ",",
    "x",
    "é",
    "\u0301",
    "\u200d",
    "🙏",
    "\x00",
    "١٢٣",
    "Ⅻ",
    "ſ",
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Detector, Detector]:
    """The detector with the prefilter, and one without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        fast = build_detector(DetectSpec())
        patch.setattr(prefilter, "hyperscan", None)
        return fast, build_detector(DetectSpec())


def differences(both: tuple[Detector, Detector], texts: Sequence[str]) -> list[int]:
    fast, plain = both[0].detect(texts), both[1].detect(texts)
    return [i for i, (a, b) in enumerate(zip(fast, plain, strict=True)) if a != b]


def test_the_two_are_not_the_same_thing(both: tuple[Detector, Detector]) -> None:
    if prefilter.hyperscan is None:
        pytest.skip("hyperscan has no wheel for this platform")
    fast, plain = (list(prefilter_of(one).hits(["nothing here"])) for one in both)
    assert fast == []
    assert [hit.index for hit in plain] == [0]


def prefilter_of(detector: Detector) -> prefilter.Prefilter:
    assert isinstance(detector, HouseDetector)
    return detector.patterns.prefilter


@pytest.mark.parametrize(("share", "count"), [(0.35, 500), (0.02, 250)])
def test_generated_rows(both: tuple[Detector, Detector], share: float, count: int) -> None:
    assert differences(both, list(rows(count, share))) == []


def test_values_alone_at_the_ends_and_between_anything(both: tuple[Detector, Detector]) -> None:
    texts = [left + value + right for value in VALUES for left in GLUE for right in GLUE]
    assert sum(map(bool, both[0].detect(texts))) > len(texts) // 3
    assert differences(both, texts) == []


def test_a_value_cut_in_two_by_rows_is_found_in_neither(both: tuple[Detector, Detector]) -> None:
    texts = [part for value in VALUES for part in (value[: len(value) // 2], value[3:])]
    assert differences(both, texts) == []


@examples(150)
@given(st.lists(st.sampled_from([*VALUES, *GLUE]) | st.text(max_size=6), max_size=12))
def test_anything(both: tuple[Detector, Detector], parts: list[str]) -> None:
    assert differences(both, ["".join(parts), *parts]) == []


def test_own_recognizers_and_deny_lists(tmp_path: Path) -> None:
    spec = DetectSpec(
        entities=("EMAIL_ADDRESS",),
        deny_list=(("PROJECT", ("Bluebird", "São Tomé", "C++")),),
        recognizers=(
            '{"name": "t", "supported_entity": "T", "patterns":'
            ' [{"name": "t", "regex": "(?<=id )[\\\\p{Lu}]{2}\\\\d+", "score": 0.9}]}',
        ),
    )
    words = ["bluebird", "BLUEBIRD", "são tomé", "C++", "C+", "id ab12", "id AB1", "ß", "ſ", "İ"]
    rng = random.Random(3)
    texts = [" ".join(rng.choices(words, k=6)) for _ in range(200)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        fast = build_detector(spec)
        patch.setattr(prefilter, "hyperscan", None)
        assert differences((fast, build_detector(spec)), texts) == []
    stored = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"luebird" not in stored.lower()  # words of the rules stay out of the cache


def test_the_cache_believes_nothing_that_is_damaged_or_open_to_others(tmp_path: Path) -> None:
    cache = CacheFolder(tmp_path / "c")
    assert cache.read("x") is None
    cache.write("x", b"content")
    assert cache.read("x") == b"content"
    path = tmp_path / "c" / "x"
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole + b"x", b"\0" * len(whole), whole[:10]):
        path.write_bytes(damaged)
        assert cache.read("x") is None
    path.write_bytes(whole)
    assert cache.read("x") == b"content"
    path.chmod(0o620)
    assert cache.read("x") is None
    path.chmod(0o600)
    (tmp_path / "c" / "link").symlink_to(path)
    assert cache.read("link") is None
    (tmp_path / "c").chmod(0o777)
    assert cache.read("x") is None


def test_the_cache_believes_nothing_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = CacheFolder(tmp_path / "c")
    cache.write("x", b"content")
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert cache.read("x") is None
    cache.write("y", b"content")
    assert not (tmp_path / "c" / "y").exists()


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = CacheFolder(tmp_path / "file" / "c")
    cache.write("x", b"content")
    assert cache.read("x") is None


def test_a_foreign_database_in_the_cache_is_rebuilt(tmp_path: Path) -> None:
    if prefilter.hyperscan is None:
        pytest.skip("hyperscan has no wheel for this platform")
    spec = DetectSpec(entities=("EMAIL_ADDRESS",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        build_detector(spec)
        folder = tmp_path / "scrubber" / "prefilter"
        stored = list(folder.iterdir())
        assert stored
        for path in stored:
            CacheFolder(folder).write(path.name, b"of another version")
        (found,) = build_detector(spec).detect(["to ann@example.com"])
    assert [span.label for span in found] == ["EMAIL_ADDRESS"]


@pytest.mark.parametrize(("library", "used"), [("5.4.2", True), ("5.4.12", False), ("6.0", False)])
def test_a_library_that_was_not_proved_is_not_used(
    library: str, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Database:
        def __init__(self, mode: int) -> None: ...
        def compile(self, **_: object) -> None: ...
        def info(self) -> bytes:
            return f"Version: {library} Features: AVX2 Mode: BLOCK".encode()

    module = ModuleType("hyperscan")
    vars(module).update(Database=Database, HS_MODE_BLOCK=1, __version__="0.99")
    monkeypatch.setitem(sys.modules, "hyperscan", module)
    if used:
        assert prefilter._trusted() == (module, library)
    else:
        with pytest.warns(RuntimeWarning, match=r"hyperscan 0\.99"):
            assert prefilter._trusted() == (None, "")
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    assert prefilter._trusted() == (None, "")
