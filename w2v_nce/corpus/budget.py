"""Counting in bounded memory: the rarest words go when there is no more room."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Longs
from w2v_nce.corpus.table import TOKENS, TYPES, WordTable, absorb, grown, new_table


class Budget:
    """Makes room in a table of words within so many bytes.

    Attributes:
        times: how often words were dropped.
        error: how much too low a count may be by now.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.times = 0
        self.error = 0

    def make_room(self, table: WordTable, letters: int) -> WordTable:
        """Return a larger table, or one without the rarest words if that would be too large.

        Of what is rare at least a quarter of the distinct words goes, as in the ReduceVocab of
        word2vec.c. An empty table always grows: a single word may be longer than the limit.
        """
        if 2 * size_of(table) <= self.limit or not table.totals[TYPES]:
            return grown(table, letters)
        counts = table.counts[: table.totals[TYPES]]
        rare = int(np.partition(counts, len(counts) // 4)[len(counts) // 4])
        self.times += 1
        self.error += rare
        return thinned(table, rare)


def size_of(table: WordTable) -> int:
    """Return the bytes that a table takes."""
    return sum(array.nbytes for array in table)


def thinned(table: WordTable, rare: int) -> WordTable:
    """Return a table of the same size without the words that occur ``rare`` times or less.

    Entry numbers change; the number of all words counted stays.
    """
    size = int(table.totals[TYPES])
    keep = table.counts[:size] > rare
    lengths = np.diff(table.ends[: size + 1])
    kept = WordTable(
        slots=np.zeros((1, 2), np.uint64),  # not needed to read it
        counts=table.counts[:size][keep],
        ends=starts_of(lengths[keep]),
        letters=table.letters[: table.ends[size]][np.repeat(keep, lengths)],
        totals=np.array([np.count_nonzero(keep), 0], np.int64),
    )
    smaller = new_table(len(table.slots), len(table.letters))
    absorb(smaller, kept, 0)
    smaller.totals[TOKENS] = table.totals[TOKENS]
    return smaller


def starts_of(lengths: Longs) -> Longs:
    """Return where pieces of these lengths start if they are put together, and where they end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
