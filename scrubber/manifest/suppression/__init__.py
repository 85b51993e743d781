"""Which counts are withheld so that no small one can be computed."""
