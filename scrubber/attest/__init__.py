"""Signing, approving and gates: who vouches for a manifest or a plan."""
