"""Keys, keyed functions and what they are computed over."""
