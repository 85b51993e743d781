"""Hugging Face datasets: loaded, scrubbed, saved and loaded again; mapped, streamed and pushed."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import GateError, InputError, TransformError
from scrubber.frames import open_frames

datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")

KEY, OTHER = (bytes([n, *range(31)]).hex() for n in (7, 9))
RULES: dict[str, Any] = {
    "version": 1,
    "key": {"env": "SCRUBBER_TEST_KEY"},
    "detect": {"ner": "none"},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": {"token": {"domain": "d"}}},
        {"name": "mail", "class": "direct_identifier", "transform": "drop"},
        {"name": "text", "class": "text", "entities": {"default": "redact"}},
        {"name": "label", "class": "insensitive", "keep": "a label"},
        {"name": "turns[].content", "class": "text", "entities": {"default": "redact"}},
    ],
}
ROWS = {
    "id": ["a", "b", None, "a"],
    "mail": ["ann@example.com"] * 4,
    "text": ["mail ann@example.com", None, "ü 👩‍👩‍👧", ""],
    "label": [0, 1, 1, None],
    "turns": [[{"content": "ann@example.com"}, {"content": None}], [], None, [{"content": "x"}]],
}
FEATURES = datasets.Features(
    {
        "id": datasets.Value("string"),
        "mail": datasets.Value("string"),
        "text": datasets.Value("string"),
        "label": datasets.ClassLabel(names=["neg", "pos"]),
        "turns": [{"content": datasets.Value("string")}],
    }
)


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCRUBBER_TEST_KEY", KEY)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def _dataset() -> Any:
    return datasets.Dataset.from_dict(ROWS, features=FEATURES)


def _expected() -> list[dict[str, Any]]:
    """The records as scrubbed from an Arrow table."""
    table = _dataset().with_format("arrow")[:]
    rows: list[dict[str, Any]] = scrubber.scrub(table, RULES).data.to_pylist()
    assert rows[0]["text"] == "mail {EMAIL_ADDRESS}"
    assert "ann@example.com" not in str(rows)
    return rows


def test_load_scrub_save_load(tmp_path: Path) -> None:
    _dataset().save_to_disk(tmp_path / "raw")
    result = scrubber.scrub(datasets.load_from_disk(tmp_path / "raw"), RULES)
    result.data.save_to_disk(tmp_path / "out")
    loaded = datasets.load_from_disk(tmp_path / "out")
    assert list(loaded) == _expected()
    kept = {name: feature for name, feature in FEATURES.items() if name != "mail"}
    assert loaded.features == datasets.Features(kept)
    assert result.manifest.data["records"]["in"] == {"lt": 11}


def test_a_dataset_is_scrubbed_in_its_own_order_and_format() -> None:
    chosen = _dataset().select([2, 0]).with_format("pandas")
    result = scrubber.scrub(chosen, RULES).data
    assert result.format["type"] == "pandas"
    assert list(result.with_format(None)) == [_expected()[2], _expected()[0]]


def test_splits_are_tables_and_stay_splits() -> None:
    splits = datasets.DatasetDict(train=_dataset(), test=_dataset().select([1]))
    result = scrubber.scrub(splits, RULES)
    assert isinstance(result.data, datasets.DatasetDict)
    assert list(result.data["train"]) == _expected()
    assert list(result.data["test"]) == _expected()[1:2]
    assert [row["alias"] for row in result.manifest.data["sources"]] == ["test", "train"]


def test_classes_are_counted_over_all_splits() -> None:
    rules = {
        "version": 1,
        "privacy": {"k": 2, "hierarchies": {"age": [{"bin": {"width": 10}}]}},
        "fields": [{"name": "age", "class": "quasi_identifier"}],
    }
    halves = {name: datasets.Dataset.from_dict({"age": [31]}) for name in ("train", "test")}
    result = scrubber.scrub(datasets.DatasetDict(halves), rules).data
    assert [list(result[name]["age"]) for name in ("train", "test")] == [["[30, 40)"]] * 2
    halves["train"] = datasets.Dataset.from_dict({"age": [80]})
    result = scrubber.scrub(datasets.DatasetDict(halves), rules).data
    assert [list(result[name]["age"]) for name in ("train", "test")] == [["*"], ["*"]]


def test_a_stream_comes_out_as_a_stream_of_the_same_records() -> None:
    stream = _dataset().to_iterable_dataset()
    result = scrubber.scrub(stream, RULES).data
    assert isinstance(result, datasets.IterableDataset)
    assert list(result) == list(result) == _expected()
    assert pa.concat_tables(result.with_format("arrow").iter(3)).to_pylist() == _expected()
    assert list(pickle.loads(pickle.dumps(result))) == _expected()
    both = datasets.IterableDatasetDict(train=stream, test=stream)
    assert list(scrubber.scrub(both, RULES).data["test"]) == _expected()


def test_a_stream_without_features_is_read_by_its_first_records() -> None:
    def rows(last: object) -> Any:
        yield from ({"text": "mail ann@example.com"} for _ in range(1000))
        yield {"text": last}

    rules = {**RULES, "fields": RULES["fields"][2:3]}
    stream = datasets.IterableDataset.from_generator(rows, gen_kwargs={"last": None})
    assert [row["text"] for row in scrubber.scrub(stream, rules).data][999:] == [
        "mail {EMAIL_ADDRESS}",
        None,
    ]
    odd = datasets.IterableDataset.from_generator(rows, gen_kwargs={"last": {"zqx": "zqxsecret"}})
    with pytest.raises(InputError, match="frame-values") as caught:
        scrubber.scrub(odd, rules)
    assert "zqx" not in repr(caught.value)


def test_nothing_of_a_stream_comes_out_before_all_gates_passed() -> None:
    age = {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}}
    rules = {"version": 1, "gates": {"min_k": 2}, "fields": [age]}
    ages = [*range(30, 40), 99]
    stream = datasets.Dataset.from_dict({"age": ages}).to_iterable_dataset()
    assert len(list(scrubber.scrub(stream.take(10), rules).data)) == 10
    with pytest.raises(GateError, match="min-k"):
        scrubber.scrub(stream, rules)


def test_map_needs_no_format_and_leaves_no_raw_column() -> None:
    mapped = _dataset().map(scrubber.ScrubBatches(RULES), batched=True)
    assert list(mapped) == _expected()
    assert "mail" not in mapped.column_names


@pytest.mark.parametrize("form", [None, "arrow", "numpy", "pandas", "polars"])
@pytest.mark.parametrize("streamed", [False, True])
def test_no_raw_value_stays_under_any_format(form: str | None, streamed: bool) -> None:
    rows = _dataset().remove_columns("turns").select(range(3))
    rows = rows.to_iterable_dataset() if streamed else rows
    rules = {**RULES, "fields": RULES["fields"][:4]}
    mapped = rows.with_format(form).map(scrubber.ScrubBatches(rules), batched=True, batch_size=3)
    texts = [
        {name: row[name] for name in row if name != "label"} for row in mapped.with_format(None)
    ]
    assert "ann@example" not in str(texts)
    assert [row["text"] for row in texts] == [row["text"] for row in _expected()[:3]]
    assert [row["id"] for row in texts] == [row["id"] for row in _expected()[:3]]
    assert {row.get("mail") for row in texts} == {None}


def test_a_single_record_of_a_stream_is_refused() -> None:
    stream = _dataset().to_iterable_dataset().map(scrubber.ScrubBatches(RULES))
    with pytest.raises(InputError, match="batched=True"):
        list(stream)


def test_labels_do_not_outlive_their_values() -> None:
    """A feature names labels apart from the records, so they are checked apart."""
    doctors = datasets.ClassLabel(names=["Mary Miller", "John Smith"])
    raw = datasets.Dataset.from_dict(
        {"by": [0, 1], "text": ["x", "y"]},
        features=datasets.Features({"by": doctors, "text": datasets.Value("string")}),
    )
    keep = {"name": "by", "class": "insensitive", "keep": "a label"}
    result = scrubber.scrub(raw, {**RULES, "fields": [keep, RULES["fields"][2]]}).data
    assert result.features["by"] == datasets.Value("int64")
    binned = {"name": "by", "class": "quasi_identifier", "transform": {"clip": {"upper": 0}}}
    rules = {**RULES, "fields": [binned, RULES["fields"][2]]}
    assert "Mary" not in str(scrubber.scrub(raw, rules).data.features)
    with pytest.raises(InputError, match="names of labels") as caught:
        raw.map(scrubber.ScrubBatches(rules), batched=True)
    assert "Mary" not in repr(caught.value)


def test_the_fingerprint_is_that_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(rules: dict[str, Any]) -> Any:
        return _dataset().map(scrubber.ScrubBatches(rules), batched=True)

    first = made(RULES)
    assert made(RULES)._fingerprint == first._fingerprint
    more = {**RULES, "detect": {"ner": "none", "score_thresholds": {"default": 0.9}}}
    monkeypatch.setenv("SCRUBBER_TEST_KEY", OTHER)
    rekeyed = made(RULES)
    assert rekeyed._fingerprint not in (first._fingerprint, made(more)._fingerprint)
    assert set(rekeyed["id"]) & set(first["id"]) == {None}
    monkeypatch.setattr("scrubber.batches.__version__", "0")
    assert made(RULES)._fingerprint != rekeyed._fingerprint


def test_a_callable_keeps_the_key_of_its_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    scrubs = scrubber.ScrubBatches(RULES)
    first = _dataset().map(scrubs, batched=True)
    monkeypatch.setenv("SCRUBBER_TEST_KEY", OTHER)
    again = _dataset().map(scrubs, batched=True)
    assert again._fingerprint == first._fingerprint
    assert list(again["id"]) == list(first["id"])


def test_without_the_key_no_identity_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCRUBBER_TEST_KEY")
    one, other = (pickle.dumps(scrubber.ScrubBatches(RULES)) for _ in range(2))
    assert one != other


def test_a_split_whose_name_is_a_value_is_refused() -> None:
    with pytest.raises(InputError, match="input-name"):
        open_frames(datasets.DatasetDict({"Mary_Miller": _dataset()}))


def test_errors_show_no_value() -> None:
    rules = {**RULES, "fields": [{**RULES["fields"][0], "transform": {"bin": {"width": 2}}}]}
    raw = datasets.Dataset.from_dict({"id": ["zqxsecret"]})
    for make in (lambda: scrubber.scrub(raw, rules), lambda: _map(raw, rules)):
        with pytest.raises(TransformError) as caught:
            make()
        assert "zqxsecret" not in repr(caught.value)


def _map(raw: Any, rules: dict[str, Any]) -> Any:
    return raw.map(scrubber.ScrubBatches(rules), batched=True)


def test_a_scrubbed_folder_with_its_card_is_ready_to_push(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, rows in (("train-1", [0, 1]), ("train-2", [2]), ("test", [3])):
        _dataset().select(rows).to_parquet(raw / f"{name}.parquet")
    out = tmp_path / "out"
    scrubber.scrub(raw, RULES, out=out)
    scrubber.export(out, "hf-card", out=out / "README.md")
    loaded = datasets.load_dataset(str(out))
    assert [list(loaded[split]["text"]) for split in ("train", "test")] == [
        ["mail {EMAIL_ADDRESS}", None, "ü 👩‍👩‍👧"],
        [""],
    ]
    card = (out / "README.md").read_text()
    assert "ann@example" not in card
    assert scrubber.verify(out).exit_code == 0


def test_audit_takes_splits_and_the_beginning_of_a_stream() -> None:
    splits = datasets.DatasetDict(train=_dataset(), test=_dataset().select([1]))
    found = [(table.name, table.records) for table in scrubber.audit(splits).tables]
    assert found == [("train", 4), ("test", 1)]
    (table,) = scrubber.audit(_dataset().to_iterable_dataset(), rows=2).tables
    assert (table.sampled, table.records) == (2, None)
