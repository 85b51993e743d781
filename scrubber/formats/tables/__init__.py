"""Arrow tables as formats need them."""
