"""Rule and Case: reasons to discard a finding, and the facts that a rule may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from scrubber.detect.code import Code
from scrubber.model.finding import Span


@dataclass(frozen=True)
class Case:
    """A finding in its text, and what is code in that."""

    text: str = field(repr=False)
    span: Span
    code: Code = field(repr=False)

    @cached_property
    def value(self) -> str:
        return self.text[self.span.start : self.span.end]

    def before(self, length: int) -> str:
        """At most `length` code points that stand before the finding."""
        return self.text[max(0, self.span.start - length) : self.span.start]

    def after(self, length: int) -> str:
        """At most `length` code points that stand behind the finding."""
        return self.text[self.span.end : self.span.end + length]


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason for which a finding of one of `labels` is dropped; `refutes` decides.

    `name` and `reason` go on record and into the documentation.
    """

    name: str
    reason: str
    labels: frozenset[str]
    refutes: Callable[[Case], bool] = field(repr=False)
