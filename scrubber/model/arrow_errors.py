"""Arrow's errors about values, as opposed to errors of the machine.

``pa.ArrowException`` is also raised for lack of memory. Then nothing is known about the values, and
treating it as a bad value or a damaged file would lose good data.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

ARROW_ERRORS: Final = (
    pa.ArrowInvalid,
    pa.ArrowTypeError,
    pa.ArrowKeyError,
    pa.ArrowIndexError,
    pa.ArrowNotImplementedError,
    pa.ArrowCapacityError,
    pa.ArrowSerializationError,
)
