"""What a second look says is left: the words of the value that came in, and nothing made up."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.assess import OWN, UNSEEN, Passage, remaining
from scrubber.detect.base import PATIENCE, Seen
from scrubber.errors import DetectionError
from scrubber.model.finding import Span


class Finder:
    """Finds e-mail addresses, their hosts, and capitalized words."""

    identities = (("finder", "1"),)
    patterns = (
        ("EMAIL_ADDRESS", re.compile(r"[\w.]+@[\w.]+\w")),
        ("URL", re.compile(r"(?<=@)[\w.]+\w")),
        ("PERSON", re.compile(r"\b[A-Z]\w+")),
    )

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        return [
            tuple(
                Span(match.start(), match.end(), label, 1.0, "finder")
                for label, pattern in self.patterns
                for match in pattern.finditer(text)
            )
            for text in texts
        ]

    def attempt(self, texts: Sequence[str], _patience: int = PATIENCE) -> list[Seen]:
        failed = DetectionError("detector-failed", "finder failed")
        return [failed if "poison" in text else self.detect([text])[0] for text in texts]


CASES = [
    ("nothing to find", "nothing", (), []),
    ("mail ann@x.com", "mail {EMAIL_ADDRESS}", (), []),
    ("mail ann@x.com", "mail ann@x.com", (), ["EMAIL_ADDRESS"]),
    ("mail ANN@X.COM", "mail ann@x.com", (), ["EMAIL_ADDRESS"]),
    # a stand-in, whose host is that of the source by chance
    ("mail ann@x.com", "mail bob@x.com", (), []),
    # a stand-in, of which the source holds no more than a part of a word
    ("Ann went to the market", "Mark went to the market", (), []),
    ("Ann met Mark", "Mark met Eve", (), ["PERSON"]),
    # the record's own identifiers, which no detector knows
    ("order c-10001", "order c-10001", ("C-10001",), ["OWN_IDENTIFIER"]),
    ("order xc-10001", "order xc-10001", ("C-10001",), []),
    ("order 10001", "order 100012", ("10001",), []),
    ("order c-10001", "order {ID}", ("C-10001",), []),
    ("order abc", "order abc", ("abc",), []),
    ("order c-10001, c-10001", "order c-10001, c-10001", ("C-10001",), ["OWN_IDENTIFIER"] * 2),
    # found twice is left once
    ("mail ann@x.com", "mail ann@x.com", ("ann@x.com",), ["EMAIL_ADDRESS"]),
    ("", "", ("", " "), []),
    ("größe 10001", "größe 10001", ("10001",), ["OWN_IDENTIFIER"]),
    ("\u0130i GROSSE", "\u0130i grosse", ("Grosse",), ["OWN_IDENTIFIER"]),
]


@pytest.mark.parametrize(("before", "after", "own", "labels"), CASES)
def test_what_is_left(before: str, after: str, own: tuple[str, ...], labels: list[str]) -> None:
    (left,) = remaining([Passage(before, after, own)], Finder())
    assert [span.label for span in left] == labels
    assert all((span.recognizer == OWN) == (span.label == "OWN_IDENTIFIER") for span in left)


def test_what_cannot_be_looked_at_is_left() -> None:
    left = remaining([Passage("poison", "poison"), Passage("Ann", "Ann")], Finder())
    assert left[0] == (UNSEEN,)
    assert [span.label for span in left[1]] == ["PERSON"]


def test_no_text_is_shown() -> None:
    assert "secret" not in repr(Passage("secret", "secret", ("secret",)))


@given(st.lists(st.text(st.sampled_from("aZ@.x- 1\u0130\u00df"), max_size=12), max_size=6))
def test_what_came_in_anew_is_never_left_and_what_stayed_always_is(words: list[str]) -> None:
    text = " ".join(words)
    (kept,) = remaining([Passage(text, text)], Finder())
    found = Finder().detect([text])[0]
    covered = {i for span in kept for i in range(span.start, span.end)}
    assert covered == {i for span in found for i in range(span.start, span.end)}
    (new,) = remaining([Passage("", text, tuple(words))], Finder())
    assert new == ()


def test_a_cell_full_of_names_takes_linear_time() -> None:
    before = " ".join(f"Name{i}" for i in range(30_000))
    after = " ".join(f"Name{i}" if i % 2 else f"Other{i}" for i in range(30_000))
    start = time.process_time()
    (left,) = remaining([Passage(before, after, ("Name1",))], Finder())
    assert len(left) == 15_000
    assert time.process_time() - start < 20  # a second or two; all pairs took minutes
