"""Which recognizer can match where, by one pass of hyperscan."""
