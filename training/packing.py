"""A trained network as the spaCy pipeline that the package ships, with its meta.json."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import babel
import numpy as np

from scrubber.detect.ner.builtin import COMPONENT, WEIGHTS, Names
from scrubber.detect.ner.component import pipeline
from training.calibration import unchanged
from training.export import exported
from training.measure import Finder, measured
from training.multilingual.sentences import FOLDER as SENTENCES
from training.multilingual.sentences import LICENCE as SENTENCES_LICENCE
from training.multilingual.sentences import languages, sentences
from training.network import Array, Sizes
from training.sources import SOURCES, documents

# A token belongs to a name from the first probability on; one of its tokens must reach the second.
# Low, since a name that is missed costs more than a word that is taken for one.
LEAST = {"PERSON": 0.2, "LOCATION": 0.3, "ORGANIZATION": 0.4}
SURE = {"PERSON": 0.3, "LOCATION": 0.4, "ORGANIZATION": 0.5}


def write_weights(
    path: Path, sizes: Sizes, weights: Mapping[str, Array], largest: Mapping[str, float],
    vocabulary: Array, lists: Sequence[Array], calibration: Array | None = None,
) -> None:  # fmt: skip
    """The file of the model; without a `calibration`, scores are what the network says."""
    arrays = exported(sizes, weights, largest, vocabulary, list(lists))
    arrays["least"] = np.array(list(LEAST.values()), np.float32)
    arrays["calibration"] = unchanged() if calibration is None else calibration
    arrays["sure"] = np.array(list(SURE.values()), np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(arrays[name]), allow_pickle=False)
            # A fixed date: the same weights make the same bytes.
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


def write_pipeline(folder: Path, weights: Path, facts: Mapping[str, Any]) -> None:
    """The pipeline around `weights` at `folder`, replacing what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    nlp = pipeline(weights)
    nlp.to_disk(folder)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((folder / COMPONENT / WEIGHTS).read_bytes()).hexdigest()
    meta |= {"name": "scrubber_names", **facts, "weights_sha256": digest}
    text = json.dumps(meta, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "meta.json").write_text(text + "\n", encoding="utf-8")


def inputs(data: Path) -> list[dict[str, str]]:
    """Every file that was learned from, with its licence and digest."""
    found = [
        {"path": s.path, "licence": s.licence, "sha256": _digest(data / s.path)}
        for s in SOURCES
        if s.kept < 1
    ]
    for path in sorted((data / SENTENCES).glob("*.txt")):
        name = path.relative_to(data).as_posix()
        found.append({"path": name, "licence": SENTENCES_LICENCE, "sha256": _digest(path)})
    found.append(
        {
            "path": f"CLDR in Babel {version('babel')}: global.dat",
            "licence": "BSD-3-Clause, Unicode-3.0",
            "sha256": _digest(Path(babel.__file__).with_name("global.dat")),
        }
    )
    for path in sorted((data / "names").glob("*.csv")):
        licence = NAME_LICENCES.get(path.stem, "see the shared data's README")
        found.append({"path": f"names/{path.name}", "licence": licence, "sha256": _digest(path)})
    return found


def calibrated_on(data: Path) -> list[dict[str, str]]:
    """Every file that the scores are calibrated on, with its licence and digest."""
    return [
        {"path": s.path, "licence": s.licence, "sha256": _digest(data / s.path)}
        for s in SOURCES
        if s.calibrates
    ]


NAME_LICENCES = {
    "companies_sec_pd": "public domain",
    "companies_sp500_pddl": "PDDL 1.0",
    "faker_person_mit": "MIT",
    "places_geonames_ccby": "CC BY 4.0 (GeoNames)",
    "popular_names_cc0": "CC0",
    "uk_births_ogl": "OGL 3.0",
    "us_census1990_pd": "public domain",
}


_FEWEST = 30  # sentences that say something


def scores(data: Path, find: Finder) -> tuple[dict[str, Any], dict[str, Any]]:
    """Measured on what was kept: of labelled sets spans, share wholly covered, precision by
    character; of plain sentences, by language, the share of letters that is taken for names."""
    result: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for source in SOURCES:
        kept = list(documents(data, source, kept=True)) if source.kept else []
        if kept:
            result[source.path] = {
                label: {"spans": n, "wholly_covered": round(c, 3), "precision": round(p, 3)}
                for label, (n, c, p) in measured(kept, find).items()
            }
    for language in languages(data):
        texts = sentences(data, language, kept=True)
        if len(texts) >= _FEWEST:
            found = find(texts)
            letters = sum(c.isalpha() for text in texts for c in text)
            taken = sum(
                c.isalpha()
                for text, names in zip(texts, found, strict=True)
                for begin, end, _ in names
                for c in text[begin:end]
            )
            plain[language] = {"sentences": len(texts), "letters_taken": round(taken / letters, 4)}
    return result, plain


def finder(weights: Path) -> Finder:
    names = Names(weights)
    return lambda texts: [[(n.start, n.end, n.label) for n in found] for found in names.find(texts)]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
