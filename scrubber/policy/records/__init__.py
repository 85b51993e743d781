"""Rules about records: which are dropped, drawn, limited and shuffled."""
