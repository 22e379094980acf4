"""Skip-gram: a word predicts each of its neighbours (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.kernels.contrast import Scratch, Setup, contrast
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.sentences import MEASURE_EVERY, draw_window, sentence_end


@jit
def train_skipgram(
    ids: Ids, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train on the sentences in ``ids``, in place.

    Returns the loss, summed over the examples that were measured, and their number.
    """
    loss, measured, start = 0.0, 0, 0
    while start < len(ids):
        end = sentence_end(ids, start)
        for position in range(start, end):
            measure = position % MEASURE_EVERY == 0
            vector = setup.parameters.input[ids[position]]
            left, right, state = draw_window(position, start, end, setup.window, state)
            for neighbour in range(left, right):
                if neighbour == position:
                    continue
                scratch.hidden[:] = vector
                state, example = contrast(ids[neighbour], setup, rate, state, scratch, measure)
                vector += scratch.error
                if measure:
                    loss += example
                    measured += 1
        start = end + 1
    return loss, measured
