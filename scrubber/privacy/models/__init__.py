"""Privacy models by their key in a rule file; k-anonymity is part of every requirement."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scrubber.privacy.models.base import PrivacyModel
from scrubber.privacy.models.closeness import Closeness
from scrubber.privacy.models.diversity import Diversity

_REGISTERED: dict[str, type[PrivacyModel]] = {kind.key: kind for kind in (Diversity, Closeness)}
MODELS: Mapping[str, type[PrivacyModel]] = MappingProxyType(_REGISTERED)

__all__ = ["MODELS", "Closeness", "Diversity", "PrivacyModel"]
