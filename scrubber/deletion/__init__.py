"""Deletion of people from published outputs, on request."""
