"""A token classifier of a few words, written byte by byte: no library that makes models is needed.

Its model looks up each token's scores in a table, so a word's label is the word's alone.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LABELS = ("O", "B-PER", "I-PER", "B-GPE", "I-GPE", "B-PASSPORT")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS: Mapping[str, str] = {
    "ann": "B-PER", "poe": "I-PER", "zoë": "B-PER", "müller": "I-PER", "oslo": "B-GPE",
    "x77": "B-PASSPORT", "hello": "O", "is": "O", "here": "O", "probe": "O", "and": "O",
}  # fmt: skip

_FLOAT, _INT64 = 1, 7


def field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def tensor(name: str, rows: Sequence[Sequence[float]]) -> bytes:
    raw = b"".join(struct.pack("<f", number) for row in rows for number in row)
    shape = field(1, len(rows)) + field(1, len(rows[0]))
    return shape + field(2, _FLOAT) + field(8, name.encode()) + field(9, raw)


def described(name: str, kind: int, axes: Sequence[str]) -> bytes:
    shape = b"".join(field(1, field(2, axis.encode())) for axis in axes)
    return field(1, name.encode()) + field(2, field(1, field(1, kind) + field(2, shape)))


def onnx_bytes(table: Sequence[Sequence[float]], inputs: Sequence[str] = ("input_ids",)) -> bytes:
    """The model whose output at each token is its row of `table`."""
    node = field(1, b"table") + field(1, b"input_ids") + field(2, b"logits") + field(4, b"Gather")
    graph = field(1, node) + field(2, b"g") + field(5, tensor("table", table))
    for name in inputs:
        graph += field(11, described(name, _INT64, ("batch", "length")))
    graph += field(12, described("logits", _FLOAT, ("batch", "length", "labels")))
    return field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13))


def tokenizer_json(words: Sequence[str]) -> dict[str, Any]:
    vocabulary = {word: i for i, word in enumerate((*SPECIAL, *words))}
    pieces = ["[CLS]", "A", "[SEP]"]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": i, "content": word, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True}
            for i, word in enumerate(SPECIAL)
        ],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"Sequence": {"id": p, "type_id": 0}}
                if p == "A"
                else {"SpecialToken": {"id": p, "type_id": 0}}
                for p in pieces
            ],
            "pair": [],
            "special_tokens": {
                p: {"id": p, "ids": [vocabulary[p]], "tokens": [p]} for p in ("[CLS]", "[SEP]")
            },
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }  # fmt: skip


def write_model(
    folder: Path,
    *,
    labels: Sequence[str] = LABELS,
    scores: Mapping[str, Sequence[float]] | None = None,
    inputs: Sequence[str] = ("input_ids",),
    config: Mapping[str, Any] | None = None,
    unknown: str = "O",
) -> Path:
    """A model at `folder`. `scores` are rows of words that differ from the usual ones; `unknown`
    is the label of all words that it does not know."""
    folder.mkdir(parents=True, exist_ok=True)
    special = [unknown if word == "[UNK]" else "O" for word in SPECIAL]
    rows = [[8.0 if name == label else 0.0 for name in labels] for label in special]
    for word, label in WORDS.items():
        usual = [8.0 if name == label else 0.0 for name in labels]
        rows.append(list((scores or {}).get(word, usual)))
    (folder / "model.onnx").write_bytes(onnx_bytes(rows, inputs))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(tuple(WORDS))))
    facts = {
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "vocab_size": len(rows),
        "max_position_embeddings": 16,
        **(config or {}),
    }
    (folder / "config.json").write_text(json.dumps(facts))
    return folder
