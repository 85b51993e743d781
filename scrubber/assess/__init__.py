"""Assessment of the result: residuals and planted recall."""

from __future__ import annotations

from scrubber.assess.planted import ENTITIES, Planted, Recall, plant, recall_of
from scrubber.assess.residual import OWN, UNSEEN, Passage, remaining

__all__ = [
    "ENTITIES",
    "OWN",
    "UNSEEN",
    "Passage",
    "Planted",
    "Recall",
    "plant",
    "recall_of",
    "remaining",
]
