"""A record's own identifiers, searched for in its texts."""
