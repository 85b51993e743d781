"""Seconds to build a leak index of a million values, and to probe 100,000 lines; false hits."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from scrubber.assess.leaks.index_file import read_index, write_index
from scrubber.assess.leaks.prints import BITS, Fingerprinter, Prints, index_key
from scrubber.assess.leaks.probing import Chunk, probed
from scrubber.assess.leaks.words import Words
from scrubber.transform.keys import RootKey

VALUES = 1_000_000
LINES = 100_000
PLANTED = 1_000
SHORT = 32
"""Bits at which false hits are frequent enough to be counted."""
_WORDS = 20
_CHUNK = 5_000


def main() -> None:
    drawn = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(drawn.choices(letters, k=drawn.randint(2, 9))) for _ in range(30_000)]
    names = [word.title() for word in words[:20_000]]
    mails = [
        f"{drawn.choice(words)}.{drawn.choice(words)}{n}@example.com" for n in range(VALUES // 2)
    ]
    people = [f"{drawn.choice(names)} {drawn.choice(names)}" for _ in range(VALUES // 2)]
    key = RootKey(bytes(range(32)))
    prints = Fingerprinter(index_key(key))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leak.index"
        begun = time.perf_counter()
        values = {
            "EMAIL_ADDRESS": prints.of_values("EMAIL_ADDRESS", mails),
            "PERSON": prints.of_values("PERSON", people),
        }
        write_index(path, Prints(values), date(2099, 12, 31), key)
        print(f"index of {VALUES:,} values  {time.perf_counter() - begun:.1f} s")
        print(f"  fingerprints  {sum(map(len, values.values())):,}, {path.stat().st_size:,} bytes")
        lines = [" ".join(drawn.choices(words, k=_WORDS)) for _ in range(LINES)]
        _verbatim(prints, lines)
        planted = drawn.sample(range(LINES), PLANTED)
        for number in planted:
            lines[number] += f" {drawn.choice(mails)} {drawn.choice(words)}"
        begun = time.perf_counter()
        index, own = read_index(path, key, date(2026, 1, 1))
        found = probed(index, own, _chunks(lines))
        print(f"probe of {LINES:,} lines  {time.perf_counter() - begun:.1f} s")
        mailed = {hit.record for hit in found.hits if hit.kind == "EMAIL_ADDRESS"}
        print(f"  planted and found  {len(mailed & set(planted)):,} of {PLANTED:,}")
        print(f"  not planted  {len(mailed - set(planted)):,}")
        print(f"  look-ups  {found.lookups:,}, expected by chance {found.expected_false:.1e}")
    _false_hits(prints, values["EMAIL_ADDRESS"], lines)


def _chunks(lines: Sequence[str]) -> list[Chunk]:
    return [
        Chunk("outputs", lines[at : at + _CHUNK], range(at, at + _CHUNK))
        for at in range(0, len(lines), _CHUNK)
    ]


def _verbatim(prints: Fingerprinter, lines: Sequence[str]) -> None:
    begun = time.perf_counter()
    runs = prints.of_texts(lines).runs
    took = time.perf_counter() - begun
    print(f"runs of {LINES * _WORDS:,} words  {took:.1f} s, {8 * len(runs):,} bytes")


def _false_hits(prints: Fingerprinter, values: np.ndarray, lines: Sequence[str]) -> None:
    """Hits of windows that are no value, with fewer bits."""
    looked = [prints.values(slices) for _, _, slices in Words.of(lines[:_CHUNK]).candidates()]
    windows = np.concatenate(looked)
    windows = windows[~np.isin(windows, values)]
    drop = np.uint64(BITS - SHORT)
    hits = int(np.isin(windows >> drop, values >> drop).sum())
    expected = len(windows) * len(values) / 2**SHORT
    print(f"false hits with {SHORT} of {BITS} bits  {hits}, {expected:.1f} expected")


if __name__ == "__main__":
    main()
