"""Profiling: the class of each column, and a first rule file drafted from it."""
