"""Findings and covers of many texts, as arrays: one row a finding, or a piece to replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np

from scrubber.model.finding import Action, Cover, Piece, Span

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

_PAIRS = 1 << 20


@dataclass(frozen=True, eq=False)
class Findings:
    """The findings in some texts, in the order of their texts.

    A finding is a half-open range of code points, `starts` to `ends`, in the text with the number
    `texts`. `labels` and `recognizers` are places in the names of the same kind, which are sorted.
    """

    texts: Ints = field(repr=False)
    starts: Ints = field(repr=False)
    ends: Ints = field(repr=False)
    labels: Ints = field(repr=False)
    scores: Floats = field(repr=False)
    recognizers: Ints = field(repr=False)
    label_names: tuple[str, ...] = ()
    recognizer_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: Iterable[Sequence[Span]]) -> Findings:
        """The spans of the texts 0, 1, ...

        >>> Findings.of([[Span(0, 3, "PERSON", 0.8, "names")], []]).starts.tolist()
        [0]
        """
        return cls.in_texts(enumerate(found))

    @classmethod
    def in_texts(cls, found: Iterable[tuple[int, Sequence[Span]]]) -> Findings:
        """The spans of numbered texts, the numbers rising."""
        pairs = [(number, span) for number, spans in found for span in spans]
        label_names, labels = _coded([span.label for _, span in pairs])
        recognizer_names, recognizers = _coded([span.recognizer for _, span in pairs])
        return cls(
            np.array([number for number, _ in pairs], np.int64),
            np.array([span.start for _, span in pairs], np.int64),
            np.array([span.end for _, span in pairs], np.int64),
            labels,
            np.array([span.score for _, span in pairs], np.float64),
            recognizers,
            label_names,
            recognizer_names,
        )

    def __len__(self) -> int:
        return len(self.texts)

    def spans(self, text: int) -> tuple[Span, ...]:
        """The findings in the text with this number, as objects."""
        first, last = np.searchsorted(self.texts, [text, text + 1])
        here = slice(int(first), int(last))
        return tuple(
            Span(start, end, self.label_names[label], score, self.recognizer_names[recognizer])
            for start, end, label, score, recognizer in zip(
                self.starts[here].tolist(),
                self.ends[here].tolist(),
                self.labels[here].tolist(),
                self.scores[here].tolist(),
                self.recognizers[here].tolist(),
                strict=True,
            )
        )

    def only(self, chosen: Flags | Ints) -> Findings:
        """The chosen findings."""
        return replace(
            self,
            texts=self.texts[chosen],
            starts=self.starts[chosen],
            ends=self.ends[chosen],
            labels=self.labels[chosen],
            scores=self.scores[chosen],
            recognizers=self.recognizers[chosen],
        )

    def labelled(self, wanted: Callable[[str], bool]) -> Flags:
        """Marks the findings whose label is `wanted`."""
        flags = np.array([wanted(name) for name in self.label_names], dtype=np.bool_)
        return flags[self.labels] if len(flags) else np.zeros(0, dtype=np.bool_)

    def repeated(self, numbers: Ints) -> Findings:
        """The findings of as many texts as `numbers`: the text i has those of the text
        ``numbers[i]``, and none where that is negative."""
        firsts, counts = self._stretches(numbers)
        texts = np.repeat(np.arange(len(numbers), dtype=np.int64), counts)
        return replace(self.only(_ranges(firsts, counts)), texts=texts)

    def _stretches(self, numbers: Ints) -> tuple[Ints, Ints]:
        """The first finding of each text of these numbers, and the number of its findings."""
        firsts = np.searchsorted(self.texts, numbers)
        return firsts, np.searchsorted(self.texts, numbers, side="right") - firsts

    def joined(self, other: Findings) -> Findings:
        """All findings of both; in a text, those of `other` come last."""
        if not len(other):
            return self
        if not len(self):
            return other
        label_names, labels = _merged(self.label_names, other.label_names)
        recognizer_names, recognizers = _merged(self.recognizer_names, other.recognizer_names)
        joined = Findings(
            np.concatenate([self.texts, other.texts]),
            np.concatenate([self.starts, other.starts]),
            np.concatenate([self.ends, other.ends]),
            np.concatenate([labels[0][self.labels], labels[1][other.labels]]),
            np.concatenate([self.scores, other.scores]),
            np.concatenate([recognizers[0][self.recognizers], recognizers[1][other.recognizers]]),
            label_names,
            recognizer_names,
        )
        return joined.only(np.argsort(joined.texts, kind="stable"))

    def outside_kept(self, keeps: Callable[[str], bool]) -> Findings:
        """The findings less those within one that the rules keep by its label (`keeps`).

        An e-mail address that is kept is not broken by the URL of its domain. Such a finding goes
        only where the kept one scores at least as high, and never with the full score of what is
        certain (a checksum, a deny list, a value of the record itself). What contains a kept
        finding, or overlaps it in part, stays.
        """
        kept = self.labelled(keeps)
        gone = np.zeros(len(self), dtype=np.bool_)
        outers = np.flatnonzero(kept)
        firsts, counts = self._stretches(self.texts[outers])
        # so many pairs of a kept finding and another one of its text at a time
        parts = np.cumsum(counts) // _PAIRS
        for part in np.unique(parts):
            here = parts == part
            inner = _ranges(firsts[here], counts[here])
            outer = np.repeat(outers[here], counts[here])
            held = self.within(inner, outer) & (self.scores[inner] <= self.scores[outer])
            gone[inner[held & (self.scores[inner] < 1) & ~kept[inner]]] = True
        return self.only(~gone) if gone.any() else self

    def within(self, inner: Ints, outer: Ints) -> Flags:
        """Marks the findings `inner` that lie within `outer` and are shorter."""
        starts, ends = self.starts[inner], self.ends[inner]
        inside = (self.starts[outer] <= starts) & (ends <= self.ends[outer])
        flags: Flags = inside & ((self.starts[outer] != starts) | (self.ends[outer] != ends))
        return flags

    def counts(self, times: Ints) -> dict[tuple[str, str], int]:
        """The number of findings by label and recognizer, where the text i counts ``times[i]``
        times."""
        width = len(self.recognizer_names)
        weights = times[self.texts]
        codes, inverse = np.unique(self.labels * width + self.recognizers, return_inverse=True)
        sums = np.zeros(len(codes), np.int64)
        np.add.at(sums, inverse, weights)
        return {
            (self.label_names[code // width], self.recognizer_names[code % width]): count
            for code, count in zip(codes.tolist(), sums.tolist(), strict=True)
        }

    def covers(self, action: Callable[[str], Action]) -> Covers:
        """The covers of all texts: overlapping findings become their union with the strictest
        action, which `action` tells by the label.

        A finding that lies wholly inside another one whose action consumes all of its text, and
        whose score is at least as high, adds nothing: the outer action already leaves no rest of it
        (an URL inside an e-mail address). Every other overlap is a union. The union's label is that
        of the strictest finding; ties go to the higher score, then the longer span, then the
        earlier one, then the alphabet, so that the order of the findings does not matter.

        >>> found = Findings.of([[Span(0, 5, "PERSON", 0.9, "x"), Span(3, 9, "CITY", 0.8, "x")]])
        >>> actions = {"PERSON": Action(5, "redact"), "CITY": Action(7, "drop")}
        >>> found.covers(actions.__getitem__).of_text(0).pieces[0].label
        'CITY'
        """
        by_label = [action(name) for name in self.label_names]
        actions = tuple(sorted(set(by_label), key=lambda one: one.name))
        codes = np.array([actions.index(one) for one in by_label], np.int64)
        return _union(self, actions, codes[self.labels] if len(codes) else self.labels)


@dataclass(frozen=True, eq=False)
class Covers:
    """Pieces that together cover the findings of texts: sorted and disjoint in each text.

    A piece is a half-open range of the text with the number `texts`, which gets one of `actions`
    and is shown as its label. `instead` holds what the action makes of each piece where that is
    known already (the pseudonym that the record's own column shows for the value), else None.
    """

    texts: Ints = field(repr=False)
    starts: Ints = field(repr=False)
    ends: Ints = field(repr=False)
    labels: Ints = field(repr=False)
    codes: Ints = field(repr=False)
    label_names: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    instead: Sequence[str | None] = field(default=(), repr=False)

    @classmethod
    def of(cls, covers: Sequence[Cover]) -> Covers:
        """The covers of the texts 0, 1, ..."""
        pairs = [(number, piece) for number, one in enumerate(covers) for piece in one.pieces]
        label_names, labels = _coded([piece.label for _, piece in pairs])
        actions = sorted({piece.action for _, piece in pairs}, key=lambda one: one.name)
        return cls(
            np.array([number for number, _ in pairs], np.int64),
            np.array([piece.start for _, piece in pairs], np.int64),
            np.array([piece.end for _, piece in pairs], np.int64),
            labels,
            np.array([actions.index(piece.action) for _, piece in pairs], np.int64),
            label_names,
            tuple(actions),
            [piece.instead for _, piece in pairs],
        )

    def __len__(self) -> int:
        return len(self.texts)

    def only(self, chosen: Flags) -> Covers:
        """The chosen pieces."""
        if chosen.all():
            return self
        return replace(
            self,
            texts=self.texts[chosen],
            starts=self.starts[chosen],
            ends=self.ends[chosen],
            labels=self.labels[chosen],
            codes=self.codes[chosen],
            instead=list(compress(self.instead, chosen)) if self.instead else (),
        )

    def cut(self, ranges: Callable[[int, int, int], Sequence[tuple[int, int]]]) -> Covers:
        """The covers with each piece cut to its `ranges`, which are asked for by text, start and
        end. A piece that is cut has no known result any more."""
        kept: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        for i, (text, start, end) in enumerate(
            zip(self.texts.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)
        ):
            for first, last in ranges(text, start, end):
                kept.append(i)
                starts.append(first)
                ends.append(last)
        places = np.array(kept, np.int64)
        made = replace(
            self,
            texts=self.texts[places],
            labels=self.labels[places],
            codes=self.codes[places],
            starts=np.array(starts, np.int64),
            ends=np.array(ends, np.int64),
        )
        if not self.instead:
            return made
        whole = (made.starts == self.starts[places]) & (made.ends == self.ends[places])
        known = zip(kept, whole.tolist(), strict=True)
        return replace(made, instead=[self.instead[i] if same else None for i, same in known])

    def by_text(self) -> Iterator[tuple[int, slice]]:
        """Each text that has pieces, with the place of these."""
        texts, firsts = np.unique(self.texts, return_index=True)
        bounds = [*firsts.tolist(), len(self)]
        return zip(texts.tolist(), map(slice, bounds, bounds[1:]), strict=False)

    def pieces_of(self, text: int) -> range:
        """The numbers of the pieces of a text."""
        first, last = np.searchsorted(self.texts, [text, text + 1])
        return range(int(first), int(last))

    def piece(self, number: int) -> Piece:
        return Piece(
            int(self.starts[number]),
            int(self.ends[number]),
            self.label_names[int(self.labels[number])],
            self.actions[int(self.codes[number])],
            self.instead[number] if self.instead else None,
        )

    def of_text(self, text: int) -> Cover:
        """The cover of one text."""
        return Cover(tuple(map(self.piece, self.pieces_of(text))))


def _union(found: Findings, actions: tuple[Action, ...], codes: Ints) -> Covers:
    order = np.lexsort((found.starts, found.texts))
    found, codes = found.only(order), codes[order]
    # In one number line for all texts, no text reaches into the next.
    width = int(found.ends.max(initial=0)) + 1
    reach = np.maximum.accumulate(found.texts * width + found.ends)
    begins = np.ones(len(found), dtype=np.bool_)
    begins[1:] = (found.texts * width + found.starts)[1:] >= reach[:-1]
    firsts = np.flatnonzero(begins)
    strictest = _strictest(found, actions, codes, firsts)
    return Covers(
        found.texts[firsts],
        found.starts[firsts],
        np.maximum.reduceat(found.ends, firsts) if len(firsts) else found.ends,
        found.labels[strictest],
        codes[strictest],
        found.label_names,
        actions,
    )


def _strictest(found: Findings, actions: tuple[Action, ...], codes: Ints, firsts: Ints) -> Ints:
    """For each cluster of findings, which begins at one of `firsts`, the strictest that no other
    one absorbs. The outermost is never absorbed, so there is one.

    Clusters are worked on side by side: the strictest that is left of each is the answer, unless
    another one absorbs it; then all that the other absorbs goes.
    """
    sizes = np.diff(np.append(firsts, len(found)))
    answer = firsts.copy()
    left = np.flatnonzero(np.repeat(sizes > 1, sizes))
    if not len(left):  # the common case: nothing overlaps
        return answer
    strictness = np.array([one.strictness for one in actions], np.int64)
    consumes = np.array([one.consumes for one in actions], dtype=np.bool_)
    clusters = np.repeat(np.arange(len(firsts)), sizes)
    ranked = left[
        np.lexsort(
            (
                codes[left],
                found.labels[left],
                found.starts[left],
                found.starts[left] - found.ends[left],
                -found.scores[left],
                -strictness[codes[left]],
                clusters[left],
            )
        )
    ]
    while len(left):
        open_, begins, sizes = np.unique(clusters[left], return_index=True, return_counts=True)
        best = ranked[np.searchsorted(clusters[ranked], open_)]
        answer[open_] = best
        outer = _longest_absorbing(found, consumes[codes], left, np.repeat(best, sizes), begins)
        left = left[np.repeat(outer >= 0, sizes)]
        gone = np.zeros(len(found), dtype=np.bool_)
        gone[left] = _absorbed(found, left, np.repeat(outer, np.where(outer >= 0, sizes, 0)))
        left = left[~gone[left]]
        ranked = ranked[np.isin(clusters[ranked], open_[outer >= 0]) & ~gone[ranked]]
    return answer


def _longest_absorbing(
    found: Findings, consumes: Flags, left: Ints, best: Ints, begins: Ints
) -> Ints:
    """For each cluster of those that are left, the longest that absorbs the best one; -1 where none
    does."""
    absorbing = consumes[left] & _absorbed(found, best, left)
    lengths = np.where(absorbing, found.ends[left] - found.starts[left], 0)
    # the first of the longest: the place counts down behind the length
    count = len(left)
    keys = lengths * count + np.arange(count)[::-1]
    longest = np.maximum.reduceat(keys, begins)
    return np.where(longest >= count, left[count - 1 - longest % count], -1)


def _absorbed(found: Findings, inner: Ints, outer: Ints) -> Flags:
    """Marks what lies within another finding and is shorter and scores no higher."""
    flags: Flags = found.within(inner, outer) & (found.scores[outer] >= found.scores[inner])
    return flags


def _ranges(firsts: Ints, counts: Ints) -> Ints:
    """The numbers from each of `firsts` on, as many as its count."""
    starts = np.cumsum(counts) - counts
    numbers: Ints = np.arange(int(counts.sum())) + np.repeat(firsts - starts, counts)
    return numbers


def _coded(names: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """The different names, sorted, and the place of each name among them."""
    known = tuple(sorted(set(names)))
    places = {name: place for place, name in enumerate(known)}
    return known, np.array([places[name] for name in names], np.int64)


def _merged(
    one: tuple[str, ...], other: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Ints, Ints]]:
    """The names of both, sorted, and for either the new places of its names."""
    names = tuple(sorted({*one, *other}))
    places = {name: place for place, name in enumerate(names)}
    first, second = (np.array([places[name] for name in each], np.int64) for each in (one, other))
    return names, (first, second)
