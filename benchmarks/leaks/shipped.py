"""The measure that the package ships: what scrubber leaves and takes, by language."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.leaks.counting import Tally
from benchmarks.leaks.report import Result, Row
from scrubber.detect import measured
from scrubber.detect.ner import builtin


def write(result: Result) -> Path:
    """Write the measure of `result`, which is scrubber's own, into the package."""
    by_language: dict[str, list[Row]] = defaultdict(list)
    for row in result.rows:
        by_language[row.of.language].append(row)
    date, model = datetime.now(UTC).date().isoformat(), builtin.digest().removeprefix("sha256:")
    lines = ",\n".join(
        f"{json.dumps(language)}: {json.dumps(_language(rows), ensure_ascii=False)}"
        for language, rows in sorted(by_language.items())
    )
    text = f'{{"date": "{date}", "model": "{model}", "languages": {{\n{lines}\n}}}}\n'
    measured.FILE.write_text(text, "utf-8")
    return measured.FILE


def _language(rows: Sequence[Row]) -> dict[str, Any]:
    counts = sum((row.counts for row in rows), Tally())
    complete = sum((row.counts for row in rows if row.of.complete), Tally())
    return {
        "sets": [f"{row.of.stem} ({row.of.about})" for row in rows],
        "learned": any(row.learned for row in rows),
        "documents": counts.documents,
        "documents_left": counts.left,
        "mentions": sum(counts.mentions.values()),
        "mentions_left": sum(counts.mentions_left.values()),
        "letters": complete.letters,
        "letters_taken": complete.taken,
    }
