"""The tables of leaks, as Markdown: rows are sets, columns are systems. No values of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.leaks.counting import Tally
from benchmarks.leaks.direct import REASONS, Set
from scrubber.assess.wilson import bounds

PLAIN = "plain sentences"

_NOTE = """\
A mention is left where a letter or digit of it is outside of all findings, a document where one of
its direct mentions is (documents without any do not count). In brackets: the bounds of Wilson's
95 % interval. Letters taken: of the letters and digits outside of all labels. `*`: names alone are
labelled, so that dates and URLs count as such letters, too. `+`: the built-in model learned from
texts of this set. Each tool as it comes, and none is given a language."""


@dataclass(frozen=True)
class Row:
    """A system's counts on the sample of a set, of `size` bytes, in `seconds` of the processor."""

    of: Set
    counts: Tally
    learned: bool
    documents: int
    size: int
    seconds: float


@dataclass(frozen=True)
class Result:
    """A system, its versions, and its counts by set."""

    name: str
    about: str
    rows: tuple[Row, ...]

    @property
    def labelled(self) -> tuple[Row, ...]:
        """The rows of sets with direct identifiers."""
        return tuple(row for row in self.rows if row.of.direct)

    @property
    def total(self) -> Tally:
        """The sum over labelled sets."""
        return sum((row.counts for row in self.labelled), Tally())


def as_text(results: Sequence[Result], sample: str) -> str:
    """The report."""
    parts = ["# Leaks", "", sample, "", *(f"- {one.name}: {one.about}" for one in results), ""]
    parts += ["## Documents left", "", *_table(results, _documents), ""]
    parts += ["## Direct mentions left", "", *_table(results, _mentions), ""]
    parts += ["## Letters taken", "", *_table(results, _letters, overall=False), ""]
    parts += ["## Direct mentions left by kind", "", *_kinds(results), ""]
    parts += ["## kB of text a second of the processor", "", *_rates(results), ""]
    parts += [*_plain(results), _NOTE]
    return "\n".join(parts)


def _documents(tally: Tally) -> str:
    return share(tally.left, tally.documents)


def _mentions(tally: Tally) -> str:
    return share(sum(tally.mentions_left.values()), sum(tally.mentions.values()))


def _letters(tally: Tally) -> str:
    return f"{tally.taken / tally.letters:.3f}" if tally.letters else "–"


def share(part: int, whole: int) -> str:
    """A share with its bounds.

    >>> share(3, 100), share(0, 0)
    ('.030 (.010–.085)', '–')
    """
    if not whole:
        return "–"
    low, high = bounds(part, whole)
    return f"{_short(part / whole)} ({_short(low)}–{_short(high)})"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _table(
    results: Sequence[Result], cell: Callable[[Tally], str], overall: bool = True
) -> Iterator[str]:
    head = ["set", "language", "documents", *(one.name for one in results)]
    yield from _head(head)
    for rows in zip(*(one.labelled for one in results), strict=True):
        first = rows[0]
        mark = " +" if first.learned else ""
        star = " *" if cell is _letters and not first.of.complete else ""
        name = f"{first.of.stem}{mark}{star} ({first.of.about})"
        cells = [name, first.of.language, str(first.documents)]
        yield _line([*cells, *(cell(row.counts) for row in rows)])
    if overall:
        count = sum(row.documents for row in results[0].labelled) if results else 0
        yield _line(["all", "", str(count), *(cell(one.total) for one in results)])


def _kinds(results: Sequence[Result]) -> Iterator[str]:
    yield from _head(["kind", "mentions", *(one.name for one in results)])
    for kind in REASONS:
        counts = [(one.total.mentions_left.get(kind, 0), one.total.mentions) for one in results]
        if counts and counts[0][1].get(kind, 0):
            cells = [share(left, mentions[kind]) for left, mentions in counts]
            yield _line([kind, str(counts[0][1][kind]), *cells])


def _rates(results: Sequence[Result]) -> Iterator[str]:
    yield from _head([one.name for one in results])
    sums = [(sum(r.size for r in o.labelled), sum(r.seconds for r in o.labelled)) for o in results]
    yield _line([f"{size / seconds / 1000:.3g}" if seconds else "–" for size, seconds in sums])


def _plain(results: Sequence[Result]) -> list[str]:
    """Letters taken of plain sentences, by language, most first."""
    lines = []
    for one in results:
        taken = Counter(
            {
                row.of.language: row.counts.taken / row.counts.letters
                for row in one.rows
                if row.of.about == PLAIN and row.counts.letters
            }
        )
        if taken:
            said = ", ".join(f"{lang} {_short(value)}" for lang, value in taken.most_common())
            lines += ["## Letters taken of plain sentences", "", f"{one.name}: {said}", ""]
    return lines


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield _line(cells)
    yield "|---" * len(cells) + "|"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
