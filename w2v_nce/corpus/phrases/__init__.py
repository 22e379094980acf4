"""Phrases: words that often occur together, found and joined."""
