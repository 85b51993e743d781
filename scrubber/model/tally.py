"""Tally: counts by key that add up, with a zero."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Tally(Generic[K]):
    """Immutable counts by key; absent keys count 0, and zero counts are not stored.

    ``+`` is associative and commutative, and ``Tally()`` is its zero.

    >>> Tally({"a": 1}) + Tally({"a": 2, "b": 1})
    Tally({'a': 3, 'b': 1})
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[K, int] | Iterable[tuple[K, int]] = ()) -> None:
        merged: dict[K, int] = {}
        for key, count in counts.items() if isinstance(counts, Mapping) else counts:
            if count < 0:
                raise ValueError("a count is not negative")
            merged[key] = merged.get(key, 0) + count
        self._counts = {key: count for key, count in merged.items() if count}

    def __getitem__(self, key: K) -> int:
        return self._counts.get(key, 0)

    def __iter__(self) -> Iterator[K]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def items(self) -> Iterable[tuple[K, int]]:
        return self._counts.items()

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    def __add__(self, other: Tally[K]) -> Tally[K]:
        return Tally([*self.items(), *other.items()])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self._counts == other._counts

    def __hash__(self) -> int:
        return hash(frozenset(self._counts.items()))

    def __repr__(self) -> str:
        return f"Tally({self._counts!r})"
