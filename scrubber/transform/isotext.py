"""ISO 8601 dates in whole arrays of text: which days they name."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as hidden_field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_WRITTEN = 10  # YYYY-MM-DD
_PLAIN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:[.,][0-9]+)?)?"
    r" ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class IsoDates:
    """The texts that are plain ISO dates or begin with one (else null), and for those the parts of
    the date and its days since 1970-01-01. What :meth:`DateFormat.read` makes of them is the same.
    """

    texts: pa.Array = hidden_field(repr=False)
    month: Integers = hidden_field(repr=False)
    days: Integers = hidden_field(repr=False)

    @classmethod
    def read(cls, array: pa.Array) -> IsoDates:
        """The dates of a flat text array."""
        fits = pc.fill_null(pc.match_substring_regex(array, _PLAIN), False)
        blank = pa.scalar("0000-00-00", array.type)
        heads = pc.utf8_slice_codeunits(pc.if_else(fits, array, blank), 0, _WRITTEN)
        data = heads.cast(pa.binary()).cast(pa.binary(_WRITTEN))
        signs = np.frombuffer(data.buffers()[1] or b"", np.uint8)
        signs = signs[data.offset * _WRITTEN : (data.offset + len(data)) * _WRITTEN]
        digits = signs.reshape(-1, _WRITTEN).astype(np.int64) - ord("0")
        year = digits[:, 0] * 1000 + digits[:, 1] * 100 + digits[:, 2] * 10 + digits[:, 3]
        month = digits[:, 5] * 10 + digits[:, 6]
        day = digits[:, 8] * 10 + digits[:, 9]
        known = (year >= 1) & (month >= 1) & (month <= 12)
        first = _first_day(np.where(known, (year - 1970) * 12 + month - 1, 0))
        after = _first_day(np.where(known, (year - 1970) * 12 + month, 0))
        known &= (day >= 1) & (day <= after - first)
        texts = pc.if_else(pc.and_(fits, pa.array(known)), array, pa.scalar(None, array.type))
        return cls(texts, month, first + day - 1)


def _first_day(months: Integers) -> Integers:
    """Days since 1970-01-01 of the first of the month that is so many `months` after 1970-01."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def written(days: pa.Array) -> pa.Array:
    """Days (int32) since 1970-01-01, in the years 1 to 9999, as YYYY-MM-DD."""
    return days.view(pa.date32()).cast(pa.string())


def with_dates(found: IsoDates, days: pa.Array) -> pa.Array:
    """The texts with other dates in place of theirs, as the type they are of; null beside null."""
    tails = pc.utf8_slice_codeunits(found.texts, _WRITTEN)
    kind = found.texts.type
    return pc.binary_join_element_wise(written(days).cast(kind), tails, pa.scalar("", kind))
