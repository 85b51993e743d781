"""What each column is, and a first rule file drafted from that."""
