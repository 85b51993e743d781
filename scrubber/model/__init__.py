"""Frozen values shared by all other packages. Depends on the standard library and pyarrow only."""
