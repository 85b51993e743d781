"""The verb `check`: validate a rule file, fit it to its data and run its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scrubber.api.arguments import PathsLike, RulesLike, as_paths, as_rules
from scrubber.errors import GateError
from scrubber.policy.hints import Hint, hints
from scrubber.run.preview import ExampleResult, run_examples
from scrubber.run.survey import survey


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid rule file: the number of its field rules, the sources that it fits, hints, and the
    results of its ``tests:``."""

    rules: int
    sources: tuple[str, ...]
    hints: tuple[Hint, ...]
    tests: tuple[ExampleResult, ...]

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        """The tests that failed."""
        return tuple(test for test in self.tests if not test.passed)

    @property
    def exit_code(self) -> int:
        """1 if a test failed, else 0."""
        return GateError.exit_code if self.failed else 0

    def to_json(self) -> dict[str, Any]:
        """The result as plain values. It has no problems, since problems are raised."""
        return {
            "problems": [],
            "hints": [
                {"place": str(hint.mark), "code": hint.code, "text": hint.text}
                for hint in self.hints
            ],
            "sources": list(self.sources),
            "tests": [
                {
                    "id": test.id,
                    "passed": test.passed,
                    "unmet": list(test.unmet),
                    "came": list(test.came),
                    "error": test.error,
                }
                for test in self.tests
            ],
        }


def check(rules: RulesLike, data: PathsLike | None = None) -> Checked:
    """Check `rules`, run their tests, and compile them for the schemas of the paths `data`, if
    given.

    Only schemas are read, never values, and no key is needed. A failed test raises nothing: see
    ``.failed``.

    >>> checked = check({"version": 1, "fields": [{"name": "id", "transform": "drop"}]})
    >>> checked.rules, checked.exit_code
    (1, 0)

    Raises: RuleError, with all problems at once; InputError for unreadable sources and
    ``no-paths``.
    """
    parsed = as_rules(rules)
    surveyed = survey(parsed, as_paths(data)) if data is not None else None
    return Checked(
        rules=len(parsed.fields),
        sources=tuple(source.alias for source in surveyed.sources) if surveyed else (),
        hints=hints(surveyed.plan) if surveyed else (),
        tests=run_examples(parsed),
    )
