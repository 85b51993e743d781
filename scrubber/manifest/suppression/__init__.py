"""Suppression: withhold counts so that no small count can be computed."""
