"""CBOW: the mean of the neighbours predicts the word (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Ids
from w2v_nce.kernels.contrast import Scratch, Setup, contrast
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.sentences import MEASURE_EVERY, draw_window, sentence_end


@jit
def train_cbow(
    ids: Ids, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train on the sentences in ``ids``, in place.

    The derivative of a mean is shared among its terms: every neighbour moves by the error
    over their number (word2vec.c forgets to divide).

    Returns the loss, summed over the examples that were measured, and their number.
    """
    vectors, hidden, error = setup.parameters.input, scratch.hidden, scratch.error
    loss, measured, start = 0.0, 0, 0
    while start < len(ids):
        end = sentence_end(ids, start)
        for position in range(start, end):
            left, right, state = draw_window(position, start, end, setup.window, state)
            if right - left == 1:
                continue
            share = type(rate)(1 / (right - left - 1))
            hidden[:] = 0
            for neighbour in range(left, right):
                if neighbour != position:
                    hidden += vectors[ids[neighbour]]
            hidden *= share
            measure = position % MEASURE_EVERY == 0
            state, example = contrast(ids[position], setup, rate, state, scratch, measure)
            error *= share
            for neighbour in range(left, right):
                if neighbour != position:
                    vectors[ids[neighbour]] += error
            if measure:
                loss += example
                measured += 1
        start = end + 1
    return loss, measured
