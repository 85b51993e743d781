"""A pickle that is planted where scrubber reads or loads anything is never executed."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import pickletools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import regex

from scrubber import formats
from scrubber.detect import DetectSpec, ner
from scrubber.detect.entity_cache import remembered
from scrubber.detect.matchers.phone_prefilter import trigger
from scrubber.detect.prefilter import scanner
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.detect.prefilter.compiled import Regexes
from scrubber.detect.prefilter.notes import Notes
from scrubber.executors.sealed import Envelope, Seal, answer_of, request_of
from scrubber.manifest import read_chain, read_manifest
from scrubber.manifest.planned import read_plan
from scrubber.outputs.checkpoints import Parts
from scrubber.outputs.folder import FolderStage, staged_in_folder
from scrubber.policy import load_rules
from scrubber.transform.keys import RootKey

pytestmark = pytest.mark.slow

KEY = RootKey(bytes(range(32)))


class Reduced:
    """Unpickled by a call of `function`."""

    def __init__(self, function: Any, *words: Any) -> None:
        self._call = function, words

    def __reduce__(self) -> Any:
        return self._call


class Built(dict[str, Any]):
    """Its state is set by a call, too."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def __reduce_ex__(self, _protocol: Any) -> Any:
        return dict, (), self._state


class Named(pickle.Pickler):
    """What it is given travels by a persistent id."""

    def persistent_id(self, thing: Any) -> Any:
        return thing if isinstance(thing, Reduced) else None


def by_hand(module: str, name: str, argument: str) -> bytes:
    """Protocol 0, without a class that exists here."""
    return f"c{module}\n{name}\n(V{argument}\ntR.".encode()


def kinds(deed: Path) -> dict[str, bytes]:
    """Pickles, each of which makes the file `deed` when it is loaded in one way or another."""
    touch, write = Reduced(Path.touch, deed), f"open({str(deed)!r}, 'w').close()"
    shell = f"touch {deed}"
    found = {f"protocol {n}": pickle.dumps(touch, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)}
    plain = pickle.dumps(touch)
    found |= {
        "exec": pickle.dumps(Reduced(exec, write)),
        "eval": pickle.dumps(Reduced(eval, f"__import__('pathlib').Path({str(deed)!r}).touch()")),
        "a write": pickle.dumps(Reduced(Path.write_text, deed, "x")),
        "a system call": by_hand("posix", "system", shell),
        "a shell": by_hand("os", "system", shell),
        "a process": by_hand("subprocess", "getoutput", shell),
        "an old instance": f"(V{shell}\niposix\nsystem\n.".encode(),
        "an old object": f"(cposix\nsystem\nV{shell}\no.".encode(),
        "a dotted name": by_hand("scrubber.executors.workers", "os.system", shell)[:1]
        + b"scrubber.executors.workers\nos.system\n"
        + by_hand("x", "y", shell).partition(b"y\n")[2],
        "a name of four": b"\x80\x04\x8c\x1ascrubber.executors.workers\x8c\x09os.system\x93"
        + b"\x8c" + bytes([len(shell)]) + shell.encode() + b"\x85R.",
        "in a list": pickle.dumps([1, [touch]]),
        "as a key": pickle.dumps({("a", 0): touch}),
        "as a state": pickle.dumps(Built(touch)),
        "in an array": pickle.dumps(np.array([touch], dtype=object)),
        "in an array of Arrow": pickle.dumps((pa.array([1]), touch)),
        "beside a regex": pickle.dumps({("abc", 0): regex.compile("abc"), ("d", 0): touch}),
        "in an error": pickle.dumps(ValueError(touch)),
        "behind another": pickle.dumps(None) + plain,
        "before rubbish": plain + b"rubbish",
        "optimized": pickletools.optimize(plain),
        "in JSON": json.dumps({"py/reduce": [{"py/function": "posix.system"}, [shell]]}).encode(),
        "in YAML": f"!!python/object/apply:os.system ['{shell}']\n".encode(),
    }  # fmt: skip
    return found


def sealed(planted: bytes, folder: Path) -> None:
    del folder
    schema = pa.schema([("a", pa.string())])
    for key in (None, KEY):
        seal = Seal.of(key)
        for mark in (b"", b"\0", b"\1", b"\2", b"\1" + bytes(12)):
            for opened in (
                lambda raw, seal=seal: answer_of(raw, seal),
                lambda raw, seal=seal: request_of(raw, [schema], seal),
                lambda raw, seal=seal: seal.open(raw),
                lambda raw, seal=seal: Envelope("", None, None, seal, raw).opened(),
                lambda raw, seal=seal: answer_of(Seal.of(None).close(raw), seal),
            ):
                with contextlib.suppress(Exception):
                    opened(mark + planted)


def caches(planted: bytes, folder: Path) -> None:
    """With the digest that the cache asks for."""
    cache = CacheFolder(folder / "cache")

    def uses() -> None:
        kept, notes = Regexes(cache), Notes(cache)
        kept.compile("abc", 0)
        kept.keep()
        notes.of("abc", 0, private=False)
        notes.keep()
        trigger(("US",), 1, cache)
        scanner.Prefilter([scanner.Trigger((b"abc",))], cache)
        remembered(DetectSpec(ner="builtin"), lambda _: frozenset({"PERSON"}))

    uses()
    places = [cache, CacheFolder(Path(os.environ["XDG_CACHE_HOME"], "scrubber", "entities"))]
    for place in places:
        names = [path.name for path in place.path.iterdir()]
        assert names
        for name in names:
            place.write(name, planted)
    uses()


def records(planted: bytes, folder: Path) -> None:
    out = folder / "out"
    with contextlib.suppress(KeyboardInterrupt), staged_in_folder(out, [], overwrite=True) as stage:
        (stage.parts / "x").write_bytes(planted)
        raise KeyboardInterrupt
    (folder / ".out.scrubber-partial" / "run").write_bytes(planted)
    (folder / ".out.scrubber-lock").write_bytes(planted)
    stage = FolderStage(folder / ".out.scrubber-partial", "run")
    (stage.output / "data").mkdir(exist_ok=True)
    (stage.output / "data" / "a").write_bytes(planted)
    parts = Parts(stage, bytes(32))
    for content in (planted, bytes(64) + b"\n" + planted, parts._seal(planted) + b"\n" + planted):
        (stage.parts / "x").write_bytes(content)
        assert parts.find("a", lambda: "x") is None


def documents(planted: bytes, folder: Path) -> None:
    (folder / "manifest.json").write_bytes(planted)
    (folder / "rules.yaml").write_bytes(planted)
    for read in (read_manifest, read_chain):
        with contextlib.suppress(Exception):
            read(folder)
    for name in ("manifest.json", "rules.yaml"):
        for read_file in (read_plan, load_rules):
            with contextlib.suppress(Exception):
                read_file(folder / name)


def tables(planted: bytes, folder: Path) -> None:
    """In the metadata by which pyarrow once found classes of Python."""
    metadata = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": planted,
        b"pandas": planted,
    }
    field = pa.field("a", pa.int64(), metadata=metadata)
    table = pa.table([[1]], schema=pa.schema([field], metadata={"pandas": planted}))
    pq.write_table(table, folder / "a.parquet")
    with pa.ipc.new_file(folder / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    for name in ("a.parquet", "a.arrow"):
        (source,) = formats.discover([str(folder / name)])
        schema = formats.schemas([source])[source.alias]
        assert sum(chunk.table.num_rows for chunk in formats.read(source, schema)) == 1


PLACES: list[Callable[[bytes, Path], None]] = [sealed, caches, records, documents, tables]


@pytest.mark.parametrize("place", PLACES)
def test_no_planted_pickle_is_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[bytes, Path], None]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    deed = tmp_path / "deed"
    for name, planted in kinds(deed).items():
        folder = tmp_path / name
        folder.mkdir()
        place(planted, folder)
        assert not deed.exists(), name
        shutil.rmtree(tmp_path / "home", ignore_errors=True)


def test_the_pickles_do_what_they_are_planted_for(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    deed = tmp_path / "deed"
    worked = 0
    for planted in kinds(deed).values():
        with contextlib.suppress(Exception):
            pickle.loads(planted)
        worked += deed.exists()
        deed.unlink(missing_ok=True)
    assert worked >= 21


@pytest.mark.parametrize("file", ["weights.npz", "model.npz"])
def test_no_pickle_in_a_model_is_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """In a copy of the names model, which spaCy loads as a folder, and in the built-in one."""
    from scrubber.detect.ner import builtin

    deed = tmp_path / "deed"
    shutil.copytree(builtin.FOLDER, tmp_path / "model")
    weights = [*(tmp_path / "model").rglob("*.npz")]
    assert weights
    touch = np.array([Reduced(Path.touch, deed)], dtype=object)
    with np.load(weights[0], allow_pickle=False) as known:
        names = list(known)
    if file == "model.npz":
        np.savez(weights[0], **dict.fromkeys(names, touch))
    else:
        weights[0].write_bytes(pickle.dumps(touch))
    with contextlib.suppress(Exception):
        ner.load(str(tmp_path / "model"), ["en"])
    monkeypatch.setattr(builtin, "FOLDER", tmp_path / "model")
    with contextlib.suppress(Exception):
        builtin.Names(weights[0])
    assert not deed.exists()
