"""The shared sets that the model learns from: their labels, licences, and what is kept for
measuring.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import regex

from training.tagging import LABELS, Labelled

P, L, O = LABELS  # noqa: E741
UNKNOWN = "?"

_USUAL = {
    "PER": P, "PERSON": P, "person": P,
    "LOC": L, "LOCATION": L, "GPE": L, "location": L, "ADDRESS": L, "STREET_ADDRESS": L,
    "ORG": O, "ORGANIZATION": O, "corporation": O, "group": O,
    "ZIP_CODE": UNKNOWN, "ZIP": UNKNOWN, "FAC": UNKNOWN,
    "USERNAME": UNKNOWN, "PRECEDENT": UNKNOWN, "MISC": UNKNOWN,
    "NOMBRE_SUJETO_ASISTENCIA": P, "NOMBRE_PERSONAL_SANITARIO": P, "PAIS": L, "CALLE": L,
    "TERRITORIO": L, "HOSPITAL": O, "INSTITUCION": O, "CENTRO_SALUD": O,
    "FAMILIARES_SUJETO_ASISTENCIA": UNKNOWN, "CORREO_ELECTRONICO": UNKNOWN,
}  # fmt: skip

_ALL = frozenset(LABELS)


@dataclass(frozen=True, slots=True)
class Source:
    """A set: `complete` are the labels of which all names are marked, `times` how often a round
    shows it, `kept` the share of its documents (by `group`) that only measures,
    `calibrates` the share of these that the scores are calibrated on, which measures nothing else;
    `home` the beginning of the locales of its people."""

    path: str
    licence: str
    complete: frozenset[str] = _ALL
    times: float = 1.0
    kept: float = 0.0
    calibrates: float = 0.0
    group: str = "id"
    labels: dict[str, str] = field(default_factory=lambda: _USUAL)
    whole: str | None = None
    handles: bool = False
    salt: str = ""
    home: str = ""


_NONE: frozenset[str] = frozenset()
_P = frozenset({P})

SOURCES = (
    Source("text/tab_train100_allannotators.jsonl", "MIT", kept=0.5, group="doc_id", times=3),
    Source("text/tab_traindev113_fullattrs.jsonl", "MIT", kept=0.5, group="doc_id", times=3),
    Source("text/presidio_research_synth_v2.jsonl", "MIT", kept=0.4, group="template_id", times=2),
    Source("text/presidio_research_generated_large.jsonl", "MIT", kept=0.4, group="template_id", times=2),
    Source("text/wnut17_train.jsonl", "CC BY 4.0", handles=True, times=4),
    Source("text/wnut17_dev.jsonl", "CC BY 4.0", handles=True, kept=1, calibrates=0.5),
    Source("text/btc_dev.jsonl", "CC BY 4.0", kept=1, calibrates=0.5),
    Source("text/wikigold.jsonl", "CC BY 4.0", kept=1, calibrates=1),
    Source("text/sec_filings_train.jsonl", "CC BY 3.0", kept=0.4, group="id", salt="d ", times=5),
    Source("text/probablepeople_person.jsonl", "MIT", whole=P, kept=0.1),
    Source("text/usaddress_us50_test.jsonl", "MIT", whole=L, kept=0.2, times=2),
    Source("text/echr_es_manual.jsonl", "MIT", labels={**_USUAL, "LEGAL_PROFESSIONAL": P}, home="es_"),
    Source("text/uner_ewt_dev.jsonl", "CC BY-SA 4.0", kept=1),
    Source("train/btc_train.jsonl", "CC BY 4.0", times=2.5),
    Source("train/masc.jsonl", "open (MASC)", complete=_NONE),
    Source("train/emailcoref_enron.jsonl", "Apache-2.0", times=4),
    Source("train/multidogo_chat.jsonl", "CDLA-Permissive 1.0", complete=_NONE, times=0.5),
    Source("train/restaurant8k.jsonl", "CC BY 4.0", complete=_P, times=0.5),
    Source("train/evi_en_spoken.jsonl", "CC BY 4.0", complete=_P, times=0.5),
    Source("train/star_dialog.jsonl", "MIT", complete=_NONE, times=0.3),
    Source("train/nlu_eval_assistant.jsonl", "CC BY 4.0", complete=_NONE, times=0.5),
    Source("train/snips_assistant.jsonl", "CC0", complete=_NONE, times=0.4),
    Source("train/inlegalner_judgment_en.jsonl", "Apache-2.0", complete=frozenset({P, L})),
    Source("train/inlegalner_preamble_en.jsonl", "Apache-2.0", complete=frozenset({P, O}), times=0.5),
    Source("train/litbank_prop.jsonl", "CC BY 4.0", complete=frozenset({P, L})),
    Source("train/gum_ccby.jsonl", "CC BY", times=2),
    Source("train/re3d_open.jsonl", "CC BY 3.0 AU, public domain, OGL 3.0"),
    Source("train/multiner_lk_en.jsonl", "CC0", times=0.5),
    Source("train/tweebank_ner.jsonl", "Apache-2.0", handles=True, times=2),
    Source("train/ml_germeval_dev_de.jsonl", "CC BY 4.0", home="de_"),
    Source("train/ml_lenerbr_pt.jsonl", "MIT", times=0.4, home="pt_"),
    Source("train/ml_ronec_ro.jsonl", "MIT", times=0.5, home="ro_"),
    Source("train/ml_europeana_fr.jsonl", "CC0", times=0.4, home="fr_"),
    Source("train/ml_meddocan_es.jsonl", "CC BY 4.0", kept=0.1, home="es_"),
    Source("train/ml_swedish_news.jsonl", "CC BY 4.0", kept=0.1, home="sv_"),
    Source("train/ml_factrueval_dev_ru.jsonl", "MIT", kept=0.15, times=3),
)  # fmt: skip

_HANDLE = regex.compile(r"@ ?\w+")
_COUNTRY = regex.compile(
    r"(?:the )?(?:(?:(?:Federal|United|People's|Socialist) )*(?:Republic|Kingdom|States)(?: of .*)?"
    r"|Turkey|Poland|Russia|Russian Federation|France|Italy|Germany|Austria|Slovakia|Hungary|Finland|Greece"
    r"|Denmark|Sweden|Norway|Cyprus|Ukraine|Romania|Bulgaria|Croatia|Slovenia|Czech Republic"
    r"|Portugal|Spain|Switzerland|Malta|Iceland|Ireland|Belgium|Albania|Lithuania|Latvia|Estonia)"
)


def documents(data: Path, source: Source, *, kept: bool) -> Iterator[Labelled]:
    """The documents of `source` to learn from, or those `kept` for measuring."""
    return _part(data, source, "measure" if kept else "learn")


def calibrating(data: Path) -> Iterator[list[Labelled]]:
    """The documents that scores are calibrated on, set by set."""
    for source in SOURCES:
        if source.calibrates:
            yield list(_part(data, source, "calibrate"))


def _part(data: Path, source: Source, wanted: str) -> Iterator[Labelled]:
    with (data / source.path).open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            group = (source.salt + str(record[source.group])).encode()
            part = "learn"
            if zlib.crc32(b"held out " + group) % 1000 < source.kept * 1000:
                calibrates = zlib.crc32(b"calibrate " + group) % 1000 < source.calibrates * 1000
                part = "calibrate" if calibrates else "measure"
            if part == wanted:
                yield _labelled(record, source)


def _labelled(record: dict, source: Source) -> Labelled:
    text = record["text"]
    if source.whole:
        text = text.strip()
        return Labelled(text, ((0, len(text), source.whole),))
    spans = []
    for span in record["spans"]:
        label = source.labels.get(span["label"])
        begin, end = span["start"], span["end"]
        if label == O and _COUNTRY.fullmatch(text, begin, end):
            label = L
        if label == L and text[begin:end].isdigit():
            label = UNKNOWN  # a postal code
        if label:
            spans.append((begin, end, label))
    if source.handles:
        spans += [
            (m.start(), m.end(), UNKNOWN)
            for m in _HANDLE.finditer(text)
            if not any(b < m.end() and m.start() < e for b, e, _ in spans)
        ]
    return Labelled(text, tuple(_longest(spans)), source.complete)


def _longest(spans: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Of spans that overlap, the one that begins first, the longer of two."""
    last = 0
    for begin, end, label in sorted(spans, key=lambda s: (s[0], -s[1])):
        if begin >= last and end > begin:
            yield begin, end, label
            last = end
