"""Bytes in and out, as plain words and arrays."""
