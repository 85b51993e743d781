"""Views of a text: as a reader sees it behind markup and escapes, and as a pattern needs it."""

from __future__ import annotations

from scrubber.detect.views.plain import plain
from scrubber.detect.views.readable import readable
from scrubber.detect.views.view import View

__all__ = ["View", "plain", "readable"]
