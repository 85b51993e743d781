"""`make eval`: labelled sets are read strictly, and what is counted is what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluation import __main__ as program
from benchmarks.evaluation import report
from benchmarks.evaluation.gating import gated
from benchmarks.evaluation.heldout import held_out
from benchmarks.evaluation.labels import entity_of, partly_labelled
from benchmarks.evaluation.measure import Counts, count, union
from benchmarks.evaluation.score import labels_of, score
from benchmarks.evaluation.sets import Document, Label, LabelledSet, read_documents, read_folder
from benchmarks.evaluation.systems import System
from scrubber.detect.ner.builtin import Name
from scrubber.errors import InputError

P, L, O = "PERSON", "LOCATION", "ORGANIZATION"  # noqa: E741


def write(folder: Path, name: str, *lines: object) -> Path:
    path = folder / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return path


def doc(text: str, *spans: tuple[int, int, str], **more: Any) -> dict[str, Any]:
    labels = [{"start": s, "end": e, "label": label} for s, e, label in spans]
    return {"id": "x", "text": text, "spans": labels, **more}


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no JSON object"),
        ({"spans": []}, "has no text"),
        ({"text": 7, "spans": []}, "has no text"),
        ({"text": "Ann"}, "has no list of spans"),
        ({"text": "Ann", "spans": {}}, "has no list of spans"),
        ({"text": "Ann", "spans": ["Ann"]}, "span 1 is no JSON object"),
        ({"text": "Ann", "spans": [{"start": 0, "end": 3}]}, "span 1 needs start and end"),
        (doc("Ann", (0, 3, P), (0, True, P)), "span 2 needs start and end"),
        (doc("Ann", (2, 2, P)), r"span 1 is empty \(2 to 2\)"),
        (doc("Ann", (0, 4, P)), r"span 1 is outside the text \(0 to 4 of 3 code points\)"),
        (doc("Ann", (-1, 2, P)), "span 1 is outside the text"),
        (doc("Ann", (2, 1, P)), "span 1 is outside the text"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: object, said: str) -> None:
    path = write(tmp_path, "bad", doc("Poe"), "", line)
    with pytest.raises(InputError, match=said) as caught:
        read_documents(path)
    assert f"{path}, line 3: [set-malformed]" in str(caught.value)
    assert "Ann" not in str(caught.value)


def test_offsets_count_code_points(tmp_path: Path) -> None:
    path = write(tmp_path, "odd", doc("👩‍👩‍👧 e\u0301 Zoë \ud800", (9, 12, P)))
    (document,) = read_documents(path) or ()
    assert document.text[9:12] == "Zoë"


def test_a_folder_of_sets(tmp_path: Path) -> None:
    write(tmp_path, "b/one", *(doc(f"text {i}") for i in range(10)))
    write(tmp_path, "a_two", doc("Ann", (0, 3, "PER"), (0, 3, "PER")))
    write(tmp_path, "a_empty")
    write(tmp_path, "secrets", {"text": "x", "expected": True})
    write(tmp_path, "other", "{")
    (tmp_path / "notes.txt").write_text("x")
    sets, unlabelled = read_folder(tmp_path, "a_*, one,secrets", limit=3)
    assert [(s.name, s.stem, len(s.documents)) for s in sets] == [
        ("a_empty", "a_empty", 0),
        ("a_two", "a_two", 1),
        ("b/one", "one", 3),
    ]
    assert unlabelled == ["secrets"]
    assert [d.text for d in sets[2].documents] == ["text 0", "text 3", "text 6"]
    assert sets[1].documents[0].labels == (Label(0, 3, "PER"),)


@pytest.mark.parametrize("pattern", ["none", ""])
def test_no_set_is_an_error(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "one", doc("x"))
    with pytest.raises(InputError, match="holds no labelled set"):
        read_folder(tmp_path, pattern)
    with pytest.raises(InputError, match="is no folder"):
        read_folder(tmp_path / "one.jsonl")


# ── labels ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "entity"),
    [
        *((name, P) for name in ("PER", "person", "Person", "GivenName", "contact_name")),
        *((name, L) for name in ("GPE", "LOC", "location", "STREET_ADDRESS", "ADDRESS", "ZipCode")),
        *((name, "ORGANIZATION") for name in ("ORG", "corporation", "group", "ORGANIZATION")),
        ("EMAIL", "EMAIL_ADDRESS"),
        ("PHONE", "PHONE_NUMBER"),
        ("IBAN_CODE", "IBAN_CODE"),
        ("PL_PESEL", None),
        ("MISC", None),
    ],
)
def test_what_labels_mean(label: str, entity: str | None) -> None:
    assert entity_of(label, {"IBAN_CODE"}) == entity


def test_parts_of_a_name_side_by_side_are_one_label() -> None:
    text = "Poe, Ann and Bo Li\nCy"
    parts = (
        *(Label(0, 3, "Surname"), Label(5, 8, "GivenName"), Label(9, 12, "And")),
        *(Label(13, 15, "GivenName"), Label(16, 18, "Surname"), Label(19, 21, "GivenName")),
    )
    assert labels_of(Document(text, parts), set()) == [
        *(Label(0, 8, P), Label(13, 18, P), Label(19, 21, P))
    ]
    whole = (Label(0, 3, "PERSON"), Label(5, 8, "PERSON"))
    assert labels_of(Document(text, whole), set()) == list(whole)


def test_sets_known_to_label_only_some_names() -> None:
    assert partly_labelled("sgd_test_pii_dialogues")
    assert not partly_labelled("uner_ewt_dev")


# ── counting ──────────────────────────────────────────────────────────────────────────────────


def counted(labels: Sequence[Label], findings: Sequence[Label]) -> Counts:
    return count(labels, findings, [P])[P]


@pytest.mark.parametrize(
    ("labels", "findings", "expected"),
    [
        ([], [], Counts()),
        ([], [(0, 3, P)], Counts(found=3)),
        ([(0, 3, P)], [], Counts(labelled=3, labels=1)),
        ([(0, 3, P)], [(0, 3, P)], Counts(3, 3, 3, 1, 1, 1)),
        ([(0, 3, P)], [(0, 5, P)], Counts(3, 5, 3, 1, 1, 1)),
        ([(0, 3, P)], [(3, 5, P)], Counts(0, 2, 3, 1, 0, 0)),
        # Findings of several entities together cover; of the entity alone they do not.
        ([(0, 6, P)], [(0, 3, P), (3, 6, "URL")], Counts(3, 3, 6, 1, 0, 1)),
        ([(0, 6, P)], [(0, 6, "URL")], Counts(0, 0, 6, 1, 0, 1)),
        # Findings side by side or overlapping are one stretch; one with a gap covers nothing.
        ([(0, 6, P)], [(0, 4, P), (2, 6, P)], Counts(6, 6, 6, 1, 1, 1)),
        ([(0, 6, P)], [(0, 3, P), (3, 6, P)], Counts(6, 6, 6, 1, 1, 1)),
        ([(0, 6, P)], [(0, 3, P), (4, 6, P)], Counts(5, 5, 6, 1, 0, 0)),
        # Labels that overlap count their characters once, and each of them as a label.
        ([(0, 6, P), (4, 9, P)], [(4, 9, P)], Counts(5, 5, 9, 2, 1, 1)),
        ([(0, 6, P), (0, 6, P), (0, 6, L)], [(0, 6, P)], Counts(6, 6, 6, 1, 1, 1)),
    ],
)
def test_counts(labels: list[Any], findings: list[Any], expected: Counts) -> None:
    assert counted([Label(*x) for x in labels], [Label(*x) for x in findings]) == expected


def test_measures() -> None:
    counts = Counts(both=6, found=8, labelled=12, labels=4, covered=1, covered_by_any=2)
    assert counts.precision == 0.75
    assert counts.recall == 0.5
    assert counts.f(1) == pytest.approx(0.6)
    assert counts.f(2) == pytest.approx(5 * 0.75 * 0.5 / (4 * 0.75 + 0.5))
    assert (counts.share_covered, counts.share_covered_by_any) == (0.25, 0.5)
    nothing = Counts()
    assert (nothing.precision, nothing.recall, nothing.f(1), nothing.share_covered) == (None,) * 4


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10), st.sampled_from([P, L])).map(
        lambda t: Label(t[0], t[0] + t[1], t[2])
    ),
    max_size=8,
)


@given(spans, spans)
def test_counts_are_those_of_sets_of_positions(labels: list[Label], findings: list[Label]) -> None:
    def positions(of: Sequence[Label], entity: str) -> set[int]:
        return {i for x in of if x.label == entity for i in range(x.start, x.end)}

    for entity, c in count(labels, findings, [P, L]).items():
        gold, found = positions(labels, entity), positions(findings, entity)
        assert (c.both, c.found, c.labelled) == (len(gold & found), len(found), len(gold))
        wanted = {x for x in labels if x.label == entity}
        assert c.labels == len(wanted)
        assert c.covered == sum(set(range(x.start, x.end)) <= found for x in wanted)
        anything = positions(findings, P) | positions(findings, L)
        assert c.covered_by_any == sum(set(range(x.start, x.end)) <= anything for x in wanted)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)).map(lambda t: (t[0], sum(t)))))
def test_a_union_is_sorted_and_disjoint(intervals: list[tuple[int, int]]) -> None:
    merged = union(intervals)
    assert all(a[1] < b[0] for a, b in pairwise(merged))
    assert {i for s, e in merged for i in range(s, e)} == {
        i for s, e in intervals for i in range(s, e)
    }


# ── the report ────────────────────────────────────────────────────────────────────────────────


def system(find: Callable[[str], list[Label]], *entities: str, name: str = "toy") -> System:
    return System(name, "by rule", frozenset(entities), lambda texts: [find(t) for t in texts])


def capitals(text: str) -> list[Label]:
    """Finds each capital letter with the two after it."""
    return [Label(i, min(i + 3, len(text)), "PER") for i, c in enumerate(text) if c.isupper()]


def test_a_set_is_scored_by_entity() -> None:
    documents = (
        Document("Ann met Bo", (Label(0, 3, "PER"), Label(8, 10, "PER"), Label(4, 7, "MISC"))),
        Document("in Oslo", (Label(3, 7, "GPE"),)),
        Document("", ()),
    )
    scored = score(LabelledSet("x/wnut17_toy", documents), [system(capitals, "PER")])
    assert scored.entities == (P, L)
    assert scored.ignored == {"MISC": 1}
    assert scored.counts["toy"][P] == Counts(5, 8, 5, 2, 2, 2)
    assert scored.counts["toy"][L] == Counts(0, 0, 4, 1, 0, 0)


def test_entities_of_one_side_alone_are_not_shown() -> None:
    documents = (Document("1234", (Label(0, 4, "IBAN_CODE"), Label(0, 4, "EMAIL"))),)
    labelled = LabelledSet("x", documents)
    assert score(labelled, [system(capitals, P)]).entities == ()
    assert score(labelled, [system(capitals, "EMAIL_ADDRESS", "IBAN_CODE")]).entities == (
        "EMAIL_ADDRESS",
        "IBAN_CODE",
    )


def test_the_report_shows_measures_and_aims_and_no_text() -> None:
    documents = (Document("Ann met Bo", (Label(0, 3, "PER"), Label(8, 10, "MISC"))),)
    toy = system(capitals, P)
    scored = [score(LabelledSet(n, documents), [toy]) for n in ("wnut17_toy", "sgd_toy")]
    text = report.as_text(scored, [toy], {"other": "[x] not there"}, ["secrets"])
    assert "| PERSON | toy    | 0.600 | 1.000 | 0.750 | 0.882 | 1.000 | 1.000 |      1 |" in text
    assert "| PERSON | toy    | - | 1.000 |  - |  - | 1.000 | 1.000 |      1 |" in text
    assert "| emerging names | wnut17_toy | PERSON | toy    | 1.000 | 0.680 |" in text
    assert "other: not measured: [x] not there" in text
    assert "Labels ignored: MISC 1" in text
    assert "secrets" in text
    assert "Ann" not in text
    data = report.as_json(scored, [toy], {}, [])
    assert data["sets"][0]["results"]["toy"][P]["whole"] == 1.0
    assert data["sets"][1]["results"]["toy"][P]["precision"] is None
    (aim,) = data["aims"]
    assert aim["reached"] is True
    assert aim["precision"] == 0.6


def test_an_empty_set_has_no_measures() -> None:
    toy = system(capitals, P)
    scored = score(LabelledSet("empty", ()), [toy])
    assert "## empty (0 documents, 0.00 MB)" in report.as_text([scored], [toy], {}, [])


# ── the program ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_program_measures_patterns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "mail ann@example.com or call, Ann"
    write(tmp_path, "one", doc(text, (5, 20, "EMAIL"), (30, 33, "PER")))
    assert program.main([str(tmp_path), "--model", "none", "--model", "presidio", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    for name in ("none", "presidio"):
        results = data["sets"][0]["results"][name]
        assert results["EMAIL_ADDRESS"]["whole"] == 1.0
        assert results[P] == {**results[P], "whole": 0.0, "labels": 1, "precision": None}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--model", "spacy:en_core_web_of_nowhere"], "spacy-model-missing"),
        (["--model", "guess"], "system-unknown"),
        (["--sets", "two"], "input-missing"),
    ],
)
def test_the_program_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    write(tmp_path, "one", doc("x"))
    assert program.main([str(tmp_path), *arguments]) == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_a_spacy_model_is_measured_by_its_own_labels(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "GPE", "pattern": "Oslo"}])
    pipeline.to_disk(tmp_path / "model")
    from benchmarks.evaluation.systems import make

    documents = (Document("in Oslo", (Label(3, 7, "LOC"),)),)
    made = make(f"spacy:{tmp_path / 'model'}")
    scored = score(LabelledSet("x", documents), [made])
    assert scored.counts[made.name][L] == Counts(4, 4, 4, 1, 1, 1)


def test_what_the_gate_holds_back_is_counted_by_document_and_line() -> None:
    labels = (Label(3, 6, "PER"), Label(7, 11, "PER"), Label(7, 11, "MISC"))
    labelled = LabelledSet("x", (Document("hi Ann\nrose\n\n", labels), Document("ok", ())))

    def gate(text: str) -> bool:
        return "Ann" in text

    def find(texts: Sequence[str]) -> list[list[Name]]:
        return [[Name(0, 1, label, 0.9) for label in (P, O)] for _ in texts]

    by_document = gated(labelled, gate, find, lines=False)
    assert (by_document.texts, by_document.held, by_document.lost[P]) == (2, 1, 0)
    assert (by_document.found, by_document.missed) == (2, 1)
    by_line = gated(labelled, gate, find, lines=True)
    assert (by_line.texts, by_line.held) == (3, 2)
    assert (by_line.lost[P], by_line.labels[P]) == (1, 2)
    assert (by_line.found, by_line.missed) == (3, 2)


def test_what_the_model_learned_from_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "text"
    folder.mkdir()
    records = [{"text": f"Case {i}.", "spans": [], "doc_id": str(i)} for i in range(40)]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    names = ("tab_train100_allannotators", "wnut17_train", "wnut17_dev", "unknown")
    for name in names:
        (folder / f"{name}.jsonl").write_text(lines.replace("doc_id", "id"))
    (folder / "tab_train100_allannotators.jsonl").write_text(lines)
    sets, _ = read_folder(folder)
    left = {one.stem: len(held_out(one, folder).documents) for one in sets}
    assert 10 < left.pop("tab_train100_allannotators") < 30
    assert 10 < left.pop("wnut17_dev") < 30  # scores were calibrated on the others
    assert left == {"wnut17_train": 0, "unknown": 40}
