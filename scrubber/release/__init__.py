"""Statistical release: tables of groups, with small groups withheld or with noise."""
