"""The commands, each a thin twin of library functions."""
