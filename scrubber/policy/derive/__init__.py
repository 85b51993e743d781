"""New fields (``derive``): read from the rule file, fitted to a schema, and computed."""
