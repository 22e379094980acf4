"""Which words are dropped by chance, because they are frequent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Longs


def keep_probability(counts: Longs, sample: float) -> Doubles:
    """Return each word's chance of surviving the subsampling of frequent words.

    With f the word's share of the text and t the threshold ``sample``: sqrt(t/f) + t/f, at
    most 1. This is the rule of the word2vec program; the paper's is sqrt(t/f) alone. With
    t = 0 all words survive.
    """
    if sample == 0:
        return np.ones(len(counts))
    relative = sample * counts.sum() / counts
    return np.asarray(np.minimum(np.sqrt(relative) + relative, 1.0))


def thinned_shares(counts: Longs, sample: float) -> Doubles:
    """Return the share of each word in the text that the subsampling leaves."""
    thinned = counts * keep_probability(counts, sample)
    return np.asarray(thinned / thinned.sum())


def keep_thresholds(counts: Longs, sample: float) -> npt.NDArray[np.uint32]:
    """Return the keep probabilities as the largest 32-bit random number that survives."""
    scaled = np.rint(keep_probability(counts, sample) * 2.0**32) - 1.0
    return np.clip(scaled, 0, 2**32 - 1).astype(np.uint32)
