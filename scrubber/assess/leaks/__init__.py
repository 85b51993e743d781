"""The leak index: keyed fingerprints of what a run removed, and the search of a model's outputs."""
