"""Outputs, published completely or not at all, in a folder or an object store."""
