"""k-anonymity on real tables: count classes, choose levels, recode, recheck."""
