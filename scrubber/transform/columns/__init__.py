"""Value functions over whole Arrow columns."""
