"""Draws for each pair of a subject and a value: the noise of local differential privacy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Context, Outcome
from scrubber.transform.columns.distinct import distinctly, per_distinct, with_rest
from scrubber.transform.crypto.canonical import canonical
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.prf import Stream, Streams, framed, root_key

Integers = np.ndarray[Any, np.dtype[np.int64]]


def drawn_for(
    values: pa.Array,
    context: Context,
    shown: tuple[str, ...],
    all_drawn: Callable[[Integers, Streams], Integers],
    drawn: Callable[[int, Stream], int],
) -> pa.Array:
    """A whole number (int64) for each value, drawn once for each subject and value.

    `values` are int64. Null has no draw, and neither has a value of an unknown subject. `shown` are
    the name and the parameters of the transform, which with the field are the purpose of the key.
    `all_drawn` and `drawn` give the same number, the first for many.
    """
    if context.subject is None:
        return pa.nulls(len(values), pa.int64())
    form = canonical(context.subject, floats=True)
    if form is None:
        return pa.nulls(len(values), pa.int64())
    mac = Cmac(root_key(context).derive(shown[0], context.field))
    head = framed(*(part.encode() for part in shown[1:]), form.tag)
    subjects = distinctly(
        form.values, lambda some: Outcome(form.bodies(some)), pa.large_binary()
    ).array
    written = pc.binary_join_element_wise(
        values.cast(pa.large_string()).cast(pa.large_binary()),
        subjects,
        pa.scalar(b":", pa.large_binary()),
    )

    def quickly(messages: pa.Array) -> pa.Array:
        streams = Streams(mac, head, messages)
        numbers = all_drawn(_numbers(messages), streams)
        return pa.array(numbers, pa.int64(), mask=streams.unsure)

    def slowly(message: bytes) -> int:
        return drawn(int(message.partition(b":")[0]), Stream(mac, head + message))

    def each(messages: pa.Array) -> Outcome:
        return with_rest(
            messages,
            quickly(messages),
            lambda rest: per_distinct(rest, slowly, pa.int64()),
        )

    return distinctly(written, each, pa.int64()).array


def _numbers(messages: pa.Array) -> Integers:
    """The value in front of the colon of each message."""
    text = pc.list_element(pc.split_pattern(messages, b":", max_splits=1), 0)
    return text.cast(pa.large_string()).cast(pa.int64()).to_numpy()  # type: ignore[no-any-return]
