"""The selection of records by rules that look at all of them.

One pass reads all sources and spools some keyed words per record (`columns`, `spool`). `resolve`
then decides about each record, with bounded memory. `near` finds near duplicates.
"""
