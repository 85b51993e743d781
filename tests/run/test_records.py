"""Rules about records that look at more than one: the output is checked without scrubber's code."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import scrubber
from scrubber.errors import NotAvailable, OutputError, RuleError
from scrubber.policy import rules_from_mapping
from scrubber.run.preview import run_examples

KEY = bytes(range(32))
KEEP = [{"name": "*", "class": "insensitive", "keep": "test"}]
CONSENT = {"drop": "consent = 'no'", "reason": "no consent"}

PATIENTS = [
    {"mrn": "1", "consent": "yes"},
    {"mrn": "2", "consent": "no"},
    {"mrn": "3", "consent": "yes"},
    {"mrn": "3", "consent": "no"},  # any record that says no counts
    {"mrn": "4", "consent": ""},  # unknown
    {"mrn": "", "consent": "yes"},  # an unknown person who says yes
]
VISITS = [{"mrn": mrn, "day": str(i)} for i, mrn in enumerate(["1", "2", "3", "4", "9", "", "1"])]


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def run(place: Path, rows: list[dict[str, Any]], **more: Any) -> dict[str, list[dict[str, str]]]:
    options = {name: more.pop(name) for name in ("workers", "incremental") if name in more}
    rules = {"version": 1, "rows": rows, "fields": KEEP, **more}
    source = str(place / "in")
    scrubber.scrub([source], rules, key=KEY, out=place / "out", overwrite=True, **options)
    out = {}
    for path in sorted((place / "out" / "data").iterdir()):
        with path.open(newline="") as file:
            out[path.name] = list(csv.DictReader(file))
    return out


def manifest(place: Path) -> Any:
    return json.loads((place / "out" / "manifest.json").read_text())


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    write(tmp_path / "in", "patients.csv", PATIENTS)
    write(tmp_path / "in", "visits.csv", VISITS)
    return tmp_path


def test_consent_follows_the_person_into_every_table(clinic: Path) -> None:
    out = run(clinic, [{**CONSENT, "follow": "subject"}], subject="mrn")
    assert [row["mrn"] for row in out["patients.csv"]] == ["1", ""]
    assert [row["day"] for row in out["visits.csv"]] == ["0", "6"]
    dropped = {row["rule"] for row in manifest(clinic)["records"]["dropped"]}
    assert dropped == {"rows[0]", "rows[0] missing"}


def test_persons_without_an_answer_stay_on_request_alone(clinic: Path) -> None:
    rule = {**CONSENT, "follow": "subject", "missing": "keep"}
    out = run(clinic, [rule], subject="mrn")
    assert [row["day"] for row in out["visits.csv"]] == ["0", "4", "5", "6"]


def test_consent_that_stops_half_way_is_an_error_with_its_count(clinic: Path) -> None:
    with pytest.raises(RuleError) as caught:
        run(clinic, [CONSENT], subject="mrn")
    (problem,) = caught.value.problems
    assert problem.code == "row-half-way"
    assert "visits.csv" in problem.text
    assert "4 records" in problem.text  # three visits, and where person 3 says yes as well


def test_a_rule_may_say_that_it_is_about_its_record_alone(clinic: Path) -> None:
    out = run(clinic, [{**CONSENT, "follow": "record"}], subject="mrn")
    assert [row["mrn"] for row in out["patients.csv"]] == ["1", "3", ""]
    assert len(out["visits.csv"]) == len(VISITS)


def people(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        {"user": f"u{chance.randrange(40)}", "text": f"t{chance.randrange(30)}", "n": str(i)}
        for i in range(count)
    ]


def whole(out: dict[str, list[dict[str, str]]]) -> Counter[str]:
    return Counter(json.dumps(row) for rows in out.values() for row in rows)


EVENTS = people(400, 3)
RULES: dict[str, dict[str, Any]] = {
    "sample": {"sample": {"share": 0.3, "by": "user"}},
    "limit": {"limit": {"per": "user", "n": 3}},
    "repeats": {"repeats": {"of": ["user", "text"]}},
    "near": {"repeats": {"of": ["text"], "near": 0.8, "keep": 2}},
}


@pytest.mark.parametrize("name", RULES)
def test_the_answer_does_not_depend_on_the_shards(tmp_path: Path, name: str) -> None:
    shuffled = random.Random(1).sample(EVENTS, len(EVENTS))
    for parts, rows in ((1, EVENTS), (3, shuffled)):
        place = tmp_path / str(parts)
        place.mkdir()
        for part in range(parts):
            write(place / "in", f"events-{part}.csv", rows[part::parts])
    one = whole(run(tmp_path / "1", [RULES[name]]))
    other = whole(run(tmp_path / "3", [RULES[name]], workers=2))
    assert one == other
    assert 0 < one.total() < len(EVENTS)


def test_what_each_rule_keeps(tmp_path: Path) -> None:
    write(tmp_path / "in", "events.csv", EVENTS)
    users = Counter(row["user"] for row in EVENTS)

    def kept(name: str) -> list[dict[str, str]]:
        return run(tmp_path, [RULES[name]])["events.csv"]

    sampled = Counter(row["user"] for row in kept("sample"))
    assert all(sampled[user] == users[user] for user in sampled)  # all of a user or none
    limited = Counter(row["user"] for row in kept("limit"))
    assert limited == Counter({user: min(count, 3) for user, count in users.items()})
    repeats = Counter((row["user"], row["text"]) for row in kept("repeats"))
    assert set(repeats.values()) == {1}
    assert set(repeats) == {(row["user"], row["text"]) for row in EVENTS}
    texts = Counter(row["text"] for row in EVENTS)
    near = Counter(row["text"] for row in kept("near"))
    assert near == Counter({text: min(count, 2) for text, count in texts.items()})


def test_near_duplicates_differ_in_a_word_of_many(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = []
    for i in range(30):
        words = [f"w{chance.randrange(1000)}" for _ in range(120)]
        rows.append({"id": f"{i}a", "text": " ".join(words)})
        words[60] = "changed"
        rows.append({"id": f"{i}b", "text": " ".join(words).upper()})
    rows += [{"id": f"x{i}", "text": ""} for i in range(3)]
    write(tmp_path / "in", "texts.csv", rows)
    out = run(tmp_path, [{"repeats": {"of": ["text"], "near": 0.85}}])["texts.csv"]
    left = Counter(row["id"].rstrip("ab") for row in out)
    assert all(count == 1 for count in left.values())
    assert len(left) == 33  # records without a word are no duplicates


def test_a_shuffle_keeps_the_records_and_no_order(tmp_path: Path) -> None:
    rows = [{"n": str(i)} for i in range(500)]
    write(tmp_path / "in", "t.csv", rows)
    first = [row["n"] for row in run(tmp_path, [{"shuffle": True}])["t.csv"]]
    again = [row["n"] for row in run(tmp_path, [{"shuffle": True}])["t.csv"]]
    assert sorted(map(int, first)) == list(range(500))
    assert first == again
    stay = sum(int(n) < int(after) for n, after in pairwise(first))
    assert 180 < stay < 320
    write(tmp_path / "in", "t.csv", [*rows, {"n": "500"}])  # another release has another order
    other = [row["n"] for row in run(tmp_path, [{"shuffle": True}])["t.csv"] if row["n"] != "500"]
    assert other != first
    assert [r["action"] for r in manifest(tmp_path)["policy"]["rules"]][-1] == "shuffle"


def test_a_table_in_memory_is_treated_alike(tmp_path: Path) -> None:
    write(tmp_path / "in", "events.csv", EVENTS)
    expected = whole(run(tmp_path, [RULES["limit"]]))
    rules = {"version": 1, "rows": [RULES["limit"]], "fields": KEEP}
    table = pa.Table.from_pylist(EVENTS)
    got = scrubber.scrub(table, rules, key=KEY).data
    assert whole({"t": got.to_pylist()}) == expected


def test_the_rules_apply_in_their_order_to_what_stays(tmp_path: Path) -> None:
    write(tmp_path / "in", "events.csv", EVENTS)
    rows = [
        {"drop": "\"user\" = 'u7'", "reason": "left", "follow": "record"},
        RULES["repeats"],
        RULES["limit"],
    ]
    out = run(tmp_path, rows)["events.csv"]
    pairs = {(row["user"], row["text"]) for row in EVENTS if row["user"] != "u7"}
    users = Counter(user for user, _ in pairs)
    assert Counter(row["user"] for row in out) == {u: min(c, 3) for u, c in users.items()}


def test_an_increment_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "in", "a.csv", EVENTS)
    run(tmp_path, [RULES["limit"]])
    (tmp_path / "out").rename(tmp_path / "before")
    write(tmp_path / "in", "b.csv", EVENTS)
    with pytest.raises(OutputError) as caught:
        run(tmp_path, [RULES["limit"]], incremental=tmp_path / "before")
    assert caught.value.code == "increment-rows"


def test_batches_without_the_whole_are_refused() -> None:
    with pytest.raises(NotAvailable) as caught:
        scrubber.ScrubBatches({"version": 1, "rows": [RULES["limit"]], "fields": KEEP})
    assert caught.value.code == "whole-table"


def test_a_record_that_is_expected_to_be_dropped() -> None:
    rules = {
        "version": 1,
        "rows": [CONSENT],
        "fields": KEEP,
        "tests": [
            {"given": {"consent": "no"}, "expect": "dropped"},
            {"given": {"consent": "yes"}, "expect": "dropped"},
        ],
    }
    assert [one.passed for one in run_examples(rules_from_mapping(rules))] == [True, False]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"limit": {"per": "usr", "n": 2}}, "unmatched-rule"),
        ({"limit": {"per": "subject", "n": 2}}, "follow-without-subject"),
        ({"limit": {"per": "user", "n": 0}}, "out-of-range"),
        ({"repeats": {"of": ["n"], "near": 0.9, "in": "x"}}, "unknown-key"),
        ({"sample": {"share": 0}}, "out-of-range"),
        ({**CONSENT, "follow": "subject"}, "follow-without-subject"),
        ({"drop": "n = '1'", "reason": "r", "missing": "keep"}, "missing-without-follow"),
        ({"drop": "n = '1'"}, "missing-key"),
        ({"shuffle": True, "sample": {"share": 0.5}}, "one-of"),
        ({"shuffle": True, "follow": "subject"}, "unknown-key"),
        ({"reason": "why"}, "one-of"),
        ({"shuffle": True, "in": "nowhere"}, "unmatched-table"),
    ],
)
def test_mistakes(tmp_path: Path, rule: dict[str, Any], code: str) -> None:
    write(tmp_path / "in", "events.csv", EVENTS[:3])
    with pytest.raises(RuleError) as caught:
        run(tmp_path, [rule])
    assert code in {problem.code for problem in caught.value.problems}
