"""Every member of a registry keeps the promises of its kind; transforms have a test of their own
(tests/transform/test_conformance.py), and executors too (test_executors.py)."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from scrubber.detect.recognizers import RECOGNIZERS
from scrubber.errors import OutputError
from scrubber.exports import TARGETS, export
from scrubber.formats import discover, open_writer, read, schemas
from scrubber.formats.registry import FORMATS, by_ending
from scrubber.manifest import seal
from scrubber.model.entities import ENTITIES
from scrubber.model.finding import Action, Cover, Piece
from scrubber.model.findings import Covers
from scrubber.privacy.models import MODELS
from scrubber.privacy.uniques import Uniques, classes_of
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Kind, Strictness, for_findings
from scrubber.transform.rewrite import rewrite_column
from scrubber.transform.surrogate import ENTITIES as STAND_INS
from tests.golden.manifest_facts import GOLDEN
from tests.transform import conforming

TABLE = pa.table({"a": ["x", None, 'y|"z', "é", "x"], "n": pa.array(["1", "2", None, "", "-4"])})


# Formats of fixed fields, which hold no other table: tests/formats/text holds them to the same.
FIXED = {"txt": "text", "md": "text"} | dict.fromkeys(
    ("apache_common", "apache_combined", "nginx_main"), "log"
)
TABULAR = [name for name in FORMATS if name not in FIXED]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_found_by_its_endings(name: str) -> None:
    one = FORMATS[name]
    assert one.name == name
    declared = FIXED.get(name) == "log"  # the rules name the form of a log
    assert declared or f".{name}" in one.endings, "an output could not be read again"
    assert all(by_ending(ending) is one for ending in one.endings)


@pytest.mark.parametrize("name", FIXED)
def test_a_format_of_fixed_fields_refuses_other_fields(name: str, tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=f"fields-in-{FIXED[name]}"),
        open_writer(tmp_path / f"a.{name}", TABLE.schema, name, None, like=None) as writer,
    ):
        writer.write(TABLE)


@pytest.mark.parametrize("rows", [0, 5])
@pytest.mark.parametrize("name", TABULAR)
def test_a_format_loses_no_record_and_no_null(name: str, rows: int, tmp_path: Path) -> None:
    if not rows and FORMATS[name].schema is None:
        pytest.skip("a format without a schema tells nothing of no records")
    path = tmp_path / f"a.{name}"
    table = TABLE.slice(0, rows)
    chunked = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    for given in (table, chunked):
        with open_writer(path, given.schema, name, None, like=None) as writer:
            writer.write(given)
        written = writer.close()
        assert written.rows == rows
        (source,) = discover([str(path)])
        schema = schemas([source])[source.alias]
        back = pa.concat_tables([chunk.table for chunk in read(source, schema)] or [given])
        assert back.to_pylist() == given.to_pylist()
        again = path.read_bytes()
        with open_writer(path, given.schema, name, None, like=None) as writer:
            writer.write(given)
        writer.close()
        assert path.read_bytes() == again


@pytest.mark.parametrize("name", TARGETS)
def test_an_export_is_the_same_for_the_same_manifest(name: str) -> None:
    target = TARGETS[name]
    assert target.name == name
    assert target.title
    assert Path(target.file_name).name == target.file_name
    for golden in GOLDEN.values():
        manifest = seal(*golden)
        assert export(manifest, name) == export(manifest, name) != ""


def test_exports_have_files_of_their_own() -> None:
    names = [target.file_name for target in TARGETS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.name)
def test_what_a_recognizer_finds_is_in_the_table_of_entities(recognizer: object) -> None:
    assert recognizer.entity in ENTITIES  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity(name: str) -> None:
    row = ENTITIES[name]
    assert row.name == name
    assert row.hipaa is None or row.hipaa in "ABCDEFGHIJKLMNOPQR"
    assert row.label is None or row.label in ENTITIES
    assert row.form is None or name in STAND_INS


@pytest.mark.parametrize("name", STAND_INS)
def test_what_has_stand_ins_is_in_the_table(name: str) -> None:
    assert name in ENTITIES


VALUES = [[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0], [0, -1, 1, 1], [-1, -1, 0, 1]]
STRENGTHS = (0.05, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)


@pytest.mark.parametrize("key", MODELS)
def test_a_privacy_model(key: str) -> None:
    kind = MODELS[key]
    assert kind.key == key
    assert "value" in kind.directions
    assert all(one.metadata.get("description") for one in fields(kind))  # type: ignore[arg-type]
    assert kind.title
    assert kind.asked
    assert kind.remedy


@pytest.mark.parametrize("key", MODELS)
@pytest.mark.parametrize("values", VALUES, ids=str)
def test_the_search_and_the_recheck_of_a_model_agree(key: str, values: list[int]) -> None:
    """Two classes of two records: the same is broken by either count, and a stronger model breaks
    whatever a weaker one does."""
    codes = np.array(values, np.int32)
    quasi = (np.array([0, 0, 1, 1], np.int32),)
    uniques = Uniques(quasi, np.ones(4, np.int64), (codes,))
    classes = classes_of(quasi, [2], 4)
    reference = np.bincount(codes[codes >= 0], minlength=2).astype(np.int64)
    labels = {label: int(n) for label, n in zip("ab", reference, strict=True)}
    rows = {"class": [0, 0, 1, 1], "value": ["ab"[v] if v >= 0 else None for v in values]}
    counts = pl.DataFrame(rows, schema_overrides={"value": pl.String})
    counts = counts.group_by("class", "value").agg(pl.len().cast(pl.Int64).alias("n"))
    broken = {}
    for strength in STRENGTHS:
        model = MODELS[key](strength)  # type: ignore[call-arg]
        bad = bool(model.broken(classes, uniques, codes, reference).any())
        assert model.holds(counts, labels) is not bad, strength
        broken[str(strength)] = bad
    for weak, strong in combinations(broken, 2):
        sign = MODELS[key].directions["value"].compare(weak, strong)
        if sign == 1:
            assert broken[strong] >= broken[weak]
        else:
            assert broken[weak] >= broken[strong]


IN_TEXT = [
    name
    for name, kind in TRANSFORMS.items()
    if for_findings(kind) and Kind.TEXT in conforming.example(kind).traits.accepts
]


@pytest.mark.parametrize("name", IN_TEXT)
def test_an_operator_in_text_changes_what_is_covered_and_nothing_else(name: str) -> None:
    operator = conforming.example(TRANSFORMS[name])
    texts = pa.array(["at 2024-03-05 exactly", None, "at 2024-03-05", "none"], pa.string())
    action = Action(int(operator.strictness), name)
    cover = Cover((Piece(3, 13, "DATE_TIME", action),))
    covers = [cover, Cover(()), cover, Cover(())]
    context = conforming.context_of(texts)

    def run(texts: pa.Array, covers: list[Cover], context: object) -> list[str | None]:
        made = rewrite_column(texts, Covers.of(covers), lambda _: operator, context)  # type: ignore[arg-type]
        return made.array.to_pylist()

    whole = run(texts, covers, context)
    assert whole == run(texts, covers, context)
    assert whole[1] is None
    assert whole[3] == "none"
    assert operator.strictness >= Strictness.PERTURB
    for text in (whole[0], whole[2]):
        assert text is None or (text.startswith("at ") and "2024-03-05" not in text)
    assert whole[0] is None or whole[0].endswith(" exactly")
    cut = run(texts.slice(2), covers[2:], conforming.part(context, 2, 2))
    assert cut == whole[2:]
