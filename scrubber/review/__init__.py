"""Material for reviewers: the HTML report of a manifest, and its differences from another manifest.

Everything here is derived from published manifests, so it reveals no more than they do.
"""

from __future__ import annotations

from scrubber.review.changes import compare
from scrubber.review.ordering import Change, Effect
from scrubber.review.page import plan_page, report_page
from scrubber.review.writing import write_report

__all__ = ["Change", "Effect", "compare", "plan_page", "report_page", "write_report"]
