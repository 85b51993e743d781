"""One detector per spec and process: building it takes seconds and memory."""

from __future__ import annotations

from functools import lru_cache

from scrubber.detect import Detector, DetectSpec, build_detector


@lru_cache(maxsize=4)
def detector_for(spec: DetectSpec) -> Detector:
    """The detector for `spec`. Raises: as build_detector."""
    return build_detector(spec)
