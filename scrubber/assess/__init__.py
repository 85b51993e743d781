"""Looking at the result: what is left in it, and how much of what is planted is caught."""

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
