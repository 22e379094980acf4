"""Deltas of rows that several processes have trained apart, and their combination.

The mathematics is that of :mod:`w2v_nce.training.distributed.averaging`. Several arrays may have
rows that belong together: ``moved`` has them side by side, from column ``first`` on, and one column
more.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Reals
from w2v_nce.kernels.jit import bare_jit


@bare_jit
def measure(now: Reals, before: Reals, moved: Reals, first: int) -> None:
    """Write how far rows have moved; add the squared length to the last column."""
    for i in range(now.shape[0]):
        square = moved[i, -1]
        for j in range(now.shape[1]):
            step = now[i, j] - before[i, j]
            moved[i, first + j] = step
            square += step * step
        moved[i, -1] = square


@bare_jit
def weigh(moved: Reals, least: Reals) -> None:
    """Turn the squared lengths, summed over the ranks, into what the summed moves are worth."""
    last = moved.shape[1] - 1
    for i in range(moved.shape[0]):
        square = np.float32(0)
        for j in range(last):
            square += moved[i, j] * moved[i, j]
        apart = moved[i, last]
        moved[i, last] = max(apart / square, least[i]) if square > apart else 1


@bare_jit
def follow(now: Reals, before: Reals, moved: Reals, first: int) -> None:
    """Move rows from where all were before by what the moves are worth."""
    for i in range(now.shape[0]):
        share = moved[i, -1]
        for j in range(now.shape[1]):
            place = before[i, j] + share * moved[i, first + j]
            before[i, j] = place
            now[i, j] = place
