"""Classifiers for assessments, and the features that they see. The one door to scikit-learn.

Values are labels: numbers, intervals (by their middle) and dates become numbers, other values one
column each for the most frequent ones, and long texts counts of hashed words.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from scrubber.assess.clues import Label
from scrubber.assess.pairing import Table
from scrubber.errors import NotAvailable, how_to_install

Matrix = NDArray[np.float32]
Classes = NDArray[np.int64]

_SPAN: Final = re.compile(r"[\[(](-?[0-9.]+), ?(-?[0-9.]+)[\])]")
_EDGE: Final = re.compile(r"(?:>=|<)(-?[0-9.]+)")
_PERIOD: Final = re.compile(r"([0-9]{4})-(?:Q([1-4])|([0-9]{2}))")
_WORD: Final = re.compile(r"\w+")
_NUMBERS: Final = 0.9  # share of values that are numbers, from which on a field is one
_CATEGORIES: Final = 20
_WORDS: Final = 128
_LONG: Final = 30  # code points on average, from which on a field is text


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1.0, max_iter=200, random_state=seed)


def _boosted(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=20,
        learning_rate=0.3,
        min_samples_leaf=2,
        early_stopping=False,
        random_state=seed,
    )


MODELS: Final[Mapping[str, Callable[[int], Any]]] = {"logistic": _logistic, "boosted": _boosted}


def need_sklearn() -> None:
    """Raises: NotAvailable ``extra-missing`` without scikit-learn."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        text = "scikit-learn is not installed"
        hint = how_to_install("evidence")
        raise NotAvailable("extra-missing", text, hint=hint) from None


def trained(model: str, features: Matrix, classes: Classes, seed: int) -> Any:
    """A classifier of the kind `model`, trained on these records."""
    fitted = MODELS[model](seed)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # one that did not converge is as good as it is
        return fitted.fit(features, classes)


def chances(fitted: Any, features: Matrix, classes: int) -> NDArray[np.float64]:
    """The probability of each of `classes` for each record; 0 for classes never seen."""
    found = np.zeros((len(features), classes))
    with threadpool_limits(1):  # threads that wait for each other take a hundred times as long
        found[:, fitted.classes_] = fitted.predict_proba(features)
    return found


@dataclass(frozen=True)
class Features:
    """The columns of features, one function per field, fitted to the records of a table."""

    fields: tuple[tuple[str, Callable[[Sequence[Label]], Matrix]], ...] = field(repr=False)

    @classmethod
    def of(cls, table: Table, names: Sequence[str]) -> Features:
        """Features from the fields `names`, by the values in `table`."""
        return cls(tuple((name, _reader(table.columns[name])) for name in names))

    def __call__(self, table: Table) -> Matrix:
        parts = [read(table.columns[name]) for name, read in self.fields]
        return np.hstack(parts) if parts else np.zeros((len(table), 0), dtype=np.float32)


def number_of(label: Label) -> float | None:
    """The number that a label stands for: its own, the middle of an interval, or a date's day.

    >>> [number_of(label) for label in ("37", "[30, 40)", ">=90", "1970-01-31", "1970", "x")]
    [37.0, 35.0, 90.0, 30.0, 1970.0, None]
    """
    if label is None:
        return None
    if span := _SPAN.fullmatch(label):
        return (float(span[1]) + float(span[2])) / 2
    if edge := _EDGE.fullmatch(label):
        return float(edge[1])
    if len(label) >= 10 and label[4] == label[7] == "-":
        try:
            return float(date.fromisoformat(label[:10]).toordinal() - 719163)
        except ValueError:
            return None
    if period := _PERIOD.fullmatch(label):
        month = int(period[2]) * 3 - 2 if period[2] else int(period[3])
        year = max(1, int(period[1]))
        return float(date(year, max(1, min(month, 12)), 1).toordinal() - 719163)
    try:
        value = float(label)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


@dataclass(frozen=True)
class Classing:
    """The classes of a target. Its values are classes; numbers of more than twenty values are cut
    at their median, and of other values the rarer ones are one class. Null is a class."""

    number: int
    _code: Callable[[Label], int] = field(repr=False)

    @classmethod
    def of(cls, labels: Sequence[Label]) -> Classing:
        """The classes of these labels."""
        counts = Counter(labels)
        if len(counts) > _CATEGORIES:
            known = [number for label in labels if (number := number_of(label)) is not None]
            if len(known) >= _NUMBERS * len(labels):
                middle = float(np.median(known))
                return cls(2, lambda label: int((number_of(label) or -np.inf) > middle))
        kept = [label for label, _ in counts.most_common(_CATEGORIES)]
        places = {label: at for at, label in enumerate(kept)}
        rest = len(counts) > len(kept)
        return cls(len(kept) + rest, lambda label: places.get(label, len(kept) - (not rest)))

    def __call__(self, labels: Sequence[Label]) -> Classes:
        return np.array([self._code(label) for label in labels], dtype=np.int64)


def _reader(labels: Sequence[Label]) -> Callable[[Sequence[Label]], Matrix]:
    present = [label for label in labels if label is not None and label != "*"]
    numbers = [number for label in present if (number := number_of(label)) is not None]
    if present and len(numbers) >= _NUMBERS * len(present) and len(set(present)) > 2:
        return _numeric(numbers)
    counts = Counter(labels)
    if len(counts) > _CATEGORIES and sum(map(len, present)) > _LONG * len(present):
        return _words
    return _categories([label for label, _ in counts.most_common(_CATEGORIES)])


def _numeric(numbers: Sequence[float]) -> Callable[[Sequence[Label]], Matrix]:
    middle, spread = float(np.mean(numbers)), float(np.std(numbers)) or 1.0

    def read(labels: Sequence[Label]) -> Matrix:
        found = [number_of(label) for label in labels]
        values = [middle if number is None else number for number in found]
        missing = [float(number is None) for number in found]
        scaled = (np.array(values) - middle) / spread
        return np.stack([scaled, np.array(missing)], axis=1).astype(np.float32)

    return read


def _categories(kept: Sequence[Label]) -> Callable[[Sequence[Label]], Matrix]:
    places = {label: at for at, label in enumerate(kept)}

    def read(labels: Sequence[Label]) -> Matrix:
        found = np.zeros((len(labels), len(kept) + 1), dtype=np.float32)
        found[np.arange(len(labels)), [places.get(label, len(kept)) for label in labels]] = 1
        return found

    return read


def _words(labels: Sequence[Label]) -> Matrix:
    found = np.zeros((len(labels), _WORDS), dtype=np.float32)
    for row, label in enumerate(labels):
        for word in _WORD.findall((label or "").lower()):
            found[row, crc32(word.encode()) % _WORDS] += 1
    return found
