"""Hugging Face datasets: Dataset, DatasetDict, IterableDataset and IterableDatasetDict.

Splits are tables of these names. A stream is read once for the rules, and once more only for
``privacy:``; its result is a stream again, from a private file of scrubbed records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from scrubber.errors import InputError, Place
from scrubber.formats.admission import admitted, admitted_table, recast
from scrubber.formats.field_names import data_among, looks_like_data
from scrubber.formats.file_names import refuse_data
from scrubber.frames.feed import Feed, Spooled, Store, fed
from scrubber.frames.kinds import is_a
from scrubber.model.arrow_errors import ARROW_ERRORS

_ROWS = 1000
Kept = frozenset[str]
Back = Callable[[Mapping[str, Store], Kept], Any]


def opened(data: object) -> tuple[dict[str, Feed], Back, bool] | None:
    """The feeds of `data`, the conversion back, and true for a stream; None for other kinds.

    Raises: InputError ``frame-type`` for a dictionary without splits, ``input-name`` for a split
    whose name looks like a value; the errors of admission.
    """
    one = "frame"
    if is_a(data, "datasets", "Dataset"):
        return {one: _fed(data, one)}, lambda got, kept: _dataset(data, got[one], kept), False
    if is_a(data, "datasets", "IterableDataset"):
        return {one: _streamed(data, one)}, lambda got, kept: _stream(data, got[one], kept), True
    if is_a(data, "datasets", "DatasetDict"):
        return _splits(data, _fed), _back(data, _dataset), False
    if is_a(data, "datasets", "IterableDatasetDict"):
        return _splits(data, _streamed), _back(data, _stream), True
    return None


def arrow_of(dataset: Any) -> pa.Table:
    """The records of a Dataset in its order."""
    return dataset.with_format("arrow")[:]


def _splits(data: Any, feed: Callable[[Any, str], Feed]) -> dict[str, Feed]:
    if not data:
        raise InputError("frame-type", "the dictionary of datasets has no split")
    refuse_data(list(data))
    return {name: feed(split, name) for name, split in data.items()}


def _back(data: Any, of_split: Callable[[Any, Store, Kept], Any]) -> Back:
    def back(results: Mapping[str, Store], kept: Kept) -> Any:
        splits = {name: of_split(data[name], rows, kept) for name, rows in results.items()}
        return type(data)(splits)

    return back


def _fed(dataset: Any, name: str) -> Feed:
    return fed(admitted_table(arrow_of(dataset), name))


def _streamed(dataset: Any, name: str) -> Feed:
    batches = dataset.with_format("arrow")
    if dataset.features is not None:
        schema = admitted(dataset.features.arrow_schema, name)
    else:
        first = next(iter(batches.iter(_ROWS)), None)
        if first is None:
            raise InputError("no-fields", "it has no fields", place=Place(file=name))
        schema = admitted(first.schema, name)

    def tables() -> Iterator[pa.Table]:
        for table in batches.iter(_ROWS):
            try:
                yield recast(table.select(schema.names), schema)
            except (KeyError, *ARROW_ERRORS):
                raise InputError(
                    "frame-values",
                    "the records of the stream have different fields or types",
                    place=Place(file=name),
                    hint="declare them: stream.cast(features)",
                ) from None

    return Feed(schema, tables)


def _dataset(before: Any, rows: Store, kept: Kept) -> Any:
    from datasets import Dataset, DatasetInfo

    table = rows.table()
    info = DatasetInfo(features=_features(before.features, table.schema, kept))
    return Dataset(table.replace_schema_metadata(), info=info, split=before.split).with_format(
        before.format["type"]
    )


def _stream(before: Any, rows: Store, kept: Kept) -> Any:
    from datasets import Dataset, DatasetInfo, Features

    assert isinstance(rows, Spooled)
    rows.close()
    with pa.memory_map(str(rows.path)) as file:
        schema = pa.ipc.open_stream(file).schema
    info = DatasetInfo(features=_features(before.features or Features(), schema, kept))
    stored = Dataset.from_file(str(rows.path), info=info, split=before.split)
    return stored.to_iterable_dataset()


def _features(before: Any, schema: pa.Schema, kept: Kept) -> Any:
    """The features of a result: those of `before` where the type is the same.

    A feature with label names stays for an unchanged column whose label names do not look like
    values.
    """
    from datasets import Features
    from datasets.features.features import generate_from_arrow_type

    features = Features()
    for field in schema:
        own = before.get(field.name)
        same = own is not None and Features({"x": own}).arrow_schema.field(0).type == field.type
        labels = _labels(own) if same else []
        if labels and (
            field.name not in kept
            or any(map(looks_like_data, labels))
            or data_among(labels) is not None
        ):
            same = False
        features[field.name] = own if same else generate_from_arrow_type(field.type)
    return features


def labelled(features: Mapping[str, Any]) -> Iterator[str]:
    """The columns with names of labels in their features."""
    return (name for name, feature in features.items() if _labels(feature))


def _labels(feature: Any) -> list[str]:
    """The names of all labels in a feature."""
    if isinstance(feature, Mapping):
        return [name for inner in feature.values() for name in _labels(inner)]
    if isinstance(feature, list | tuple):
        return [name for inner in feature for name in _labels(inner)]
    if is_a(feature, "datasets", "ClassLabel"):
        return list(feature.names or ())
    return _labels(getattr(feature, "feature", ()))


__all__ = ["arrow_of", "labelled", "opened"]
