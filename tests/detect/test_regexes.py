"""Own regexes: what no time limit holds is refused, before it is compiled or searched for."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.regexes import unbounded
from scrubber.errors import RuleError
from scrubber.policy import rules_from_mapping
from tests.examples import examples

REFUSED = [
    ("(?:Bluebird){e<=3}", "fuzzily"),
    ("(?:.*Bluebird.*){e<=3}", "fuzzily"),
    ("(?b)a{d}", "fuzzily"),
    ("(?:abc){i<=2,d<=2}", "fuzzily"),
    ("(?:abc){2i+2d+1s<=4}", "fuzzily"),
    ("(?<=(?:x){s})b", "fuzzily"),
    ("(a)(?(1)b{e}|c)", "fuzzily"),
    ("((?:a+){e}|b)*", "fuzzily"),
    ("(?R)a", "calls itself"),
    ("a(?1)?(b)", "calls itself"),
    ("(?P<x>a)(?&x)", "calls itself"),
    ("(?P<x>a)(?P>x)", "calls itself"),
    ("(?|(a)|(b))(?1)", "calls itself"),
    ("(?:" * 90 + "a" + "{2})" * 90, "multiply"),
    ("(?:" * 40 + "a" + "+)+" * 40, "multiply"),
    (r"(?:\w{3000}){3000}", "multiply"),
    ("(?=(?:(?:[a-z]{999}){999}){999})", "multiply"),
    ("(?:" * 5000 + "a" + ")" * 5000, "deeply"),
]


@pytest.mark.parametrize(
    ("pattern", "why"), REFUSED, ids=[why + str(i) for i, (_, why) in enumerate(REFUSED)]
)
def test_what_no_time_limit_holds_is_refused_at_once(pattern: str, why: str) -> None:
    started = time.process_time()
    for detect, place in (
        (_recognizer(pattern), "recognizers[0].patterns[0].regex"),
        ({"rules": [{"exclude": {"regex": pattern}}]}, "rules[0].exclude.regex"),
        ({"rules": [{"hotword": pattern, "entity": "URL", "score": 1}]}, "rules[0].hotword"),
    ):
        with pytest.raises(RuleError) as caught:
            rules_from_mapping({"version": 1, "detect": {"ner": "none", **detect}})
        (problem,) = caught.value.problems
        assert problem.code == "regex-unbounded"
        assert why in problem.text
        assert place in problem.text
    assert time.process_time() - started < 10


def _recognizer(pattern: str) -> dict[str, object]:
    part = {"name": "t", "regex": pattern, "score": 0.8}
    return {"recognizers": [{"name": "t", "supported_entity": "T", "patterns": [part]}]}


@pytest.mark.parametrize(
    "pattern",
    [
        r"TCK-\d{6}", r"\(?R\)", "[{e<=1}]", r"a\{e\}", "(?i)(a)|b", "(?:[0-9a-f]{2}:){31}",
        r"(?<!\w)[A-Z]{2}\d{6,9}(?!\w)", "(?P<x>a)(?P=x)", r"(a)\1{3}", "(?x) a # {e}",
        "(?:a{0,60000}){0,60000}", "(a+)+$",
    ],
)  # fmt: skip
def test_other_patterns_may_be_used(pattern: str) -> None:
    assert unbounded(pattern) is None


@examples(300)
@given(
    st.text("ab{}()[]|?*+,1239=<:\\^$.eids&R", max_size=24)
    | st.lists(
        st.sampled_from(["(?:a", "a{9}", ")", "{9}", "{2,}", "+", "*", "|", "{e<=2}", "(?R)"]),
        max_size=12,
    ).map("".join)
)
def test_what_may_be_used_is_compiled_soon(pattern: str) -> None:
    """And what this parser refuses as no regex, the regex module refuses too."""
    try:
        why = unbounded(pattern)
    except regex.error:
        with pytest.raises(regex.error):
            regex.compile(pattern)
        return
    if why is None:
        started = time.process_time()
        try:
            regex.compile(pattern)
        except regex.error:
            return
        assert time.process_time() - started < 5
