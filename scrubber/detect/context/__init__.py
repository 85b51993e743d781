"""The words around a finding."""
