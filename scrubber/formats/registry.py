"""The formats by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scrubber.formats.csv.format import CSV, TSV
from scrubber.formats.format import Format
from scrubber.formats.ipc.format import ARROW
from scrubber.formats.jsonl.format import JSON, JSONL
from scrubber.formats.parquet.format import PARQUET
from scrubber.formats.text.format import MD, TXT
from scrubber.formats.weblog.format import LOGS

_REGISTERED: dict[str, Format] = {
    one.name: one for one in (PARQUET, CSV, TSV, JSONL, JSON, ARROW, TXT, MD, *LOGS)
}
FORMATS: Mapping[str, Format] = MappingProxyType(_REGISTERED)


def by_ending(ending: str) -> Format | None:
    """The format of files with the suffix `ending`, such as ``.csv``, or None.

    >>> by_ending(".feather").name
    'arrow'
    """
    return next((one for one in FORMATS.values() if ending in one.endings), None)
