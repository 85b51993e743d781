"""Linkage: an outsider who knows some fields of a person looks for the person's record.

Record linkage by compatible values (Fellegi and Sunter 1969 weigh them; here a value fits or not):
the candidates are the published records that fit all known fields, and the guess is one of them at
random. Besides, the order of records and the frequencies of surrogates are attacked.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scrubber.assess.clues import Clue, Label, Making
from scrubber.assess.figures import Share
from scrubber.assess.pairing import UNKNOWN, Origins, Table

Rows = NDArray[np.int64]

TARGETS: Final = 2_000
"""Persons attacked, at most."""


@dataclass(frozen=True, slots=True)
class Linkage:
    """The result of a linkage attack on `records` published records, by the fields `used`.

    `found` is the share of targets whose record was guessed, `chance` the share that a guess among
    all records finds. `claimed` is the share of targets with a single candidate, `right` the share
    of these that it belongs to. `absent` is the share with a single candidate among persons who are
    not in the output, None without such persons. `by_order` is the share found by the position in
    the file alone. `by_frequency` has a share for each field of surrogates, which are attacked by
    how often they occur, and the share that chance finds. `unclear` counts published records whose
    origin is not clear; they are no targets. `unused` are known fields that tell nothing.
    """

    known: tuple[str, ...]
    used: tuple[str, ...]
    unused: tuple[str, ...]
    records: int
    unclear: int
    found: Share
    chance: float
    claimed: Share
    right: Share
    absent: Share | None
    by_order: Share
    by_frequency: tuple[tuple[str, Share, float], ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "attack": "linkage",
            "known": list(self.known),
            "used": list(self.used),
            "unused": list(self.unused),
            "records": self.records,
            "unclear": self.unclear,
            "found": self.found.to_json(),
            "chance": self.chance,
            "claimed": self.claimed.to_json(),
            "right": self.right.to_json(),
            "absent": self.absent.to_json() if self.absent is not None else None,
            "by_order": self.by_order.to_json(),
            "by_frequency": [
                {"field": name, **share.to_json(), "chance": chance}
                for name, share, chance in self.by_frequency
            ],
        }


@dataclass(frozen=True)
class Published:
    """Published records as an attacker indexes them: distinct combinations of the clues' labels."""

    clues: tuple[Clue, ...]
    codes: tuple[Rows, ...] = field(repr=False)
    combination: Rows = field(repr=False)
    rows: tuple[Rows, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        source: Table,
        out: Table,
        origin: Origins,
        makings: Mapping[str, Making],
        known: Sequence[str],
    ) -> Published:
        """The published records by the fields `known`."""
        clues, columns = [], []
        for name in known:
            labels = list(dict.fromkeys(out.columns[name]))
            numbers = {label: at for at, label in enumerate(labels)}
            clue = Clue(name, makings[name], labels)
            if makings[name].kind == "function":
                clue.results.update(results_of(source.columns[name], out.columns[name], origin))
            clues.append(clue)
            columns.append(
                np.array([numbers[label] for label in out.columns[name]], dtype=np.int64)
            )
        stacked = np.stack(columns) if columns else np.zeros((1, len(out)), dtype=np.int64)
        distinct, combination = np.unique(stacked, axis=1, return_inverse=True)
        combination = combination.reshape(-1)
        order = np.argsort(combination, kind="stable")
        edges = np.searchsorted(combination[order], np.arange(1, distinct.shape[1]))
        return cls(tuple(clues), tuple(distinct), combination, tuple(np.split(order, edges)))

    def candidates(self, values: Sequence[Label]) -> Rows:
        """The published records that fit all known `values`."""
        fits = np.ones(len(self.rows), dtype=np.bool_)
        for clue, codes, value in zip(self.clues, self.codes, values, strict=False):
            fits &= clue.fitting(value)[codes]
        chosen = [self.rows[at] for at in np.flatnonzero(fits)]
        return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)


def linkage(
    source: Table,
    out: Table,
    origin: Origins,
    makings: Mapping[str, Making],
    known: Sequence[str],
    *,
    absent: Table | None = None,
    targets: int = TARGETS,
    seed: int = 0,
) -> Linkage:
    """Attack `out`, whose records come from those of `source` at `origin`, by the fields `known`.

    `absent` are persons who are not in the output, for comparison; by default, those records of the
    source that no published record comes from. The same `seed` attacks the same persons.
    """
    chance = random.Random(f"{seed}\0linkage")
    used = [name for name in known if name in out.columns and makings[name].kind != "hidden"]
    published = Published.of(source, out, origin, makings, used)
    clear = np.flatnonzero(origin != UNKNOWN).tolist()
    chosen = sorted(chance.sample(clear, min(targets, len(clear))))
    hits = single = single_right = ordered = 0
    for row in chosen:
        at = int(origin[row])
        candidates = published.candidates([source.columns[name][at] for name in used])
        guess = int(candidates[chance.randrange(len(candidates))]) if len(candidates) else UNKNOWN
        hits += guess == row
        single += len(candidates) == 1
        single_right += len(candidates) == 1 and guess == row
        ordered += min(at * len(out) // len(source), len(out) - 1) == row
    others = _absent(source, origin) if absent is None else absent
    strangers = _strangers(published, others, used, min(targets, len(others)), chance)
    return Linkage(
        known=tuple(known),
        used=tuple(used),
        unused=tuple(name for name in known if name not in used),
        records=len(out),
        unclear=len(out) - len(clear),
        found=Share(hits, len(chosen)),
        chance=1 / len(out) if len(out) else 0.0,
        claimed=Share(single, len(chosen)),
        right=Share(single_right, single),
        absent=strangers if strangers.cases else None,
        by_order=Share(ordered, len(chosen)),
        by_frequency=tuple(
            (name, *_by_frequency(source.columns[name], out.columns[name], origin, chosen))
            for name in known
            if name in out.columns and makings[name].repeats
        ),
    )


def results_of(
    values: Sequence[Label], labels: Sequence[Label], origin: Origins
) -> dict[Label, set[Label]]:
    """The results of a function without a key, which anybody computes: its values at the source."""
    found: dict[Label, set[Label]] = defaultdict(set)
    for at, label in zip(origin.tolist(), labels, strict=True):
        if at != UNKNOWN:
            found[values[at]].add(label)
    return dict(found)


def _absent(source: Table, origin: Origins) -> Table:
    """The records of the source that certainly have no published one; none if origins are unclear
    between them and others."""
    if (origin == UNKNOWN).any():
        return Table(dict.fromkeys(source.columns, ()))
    present = set(origin.tolist())
    return source.take([row for row in range(len(source)) if row not in present])


def _strangers(
    published: Published, others: Table, used: Sequence[str], targets: int, chance: random.Random
) -> Share:
    rows = chance.sample(range(len(others)), targets)
    single = 0
    for row in rows:
        values = [others.columns[name][row] for name in used]
        single += len(published.candidates(values)) == 1
    return Share(single, len(rows))


def _by_frequency(
    values: Sequence[Label], labels: Sequence[Label], origin: Origins, targets: Sequence[int]
) -> tuple[Share, float]:
    """The share of targets whose surrogate is the one of equal rank by frequency, and that of a
    guess among all surrogates. Equally frequent ones cannot be ranked."""
    ranks = dict(zip(_ranked(values), _ranked(labels), strict=False))
    guessed = [ranks.get(values[int(origin[row])]) for row in targets]
    hits = sum(
        guess is not None and guess == labels[row]
        for guess, row in zip(guessed, targets, strict=True)
    )
    distinct = len({label for label in labels if label is not None})
    return Share(hits, len(targets)), 1 / distinct if distinct else 0.0


def _ranked(values: Sequence[Label]) -> list[Label]:
    """Values by falling frequency; those of an equal frequency are None."""
    counts = Counter(value for value in values if value is not None)
    sizes = Counter(counts.values())
    return [value if sizes[count] == 1 else None for value, count in counts.most_common()]
