"""The learned floats as the whole numbers that the shipped model calculates with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scrubber.detect.ner.features import LISTS, PLACES
from scrubber.detect.ner.network import NGRAM_STEPS
from training.network import Sizes

Array = np.ndarray


def exported(
    sizes: Sizes,
    w: Mapping[str, Array],
    largest: Mapping[str, float],
    vocabulary: Array,
    lists: list,
) -> dict[str, Array]:
    """`largest[name]` is the size of number up to which the input of product `name` is told apart
    (larger ones are taken as that)."""
    made: dict[str, Array] = {"vocabulary": vocabulary, "reach": np.array(sizes.reach)}
    for name, entries in zip(LISTS, lists, strict=True):
        made[f"list_{name}"] = entries
    scales = {}
    for name in ("words", "ngrams", "shapes", "lists"):
        made[name], scales[name] = _table(w[name])
    scales["ngrams"] /= NGRAM_STEPS
    rows = np.concatenate(
        [np.full(w[n].shape[1], scales[n]) for n in ("words", "ngrams", "shapes", "lists")]
    )
    products = {"in": w["in_w"] * rows[:, None], "mix": w["mix_w"], "out": w["out_w"]}
    products |= {f"conv{i}": w[f"conv{i}_w"] for i, _ in enumerate(sizes.reach)}
    for name, weights in products.items():
        step = 1.0 if name == "in" else 127 / largest[name]
        scale = np.abs(weights).max(0) / 127 + 1e-12
        made[f"{name}_w"] = np.rint(weights / scale).astype(np.int8)
        made[f"{name}_scale"] = (scale / step).astype(np.float32)
        made[f"{name}_step"] = np.array(step, np.float32)
        made[f"{name}_b"] = w[f"{name}_b"].astype(np.float32)
    for i, _ in enumerate(PLACES):
        made[f"place{i}"] = w[f"place{i}"].astype(np.float32)
    for name in ("first", *(f"norm{i}" for i, _ in enumerate(sizes.reach))):
        made[f"{name}_g"] = w[f"{name}_g"].astype(np.float32)
        made[f"{name}_b"] = w[f"{name}_b"].astype(np.float32)
    return made


def _table(values: Array) -> tuple[Array, float]:
    largest = float(np.quantile(np.abs(values), 0.9999))
    scale = largest / 127
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale
