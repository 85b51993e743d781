"""What the built-in model says of itself: for each label, on several corpora, in thousandths."""

from __future__ import annotations

from scrubber.detect.ner.builtin import digest, identity, measured
from scrubber.detect.ner.decode import LABELS


def test_every_label_was_measured_and_every_share_is_one() -> None:
    rows = measured()
    assert {row.label for row in rows} == set(LABELS)
    assert len({(row.corpus, row.label) for row in rows}) == len(rows)
    assert all(0 <= share <= 1000 for row in rows for share in (row.recall, row.precision))
    assert all("/" not in row.corpus and "." not in row.corpus for row in rows)
    assert identity()[1].endswith(digest())
