"""An attacker on published counts: which values may a withheld one have, exactly?

Independent of the code under test: interval propagation and exhaustive search over whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

Domain = tuple[int, int]
Sums = Sequence[tuple[Any, ...]]
"""(total, parts) or (total, parts, times): total = times * (sum of parts)."""


def feasible(domains: Mapping[Hashable, Domain], sums: Sums) -> bool:
    """Whether whole numbers within `domains` satisfy every total = sum of parts."""
    return world(domains, sums) is not None


def world(domains: Mapping[Hashable, Domain], sums: Sums) -> dict[Hashable, int] | None:
    """Whole numbers within `domains` that satisfy every total = sum of parts, if there are any."""
    narrowed = _propagate(dict(domains), sums)
    if narrowed is None:
        return None
    wide = [key for key, (low, high) in narrowed.items() if low < high]
    if not wide:
        return {key: low for key, (low, _) in narrowed.items()}
    key = min(wide, key=lambda k: narrowed[k][1] - narrowed[k][0])
    low, high = narrowed[key]
    middle = (low + high) // 2
    for half in ((low, middle), (middle + 1, high)):
        found = world({**narrowed, key: half}, sums)
        if found is not None:
            return found
    return None


def pinned(
    true: Mapping[Hashable, int], domains: Mapping[Hashable, Domain], sums: Sums
) -> set[Hashable]:
    """The counts of `true` that have the same value in every world; each world that is found clears
    all counts that differ in it."""
    left = dict(true)
    for key, value in true.items():
        low, high = domains[key]
        for other in ((low, value - 1), (value + 1, high)):
            if key in left and other[0] <= other[1]:
                found = world({**domains, key: other}, sums) or {}
                left = {k: n for k, n in left.items() if found.get(k, n) == n}
    return set(left)


def values(key: Hashable, domains: Mapping[Hashable, Domain], sums: Sums, enough: int) -> list[int]:
    """Up to `enough` values of `key` that agree with everything published."""
    narrowed = _propagate(dict(domains), sums)
    assert narrowed is not None, "what is published contradicts itself"
    found: list[int] = []
    for value in range(narrowed[key][0], narrowed[key][1] + 1):
        if len(found) < enough and feasible({**narrowed, key: (value, value)}, sums):
            found.append(value)
    return found


def _propagate(domains: dict[Hashable, Domain], sums: Sums) -> dict[Hashable, Domain] | None:
    rows = [_row(*one) for one in sums]
    changed = True
    while changed:
        changed = False
        for row in rows:
            for key, factor in row.items():
                # factor * key = -(sum of the other members with their factors)
                low = high = 0
                for other, f in row.items():
                    if other != key:
                        bounds = sorted(f * bound for bound in domains[other])
                        low, high = low + bounds[0], high + bounds[1]
                low, high = (-high, -low) if factor > 0 else (low, high)
                old, size = domains[key], abs(factor)
                new = (max(old[0], -(-low // size)), min(old[1], high // size))
                if new[0] > new[1]:
                    return None
                if new != old:
                    domains[key], changed = new, True
    return domains


def _row(total: Hashable, parts: Sequence[Hashable], times: int = 1) -> Counter[Hashable]:
    """The sum as factors of its members, which add up to zero."""
    row = Counter({total: 1})
    for part in parts:
        row[part] -= times
    return Counter({key: factor for key, factor in row.items() if factor})
