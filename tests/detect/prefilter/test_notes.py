"""What the user's cache keeps of patterns and entities: the same answers, no private words."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.detect import DetectSpec, known_entities
from scrubber.detect import entity_cache as entitynames
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.detect.prefilter.notes import Note, Notes

PATTERNS = [(r"[a-z]+@[a-z]+", 0), (r"\d{3}-\d{2}", 2), ("(?:x|y)*", 0), ("é{2}", 2), (r"(a)\1", 0)]


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_notes_from_the_cache_are_those_that_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Notes(CacheFolder(tmp_path / "notes"))
    made = [first.of(pattern, flags, private=False) for pattern, flags in PATTERNS]
    first.keep()
    assert made == [Note.of(pattern, flags) for pattern, flags in PATTERNS]
    monkeypatch.setattr(Note, "of", None)  # nothing is worked out again
    second = Notes(CacheFolder(tmp_path / "notes"))
    assert [second.of(pattern, flags, private=False) for pattern, flags in PATTERNS] == made


def test_a_private_pattern_reaches_no_cache(tmp_path: Path) -> None:
    notes = Notes(CacheFolder(tmp_path / "notes"))
    assert notes.of("bluebird", 0, private=True) == Note.of("bluebird", 0)
    notes.keep()
    assert not (tmp_path / "notes").exists()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]"])
def test_a_damaged_cache_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / "notes"
    notes = Notes(CacheFolder(folder))
    notes.of("abc", 0, private=False)
    notes.keep()
    (stored,) = folder.iterdir()
    stored.write_bytes(damage)
    assert Notes(CacheFolder(folder)).of("abc", 0, private=False) == Note.of("abc", 0)


def test_the_names_of_entities_are_remembered_by_what_decides_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asked: list[DetectSpec] = []

    def ask(spec: DetectSpec) -> frozenset[str]:
        asked.append(spec)
        return frozenset({"PERSON", *spec.languages})

    plain = DetectSpec(ner="builtin")
    listed = DetectSpec(ner="builtin", deny_list=(("CODE", ("Bluebird",)), ("NONE", (" ",))))
    assert entitynames.remembered(plain, ask) == {"PERSON", "en"}
    assert entitynames.remembered(plain, ask) == {"PERSON", "en"}
    assert entitynames.remembered(listed, ask) == {"PERSON", "en", "CODE"}
    assert len(asked) == 1
    assert entitynames.remembered(DetectSpec(languages=("de",)), ask) == {"PERSON", "de"}
    own = DetectSpec(recognizers=('{"name": "x", "deny_list": ["Bluebird"]}',))
    for _ in range(2):
        entitynames.remembered(own, ask)
    assert len(asked) == 4
    assert b"Bluebird" not in contents(tmp_path)


def test_the_answer_from_the_cache_is_that_of_presidio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    spec = DetectSpec(ner="builtin", deny_list=(("CODE", ("Bluebird",)),))
    assert known_entities(spec) == known_entities(spec) >= {"PERSON", "EMAIL_ADDRESS", "CODE"}
