"""What the rules keep in a text is not broken by what lies within it, and hides nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

import scrubber
from scrubber.model.finding import Span
from scrubber.model.findings import Findings

KEEP = {"EMAIL_ADDRESS": {"keep": "the label"}, "default": "redact"}

CASES = [
    # an address is kept whole: the URL of its domain is a part of it
    ("mail ann.poe@acme.com now", KEEP, "mail ann.poe@acme.com now"),
    ("a@b.com, http://x.org/y", KEEP, "a@b.com, {URL}"),
    # an address within a URL that is taken away goes with it
    ("see https://acme.com/u/ann.poe@acme.com now", KEEP, "see {URL} now"),
    # a URL that is kept does not carry an address past the rules
    (
        "see https://acme.com/u/ann.poe@acme.com now",
        {"URL": {"keep": "the label"}, "default": "redact"},
        "see {EMAIL_ADDRESS} now",
    ),
    # nor does an address carry a word of a deny list
    ("mail bluebird@acme.com now", KEEP, "mail {PROJECT} now"),
]


@pytest.mark.parametrize(("text", "entities", "expected"), CASES)
def test_a_kept_finding_wins_over_what_lies_within(
    text: str, entities: dict[str, object], expected: str
) -> None:
    rules = {
        "version": 1,
        "detect": {"ner": "none", "deny_list": {"PROJECT": ["bluebird"]}},
        "fields": [{"name": "note", "entities": entities}],
        "gates": {"rescan": "all", "max_residual_rate": 0},
    }
    result = scrubber.scrub(pa.table({"note": [text]}), rules)
    assert result.data.to_pydict() == {"note": [expected]}
    # what stays is not on record as removed
    actions = {(row["entity"], row["action"]) for row in result.manifest.to_json()["findings"]}
    assert (("URL", "redact") in actions) == ("{URL}" in expected)


def test_a_rows_own_value_is_not_carried_by_what_is_kept() -> None:
    rules = {
        "version": 1,
        "detect": {"ner": "none"},
        "fields": [
            {
                "name": "last",
                "class": "direct_identifier",
                "transform": "drop",
                "linked_as": "PERSON",
            },
            {"name": "note", "entities": KEEP, "linked": ["last"]},
        ],
    }
    table = pa.table({"last": ["Hasslund"], "note": ["mail hasslund@acme.com now"]})
    assert "hasslund" not in str(scrubber.scrub(table, rules).data.to_pydict()).casefold()


def span(start: int, end: int, label: str, score: float) -> Span:
    return Span(start, end, label, score, "x")


@pytest.mark.parametrize(
    ("other", "stays"),
    [
        (span(2, 6, "A", 0.5), False),
        (span(0, 6, "A", 0.85), False),
        (span(0, 6, "A", 0.9), True),  # better evidence
        (span(0, 6, "A", 1.0), True),  # certain
        (span(0, 10, "A", 0.5), True),  # the same stretch: the rules disagree, the stricter holds
        (span(5, 11, "A", 0.5), True),  # more than the kept one
        (span(0, 11, "A", 0.5), True),
        (span(11, 12, "A", 0.5), True),
        (span(2, 6, "KEPT", 0.1), True),
    ],
)
def test_what_goes_with_a_kept_span(other: Span, stays: bool) -> None:
    kept = span(0, 10, "KEPT", 0.85)
    alone = [span(0, 1, "A", 0.5)]  # of another text, to which no kept one matters
    left = Findings.of([[kept, other], alone]).outside_kept(lambda label: label == "KEPT")
    assert list(left.spans(0)) == ([kept, other] if stays else [kept])
    assert list(left.spans(1)) == alone
