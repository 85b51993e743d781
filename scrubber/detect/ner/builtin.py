"""The built-in names model: texts in, people, places and organizations out.

It lies in the package as a spaCy pipeline (component.py); here it is used without one, which is
quicker: no spaCy documents are made.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scrubber.detect.ner.decode import LABELS, Run, runs, widened
from scrubber.detect.ner.network import BATCH, Network
from scrubber.detect.ner.tokens import Tokens
from scrubber.errors import NotAvailable

FOLDER = Path(__file__).with_name("model")
COMPONENT = "names"
WEIGHTS = "weights.npz"
STEPS = 101
"""The number of scores, from 0 to 1 in hundredths."""

_Tokenized = tuple[int, Tokens]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: code points `start` to `end` (excluded), its label, and how often a finding
    of its kind is right, as measured on text of other origin than the model learned from."""

    start: int
    end: int
    label: str
    score: float


class Names:
    """The model; several threads wait for each other, since it remembers words."""

    def __init__(self, weights: Path) -> None:
        with np.load(weights, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        self._network = Network(arrays)
        self._free = threading.Lock()
        self._least, self._sure = arrays["least"], arrays["sure"]
        self._calibrated = _table(arrays["calibration"])

    def find(self, texts: Sequence[str]) -> list[list[Name]]:
        """The names in each text, in order; they do not overlap. A text's names depend on that
        text alone."""
        with self._free:
            return self._find(texts)

    def _find(self, texts: Sequence[str]) -> list[list[Name]]:
        found: list[list[Name]] = [[] for _ in texts]
        for group in _groups(texts):
            for run in self._runs([tokens for _, tokens in group]):
                index, tokens = group[run.text]
                last = run.last - 1
                end = tokens.starts[last] + len(tokens.words[last])
                score = self._calibrated[run.label][round(run.score * (STEPS - 1))]
                name = Name(tokens.starts[run.first], end, LABELS[run.label], score)
                found[index].append(name)
        return found

    def _runs(self, group: Sequence[Tokens]) -> Iterator[Run]:
        words = [word for tokens in group for word in tokens.words]
        lengths = np.array([len(tokens.words) for tokens in group])
        firsts = np.cumsum(lengths) - lengths
        joined = _joined(group, words, firsts)
        probabilities, breaks = self._network.probabilities(words, joined, lengths)
        texts = np.repeat(np.arange(len(group)), lengths)
        for run in runs(probabilities, texts, breaks, self._least, self._sure):
            at = int(firsts[run.text])
            first, last = widened(words, joined, run.first, run.last)
            if words[first] == "@" and first + 1 < last and not joined[first + 1]:
                # a handle that was cut into tokens: the blank is no part of it
                yield Run(run.text, first - at, first + 1 - at, run.label, run.score)
                first += 1
            yield Run(run.text, first - at, last - at, run.label, run.score)


@cache
def builtin() -> Names:
    """The model in the package, loaded once. Raises NotAvailable: ``names-model-missing``, or
    ``names-model-broken`` where its files are not the ones that were made together."""
    digest()
    try:
        return Names(FOLDER / COMPONENT / WEIGHTS)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  numpy and zipfile raise what they like
        raise _broken() from None


@cache
def digest() -> str:
    """``sha256:...`` of the model's weights, which meta.json must name too; raises as `builtin`."""
    try:
        meta = json.loads((FOLDER / "meta.json").read_bytes())
        found = hashlib.sha256((FOLDER / COMPONENT / WEIGHTS).read_bytes()).hexdigest()
    except OSError:
        raise NotAvailable(
            "names-model-missing",
            "the built-in names model is not in this installation",
            hint="install scrubber again, or use ner: none or ner: spacy:<package or path>",
        ) from None
    except ValueError:
        raise _broken() from None
    if not isinstance(meta, dict) or meta.get("weights_sha256") != found:
        raise _broken()
    return f"sha256:{found}"


def identity() -> tuple[str, str]:
    """(name, version with digest) of the model, for the manifest."""
    found = digest()
    meta = json.loads((FOLDER / "meta.json").read_bytes())
    return "scrubber.names", f"{meta['version']}+{found}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The accuracy of the model for `label` in what was kept from training of a labelled `corpus`,
    in thousandths: `recall` counts names that were wholly covered."""

    corpus: str
    label: str
    recall: int
    precision: int


@cache
def measured() -> tuple[Measured, ...]:
    """The accuracy in the model's meta.json; raises as `digest`."""
    digest()
    meta = json.loads((FOLDER / "meta.json").read_bytes())
    return tuple(
        Measured(
            Path(corpus).stem,
            label,
            round(score["wholly_covered"] * 1000),
            round(score["precision"] * 1000),
        )
        for corpus, labels in sorted(meta["scores"].items())
        for label, score in sorted(labels.items())
    )


def _table(calibration: Any) -> list[list[float]]:
    """The calibrated score of each label at each step. Raises: ValueError for anything else."""
    shares = np.asarray(calibration, np.float64)
    if shares.shape != (len(LABELS), STEPS) or not (
        (shares >= 0).all() and (shares <= 1).all() and (np.diff(shares, axis=1) >= 0).all()
    ):
        raise ValueError("the calibration of the names model is none")
    return [[round(share, 2) for share in row] for row in shares.tolist()]


def _broken() -> NotAvailable:
    return NotAvailable(
        "names-model-broken",
        "the built-in names model cannot be read",
        hint="its files were changed; install scrubber again",
    )


def _groups(texts: Sequence[str]) -> Iterator[list[_Tokenized]]:
    group: list[_Tokenized] = []
    size = 0
    for index, text in enumerate(texts):
        tokens = Tokens.of(text)
        if tokens.words:
            group.append((index, tokens))
            size += len(tokens.words)
        if size >= BATCH:
            yield group
            group, size = [], 0
    if group:
        yield group


def _joined(group: Sequence[Tokens], words: Sequence[str], firsts: Any) -> Any:
    """True where a token follows the one before it, in the same text, without white space."""
    starts = np.fromiter((s for tokens in group for s in tokens.starts), np.int64, len(words))
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    joined = np.zeros(len(words), bool)
    joined[1:] = starts[1:] == starts[:-1] + sizes[:-1]
    joined[firsts] = False
    return joined
