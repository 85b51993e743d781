"""Inference of the names model, with a network in whole numbers.

All matrix products are of whole numbers (at most 8 bits each) whose sums stay below 2**24, so
32-bit floats hold them exactly. So the result for a text depends neither on the order of a
processor's additions nor on the other texts of its batch. Operations between the products work
number by number, or along one token's numbers in a fixed order.

training/network.py is the same network for training, in floats; training/export.py makes this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from scrubber.detect.ner.features import LISTS, NGRAMS, PLACES, SHAPES, places, words_of

Floats = npt.NDArray[np.float32]

EPSILON = 1e-5
# The mean of a word's n-grams has this many times finer steps than their table.
NGRAM_STEPS = 3
# Vectors of words are kept until there are this many of them.
_REMEMBERED = 60_000
# So many tokens go through the network at once: few enough for their numbers to stay in a core's
# own cache. A longer text goes in parts of twice as many, with what the convolutions reach beside.
BATCH = 1024


class Network:
    """`arrays` are as training/export.py writes them; a KeyError or ValueError where they are not.

    Not for several threads at once.
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._vocabulary = arrays["vocabulary"]
        self._lists = [arrays[f"list_{name}"] for name in LISTS]
        self._reach = [int(n) for n in arrays["reach"]]
        self._words = _whole(arrays["words"])
        self._ngrams = _whole(arrays["ngrams"])
        self._shapes = _whole(arrays["shapes"])
        self._list_rows = _whole(arrays["lists"])
        self._places = [arrays[f"place{i}"].astype(np.float32) for i in range(len(PLACES))]
        self._enter = _Product(arrays, "in")
        self._mix = _Product(arrays, "mix")
        self._first = _Norm(arrays, "first")
        self._steps = [
            (_Convolution(arrays, f"conv{i}", reach), _Norm(arrays, f"norm{i}"))
            for i, reach in enumerate(self._reach)
        ]
        self._out = _Product(arrays, "out")
        width = self._mix.weights.shape[1]
        if not (
            len(self._words) == len(self._vocabulary) + 1
            and len(self._ngrams) == NGRAMS
            and len(self._shapes) == SHAPES
            and all(len(p) == n for p, n in zip(self._places, PLACES, strict=True))
            and self._out.weights.shape[0] == width
        ):
            raise ValueError("the arrays of the names model do not fit together")
        self._width = width
        self._known: dict[str, int] = {}
        self._vectors = np.zeros((1024, width), np.float32)
        self._threads = ThreadpoolController()

    def probabilities(
        self, words: Sequence[str], joined: Any, lengths: Any
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """For the tokens of texts that follow one another (`lengths` tokens each, none empty): the
        probabilities of the tags, and whether a token is a line break."""
        # A second thread of the linear algebra mostly waits, at a core's full cost.
        with self._threads.limit(limits=1, user_api="blas"):
            return self._probabilities(words, joined, lengths)

    def _probabilities(
        self, words: Sequence[str], joined: Any, lengths: Any
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        at = self._numbers(words)
        where = places(self._cases[at], self._roles[at], joined, lengths)
        texts = np.repeat(np.arange(len(lengths)), lengths)
        n, reach = len(at), sum(self._reach)
        found = np.empty((n, self._out.weights.shape[1]), np.float32)
        for first in range(0, n, 2 * BATCH):
            last = min(first + 2 * BATCH, n)
            # tokens further away than all convolutions reach together cannot change an answer
            seen = slice(max(first - reach, 0), last + reach)
            p = self._through(at[seen], [place[seen] for place in where], texts[seen])
            found[first:last] = p[first - seen.start :][: last - first]
        return found, self._roles[at] == 1

    def _through(self, at: Any, where: Sequence[Any], texts: Any) -> Floats:
        """The probabilities of the tags of tokens that follow one another."""
        x = self._vectors[at]
        for table, place in zip(self._places, where, strict=True):
            x += table[place]
        h = self._first(x)
        for convolution, norm in self._steps:
            a = convolution(h, texts)
            np.maximum(a, 0, out=a)
            a += h
            h = norm(a)
        scores = self._out(self._out.rounded(h))
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        rounded: Floats = np.round(p, 4).astype(np.float32)
        return rounded

    def _numbers(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        known = self._known
        new = [word for word in dict.fromkeys(words) if word not in known]
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = list(dict.fromkeys(words))
        for first in range(0, len(new), BATCH):
            self._learn(new[first : first + BATCH])
        return np.fromiter(map(known.__getitem__, words), np.int64, len(words))

    def _learn(self, words: list[str]) -> None:
        first, size = len(self._known), len(self._known) + len(words)
        if first == 0:
            self._cases = self._roles = np.zeros(0, np.int64)
        if size > len(self._vectors):
            more = np.zeros((max(size, 2 * len(self._vectors)), self._width), np.float32)
            more[:first] = self._vectors[:first]
            self._vectors = more
        f = words_of(words, self._vocabulary, self._lists)
        sums = np.add.reduceat(self._ngrams[f.ngrams], f.offsets[:-1], axis=0)
        counts = np.diff(f.offsets).astype(np.float32)[:, None]
        bits = ((f.lists[:, None] >> np.arange(len(LISTS))) & 1).astype(np.float32)
        inputs = (
            self._words[f.rows],
            np.rint(sums * np.float32(NGRAM_STEPS) / counts),
            self._shapes[f.shapes],
            bits @ self._list_rows,
        )
        hidden = np.maximum(self._enter(np.concatenate(inputs, axis=1)), 0)
        self._vectors[first:size] = self._mix(self._mix.rounded(hidden))
        self._cases = np.concatenate((self._cases[:first], f.cases))
        self._roles = np.concatenate((self._roles[:first], f.roles))
        for number, word in enumerate(words, first):
            self._known[word] = number


class _Product:
    """Whole numbers times 8-bit weights, scaled per column, plus a bias."""

    def __init__(self, arrays: Mapping[str, Any], name: str) -> None:
        self.weights = _whole(arrays[f"{name}_w"])
        self._scale = arrays[f"{name}_scale"].astype(np.float32)
        self._bias = arrays[f"{name}_b"].astype(np.float32)
        self._step = np.float32(arrays[f"{name}_step"])

    def rounded(self, values: Floats) -> Floats:
        """`values` as whole numbers of steps, at most 127 to each side."""
        steps: Floats = values * self._step
        np.rint(steps, out=steps)
        return np.clip(steps, -127, 127, out=steps)

    def __call__(self, whole: Floats) -> Floats:
        return self.scaled(whole @ self.weights)

    def scaled(self, sums: Floats) -> Floats:
        sums *= self._scale
        sums += self._bias
        return sums


class _Convolution:
    """The product for each token of three: the one `reach` before it, itself and the one `reach`
    after it, where they are of its text."""

    def __init__(self, arrays: Mapping[str, Any], name: str, reach: int) -> None:
        self._product, self._reach = _Product(arrays, name), reach
        # one product for all three places; what falls outside a text is left out of the sum
        self._wide = np.ascontiguousarray(
            np.concatenate(np.split(self._product.weights, 3), axis=1)
        )

    def __call__(self, values: Floats, texts: Any) -> Floats:
        """`texts` is the number of the text of each token of `values`."""
        reach, width = self._reach, self._product.weights.shape[1]
        parts = self._product.rounded(values) @ self._wide
        sums = parts[:, width:-width].copy()
        if len(texts) > reach:
            apart = np.flatnonzero(texts[reach:] != texts[:-reach])
            parts[apart, :width] = 0
            parts[apart + reach, -width:] = 0
            sums[reach:] += parts[:-reach, :width]
            sums[:-reach] += parts[reach:, -width:]
        return self._product.scaled(sums)


class _Norm:
    """Each token's numbers with mean 0 and variance 1, then scaled and shifted."""

    def __init__(self, arrays: Mapping[str, Any], name: str) -> None:
        self._gain = arrays[f"{name}_g"].astype(np.float32)
        self._bias = arrays[f"{name}_b"].astype(np.float32)

    def __call__(self, x: Floats) -> Floats:
        x -= x.mean(axis=1, keepdims=True)
        spread = np.sqrt((x * x).mean(axis=1, keepdims=True) + np.float32(EPSILON))
        x /= spread
        x *= self._gain
        x += self._bias
        return x


def _whole(array: Any) -> Floats:
    if array.dtype != np.int8 or array.ndim != 2:
        raise ValueError("the names model's weights are not 8-bit numbers")
    return np.asarray(array, np.float32)
