"""Numbers that change with the words seen."""

from __future__ import annotations

from dataclasses import dataclass

FLOOR = 1e-4  # of the initial learning rate: where the decay ends, as in word2vec


@dataclass(frozen=True)
class LinearDecay:
    """A learning rate that falls linearly with the words seen, to 1/10,000 of its start."""

    initial: float
    total_words: int  # over all epochs

    def rate(self, words_done: float) -> float:
        """Return the learning rate after ``words_done`` words."""
        return self.initial * max(1.0 - words_done / self.total_words, FLOOR)
