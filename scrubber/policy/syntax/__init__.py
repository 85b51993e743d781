"""A rule file as a tree of plain values with places: read, composed, and written."""
