"""The folder of a token classifier: its model, its tokenizer and its labels.

It is laid out as Hugging Face's libraries export it: config.json and tokenizer.json, and one .onnx
file beside them or in a folder ``onnx``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrubber.errors import NotAvailable, printable

_CONFIG, _TOKENIZER = "config.json", "tokenizer.json"
_PREFERRED = "model.onnx"
_DEFAULT_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a model, and what its config.json says: `labels` by the number of the model's
    output, `length` in tokens of the longest input, `vocabulary` the number of known tokens."""

    path: Path
    model: Path
    tokenizer: Path
    labels: tuple[str, ...]
    length: int
    vocabulary: int | None

    @classmethod
    def read(cls, path: Path) -> Folder:
        """The model in the folder `path`.

        Raises NotAvailable: ``onnx-model-missing`` where the folder or a file is not there,
        ``onnx-model-ambiguous`` where several .onnx files are, ``onnx-model-broken`` for a
        config.json that names no labels.
        """
        if not path.is_dir():
            raise _missing(f"there is no folder {printable(path.name)} with an ONNX model")
        for name in (_CONFIG, _TOKENIZER):
            if not (path / name).is_file():
                raise _missing(f"the folder of the ONNX model has no {name}")
        config = _config(path / _CONFIG)
        return cls(
            path,
            _only_model(path),
            path / _TOKENIZER,
            _labels(config),
            _length(config),
            _whole(config.get("vocab_size")),
        )


def _only_model(path: Path) -> Path:
    found = sorted([*path.glob("*.onnx"), *path.glob("onnx/*.onnx")])
    preferred = [file for file in found if file.name == _PREFERRED]
    if not found:
        raise _missing("the folder of the ONNX model has no .onnx file")
    if len(found) > 1 and len(preferred) != 1:
        raise NotAvailable(
            "onnx-model-ambiguous",
            "the folder of the ONNX model has several .onnx files",
            hint=f"leave one of them there, or call it {_PREFERRED}",
        )
    return preferred[0] if preferred else found[0]


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise broken("its config.json cannot be read") from None
    if not isinstance(config, dict):
        raise broken("its config.json is not an object")
    return config


def _labels(config: dict[str, Any]) -> tuple[str, ...]:
    """The labels in the order of the outputs, from 0 on without a gap."""
    names = config.get("id2label")
    if not isinstance(names, dict) or not names:
        raise broken("its config.json has no id2label")
    labels = [names.get(str(number)) for number in range(len(names))]
    if not all(isinstance(label, str) and label for label in labels):
        raise broken("its id2label does not number the labels from 0 on")
    return tuple(str(label) for label in labels)


def _length(config: dict[str, Any]) -> int:
    length = _whole(config.get("max_position_embeddings")) or _DEFAULT_LENGTH
    # RoBERTa and its kind number the positions from behind that of the padding.
    behind = _whole(config.get("pad_token_id"))
    if str(config.get("model_type")) in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        length -= 1 + (behind if behind is not None else 1)
    return min(length, _DEFAULT_LENGTH)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _missing(text: str) -> NotAvailable:
    return NotAvailable(
        "onnx-model-missing", text, hint="scrubber downloads nothing: export the model first"
    )


def broken(why: str) -> NotAvailable:
    """The error for a model that cannot be used."""
    return NotAvailable(
        "onnx-model-broken",
        f"the ONNX model cannot be used: {why}",
        hint="config.json, tokenizer.json and the .onnx file must be of one export",
    )
