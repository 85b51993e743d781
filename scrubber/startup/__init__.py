"""What a process of our own does before anything else; light."""
