"""Words and vectors in use."""
