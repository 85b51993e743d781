"""One newcomer to each registry, as its one file would declare it; and what every surface then
says of it. A process of its own, since a program reads its registries when it starts."""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# The tables of the lower floors first: what stands above reads them when it is imported.
from scrubber.model import entities

entities._REGISTERED["TICKET"] = entities.Entity(
    "TICKET",
    "UID",
    "R",
    form=entities.Form.FREE,
    planted=lambda chance, _: f"TICK-{chance.randrange(10**6):06}",
)

import scrubber.transform as transforms  # noqa: E402
from scrubber.detect import recognizers  # noqa: E402
from scrubber.detect.recognizers import Pattern, Recognizer  # noqa: E402
from scrubber.formats import base as formats_base  # noqa: E402
from scrubber.formats import registry as formats  # noqa: E402
from scrubber.formats.format import Format  # noqa: E402
from scrubber.model.direction import Directions, Less, More, each  # noqa: E402
from scrubber.privacy import models  # noqa: E402
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits  # noqa: E402


@dataclass(frozen=True, slots=True)
class Sized:
    """Write how long a text is, and no more: short or long."""

    name: ClassVar[str] = "sized"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "a class of lengths"
    directions: ClassVar[Directions] = each(limit=More(5))

    limit: int = 5

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "generalization", entity="TICKET")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        long = pc.greater(pc.binary_length(array), self.limit)
        words = (pa.scalar(word, array.type) for word in ("long", "short"))
        return Outcome(pc.if_else(long, *words))


@dataclass(frozen=True, slots=True)
class Forgetful:
    """Loses the nulls: they come out as 0."""

    name: ClassVar[str] = "forgetful"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "wrong"
    directions: ClassVar[Directions] = each()

    traits: ClassVar[Traits] = Traits(frozenset({Kind.INTEGER}), "generalization")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        return Outcome(array.fill_null(0))


@dataclass(frozen=True, slots=True)
class Rarity:
    """No value has more than a share of a class."""

    key: ClassVar[str] = "q"
    title: ClassVar[str] = "q-rarity"
    asked: ClassVar[str] = "as mixed as q asks"
    remedy: ClassVar[str] = "a larger q"
    directions: ClassVar[Directions] = each(value=Less())

    q: float = field(metadata={"gt": 0, "le": 1, "description": "The largest share of a value."})
    kind: str = "plain"

    @property
    def value(self) -> float:
        return self.q

    @property
    def factor(self) -> float | None:
        return None

    def broken(self, classes: Any, uniques: Any, values: Any, reference: Any) -> Any:  # noqa: ARG002
        ids, _, records = classes.histogram(values, uniques)
        totals = np.bincount(ids, weights=records, minlength=classes.bound)
        bad = np.zeros(classes.bound, bool)
        bad[ids[records > self.q * totals[ids] + 1e-9]] = True
        return bad

    def holds(self, counts: Any, reference: Any) -> bool:  # noqa: ARG002
        rows = counts.drop_nulls("value").to_dicts()
        totals: dict[int, int] = {}
        for row in rows:
            totals[row["class"]] = totals.get(row["class"], 0) + row["n"]
        return all(row["n"] <= self.q * totals[row["class"]] + 1e-9 for row in rows)


class _Lines:
    def __init__(self, sink: Any, schema: pa.Schema, name: str, like: Any) -> None:  # noqa: ARG002
        self._sink = sink
        sink.write("|".join(schema.names).encode() + b"\n")

    def write(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            self._sink.write("|".join(str(value) for value in row.values()).encode() + b"\n")

    def finish(self) -> None: ...


def _schema(source: Any) -> pa.Schema:
    head = Path(source.path).read_text().splitlines()[0]
    return pa.schema([(name, pa.string()) for name in head.split("|")])


def _read(source: Any, schema: pa.Schema, **_: Any) -> Iterator[formats_base.Chunk]:
    text = Path(source.path).read_text()
    rows = [line.split("|") for line in text.splitlines()[1:]]
    table = pa.table(
        {name: [row[i] for row in rows] for i, name in enumerate(schema.names)}, schema
    )
    yield formats_base.Chunk(table, 1, 0, len(text))


TICKET = Recognizer(
    "TicketRecognizer",
    "TICKET",
    "Numbers of the help desk",
    ("TICK-000042",),
    (Pattern("ticket", r"\bTICK-[0-9]{6}\b", 0.9),),
)


def register() -> None:
    """One line for each registry."""
    for kind in (Sized, Forgetful):
        transforms._REGISTERED[kind.name] = kind
    models._REGISTERED["q"] = Rarity
    recognizers.RECOGNIZERS = (*recognizers.RECOGNIZERS, TICKET)
    formats._REGISTERED["bars"] = Format(
        "bars", (".bars",), lambda _: "text/bars", _read, _Lines, _schema, compressible=True
    )


register()

import polars as pl  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

import scrubber  # noqa: E402
from docs.generate import cli_reference  # noqa: E402
from scrubber import exports  # noqa: E402
from scrubber.assess import ENTITIES as PLANTED  # noqa: E402
from scrubber.assess import plant, writings_of  # noqa: E402
from scrubber.cli.app import app  # noqa: E402
from scrubber.detect.reference import entities_reference  # noqa: E402
from scrubber.errors import RuleError, TransformError  # noqa: E402
from scrubber.manifest import Manifest, validate  # noqa: E402
from scrubber.manifest.risk import risk_lines  # noqa: E402
from scrubber.manifest.view import treatment  # noqa: E402
from scrubber.policy import rules_reference  # noqa: E402
from scrubber.policy.editor import json_schema  # noqa: E402
from scrubber.review import Effect, compare  # noqa: E402
from scrubber.transform.surrogate import ENTITIES as STAND_INS  # noqa: E402
from tests.transform import conforming  # noqa: E402

exports._REGISTERED["names"] = exports.Target(
    "names", "Names of fields", "names.txt", lambda data: str(len(data["fields"]))
)

FRAME = pl.DataFrame(
    {
        "word": ["a", "long words", None] * 20,
        "note": ["see TICK-000042 please"] * 60,
        "age": [20, 20, 40] * 20,
        "ill": ["flu", "gout", "flu", "cold"] * 15,
        "n": [1, None, 3] * 20,
    }
)


def rules(**fields: Any) -> dict[str, Any]:
    given = {"word": "drop", "note": "drop", "age": "drop", "ill": "drop", "n": "drop", **fields}
    return {
        "version": 1,
        "detect": {"ner": "none"},
        "fields": [
            {"name": name, **(one if "class" in one else {"transform": one})}
            if isinstance(one, dict)
            else {"name": name, "transform": one}
            for name, one in given.items()
        ],
    }


def scrub(**fields: Any) -> tuple[pl.DataFrame, Manifest]:
    done = scrubber.scrub(FRAME, rules(**fields), key=bytes(range(32)))
    assert validate(done.manifest.to_json()) == []
    return done.data, done.manifest


def effects(before: Manifest, after: Manifest) -> set[Effect]:
    """Those of the changes of the field that is transformed."""
    return {one.effect for one in compare(before, after) if one.subject == "word"}


def schema() -> None:
    definitions = json_schema()["$defs"]
    shapes = definitions["Transform"]["anyOf"][1]["properties"]
    assert shapes["sized"]["properties"].keys() == {"limit"}
    assert "sized" in definitions["Operator"]["anyOf"][0]["enum"]
    assert "q" in definitions["Privacy"]["properties"]


def check() -> None:
    for wrong in ({"sized": {"limt": 3}}, {"sized": {"limit": "x"}}):
        try:
            scrub(word=wrong)
        except RuleError as error:
            said = str(error)
        else:
            said = "nothing"
        assert "lim" in said
    try:
        scrubber.scrub(FRAME, {**_classes(0.6), "privacy": {"k": 2, "q": 7}})
    except RuleError:
        return
    raise AssertionError("a wrong q passed")


def docs() -> None:
    page = rules_reference()
    for part in (
        "### sized",
        "how long a text is",
        "| `limit` |",
        "privacy.q of a field",
        "q-rarity",
    ):
        assert part in page, part
    assert "| `TICKET` | Numbers of the help desk | `TICK-000042` |" in entities_reference()
    assert "`bars`" in cli_reference()
    assert "`names`" in cli_reference()


def run_and_sentence() -> None:
    table, manifest = scrub(word={"sized": {"limit": 3}})
    assert table["word"].to_list() == ["short", "long", None] * 20
    (row,) = [f for f in manifest.data["fields"] if f["name"] == "word"]
    assert "-> a class of lengths" in treatment(row)
    assert row["technique"] == "generalization"


def diff() -> None:
    two, three = (scrub(word={"sized": {"limit": n}})[1] for n in (2, 3))
    assert effects(two, three) == {Effect.STRONGER}
    assert effects(three, two) == {Effect.WEAKER}
    gone = scrub(word="redact")[1]
    assert Effect.WEAKER in effects(gone, three)


def conformance() -> None:
    conforming.check_said(Sized)
    conforming.check(conforming.example(Sized))
    for wrong in (lambda: conforming.check(Forgetful()), lambda: scrub(n="forgetful")):
        try:
            wrong()
        except TransformError as error:
            code = error.code
        else:
            code = "none"
        assert code == "transform-broken"


def linking() -> None:
    note = {"class": "text", "entities": {"default": "redact"}, "linked": ["word"]}
    table, _ = scrub(note=note, word={"sized": {}})
    assert table["note"][0] == "see {TICKET} please"


def entity() -> None:
    note = {"class": "text", "entities": {"default": "redact"}}
    table, _ = scrub(note=note)
    assert table["note"].to_list() == ["see {TICKET} please"] * 60
    assert "TICKET" in STAND_INS
    stand_ins, _ = scrub(note={**note, "entities": {"default": "redact", "TICKET": "surrogate"}})
    assert "TICK-000042" not in stand_ins["note"][0]
    field = {
        "class": "direct_identifier",
        "transform": {"surrogate": {"entity": "TICKET", "unique": False}},
    }
    (row,) = [f for f in scrub(word=field)[1].data["fields"] if f["name"] == "word"]
    assert [dict(one) for one in row["categories"]] == [
        {"entity": "TICKET", "dpv": "UID", "hipaa": "R"}
    ]


def planted_recall() -> None:
    assert "TICKET" in PLANTED
    assert all("TICK-" in one.text for one in plant(["two words"], "TICKET", "plain", 3))
    note = {"class": "text", "entities": {"default": "redact"}}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.parquet"
        FRAME.write_parquet(source)
        done = scrubber.scrub(source, rules(note=note), out=Path(folder) / "out")
        rows = done.manifest.data["risk"]["planted"]
        planted = [one for one in rows if one["entity"] == "TICKET"]
        assert {one["writing"] for one in planted} == set(writings_of("TICKET"))
        assert next(one for one in planted if one["writing"] == "plain")["recall"] > 900


def output_format() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, file = Path(folder) / "a.csv.gz", Path(folder) / "rules.yaml"
        FRAME.write_csv(source.with_suffix(""))
        source = source.with_suffix("")
        file.write_text(json.dumps(rules(word="redact")))
        out = Path(folder) / "out"
        done = CliRunner().invoke(
            app, ["run", str(file), str(source), "--out", str(out), "--format", "bars", "--quiet"]
        )
        assert done.exit_code in (0, None), repr(done.exception)
        assert (out / "data" / "a.bars").read_text().startswith("word\n{REDACTED}\n")
        exported = CliRunner().invoke(app, ["export", str(out), "--to", "names"])
        assert exported.exit_code == 0, exported.output
        wrong = CliRunner().invoke(app, ["export", str(out), "--to", "nmes"])
        assert wrong.exit_code == 2


def export() -> None:
    _, manifest = scrub(word="redact")
    assert exports.export(manifest, "names") == "5"


def _classes(q: float) -> dict[str, Any]:
    keep = {"class": "sensitive", "keep": "what is studied"}
    quasi = {"class": "quasi_identifier"}
    given, hierarchies = rules(ill=keep), {"age": [{"bin": {"width": 100}}]}
    for one in given["fields"]:
        if one["name"] == "ill":
            one.pop("transform", None)
        if one["name"] == "age":
            one.pop("transform")
            one.update(quasi)
    return {**given, "privacy": {"k": 2, "q": q, "hierarchies": hierarchies}}


def privacy_model() -> None:
    wide, narrow = (scrubber.scrub(FRAME, _classes(q)).manifest for q in (0.9, 0.6))
    (model,) = narrow.data["risk"]["privacy"]["models"]
    assert (model["model"], model["value"]) == ("q", 600)
    said = "\n".join(risk_lines(narrow.data["risk"]["privacy"]))
    assert "q-rarity of each sensitive field: 0.6" in said
    changes = [one for one in compare(wide, narrow) if "q-rarity" in one.aspect]
    assert [one.effect for one in changes] == [Effect.STRONGER]
    back = [one for one in compare(narrow, wide) if "q-rarity" in one.aspect]
    assert [one.effect for one in back] == [Effect.WEAKER]
    try:
        scrubber.scrub(FRAME, _classes(0.3))
    except scrubber.errors.GateError as error:
        said = str(error)
    assert "as mixed as q asks" in said


SURFACES: Mapping[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        *(schema, check, docs, run_and_sentence, diff, conformance, linking),
        *(entity, planted_recall, output_format, export, privacy_model),
    )
}


def main() -> None:
    random.seed(0)
    results: dict[str, str] = {}
    for name, surface in SURFACES.items():
        try:
            with redirect_stdout(io.StringIO()):
                surface()
            results[name] = ""
        except Exception:  # noqa: BLE001  the test shows it
            results[name] = traceback.format_exc()
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
