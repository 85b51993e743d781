"""What a whole column is: name, type and value evidence make a verdict, without a model.

profile = Profile.of(values)
verdict = judge(FieldPath(("lname",)), profile)
verdict.field_class, verdict.entity, verdict.confidence, verdict.evidence
"""

from __future__ import annotations

from scrubber.detect.columns.headers import words_of
from scrubber.detect.columns.profile import Profile
from scrubber.detect.columns.verdict import Verdict, judge

__all__ = ["Profile", "Verdict", "judge", "words_of"]
