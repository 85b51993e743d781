"""Which texts of an array are plain: ASCII, where a byte is a character and nothing combines."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.base import Kind, kind_of
from scrubber.transform.columns.textbytes import TextBytes
from scrubber.transform.crypto.canonical import plain_text

_PRINTABLE = r"^(?:[!-~](?:[ -~]*[!-~])?)?$"


def printable(array: pa.Array) -> pa.Array:
    """The texts that are printable ASCII with no blanks around them, or empty, and integers from 0
    on as they are written; null elsewhere."""
    if kind_of(array.type) is Kind.TEXT:
        texts = plain_text(array)
        if TextBytes.of(texts).within("!", "~"):
            return texts
        fits = pc.match_substring_regex(texts, _PRINTABLE)
    else:
        texts = array.cast(pa.string())
        fits = pc.invert(pc.starts_with(texts, "-"))
    return _where(fits, texts)


def ascii_only(array: pa.Array) -> pa.Array:
    """The texts that are ASCII, and integers as they are written; null elsewhere."""
    if kind_of(array.type) is Kind.TEXT:
        texts = plain_text(array)
        return _where(pc.string_is_ascii(texts), texts)
    return array.cast(pa.string())


def _where(fits: pa.Array, texts: pa.Array) -> pa.Array:
    if not len(texts) or pc.all(fits).as_py():  # a null is null already
        return texts
    return pc.if_else(pc.fill_null(fits, False), texts, pa.scalar(None, texts.type))
