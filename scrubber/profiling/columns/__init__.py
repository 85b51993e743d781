"""The verdict on a whole column from its name, type and values, without a model.

profile = Profile.of(values) verdict = judge(FieldPath(("lname",)), profile) verdict.field_class,
verdict.entity, verdict.confidence, verdict.evidence
"""

from __future__ import annotations

from scrubber.profiling.columns.headers import words_of
from scrubber.profiling.columns.profile import Profile
from scrubber.profiling.columns.verdict import Verdict, judge

__all__ = ["Profile", "Verdict", "judge", "words_of"]
