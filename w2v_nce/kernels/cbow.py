"""CBOW: the mean of the neighbours predicts the word (Mikolov et al. 2013).

The derivative of a mean is shared among its terms: every neighbour moves by the error over
their number (word2vec.c forgets to divide).
"""

from __future__ import annotations

import numpy as np

from w2v_nce.kernels.alias import draw_all
from w2v_nce.kernels.block import (
    MEASURE_BLOCK_EVERY,
    Block,
    contrast_block,
    next_noise,
    prefetch_block,
)
from w2v_nce.kernels.contrast import MEASURE_EVERY, Scratch, Setup, contrast
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.rows import add_scaled, set_mean
from w2v_nce.kernels.windows import Windows, window_at


@bare_jit
def train_cbow(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train example by example, in place.

    Returns the loss, summed over the examples that were measured, and their number.
    """
    vectors, words = setup.parameters.input, windows.words
    loss, measured = 0.0, 0
    for i in range(len(windows.centres)):
        centre, left, right = window_at(windows, i)
        set_mean(scratch.hidden, 0, vectors, words, left, right, centre)
        measure = i % MEASURE_EVERY == 0
        state = draw_all(setup.noise.table, state, scratch.noise)
        loss += contrast(words[centre], setup, rate, scratch, measure)
        measured += measure
        share = type(rate)(1 / (right - left - 1))
        for position in range(left, right):
            if position != centre:
                add_scaled(vectors, words[position], share, scratch.error, 0)
    return loss, measured


@bare_jit
def train_cbow_blocks(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, block: Block
) -> tuple[float, int]:
    """Train in blocks that share their noise, in place; returns the same."""
    vectors, output = setup.parameters.input, setup.parameters.output
    words, centres = windows.words, windows.centres
    loss, measured, ahead = 0.0, 0, 0
    state = next_noise(block, setup, state)
    for first in range(0, len(centres), setup.block):
        count = min(setup.block, len(centres) - first)
        state = next_noise(block, setup, state)
        ahead = prefetch_block(windows, first + count, setup, ahead, output, vectors)
        for row in range(count):
            centre, left, right = window_at(windows, first + row)
            set_mean(block.hidden, row, vectors, words, left, right, centre)
            block.pair_count[0, row] = 1
            block.pair_hidden[row] = row
            block.pair_word[row] = words[centre]
        measure = first % (MEASURE_BLOCK_EVERY * setup.block) == 0
        loss += contrast_block(block, count, count, setup, rate, measure)
        measured += count * measure
        for row in range(count):
            centre, left, right = window_at(windows, first + row)
            share = type(rate)(1 / (right - left - 1))
            for position in range(left, right):
                if position != centre:
                    add_scaled(vectors, words[position], share, block.error, row)
    return loss, measured
