"""What both architectures do with a block of word ids before they look at vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import HALF, advance, below, mix

MEASURE_EVERY = 16  # words: the loss of each is a sample, its logarithms would cost too much


@jit
def subsample(
    ids: Ids, count: int, keep: npt.NDArray[np.uint32], state: np.uint64
) -> tuple[int, np.uint64]:
    """Drop frequent words by chance from ids[:count], in place.

    Returns how many ids remain, sentence ends included, and the next random state.
    """
    kept = 0
    for i in range(count):
        word = ids[i]
        if word >= 0:
            state = advance(state)
            if (mix(state) >> HALF) > np.uint64(keep[word]):
                continue
        ids[kept] = word
        kept += 1
    return kept, state


@jit
def sentence_end(ids: Ids, start: int) -> int:
    """Return where the sentence that starts here ends: at a negative id or after the last."""
    end = start
    while end < len(ids) and ids[end] >= 0:
        end += 1
    return end


@jit
def draw_window(
    position: int, start: int, end: int, window: int, state: np.uint64
) -> tuple[int, int, np.uint64]:
    """Draw a window size from 1 to ``window`` and cut the window at the sentence [start, end).

    Returns the window [left, right) and the next random state.
    """
    state = advance(state)
    size = below(mix(state), window) + 1
    return max(start, position - size), min(end, position + size + 1), state
