"""The floats of a shipped model, to go on from: whole numbers times their scales."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from scrubber.detect.ner.features import NGRAMS
from scrubber.detect.ner.network import NGRAM_STEPS
from training.network import Array

# The scale of the tables is folded into the first product: it is drawn out again as this.
_SCALE = np.float32(2 / 127)
_TABLES = ("words", "ngrams", "shapes", "lists")


def resumed(fresh: Mapping[str, Array], path: Path, vocabulary: Array) -> dict[str, Array]:
    """The weights in the file `path` in the form of `fresh`, for the words of `vocabulary`.

    A word that the model did not know begins as an unknown one. Where the table of n-grams has
    grown by a whole factor, each of its rows begins as the one that it was a part of.
    """
    with np.load(path, allow_pickle=False) as file:
        old = {name: file[name] for name in file.files}
    made = {n: _product(old, n[:-2]) for n in fresh if n.endswith("_w")}
    made |= {n: old[n].astype(np.float32) for n in fresh if n in old and n not in made}
    for name in _TABLES:
        made[name] = made[name] * _SCALE
    widths = [(n, fresh[n].shape[1]) for n in _TABLES]
    folded = [np.full(w, _SCALE / (NGRAM_STEPS if n == "ngrams" else 1)) for n, w in widths]
    made["in_w"] = (made["in_w"] / np.concatenate(folded)[:, None]).astype(np.float32)
    made["ngrams"] = np.tile(made["ngrams"], (NGRAMS // len(made["ngrams"]), 1))
    made["words"] = _rows(made["words"], old["vocabulary"], vocabulary)
    wrong = [name for name, value in made.items() if value.shape != fresh[name].shape]
    if wrong or set(made) != set(fresh):
        raise ValueError(f"{path}: weights of another network: {', '.join(sorted(wrong))}")
    return {name: np.ascontiguousarray(value, np.float32) for name, value in made.items()}


def _product(old: Mapping[str, Array], name: str) -> Array:
    step = np.float32(old[f"{name}_step"])
    return old[f"{name}_w"].astype(np.float32) * old[f"{name}_scale"] * step


def _rows(words: Array, known: Array, wanted: Array) -> Array:
    at = np.searchsorted(known, wanted)
    at[at == len(known)] = 0
    rows = np.where(known[at] == wanted, at + 1, 0)
    return np.concatenate((words[:1], words[rows]))
