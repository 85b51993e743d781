"""Frozen values that every other room speaks in. Standard library and pyarrow only."""
