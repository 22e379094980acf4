"""Settings: declared, documented and checked once."""
