"""Training: texts become chunks of tokens, chunks become batches, batches become weights."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from scrubber.detect.ner.features import Words, hashed, places, plain
from scrubber.detect.ner.tokens import Tokens
from training.corpus import Chunk, Index, chunks, joined, recased, sobered, spaced
from training.generated import documents as made
from training.names import Pool, lookup
from training.network import Adam, Batch, Network, Sizes, fresh, taken
from training.sources import SOURCES, documents
from training.swap import swapped
from training.tagging import Labelled

VOCABULARY = 24_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how boldly: `batch` counts tokens, `generated` texts, `drop` and `word_drop` are
    shares."""

    seed: int = 1
    steps: int = 7_000
    generated: int = 60_000
    batch: int = 4000
    rate: float = 2e-3
    drop: float = 0.1
    word_drop: float = 0.12


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
        changed = (recased(swapped(d, pool, rng), rng) for d in chosen)
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


@dataclass(frozen=True)
class Material:
    """What is learned from: `pieces` in the words of `features`, of which `vocabulary` have rows of
    their own, and the name `lists` that words are looked up in."""

    vocabulary: np.ndarray
    lists: list[np.ndarray]
    pieces: list[Chunk]
    features: Words


def material(data: Path, seed: int, extra: int) -> Material:
    """One round of the shared sets in the folder `data`, and `extra` generated texts."""
    rng = Random(seed)
    pool = Pool(data)
    sets = gathered(data)
    log("read", sum(map(len, sets.values())), "documents")
    more = generated(data, seed, extra)
    texts = list(drawn(sets, more, pool, rng))
    vocabulary = vocabulary_of(texts)
    lists = lookup(data)
    index = Index(vocabulary, lists)
    pieces = sobered([c for t in texts for c in chunks(t, index, rng)], index)
    tokens = sum(len(p.words) for p in pieces)
    log(f"{len(pieces)} chunks, {tokens} tokens, {len(vocabulary)} words in the vocabulary")
    return Material(vocabulary, lists, pieces, index.features())


def train(given: Material, settings: Settings) -> tuple[Sizes, dict[str, np.ndarray]]:
    """The weights after `settings.steps` steps: their running average."""
    sizes = Sizes()
    weights = fresh(sizes, len(given.vocabulary), settings.seed)
    network = Network(sizes, weights, settings.seed, settings.word_drop)
    adam = Adam(weights)
    rng = np.random.default_rng(settings.seed)
    step, total, began, seen = 0, 0.0, time.time(), 0
    while step < settings.steps:
        for batch in batches(given.pieces, given.features, settings.batch, rng):
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
            if step == settings.steps:
                break
    return sizes, adam.mean


def calibrated(
    sizes: Sizes, weights: dict[str, np.ndarray], given: Material, seed: int
) -> dict[str, float]:
    """How large the numbers are that enter each product, over some batches."""
    network = Network(sizes, weights, seed)
    some = islice(batches(given.pieces, given.features, 4000, np.random.default_rng(seed)), 30)
    each = [network.largest(batch) for batch in some]
    return {name: float(np.mean([one[name] for one in each])) for name in each[0]}
