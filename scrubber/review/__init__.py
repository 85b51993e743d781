"""Material for reviewers of a manifest: the report as one HTML page, and what differs from another.

Everything here comes from the published manifest alone, so that it can tell no more.
"""

from __future__ import annotations

from scrubber.review.changes import compare
from scrubber.review.ordering import Change, Effect
from scrubber.review.page import report_page
from scrubber.review.writing import write_report

__all__ = ["Change", "Effect", "compare", "report_page", "write_report"]
