"""Makes the built-in names model: `make model DATA=...`. Not part of the installed package."""
