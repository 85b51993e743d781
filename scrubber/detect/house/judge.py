"""Takes away what is wrongly found: findings of a text in, findings out.

Each rule is a small declared function with a name and a reason; their names stand in the manifest
beside the recognizers. Nothing is taken that a checksum and a word for it prove, and nothing of the
rule file's own recognizers and deny lists. Of several findings in the same place, the one with the
most evidence stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scrubber._version import __version__
from scrubber.detect.code import Code
from scrubber.detect.house import edges, machines, numbers, scripts, source, wording
from scrubber.detect.house.case import Case, Rule
from scrubber.detect.house.evidence import evidence, has_check_digit, has_word
from scrubber.detect.house.extent import whole_name
from scrubber.model.finding import Span

RULES: tuple[Rule, ...] = (
    *numbers.RULES,
    *machines.RULES,
    *wording.RULES,
    *edges.RULES,
    *scripts.RULES,
    *source.RULES,
)
_BY_LABEL = {
    label: tuple(rule for rule in RULES if label in rule.labels)
    for label in frozenset().union(*(rule.labels for rule in RULES))
}
_ASKED = 0.4  # what scores less counts only where the rules ask for it
_RIVALS = numbers.BY_DIGITS


@dataclass(frozen=True)
class Judge:
    """The rules, and the `spared` recognizers whose findings no rule may take."""

    spared: frozenset[str] = frozenset()

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """Each rule and the version that it comes with."""
        return tuple((f"not taken: {rule.name}", f"scrubber {__version__}") for rule in RULES)

    def judged(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """The `spans` of `text` that no rule refutes, in their order."""
        code = Code(text)
        cases = [Case(text, span, code) for span in spans]
        trimmed = [edges.trimmed(case) for case in cases if self._keeps(case)]
        kept = [whole_name(Case(text, span, code)) for span in trimmed]
        return tuple(self._strongest([Case(text, span, code) for span in kept]))

    def _keeps(self, case: Case) -> bool:
        rules = _BY_LABEL.get(case.span.label, ())
        if not rules or case.span.recognizer in self.spared:
            return True
        if case.span.score < _ASKED or (has_check_digit(case) and has_word(case)):
            return True
        return not any(rule.refutes(case) for rule in rules)

    def _strongest(self, cases: Sequence[Case]) -> Iterator[Span]:
        """The findings without those that others in the same place have more evidence than."""
        places = _places([case for case in cases if case.span.label in _RIVALS])
        for case in cases:
            rivals = [
                other
                for other in places.get(case.span, ())
                if other.span.label != case.span.label
                and case.span.score >= _ASKED
                and other.span.start <= case.span.start
                and case.span.end <= other.span.end
                and _digits(other) == _digits(case)
            ]
            spared = case.span.recognizer in self.spared
            if spared or not any(evidence(rival) > evidence(case) for rival in rivals):
                yield case.span


def _places(cases: Sequence[Case]) -> dict[Span, list[Case]]:
    """The cases that stand in one place with each: those that overlap it, or one that does."""
    found: dict[Span, list[Case]] = {}
    place: list[Case] = []
    reach = 0
    for case in sorted(cases, key=lambda case: case.span.start):
        if case.span.start >= reach:
            place = []
        place.append(case)
        found[case.span] = place
        reach = max(reach, case.span.end)
    return found


def _digits(case: Case) -> str:
    return "".join(filter(str.isdigit, case.value))
