"""Arrow's errors about values, as opposed to the machine that it runs on.

``pa.ArrowException`` is also raised for want of memory: then nothing is known of the values, and
who takes it for a bad value or a damaged file leaves out what is good.
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
