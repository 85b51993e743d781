"""The languages of a batch's records: which records are in one that was not measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from scrubber.detect.language import is_measured, languages
from scrubber.model.opened import Leaf, Opened
from scrubber.policy.plan import Plan, ScrubText, TablePlan
from scrubber.transform.columns.distinct import readable_values


def unmeasured_of(opened: Opened, plan: Plan, table: TablePlan) -> list[str | None]:
    """The unmeasured language or script of each record, None for the others.

    A record is in an unmeasured language if one of its texts is. Texts that are too short to decide
    are judged together with the others of their record. Without a names model nothing is measured
    by language, so no record is unmeasured.
    """
    found: list[str | None] = [None] * opened.num_rows
    if plan.detect is None or plan.detect.ner == "none":
        return found
    short: defaultdict[int, list[str]] = defaultdict(list)
    for field in table.fields:
        if isinstance(field.disposition, ScrubText):
            for row, text, language in _judged(opened.leaf(field.path)):
                if language is None:
                    short[row].append(text)
                elif not is_measured(language):
                    found[row] = found[row] or language
    joined = {r: " ".join(texts) for r, texts in short.items() if len(texts) > 1 and not found[r]}
    for row, language in zip(joined, languages(list(joined.values())), strict=True):
        if language is not None and not is_measured(language):
            found[row] = language
    return found


def _judged(leaf: Leaf) -> Iterator[tuple[int, str, str | None]]:
    """The row, text and language of each text that is undecided or not of a measured language."""
    encoded = leaf.plain.dictionary_encode()
    indices = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    texts = [text if isinstance(text, str) else "" for text in readable_values(encoded.dictionary)]
    judged = languages(texts)
    of_note = np.array(
        [language is None or not is_measured(language) for language in judged] + [False], np.bool_
    )
    for place in np.flatnonzero(of_note[indices]).tolist():
        index = int(indices[place])
        yield int(leaf.rows[place]), texts[index], judged[index]
