"""FieldClass: the role of a field for the privacy of its subject."""

from __future__ import annotations

from enum import StrEnum


class FieldClass(StrEnum):
    """The class of a field; the values are those of ``class:``."""

    DIRECT_IDENTIFIER = "direct_identifier"
    QUASI_IDENTIFIER = "quasi_identifier"
    SENSITIVE = "sensitive"
    TEXT = "text"
    INSENSITIVE = "insensitive"
