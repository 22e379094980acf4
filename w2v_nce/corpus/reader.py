"""Text as word ids, a block at a time."""

from __future__ import annotations

import numpy as np

from w2v_nce.corpus.sources import BLOCK_SIZE
from w2v_nce.corpus.table import WordTable, encode_words
from w2v_nce.corpus.words import new_words, read_words


class Reader:
    """Turns blocks of text into ids; one per thread, with room for one block."""

    def __init__(self, table: WordTable) -> None:
        self.table = table
        self.words_read = 0  # in the last text, those outside the table included
        self.make_room(BLOCK_SIZE)

    def make_room(self, size: int) -> None:
        """Make room for a text of so many bytes."""
        self.size = size
        self.words = new_words(size)
        self.ids = np.empty(2 * len(self.words.keys), np.int32)

    def read(self, text: bytes) -> tuple[int, int]:
        """Write the ids of a text; return the number of known words and of all ids."""
        if len(text) > self.size:
            self.make_room(len(text))
        buffer = np.frombuffer(text, np.uint8)
        words = read_words(buffer, self.words)
        self.words_read = len(words.keys)
        return encode_words(buffer, words, self.table, self.ids)
