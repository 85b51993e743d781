"""A run: survey, count, scrub, reread, seal, publish."""
