"""Input and output of bytes."""
