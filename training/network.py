"""The network of the names model while it learns: forward, backward, Adam; numpy only.

A word's own features make one vector (two layers); with three features of its place it goes through
convolutions over its neighbours, each added to its input and normalised. What comes out is the
probability of each tag. scrubber/detect/ner/network.py does the same in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scrubber.detect.ner.features import LISTS, NGRAMS, PLACES, SHAPES, Words

Array = np.ndarray
EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Sizes:
    words: int = 80
    ngrams: int = 64
    shapes: int = 24
    lists: int = 24
    hidden: int = 256
    width: int = 128
    reach: tuple[int, ...] = (1, 1, 2, 4, 1)
    tags: int = 7


_TABLES = ("words", "ngrams")  # only the rows that were looked at change


def fresh(sizes: Sizes, vocabulary: int, seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)

    def normal(*shape: int, scale: float) -> Array:
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    inputs = sizes.words + sizes.ngrams + sizes.shapes + sizes.lists
    width = sizes.width
    made = {
        "words": normal(vocabulary + 1, sizes.words, scale=0.3),
        "ngrams": normal(NGRAMS, sizes.ngrams, scale=0.6),
        "shapes": normal(SHAPES, sizes.shapes, scale=0.3),
        "lists": normal(len(LISTS), sizes.lists, scale=0.3),
        "in_w": normal(inputs, sizes.hidden, scale=(2 / inputs) ** 0.5),
        "in_b": np.zeros(sizes.hidden, np.float32),
        "mix_w": normal(sizes.hidden, width, scale=(2 / sizes.hidden) ** 0.5),
        "mix_b": np.zeros(width, np.float32),
        "out_w": np.zeros((width, sizes.tags), np.float32),
        "out_b": np.zeros(sizes.tags, np.float32),
        "first_g": np.ones(width, np.float32),
        "first_b": np.zeros(width, np.float32),
    }
    for i, classes in enumerate(PLACES):
        made[f"place{i}"] = normal(classes, width, scale=0.2)
    for i, _ in enumerate(sizes.reach):
        made[f"conv{i}_w"] = normal(3 * width, width, scale=(2 / (3 * width)) ** 0.5)
        made[f"conv{i}_b"] = np.zeros(width, np.float32)
        made[f"norm{i}_g"] = np.ones(width, np.float32)
        made[f"norm{i}_b"] = np.zeros(width, np.float32)
    return made


@dataclass(frozen=True, slots=True)
class Batch:
    """n tokens of texts that follow one another: `words` are numbers among the u words of
    `features`, `places` the three classes of each token, `texts` the number of its text."""

    features: Words
    words: Array
    places: tuple[Array, ...]
    texts: Array
    tags: Array


def taken(features: Words, which: Array) -> Words:
    """The features of some of the words, in that order."""
    counts = features.offsets[which + 1] - features.offsets[which]
    offsets = np.concatenate(([0], np.cumsum(counts)))
    at = np.repeat(features.offsets[which] - offsets[:-1], counts) + np.arange(offsets[-1])
    return Words(
        features.rows[which], features.shapes[which], features.lists[which],
        features.cases[which], features.roles[which], features.ngrams[at], offsets,
    )  # fmt: skip


def neighbours(texts: Array, reach: int) -> tuple[Array, Array]:
    """For each token, the one `reach` before it and the one `reach` after it in its text; n where
    there is none."""
    n = len(texts)
    before, after = np.full(n, n), np.full(n, n)
    if n > reach:
        same = texts[reach:] == texts[:-reach]
        at = np.arange(n)
        before[reach:] = np.where(same, at[:-reach], n)
        after[:-reach] = np.where(same, at[reach:], n)
    return before, after


class Network:
    def __init__(
        self, sizes: Sizes, weights: dict[str, Array], seed: int, word_drop: float = 0.0
    ) -> None:
        self.sizes, self.w, self._word_drop = sizes, weights, word_drop
        self._rng = np.random.default_rng(seed)

    def probabilities(self, batch: Batch) -> Array:
        return self._forward(batch, 0.0)[0]

    def learn(self, batch: Batch, drop: float) -> tuple[float, dict[str, Array]]:
        """The loss (mean over tokens) and its gradients; of tables as (rows, values)."""
        probabilities, memory = self._forward(batch, drop)
        allowed = (batch.tags[:, None] >> np.arange(self.sizes.tags)) & 1
        right = (probabilities * allowed).sum(1, keepdims=True) + 1e-9
        n = len(batch.tags)
        loss = float(-np.log(right).sum() / n)
        error = (probabilities - probabilities * allowed / right).astype(np.float32) / n
        return loss, self._backward(batch, error, memory)

    def largest(self, batch: Batch) -> dict[str, float]:
        """How large the numbers are that enter each product; the rarest are left out."""
        _, m = self._forward(batch, 0.0)
        entering = {"mix": m["hidden"], "out": m["last"]}
        width = self.sizes.width
        for i, _ in enumerate(self.sizes.reach):
            entering[f"conv{i}"] = m[f"conv{i}"][0][:, width : 2 * width]
        return {name: float(np.quantile(np.abs(x), 0.9999)) for name, x in entering.items()}

    def _mask(self, shape: tuple[int, ...], drop: float) -> Array:
        return (self._rng.random(shape, np.float32) >= drop).astype(np.float32) / (1 - drop)

    def _forward(self, batch: Batch, drop: float) -> tuple[Array, dict]:
        w, f, m = self.w, batch.features, {}
        rows, bits = f.rows, (f.lists[:, None] >> np.arange(len(LISTS))) & 1
        if drop:
            rng = self._rng
            rows = np.where(rng.random(len(rows)) < self._word_drop, 0, rows)
            bits = bits * (rng.random(len(rows)) >= 2 * self._word_drop)[:, None]
        bits = bits.astype(np.float32)
        counts = np.diff(f.offsets).astype(np.float32)
        summed = np.add.reduceat(w["ngrams"][f.ngrams], f.offsets[:-1], axis=0)
        inputs = np.concatenate(
            (w["words"][rows], summed / counts[:, None], w["shapes"][f.shapes], bits @ w["lists"]),
            1,
        )
        if drop:
            m["input_mask"] = self._mask(inputs.shape, drop)
            inputs = inputs * m["input_mask"]
        hidden = np.maximum(inputs @ w["in_w"] + w["in_b"], 0)
        mixed = hidden @ w["mix_w"] + w["mix_b"]
        m.update(rows=rows, bits=bits, counts=counts, inputs=inputs, hidden=hidden)
        x = mixed[batch.words]
        for i, place in enumerate(batch.places):
            x += w[f"place{i}"][place]
        h, m["first"] = _normal(x, w["first_g"], w["first_b"])
        for i, reach in enumerate(self.sizes.reach):
            before, after = neighbours(batch.texts, reach)
            padded = np.concatenate((h, np.zeros((1, h.shape[1]), np.float32)))
            columns = np.concatenate((padded[before], h, padded[after]), 1)
            a = np.maximum(columns @ w[f"conv{i}_w"] + w[f"conv{i}_b"], 0)
            if drop:
                a *= self._mask(a.shape, drop)
            m[f"conv{i}"] = (columns, a, before, after)
            h, m[f"norm{i}"] = _normal(h + a, w[f"norm{i}_g"], w[f"norm{i}_b"])
        m["last"] = h
        scores = h @ w["out_w"] + w["out_b"]
        scores -= scores.max(1, keepdims=True)
        p = np.exp(scores)
        return p / p.sum(1, keepdims=True), {**m, "drop": drop}

    def _backward(self, batch: Batch, error: Array, m: dict) -> dict:
        w, g, f = self.w, {}, batch.features
        g["out_w"], g["out_b"] = m["last"].T @ error, error.sum(0)
        d = error @ w["out_w"].T
        width = self.sizes.width
        for i in reversed(range(len(self.sizes.reach))):
            d, g[f"norm{i}_g"], g[f"norm{i}_b"] = _normal_back(d, m[f"norm{i}"], w[f"norm{i}_g"])
            columns, a, before, after = m[f"conv{i}"]
            da = d * (a > 0)
            if m["drop"]:
                da /= 1 - m["drop"]
            g[f"conv{i}_w"], g[f"conv{i}_b"] = columns.T @ da, da.sum(0)
            dc = da @ w[f"conv{i}_w"].T
            dc = np.concatenate((dc, np.zeros((1, dc.shape[1]), np.float32)))
            # What token t gave to the one after it is what that one took from before it.
            d = d + dc[:-1, width : 2 * width] + dc[after, :width] + dc[before, 2 * width :]
        d, g["first_g"], g["first_b"] = _normal_back(d, m["first"], w["first_g"])
        for i, place in enumerate(batch.places):
            g[f"place{i}"] = _scattered(place, d, len(w[f"place{i}"]))
        du = _scattered(batch.words, d, len(f.rows))
        g["mix_w"], g["mix_b"] = m["hidden"].T @ du, du.sum(0)
        dh = (du @ w["mix_w"].T) * (m["hidden"] > 0)
        g["in_w"], g["in_b"] = m["inputs"].T @ dh, dh.sum(0)
        di = dh @ w["in_w"].T
        if m["drop"]:
            di *= m["input_mask"]
        s = self.sizes
        a, b, c = s.words, s.words + s.ngrams, s.words + s.ngrams + s.shapes
        g["words"] = _rows(m["rows"], di[:, :a])
        each = np.repeat(di[:, a:b] / m["counts"][:, None], np.diff(f.offsets), axis=0)
        g["ngrams"] = _rows(f.ngrams, each)
        g["shapes"] = _scattered(f.shapes, di[:, b:c], SHAPES)
        g["lists"] = m["bits"].T @ di[:, c:]
        return g


def _normal(x: Array, gain: Array, bias: Array) -> tuple[Array, tuple[Array, Array]]:
    x = x - x.mean(1, keepdims=True)
    spread = 1 / np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[1] + EPSILON)
    x *= spread
    return x * gain + bias, (x, spread)


def _normal_back(d: Array, kept: tuple[Array, Array], gain: Array) -> tuple[Array, Array, Array]:
    x, spread = kept
    dgain, dbias = np.einsum("ij,ij->j", d, x), d.sum(0)
    d = d * gain
    mean = d.mean(1, keepdims=True)
    along = np.einsum("ij,ij->i", d, x)[:, None] / x.shape[1]
    return (d - mean - x * along) * spread, dgain, dbias


def _sorted_sums(at: Array, values: Array) -> tuple[Array, Array]:
    order = np.argsort(at, kind="stable")
    at = at[order]
    first = np.flatnonzero(np.concatenate(([True], at[1:] != at[:-1])))
    return at[first], np.add.reduceat(values[order], first, axis=0)


def _scattered(at: Array, values: Array, size: int) -> Array:
    out = np.zeros((size, values.shape[1]), np.float32)
    rows, sums = _sorted_sums(at, values)
    out[rows] = sums
    return out


def _rows(at: Array, values: Array) -> tuple[Array, Array]:
    return _sorted_sums(at, values)


class Adam:
    """Adam with a running average of the weights, which is what is kept in the end."""

    def __init__(self, weights: dict[str, Array], decay: float = 0.0) -> None:
        self._m = {k: np.zeros_like(v) for k, v in weights.items()}
        self._v = {k: np.zeros_like(v) for k, v in weights.items()}
        self._t = 0
        self._decay = decay
        self.mean = {k: v.copy() for k, v in weights.items()}

    def step(self, weights: dict[str, Array], gradients: dict, rate: float) -> None:
        self._t += 1
        t = self._t
        size = sum(
            float(np.vdot(v, v))
            for v in (g[1] if isinstance(g, tuple) else g for g in gradients.values())
        )
        scale = min(1.0, 1.0 / (size**0.5 + 1e-9))
        fix1, fix2 = 1 - 0.9**t, 1 - 0.99**t
        keep = min(0.9995, 1 - 1 / (t / 10 + 1))
        for name, g in gradients.items():
            at, g = g if isinstance(g, tuple) else (slice(None), g)
            g = g * scale
            m = self._m[name][at] * 0.9 + g * 0.1
            v = self._v[name][at] * 0.99 + g * g * 0.01
            self._m[name][at], self._v[name][at] = m, v
            new = weights[name][at] - rate * (m / fix1) / (np.sqrt(v / fix2) + 1e-7)
            if self._decay and weights[name].ndim == 2:
                new -= rate * self._decay * weights[name][at]
            weights[name][at] = new
        if t % 10 == 0:
            for name, value in weights.items():
                mean = self.mean[name]
                mean += (1 - keep**10) * (value - mean)
