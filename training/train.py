"""Training: texts become chunks of tokens, chunks become batches, batches become weights."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random

import numpy as np

from scrubber.detect.ner.features import Words, hashed, places, plain
from scrubber.detect.ner.tokens import Tokens
from training.corpus import Chunk, Index, chunks, joined, recased, sobered, spaced
from training.generated import documents as made
from training.multilingual.carriers import documents as multilingual
from training.names import Pool, lookup
from training.network import Adam, Batch, Network, Sizes, fresh, taken
from training.resume import resumed
from training.sources import SOURCES, documents
from training.swap import swapped
from training.tagging import Labelled

VOCABULARY = 48_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how boldly: `batch` counts tokens, `generated` texts, `drop` and `word_drop` are
    shares. `start` is a model to go on from: the file of its weights."""

    seed: int = 1
    steps: int = 16_000
    generated: int = 60_000
    batch: int = 4000
    rate: float = 2e-3
    drop: float = 0.1
    word_drop: float = 0.12
    start: Path | None = None


def log(*parts: object) -> None:
    print(time.strftime("%H:%M:%S"), *parts, flush=True)


def gathered(data: Path) -> dict[str, list[Labelled]]:
    return {s.path: list(documents(data, s, kept=False)) for s in SOURCES if s.kept < 1}


def generated(data: Path, seed: int, count: int) -> list[Labelled]:
    return [Labelled(d.text, tuple(d.spans)) for d in made(data, seed, count)]


def drawn(
    sets: dict[str, list[Labelled]], more: list[Labelled], pool: Pool, rng: Random
) -> Iterator[Labelled]:
    """One round: every set as often as it is to be seen, real names swapped, some recased."""
    for source in SOURCES:
        every = sets.get(source.path, [])
        times = source.times
        chosen = [d for d in every for _ in range(int(times) + (rng.random() < times % 1))]
        rng.shuffle(chosen)
        changed = (recased(swapped(d, pool, rng, source.home), rng) for d in chosen)
        if source.handles or "btc" in source.path:
            changed = (spaced(d, rng) for d in changed)
        yield from joined(list(changed), rng)
    yield from joined([recased(d, rng) for d in more], rng)


def vocabulary_of(texts: Sequence[Labelled]) -> np.ndarray:
    """The hashes of the words that are most often seen, in many documents."""
    counts: Counter[str] = Counter()
    for labelled in texts:
        counts.update({plain(w) for w in Tokens.of(labelled.text).words})
    often = [w for w, n in counts.most_common(VOCABULARY) if n >= 4]
    return np.array(sorted({hashed(w) for w in often}), np.uint32)


def batches(
    pieces: Sequence[Chunk], features: Words, size: int, rng: np.random.Generator
) -> Iterator[Batch]:
    order = rng.permutation(len(pieces))
    held: list[Chunk] = []
    total = 0
    for i in order:
        held.append(pieces[i])
        total += len(pieces[i].words)
        if total >= size:
            yield batch_of(held, features)
            held, total = [], 0


def batch_of(pieces: Sequence[Chunk], features: Words) -> Batch:
    words = np.concatenate([p.words for p in pieces])
    lengths = np.array([len(p.words) for p in pieces])
    own, at = np.unique(words, return_inverse=True)
    where = places(
        features.cases[words],
        features.roles[words],
        np.concatenate([p.joined for p in pieces]),
        lengths,
    )
    return Batch(
        taken(features, own),
        at,
        where,
        np.repeat(np.arange(len(pieces)), lengths),
        np.concatenate([p.tags for p in pieces]),
    )


@dataclass(frozen=True, slots=True)
class Round:
    """What is learned from once: `pieces` in the words of `features`."""

    pieces: list[Chunk]
    features: Words


class Material:
    """The shared sets in the folder `data`, to draw rounds from. The words of `vocabulary` have
    rows of their own; words are looked up in the name `lists`."""

    def __init__(self, data: Path, seed: int, extra: int) -> None:
        self._data, self._seed, self._extra = data, seed, extra
        self._pool = Pool(data)
        self._sets = gathered(data)
        log("read", sum(map(len, self._sets.values())), "documents")
        self.vocabulary = vocabulary_of(self._texts(0))
        self.lists = lookup(data)

    def round(self, number: int) -> Round:
        """Every set once, and `extra` generated texts: other names, casings and cuts each time."""
        rng = self._rng(number, "cut")
        index = Index(self.vocabulary, self.lists)
        pieces = [c for t in self._texts(number) for c in chunks(t, index, rng)]
        pieces = sobered(pieces, index)
        tokens = sum(len(p.words) for p in pieces)
        log(f"round {number}: {len(pieces)} chunks, {tokens} tokens")
        return Round(pieces, index.features())

    def _texts(self, number: int) -> list[Labelled]:
        more = generated(self._data, self._seed + 1_000 * number, self._extra)
        more += multilingual(self._data, self._rng(number, "languages"))
        return list(drawn(self._sets, more, self._pool, self._rng(number, "draw")))

    def _rng(self, number: int, what: str) -> Random:
        return Random(f"{self._seed} {number} {what}")


Weights = dict[str, np.ndarray]


def train(
    given: Material, settings: Settings, keep: Callable[[Weights], None]
) -> tuple[Sizes, Weights, dict[str, float]]:
    """The weights after `settings.steps` steps: their running average, and how large the numbers
    are that enter each product. `keep` is given the weights every 500 steps too, for the case that
    the last step is never reached."""
    sizes = Sizes()
    weights = fresh(sizes, len(given.vocabulary), settings.seed)
    if settings.start:
        weights |= resumed(weights, settings.start, given.vocabulary)
    network = Network(sizes, weights, settings.seed, settings.word_drop)
    adam = Adam(weights)
    rng = np.random.default_rng(settings.seed)
    step, total, began, seen = 0, 0.0, time.time(), 0
    for number in count():
        drawn_now = given.round(number)
        for batch in batches(drawn_now.pieces, drawn_now.features, settings.batch, rng):
            rate = settings.rate * min(1.0, (step + 1) / 200) * max(0.02, 1 - step / settings.steps)
            loss, gradients = network.learn(batch, settings.drop)
            adam.step(weights, gradients, rate)
            step += 1
            total += loss
            seen += len(batch.tags)
            if step % 200 == 0:
                speed = seen / (time.time() - began)
                log(f"step {step} loss {total / 200:.4f} {speed:.0f} tokens/s")
                total = 0.0
            if step % 500 == 0:
                keep(adam.mean)
            if step == settings.steps:
                break
        if step == settings.steps:
            break
    return sizes, adam.mean, _largest(sizes, adam.mean, drawn_now, settings.seed)


def _largest(sizes: Sizes, weights: Weights, drawn: Round, seed: int) -> dict[str, float]:
    """How large the numbers are that enter each product, over some batches."""
    network = Network(sizes, weights, seed)
    some = islice(batches(drawn.pieces, drawn.features, 4000, np.random.default_rng(seed)), 30)
    each = [network.largest(batch) for batch in some]
    return {name: float(np.mean([one[name] for one in each])) for name in each[0]}
