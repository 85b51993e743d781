"""`make leak`: what counts as a leak, and the tables and file that are made of the counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.evaluation.sets import Document, Label
from benchmarks.leaks import __main__ as program
from benchmarks.leaks import report, shipped
from benchmarks.leaks.counting import Interval, Tally, mentions_of, tally
from benchmarks.leaks.direct import REASONS, SETS, Set
from scrubber.assess.wilson import bounds
from scrubber.detect import measured

TEXT = "Mr Ann Poe (12345/06) of Oslo wrote"
LABELS = (Label(0, 10, "PERSON"), Label(12, 20, "CODE"), Label(25, 29, "LOC"))
COURT = Set("court", "en", "invented", {"PERSON": "PERSON", "CODE": "CASE_NUMBER"}, complete=True)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R, prop.test(correct=FALSE) and binom::binom.wilson
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 1, 0.0, 0.7935),
    ],
)
def test_bounds_are_those_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert bounds(part, whole) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (0, 0), (-1, 3), (4, 3)])
def test_no_bounds_of_no_share(part: int, whole: int) -> None:
    with pytest.raises(ValueError):
        bounds(part, whole)


@pytest.mark.parametrize(
    ("findings", "left", "taken"),
    [
        ([], {"PERSON": 1, "CASE_NUMBER": 1}, 0),
        ([(0, 35)], {}, 7),
        # the title stays, and a finding may be in parts: no letter of the name is left
        ([(3, 6), (7, 10), (12, 20)], {}, 0),
        ([(3, 6), (12, 20)], {"PERSON": 1}, 0),
        ([(3, 9), (12, 20)], {"PERSON": 1}, 0),
        ([(3, 10), (12, 17)], {"CASE_NUMBER": 1}, 0),
        ([(3, 10), (12, 17), (18, 20)], {}, 0),
        # over the edges and over places, dates or other labels costs nothing
        ([(3, 24), (25, 29)], {}, 2),
        ([(30, 35)], {"PERSON": 1, "CASE_NUMBER": 1}, 5),
        ([(30, 35), (31, 33)], {"PERSON": 1, "CASE_NUMBER": 1}, 5),
    ],
)
def test_a_mention_is_left_where_a_letter_of_it_is(
    findings: list[Interval], left: dict[str, int], taken: int
) -> None:
    got = tally(Document(TEXT, LABELS), COURT, findings)
    assert got.mentions == {"PERSON": 1, "CASE_NUMBER": 1}
    assert dict(got.mentions_left) == left
    assert (got.documents, got.left) == (1, bool(left))
    assert (got.letters, got.taken) == (7, taken)


def test_a_document_without_direct_identifiers_cannot_leak() -> None:
    of_place = Document("in Oslo", (Label(3, 7, "LOC"),))
    assert tally(of_place, COURT, [(0, 7)]) == Tally(letters=2, taken=2)


def test_tallies_add_up() -> None:
    one = tally(Document(TEXT, LABELS), COURT, [(3, 10)])
    two = one + tally(Document(TEXT, LABELS), COURT, [(12, 20)]) + Tally()
    assert (two.documents, two.left, two.letters) == (2, 2, 14)
    assert two.mentions == {"PERSON": 2, "CASE_NUMBER": 2}
    assert two.mentions_left == {"PERSON": 1, "CASE_NUMBER": 1}


def test_a_handle_is_a_username_and_a_title_no_part_of_a_name() -> None:
    tweets = Set("tweets", "en", "", {"PER": "PERSON"})
    found = mentions_of(Document("@bo Dr Ann", (Label(0, 3, "PER"), Label(4, 10, "PER"))), tweets)
    assert [(m.start, m.end, m.kind) for m in found] == [(0, 3, "USERNAME"), (7, 10, "PERSON")]


def test_every_direct_kind_has_its_reason() -> None:
    kinds = {kind for one in SETS for kind in one.direct.values()}
    assert kinds <= REASONS.keys()
    assert len({one.stem for one in SETS}) == len(SETS)


# ── the program ───────────────────────────────────────────────────────────────────────────────


def lines(*documents: tuple[str, list[tuple[int, int, str]]]) -> str:
    return "".join(
        json.dumps(
            {
                "id": str(number),
                "text": text,
                "spans": [{"start": s, "end": e, "label": label} for s, e, label in spans],
            }
        )
        + "\n"
        for number, (text, spans) in enumerate(documents)
    )


def test_sets_of_the_table_are_read_and_the_others_left_out(tmp_path: Path) -> None:
    (tmp_path / "europriv").mkdir()
    many = [(f"Ida Li {i}", [(0, 6, "PERSON")]) for i in range(60)]
    (tmp_path / "europriv" / "dk.jsonl").write_text(lines(*many))
    (tmp_path / "other.jsonl").write_text("{")
    (sample,) = program._labelled(tmp_path, 40, None)
    assert (sample.of.stem, sample.of.language, len(sample.documents)) == ("dk", "da", 40)
    assert not sample.learned
    assert [*program._labelled(tmp_path, 40, ["it"])] == []


def test_no_set_of_the_table_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.jsonl").write_text("")
    assert program.main([str(tmp_path), "--systems", "datafog"]) == 2
    assert "[input-missing]" in capsys.readouterr().err


def row(of: Set, counts: Tally, learned: bool = False) -> report.Row:
    return report.Row(of, counts, learned, documents=2, size=2_000, seconds=0.5)


def test_the_tables_show_shares_with_bounds_side_by_side() -> None:
    good, bad = ([(3, 10), (12, 20)], [(0, 2), (30, 35)])
    document = Document(TEXT, LABELS)
    results = [
        report.Result(name, f"{name} 1.0", (row(COURT, tally(document, COURT, found)),))
        for name, found in (("ours", good), ("peer", bad))
    ]
    text = report.as_text(results, "2 documents")
    assert "| court (invented) | en | 2 | .000 (.000–.793) | 1.000 (.207–1.000) |" in text
    assert "| all |  | 2 | .000 (.000–.658) | 1.000 (.342–1.000) |" in text
    assert "| court (invented) | en | 2 | 0.000 | 0.714 |" in text
    assert "| 4 | 4 |" in text
    assert "Ann" not in text


def test_the_shipped_measure_is_read_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "FILE", tmp_path / "measured.json")
    plain = Set("sentences_nl", "nl", report.PLAIN, {}, complete=True)
    of_court = row(COURT, tally(Document(TEXT, LABELS), COURT, [(3, 10)]), learned=True)
    of_plain = row(plain, tally(Document("het regent", ()), plain, [(0, 3)]))
    shipped.write(report.Result("scrubber", "scrubber 1.0", (of_court, of_plain)))
    english, dutch = measured.measure.__wrapped__().languages
    assert (english.language, english.sets, english.learned) == ("en", ("court (invented)",), True)
    assert (english.documents, english.documents_left) == (1, 1)
    assert (english.mentions, english.mentions_left) == (2, 1)
    assert (dutch.language, dutch.mentions, dutch.letters, dutch.letters_taken) == ("nl", 0, 9, 3)
    assert measured.measure.__wrapped__().leaks == {"en"}
