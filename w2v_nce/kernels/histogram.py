"""The reliability histogram: probabilities counted by their size."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.kernels.jit import bare_jit

LEVELS = 64  # powers of 1/2; the last is for all that are smaller


@bare_jit
def tally(probabilities: Reals, counts: Longs, sums: Reals) -> None:
    """Add every number p of a float32 matrix to its level l, where 2^-(l+1) < p <= 2^-l.

    ``counts`` and ``sums`` have LEVELS numbers: how many there are at each level, and their sum.
    """
    for row in range(probabilities.shape[0]):
        for column in range(probabilities.shape[1]):
            level = level_of(probabilities[row, column])
            counts[level] += 1
            sums[level] += probabilities[row, column]


@bare_jit
def level_of(probability: float) -> int:
    """Return the level of one number."""
    if not probability > 0:
        return LEVELS - 1
    return min(max(np.int64(-np.log2(probability)), 0), LEVELS - 1)
