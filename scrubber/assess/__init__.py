"""Assessment of the result: residuals and planted recall."""

from __future__ import annotations

from scrubber.assess.planted import (
    ENTITIES,
    Planted,
    Recall,
    plant,
    recall_of,
    writings_of,
)
from scrubber.assess.residual import OWN, UNSEEN, Passage, remaining
from scrubber.assess.writings import WRITINGS

__all__ = [
    "ENTITIES",
    "OWN",
    "UNSEEN",
    "WRITINGS",
    "Passage",
    "Planted",
    "Recall",
    "plant",
    "recall_of",
    "remaining",
    "writings_of",
]
