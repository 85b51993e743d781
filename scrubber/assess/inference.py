"""Inference: an outsider who knows some fields of a person guesses another field from the output.

Two guesses: the most frequent value among the records that fit (the attribute disclosure of
Machanavajjhala and others 2006), and a classifier trained on the output (Yeom and others 2018). A
model of the population guesses well, too, about persons who are in no output; so the measure is how
much better it guesses about those whose records it used. Half of the published records are used,
and the persons of the other half are the control.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from scrubber.assess.clues import Clue, Label, Making
from scrubber.assess.figures import Estimate, Share, difference
from scrubber.assess.learning import Features, chances, need_sklearn, trained
from scrubber.assess.linkage import Published, results_of
from scrubber.assess.pairing import UNKNOWN, Origins, Table
from scrubber.errors import InputError

TARGETS: Final = 2_000
LEAST: Final = 100
"""Records with a clear origin, at least."""
_CLASSES: Final = 50


@dataclass(frozen=True, slots=True)
class Guessing:
    """Right guesses by a `method` about persons whose records it used, and about the `control`;
    `gain` is their difference, with Newcombe's interval."""

    method: str
    members: Share
    control: Share

    @property
    def gain(self) -> Estimate:
        return difference(self.members, self.control)

    def to_json(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "members": self.members.to_json(),
            "control": self.control.to_json(),
            "gain": self.gain.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Inference:
    """The result of guessing the field `secret`; `chance` is the share of its most frequent value,
    which a guess without any data finds."""

    secret: str
    known: tuple[str, ...]
    records: int
    chance: float
    guesses: tuple[Guessing, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "attack": "inference",
            "secret": self.secret,
            "known": list(self.known),
            "records": self.records,
            "chance": self.chance,
            "guesses": [one.to_json() for one in self.guesses],
        }


def inference(
    source: Table,
    out: Table,
    origin: Origins,
    makings: Mapping[str, Making],
    secret: str,
    known: Sequence[str],
    *,
    targets: int = TARGETS,
    seed: int = 0,
) -> Inference:
    """Guess the field `secret` of persons in `source` by their fields `known`, from `out`.

    A guess is right if it is what was published of the person's own value. The same `seed` attacks
    the same persons. Raises: InputError ``too-few-records``; NotAvailable ``extra-missing``.
    """
    need_sklearn()
    clear = np.flatnonzero(origin != UNKNOWN)
    if len(clear) < LEAST:
        text = f"an inference attack needs {LEAST} records with a clear origin"
        raise InputError("too-few-records", text)
    order = np.random.default_rng(seed).permutation(clear)
    half, half_origin = out.take(order[::2].tolist()), origin[order[::2]]
    groups = [_some(origin[rows], targets, seed) for rows in (order[::2], order[1::2])]
    truth = _Truth.of(source, out, origin, makings, secret)
    fitting = Published.of(source, half, half_origin, makings, known)
    secrets = half.columns[secret]

    def described(at: int) -> list[Label]:
        return [source.columns[name][at] for name in known]

    nearest = [
        truth.share(
            [_most_frequent(fitting, described(at), secrets, seed) for at in people], people
        )
        for people in groups
    ]
    guess = _classifier(fitting, half, secret, known, seed)
    classified = [truth.share(guess([described(at) for at in people]), people) for people in groups]
    frequent = Counter(out.columns[secret]).most_common(1)[0][1]
    return Inference(
        secret,
        tuple(known),
        len(out),
        frequent / len(out),
        (Guessing("records that fit", *nearest), Guessing("classifier", *classified)),
    )


def _some(people: Origins, most: int, seed: int) -> list[int]:
    chosen = random.Random(f"{seed}\0inference").sample(people.tolist(), min(most, len(people)))
    return sorted(chosen)


@dataclass(frozen=True)
class _Truth:
    """The published labels that are right for each person's secret."""

    clue: Clue
    values: Sequence[Label] = field(repr=False)

    @classmethod
    def of(
        cls,
        source: Table,
        out: Table,
        origin: Origins,
        makings: Mapping[str, Making],
        secret: str,
    ) -> _Truth:
        making = makings[secret]
        if making.kind != "forms":
            making = replace(making, kind="function")
        clue = Clue(secret, making, list(dict.fromkeys(out.columns[secret])))
        if making.kind == "function":
            clue.results.update(results_of(source.columns[secret], out.columns[secret], origin))
        return cls(clue, source.columns[secret])

    def share(self, guesses: Sequence[Label], people: Sequence[int]) -> Share:
        """The share of right guesses about `people`."""
        places = {label: place for place, label in enumerate(self.clue.published)}
        hits = sum(
            bool(self.clue.fitting(self.values[at])[places[guess]])
            for guess, at in zip(guesses, people, strict=True)
        )
        return Share(hits, len(people))


def _most_frequent(
    fitting: Published, values: Sequence[Label], secrets: Sequence[Label], seed: int
) -> Label:
    """The most frequent secret of the records that fit, or of all of them where none does."""
    rows = fitting.candidates(values).tolist()
    counts = Counter(secrets[row] for row in rows or range(len(secrets)))
    most = max(counts.values())
    tied = sorted((label for label, count in counts.items() if count == most), key=str)
    return random.Random(f"{seed}\0{values}").choice(tied)


def _classifier(
    fitting: Published, half: Table, secret: str, known: Sequence[str], seed: int
) -> Callable[[Sequence[Sequence[Label]]], list[Label]]:
    """A guesser that was trained on `half`. Persons are described as its records are: a value by
    the most frequent label that it may have been published as."""
    labels = [label for label, _ in Counter(half.columns[secret]).most_common(_CLASSES)]
    if len(labels) == 1:
        return lambda people: labels * len(people)
    places = {label: place for place, label in enumerate(labels)}
    rows = [at for at, label in enumerate(half.columns[secret]) if label in places]
    table = half.take(rows)
    features = Features.of(table, known)
    codes = np.array([places[label] for label in table.columns[secret]], dtype=np.int64)
    fitted = trained("boosted", features(table), codes, seed)

    def guess(people: Sequence[Sequence[Label]]) -> list[Label]:
        columns = {
            name: [_as_published(clue, half.columns[name], values[at]) for values in people]
            for at, (name, clue) in enumerate(zip(known, fitting.clues, strict=True))
        }
        best = chances(fitted, features(Table(columns)), len(labels)).argmax(axis=1)
        return [labels[int(one)] for one in best]

    return guess


def _as_published(clue: Clue, column: Sequence[Label], value: Label) -> Label:
    """The most frequent of the labels that fit; suppressed ones only if there is no other."""
    fits = clue.fitting(value)
    known = [label for label, one in zip(clue.published, fits, strict=True) if one]
    counts = Counter(column)
    narrow = [label for label in known if label not in (None, "*")] or known
    return max(narrow, key=lambda label: (counts[label], str(label)), default=None)
