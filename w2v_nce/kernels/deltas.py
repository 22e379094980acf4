"""Deltas of rows that several processes have trained apart, and their combination.

The mathematics is that of :mod:`w2v_nce.training.distributed.averaging`. Several arrays may have
rows that belong together: ``deltas`` has them side by side, from column ``first`` on, and one more
column.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Reals
from w2v_nce.kernels.jit import bare_jit


@bare_jit
def measure(now: Reals, before: Reals, deltas: Reals, first: int) -> None:
    """Write the deltas of rows; add the squared length to the last column."""
    for i in range(now.shape[0]):
        square = deltas[i, -1]
        for j in range(now.shape[1]):
            step = now[i, j] - before[i, j]
            deltas[i, first + j] = step
            square += step * step
        deltas[i, -1] = square


@bare_jit
def weigh(deltas: Reals, least: Reals) -> None:
    """Turn the squared lengths, summed over the ranks, into the weights of the summed deltas."""
    last = deltas.shape[1] - 1
    for i in range(deltas.shape[0]):
        square = np.float32(0)
        for j in range(last):
            square += deltas[i, j] * deltas[i, j]
        apart = deltas[i, last]
        deltas[i, last] = max(apart / square, least[i]) if square > apart else 1


@bare_jit
def follow(now: Reals, before: Reals, deltas: Reals, first: int) -> None:
    """Move rows from the place they had before by the weighted deltas."""
    for i in range(now.shape[0]):
        share = deltas[i, -1]
        for j in range(now.shape[1]):
            place = before[i, j] + share * deltas[i, first + j]
            before[i, j] = place
            now[i, j] = place
