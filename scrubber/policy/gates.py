"""The ``gates:`` part of a rule file: what a result must reach."""

from __future__ import annotations

from scrubber.policy.plan import GateRules, PrivacyRules
from scrubber.policy.syntax.report import Report

PART = "gates"


def read_gates(report: Report, privacy: PrivacyRules | None) -> GateRules:
    """The part; what is of the wrong type is left to the check of the shape."""
    given = report.tree.data.get(PART)
    if not isinstance(given, dict):
        return GateRules()
    rate, least = given.get("max_residual_rate"), given.get("min_k")
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        rate = None
    if isinstance(least, bool) or not isinstance(least, int):
        least = None
    if least is not None and privacy is not None and least > privacy.k:
        text = f"min_k asks for classes of {least}, and privacy makes them of {privacy.k}"
        report.value((PART, "min_k"), "k-below-gate", text, f"privacy: {{k: {least}}}")
    return GateRules(
        None if rate is None else float(rate), least, every=given.get("rescan") == "all"
    )
