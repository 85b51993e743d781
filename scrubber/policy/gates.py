"""The ``gates:`` part of a rule file: what a result must reach."""

from __future__ import annotations

from scrubber.policy.plan import GateRules, PrivacyRules
from scrubber.policy.schema import Gates
from scrubber.policy.syntax.report import Report

PART = "gates"


def gate_rules(report: Report, gates: Gates, privacy: PrivacyRules | None) -> GateRules:
    """The limits of the part, which the classes of `privacy` do not contradict."""
    least = gates.min_k
    if least is not None and privacy is not None and least > privacy.k:
        text = f"min_k asks for classes of {least}, and privacy makes them of {privacy.k}"
        report.value((PART, "min_k"), "k-below-gate", text, f"privacy: {{k: {least}}}")
    return GateRules(
        gates.max_residual_rate,
        least,
        every=gates.rescan == "all",
        languages=gates.languages is not None,
    )
