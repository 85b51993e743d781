"""Outputs that are published whole or not at all: a folder or an object store."""
