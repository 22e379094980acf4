"""Subsampling and windows: from the ids of a text to words with their neighbours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.random import HALF, advance, below, mix
from w2v_nce.kernels.state import Windows


@bare_jit
def subsample(
    ids: Ids, count: int, keep: npt.NDArray[np.uint32], state: np.uint64
) -> tuple[int, np.uint64]:
    """Drop frequent words by chance from ids[:count], in place.

    Returns how many ids remain, sentence ends included, and the next random state.
    """
    kept = 0
    for i in range(count):
        word = ids[i]
        ids[kept] = word
        if word >= 0:
            state = advance(state)
            kept += (mix(state) >> HALF) <= np.uint64(keep[word])  # no branch to mispredict
        else:
            kept += 1
    return kept, state


@bare_jit
def draw_windows(
    ids: Ids, window: int, state: np.uint64, windows: Windows
) -> tuple[int, np.uint64]:
    """Draw a window size from 1 to ``window`` for every word; no window leaves its sentence.

    ``ids`` are the words with a negative id at sentence ends; ``windows`` is room for as many.
    A word alone in its sentence has nothing to teach and is left out.

    Returns the number of words, and the next random state.
    """
    words = place = 0
    while place < len(ids):
        first = words
        while place < len(ids) and ids[place] >= 0:
            windows.words[words] = ids[place]
            words += 1
            place += 1
        place += 1
        if words == first + 1:
            words = first
        for i in range(first, words):
            state = advance(state)
            size = below(mix(state), window) + 1
            windows.left[i] = max(first, i - size)
            windows.right[i] = min(words, i + size + 1)
    return words, state
