"""A small world with a grammar: the corpus that ``w2v-nce demo`` generates and learns from."""

from __future__ import annotations

from w2v_nce.demo.world import World, shuffle_words, write_world

__all__ = ["World", "shuffle_words", "write_world"]
