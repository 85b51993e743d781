"""FieldClass: what a field is to the person it is about."""

from __future__ import annotations

from enum import StrEnum


class FieldClass(StrEnum):
    """The class of a field; the values are those of ``class:``."""

    DIRECT_IDENTIFIER = "direct_identifier"
    QUASI_IDENTIFIER = "quasi_identifier"
    SENSITIVE = "sensitive"
    TEXT = "text"
    INSENSITIVE = "insensitive"
