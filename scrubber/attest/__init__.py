"""Signatures, approvals and the gate: responsibility for a manifest or a plan."""
