"""Makes the lists of the gate: `make gate DATA=...`. Not part of the installed package."""
