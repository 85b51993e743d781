"""Nothing that lies in the user's cache, however it came there, keeps a recognizer from finding."""

from __future__ import annotations

import copyreg
import gzip
import json
import os
import pickle
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import regex

from scrubber.detect import Detector, DetectSpec, build_detector
from scrubber.detect.prefilter import compiled, positives, scanner
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.errors import DetectionError
from tests.detect.regenerate import patterns, texts

pytestmark = pytest.mark.slow

SPEC = DetectSpec(entities=("EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN"))
TEXTS = ["to ann@example.com", "call 212-555-0152", "my ssn is 536-90-4399", "nothing"]
KINDS = ("hs", "notes", "regexes", "phones")
NEVER = "zzzzneverzzzz"


def found(detector: Detector) -> list[bool]:
    return [bool(spans) for spans in detector.detect(TEXTS)]


ALL = [True, True, True, False]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    """What an honest start leaves in the cache, by kind: name and bytes."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home))
        assert found(build_detector(SPEC)) == ALL
    files = list((home / "scrubber" / "prefilter").iterdir())
    assert {path.suffix[1:] for path in files} == set(KINDS)
    return {path.suffix[1:]: (path.name, path.read_bytes()) for path in files}


@pytest.fixture
def cache(
    tmp_path: Path, stored: dict[str, tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A user's cache with all of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "scrubber" / "prefilter"
    folder.mkdir(parents=True, mode=0o700)
    for name, content in stored.values():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    compiled._kept_in.cache_clear()
    yield folder
    compiled._kept_in.cache_clear()


def blind_database() -> bytes:
    return bytes(scanner.hyperscan.dumpb(scanner._compiled([NEVER.encode()])))


def other_patterns() -> bytes:
    """As many patterns as there are, and none of them the right one."""
    return bytes(scanner.hyperscan.dumpb(scanner._compiled([b"%dnever" % i for i in range(60)])))


def blind_notes(content: bytes) -> bytes:
    notes = json.loads(content)
    return json.dumps({name: [[NEVER], runs] for name, (_, runs) in notes.items()}).encode()


def blind_regexes(content: bytes) -> bytes:
    """They say that they are the right ones, and find something else."""
    blind = regex.compile(NEVER)
    call, code = copyreg.dispatch_table[type(blind)](blind)[:2]  # type: ignore[misc]
    known = pickle.loads(content)  # our own

    class Forged:
        def __init__(self, pattern: str) -> None:
            self.pattern = pattern

        def __reduce__(self) -> Any:
            return call, (self.pattern, *code[1:])

    return pickle.dumps({key: Forged(key[0]) for key in known})


def blind_phones(_: bytes) -> bytes:
    return json.dumps({"sources": [NEVER.encode().hex()]}).encode()


FORGED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a database of another pattern": ("hs", lambda _: blind_database()),
    "a database of other patterns": ("hs", lambda _: other_patterns()),
    "notes that rule everything out": ("notes", blind_notes),
    "regexes that find something else": ("regexes", blind_regexes),
    "a trigger of no telephone number": ("phones", blind_phones),
}


@pytest.mark.skipif(scanner.hyperscan is None, reason="no hyperscan for this platform")
@pytest.mark.parametrize("name", FORGED)
def test_what_was_forged_with_its_digest_is_made_anew(
    cache: Path, stored: dict[str, tuple[str, bytes]], name: str
) -> None:
    kind, forged = FORGED[name]
    file, content = stored[kind]
    CacheFolder(cache).write(file, forged(content[32:]))
    fake = (cache / file).read_bytes()
    assert found(build_detector(SPEC)) == ALL
    assert (cache / file).read_bytes() != fake


def link(path: Path, other: Path) -> None:
    path.rename(other)
    path.symlink_to(other)


def copied(path: Path, _: Path) -> None:
    """Another file of the cache, with a digest of its own."""
    CacheFolder(path.parent).write("other.hs", blind_database())
    (path.parent / "other.hs").replace(path)


def pipe(path: Path, _: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def open_folder(path: Path, _: Path) -> None:
    path.parent.chmod(0o777)


def open_parent(path: Path, _: Path) -> None:
    path.parent.parent.chmod(0o777)


def open_file(path: Path, _: Path) -> None:
    path.chmod(0o666)


def linked_folder(path: Path, other: Path) -> None:
    path.parent.rename(other)
    path.parent.symlink_to(other)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "harm", [link, copied, pipe, open_folder, open_parent, open_file, linked_folder]
)
def test_what_others_could_have_put_there_is_not_read(
    cache: Path,
    stored: dict[str, tuple[str, bytes]],
    tmp_path: Path,
    kind: str,
    harm: Callable[[Path, Path], None],
) -> None:
    name = stored[kind][0]
    assert CacheFolder(cache).read(name) is not None
    harm(cache / name, tmp_path / "elsewhere")
    assert CacheFolder(cache).read(name) is None


@pytest.mark.parametrize("kind", KINDS)
def test_any_damage_is_noticed(
    cache: Path, stored: dict[str, tuple[str, bytes]], kind: str
) -> None:
    """Hundreds of files with flipped bits, cut short, longer, or with parts exchanged."""
    name, whole = stored[kind]
    dice, folder = random.Random(kind), CacheFolder(cache)
    for _ in range(150):
        damaged = bytearray(whole)
        match dice.randrange(4):
            case 0:
                for _ in range(dice.randint(1, 8)):
                    damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            case 1:
                del damaged[dice.randrange(len(damaged)) :]
            case 2:
                damaged += dice.randbytes(dice.randint(1, 99))
            case 3:
                at, size = dice.randrange(len(damaged)), dice.randint(1, 4096)
                damaged[at : at + size] = dice.randbytes(len(damaged[at : at + size]))
        if damaged == whole:
            continue
        (cache / name).write_bytes(damaged)
        assert folder.read(name) is None
    (cache / name).write_bytes(whole)
    assert folder.read(name) == whole[32:]


def test_a_recognizer_that_cannot_be_proved_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever makes the prefilter pass over texts, with no cache at all."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(scanner.Prefilter, "_scan", lambda *_: {})
    with pytest.raises(DetectionError) as caught:
        build_detector(SPEC)
    assert caught.value.code == "detector-unproved"
    assert "EmailRecognizer" in caught.value.text


def test_every_pattern_has_positives() -> None:
    """Where this fails: python tests/detect/regenerate.py"""
    wanted = sorted(set(patterns()))
    assert len(wanted) > 350
    known = json.loads(gzip.decompress(positives.FILE.read_bytes()))
    assert known.keys() == {positives.digest(*one) for one in wanted}
    for pattern, flags in wanted:
        made = positives.positives(pattern, flags)
        assert made
        assert all(regex.search(pattern, text, flags) for text in made)


def test_positives_are_made_from_their_pattern_alone() -> None:
    pattern, flags = next(iter(patterns()))
    assert texts(pattern, flags) == texts(pattern, flags)


def test_a_pattern_without_positives_reaches_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a cache would say of it could not be proved."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("scrubber.detect.matchers.base.positives", lambda *_: ())
    spec = DetectSpec(entities=("EMAIL_ADDRESS",))
    assert found(build_detector(spec))[0]
    assert not [*tmp_path.rglob("*.hs"), *tmp_path.rglob("*.notes")]
