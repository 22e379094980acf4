"""Phrases: words that often stand together, found and joined."""
