"""A trained network as the spaCy pipeline that the package ships, with its meta.json."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scrubber.detect.ner.builtin import COMPONENT, WEIGHTS, Names
from scrubber.detect.ner.component import pipeline
from training.export import exported
from training.measure import Finder, measured
from training.network import Array, Sizes
from training.sources import SOURCES, documents

# A token belongs to a name from the first probability on; one of its tokens must reach the second.
# Low, since a name that is missed costs more than a word that is taken for one.
LEAST = {"PERSON": 0.3, "LOCATION": 0.3, "ORGANIZATION": 0.4}
SURE = {"PERSON": 0.4, "LOCATION": 0.4, "ORGANIZATION": 0.5}


def write_weights(
    path: Path, sizes: Sizes, weights: Mapping[str, Array], largest: Mapping[str, float],
    vocabulary: Array, lists: Sequence[Array],
) -> None:  # fmt: skip
    arrays = exported(sizes, weights, largest, vocabulary, list(lists))
    arrays["least"] = np.array(list(LEAST.values()), np.float32)
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
    for path in sorted((data / "names").glob("*.csv")):
        licence = NAME_LICENCES.get(path.stem, "see the shared data's README")
        found.append({"path": f"names/{path.name}", "licence": licence, "sha256": _digest(path)})
    return found


NAME_LICENCES = {
    "companies_sec_pd": "public domain",
    "companies_sp500_pddl": "PDDL 1.0",
    "faker_person_mit": "MIT",
    "places_geonames_ccby": "CC BY 4.0 (GeoNames)",
    "popular_names_cc0": "CC0",
    "uk_births_ogl": "OGL 3.0",
    "us_census1990_pd": "public domain",
}


def scores(data: Path, find: Finder) -> dict[str, Any]:
    """Measured on what was kept: spans, share wholly covered, precision by character."""
    result: dict[str, Any] = {}
    for source in SOURCES:
        kept = list(documents(data, source, kept=True)) if source.kept else []
        if kept:
            result[source.path] = {
                label: {"spans": n, "wholly_covered": round(c, 3), "precision": round(p, 3)}
                for label, (n, c, p) in measured(kept, find).items()
            }
    return result


def finder(weights: Path) -> Finder:
    names = Names(weights)
    return lambda texts: [[(n.start, n.end, n.label) for n in found] for found in names.find(texts)]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
