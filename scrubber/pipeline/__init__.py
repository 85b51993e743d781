"""From a batch to its scrubbed batch, and from a source to its finished part."""
