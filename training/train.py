"""Trains the names model. `python -m training.train DATA --out FOLDER`"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import pickle
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from scrubber.detect.ner.decode import runs
from scrubber.detect.ner.features import hashed, places, plain, words_of
from scrubber.detect.ner.tokens import Tokens
from training.corpus import Chunk, Index, chunks, joined, recased, sobered, spaced
from training.measure import measured
from training.names import Pool, lookup
from training.network import Adam, Batch, Network, Sizes, fresh, taken
from training.sources import SOURCES, documents
from training.swap import swapped
from training.tagging import LABELS, Labelled

VOCABULARY = 24_000


def log(*parts: object) -> None:
    print(time.strftime("%H:%M:%S"), *parts, flush=True)


def gathered(data: Path) -> dict[str, list[Labelled]]:
    return {s.path: list(documents(data, s, kept=False)) for s in SOURCES if s.kept < 1}


def generated(data: Path, seed: int, count: int) -> list[Labelled]:
    try:
        from training.generated import documents as made
    except ImportError:
        return []
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


def batches(pieces: Sequence[Chunk], features, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    order = rng.permutation(len(pieces))
    held: list[Chunk] = []
    total = 0
    for i in order:
        held.append(pieces[i])
        total += len(pieces[i].words)
        if total >= size:
            yield batch_of(held, features)
            held, total = [], 0


def batch_of(pieces: Sequence[Chunk], features) -> Batch:
    words = np.concatenate([p.words for p in pieces])
    lengths = np.array([len(p.words) for p in pieces])
    own, at = np.unique(words, return_inverse=True)
    where = places(
        features.cases[words], features.roles[words], np.concatenate([p.joined for p in pieces]), lengths
    )
    return Batch(
        taken(features, own),
        at,
        where,
        np.repeat(np.arange(len(pieces)), lengths),
        np.concatenate([p.tags for p in pieces]),
    )


def finder(network: Network, vocabulary, lists, least, sure):
    def find(texts: Sequence[str]):
        result = [[] for _ in texts]
        group: list[int] = []
        size = 0

        def flush() -> None:
            tokens = [Tokens.of(texts[i]) for i in group]
            used = [(i, t) for i, t in zip(group, tokens, strict=True) if t.words]
            if not used:
                return
            words = [w for _, t in used for w in t.words]
            own, at = np.unique(np.array(words, dtype=object), return_inverse=True)
            features = words_of(list(own), vocabulary, lists)
            starts = np.array([s for _, t in used for s in t.starts])
            sizes = np.array([len(w) for w in words])
            glued = np.zeros(len(words), bool)
            glued[1:] = starts[1:] == starts[:-1] + sizes[:-1]
            lengths = np.array([len(t.words) for _, t in used])
            glued[np.concatenate(([0], np.cumsum(lengths)[:-1]))] = False
            number = np.repeat(np.arange(len(used)), lengths)
            where = places(features.cases[at], features.roles[at], glued, lengths)
            p = network.probabilities(Batch(features, at, where, number, np.zeros(len(at))))
            for run in runs(p, number, features.roles[at] == 1, least, sure):
                result[used[run.text][0]].append(
                    (int(starts[run.first]), int(starts[run.last - 1] + sizes[run.last - 1]), LABELS[run.label])
                )

        for i, text in enumerate(texts):
            group.append(i)
            size += len(text)
            if size > 20_000:
                flush()
                group, size = [], 0
        flush()
        return result

    return find


def prepared(data: Path, seed: int, extra: int, cache: Path | None):
    if cache and cache.exists():
        return pickle.loads(cache.read_bytes())
    rng = Random(seed)
    pool = Pool(data)
    sets = gathered(data)
    log("read", sum(map(len, sets.values())), "documents")
    more = generated(data, seed, extra)
    log("generated", len(more))
    texts = list(drawn(sets, more, pool, rng))
    vocabulary = vocabulary_of(texts)
    lists = lookup(data)
    index = Index(vocabulary, lists)
    pieces = [c for t in texts for c in chunks(t, index, rng)]
    pieces = sobered(pieces, index)
    log(len(pieces), "chunks", sum(len(p.words) for p in pieces), "tokens", len(index.words), "words",
        len(vocabulary), "in vocabulary")
    features = index.features()
    made = (vocabulary, lists, pieces, features)
    if cache:
        cache.write_bytes(pickle.dumps(made))
    return made


def show(data: Path, find, only: str = "") -> None:
    for source in SOURCES:
        if source.kept and only in source.path:
            kept = list(documents(data, source, kept=True))
            scores = measured(kept, find)
            log(f"{source.path[5:30]:26}", len(kept), *(
                f"{label[:3]} {n:5} cov {c:.3f} prec {p:.3f} |" for label, (n, c, p) in scores.items()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--generated", type=int, default=40_000)
    parser.add_argument("--drop", type=float, default=0.1)
    parser.add_argument("--word-drop", type=float, default=0.12)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--reach", default="1,1,2,4,1")
    args = parser.parse_args()
    vocabulary, lists, pieces, features = prepared(args.data, args.seed, args.generated, args.cache)
    sizes = Sizes(width=args.width, reach=tuple(map(int, args.reach.split(","))))
    weights = fresh(sizes, len(vocabulary), args.seed)
    network, adam = Network(sizes, weights, args.seed, args.word_drop), Adam(weights)
    rng = np.random.default_rng(args.seed)
    step, total, began, seen = 0, 0.0, time.time(), 0
    while step < args.steps:
        for batch in batches(pieces, features, args.batch, rng):
            warm = min(1.0, (step + 1) / 200)
            rate = args.rate * warm * max(0.02, 1 - step / args.steps)
            loss, gradients = network.learn(batch, args.drop)
            adam.step(weights, gradients, rate)
            step += 1
            total += loss
            seen += len(batch.tags)
            if step % 200 == 0:
                log(step, f"loss {total / 200:.4f}", f"{seen / (time.time() - began):.0f} tokens/s")
                total = 0.0
            if step % 1000 == 0 or step == args.steps:
                args.out.mkdir(parents=True, exist_ok=True)
                with (args.out / "weights.pickle").open("wb") as file:
                    pickle.dump((sizes, adam.mean, vocabulary, lists), file)
            if step == args.steps:
                break
    least, sure = np.array([0.3, 0.3, 0.4]), np.array([0.4, 0.4, 0.5])
    show(args.data, finder(Network(sizes, adam.mean, 0), vocabulary, lists, least, sure))


if __name__ == "__main__":
    main()
