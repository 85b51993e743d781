"""Additions to Presidio's answers: views of a text, and the names model."""

from __future__ import annotations
