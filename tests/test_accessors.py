"""df.scrubber.apply(rules): the same as scrubber.scrub, where the frame is at hand."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("error")
    import scrubber.accessors
import scrubber

RULES: dict[str, Any] = {
    "version": 1,
    "fields": [{"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}}],
}


@pytest.mark.parametrize("make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame])
def test_apply(make: Any, tmp_path: Path) -> None:
    frame = make({"age": [34, 80]})
    result = frame.scrubber.apply(RULES, manifest=tmp_path / "manifest.json")
    assert type(result) is type(frame)
    plain = result.collect() if isinstance(result, pl.LazyFrame) else result
    assert plain["age"].to_list() == ["[30, 40)", "[80, 90)"]
    assert scrubber.read_manifest(tmp_path / "manifest.json").data["fields"][0]["action"] == "bin"
    with pytest.raises(FileExistsError):
        frame.scrubber.apply(RULES, manifest=tmp_path / "manifest.json")
