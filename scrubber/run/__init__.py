"""One run: survey, count, scrub, read again, seal, publish."""
