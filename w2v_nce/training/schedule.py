"""Numbers that change with the words seen, or with their frequency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Longs

FLOOR = 1e-4  # of the initial learning rate: where the decay ends, as in word2vec


@dataclass(frozen=True)
class LinearDecay:
    """A learning rate that falls linearly with the words seen, to 1/10,000 of its start."""

    initial: float
    total_words: int  # over all epochs

    def rate(self, words_done: float) -> float:
        """Return the learning rate after ``words_done`` words."""
        return self.initial * max(1.0 - words_done / self.total_words, FLOOR)


def keep_probability(counts: Longs, sample: float) -> npt.NDArray[np.float64]:
    """Return each word's chance of surviving the subsampling of frequent words.

    With f the word's share of the text and t the threshold ``sample``: sqrt(t/f) + t/f, at
    most 1. This is the rule of the word2vec program; the paper's is sqrt(t/f) alone. With
    t = 0 all words survive.
    """
    if sample == 0:
        return np.ones(len(counts))
    relative = sample * counts.sum() / counts
    return np.asarray(np.minimum(np.sqrt(relative) + relative, 1.0))


def keep_thresholds(counts: Longs, sample: float) -> npt.NDArray[np.uint32]:
    """Return the keep probabilities as the largest 32-bit random number that survives."""
    scaled = np.rint(keep_probability(counts, sample) * 2.0**32) - 1.0
    return np.clip(scaled, 0, 2**32 - 1).astype(np.uint32)
