"""The digest of models: one for all files of the models in a ``ner:`` setting.

A model's name and version are known to its maker only; an approved plan or a resumed run holds for
exactly these files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from scrubber.errors import NotAvailable, printable

_SPACY: Final = "spacy:"
_PRESIDIO: Final = "presidio:"
ONNX: Final = "onnx:"
_CHUNK: Final = 1 << 20
_MOST: Final = 100_000  # files

# Path below the model's folder, then what tells another content: size, times, inode.
_Stamp = tuple[str, str, int, int, int, int]


def model_digest(ner: str) -> str | None:
    """SHA-256 (hex) over the names and contents of all files of the models that `ner` names (see
    :class:`~scrubber.detect.spec.DetectSpec`); None where it names none, or none that is there.

    Links are followed; what Python compiles (``__pycache__``) does not count. Raises: NotAvailable
    ``model-unreadable``.
    """
    folders = [folder for folder in _folders(ner) if folder.is_dir()]
    if not folders:
        return None
    try:
        return _of(tuple(stamp for folder in folders for stamp in _stamps(folder)))
    except OSError:
        name = printable(", ".join(folder.name for folder in folders))
        raise NotAvailable(
            "model-unreadable", f"a file of the model {name} is unreadable"
        ) from None


def _folders(ner: str) -> Iterator[Path]:
    if ner.startswith(_SPACY):
        yield _installed(ner.removeprefix(_SPACY))
    elif ner.startswith(ONNX):
        yield Path(ner.removeprefix(ONNX))
    elif ner.startswith(_PRESIDIO):
        configuration = _json(ner.removeprefix(_PRESIDIO))
        engine = configuration.get("nlp_engine_name")
        models = configuration.get("models")
        for model in models if isinstance(models, list) else ():
            named = model.get("model_name") if isinstance(model, dict) else None
            names = named.values() if isinstance(named, dict) else [named]
            for name in names:
                if isinstance(name, str) and name:
                    yield _stanza(name) if engine == "stanza" else _installed(name)


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _installed(name: str) -> Path:
    """The folder of an installed package, or the folder that is named."""
    import spacy

    if spacy.util.is_package(name):
        return Path(spacy.util.get_package_path(name))
    return Path(name)


def _stanza(language: str) -> Path:
    home = os.environ.get("STANZA_RESOURCES_DIR")
    return (Path(home) if home else Path.home() / "stanza_resources") / language


def _stamps(folder: Path) -> Iterator[_Stamp]:
    number = 0
    for here, folders, files in os.walk(folder, followlinks=True, onerror=_raise):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            number += 1
            if number > _MOST:  # links that lead in a circle
                raise OSError("too many files for a model")
            path = Path(here) / name
            facts = path.stat()
            below = path.relative_to(folder).as_posix()
            times = facts.st_mtime_ns, facts.st_ctime_ns
            yield str(path), below, facts.st_size, *times, facts.st_ino


def _raise(fault: OSError) -> None:
    raise fault


@lru_cache(maxsize=8)
def _of(stamps: tuple[_Stamp, ...]) -> str:
    """The digest of files, read once for as long as their stamps stay."""
    whole = sha256()
    for path, below, *_ in stamps:
        one = sha256()
        with open(path, "rb") as file:  # noqa: PTH123 - the stamps are texts
            while chunk := file.read(_CHUNK):
                one.update(chunk)
        name = below.encode("utf-8", "surrogatepass")
        whole.update(len(name).to_bytes(8, "big") + name + one.digest())
    return whole.hexdigest()
