"""Files of vectors, out and in."""
