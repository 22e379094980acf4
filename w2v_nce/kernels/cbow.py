"""CBOW: the mean of the neighbours predicts the word (Mikolov et al. 2013).

The derivative of a mean is shared among its terms: every neighbour moves by the error over
their number (word2vec.c forgets to divide).
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.alias import draw_all
from w2v_nce.kernels.block import (
    MEASURE_BLOCK_EVERY,
    Block,
    Rows,
    contrast_block,
    next_noise,
    prefetch_block,
)
from w2v_nce.kernels.contrast import MEASURE_EVERY, Scratch, Setup, contrast
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.rows import add_scaled, clear_row, set_mean
from w2v_nce.kernels.windows import Windows


@bare_jit
def train_cbow(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train example by example, in place.

    Returns the loss, summed over the examples that were measured, and their number.
    """
    vectors, words = setup.parameters.input, windows.words
    loss, measured = 0.0, 0
    for centre in range(len(words)):
        left, right = windows.left[centre], windows.right[centre]
        set_mean(scratch.hidden, 0, vectors, words, left, right, centre)
        measure = centre % MEASURE_EVERY == 0
        state = draw_all(setup.noise.table, state, scratch.noise)
        loss += contrast(words[centre], setup, rate, scratch, measure)
        measured += measure
        add_shares(vectors, words, left, right, centre, scratch.error, 0)
    return loss, measured


@bare_jit
def train_cbow_blocks(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, block: Block
) -> tuple[float, int]:
    """Train in blocks that share their noise, in place; returns the same."""
    vectors, output, words = setup.parameters.input, setup.parameters.output, windows.words
    loss, measured, ahead = 0.0, 0, 0
    state = next_noise(block, setup, state)
    for first in range(0, len(words), setup.block):
        count = min(setup.block, len(words) - first)
        state = next_noise(block, setup, state)
        ahead = prefetch_block(words, first + count, setup, ahead, output, vectors)
        for row in range(count):
            centre = first + row
            left, right = windows.left[centre], windows.right[centre]
            set_mean(block.hidden, row, vectors, words, left, right, centre)
            clear_row(block.error, row)
            block.pair_count[0, row] = 1
            block.pair_hidden[row] = row
            block.pair_word[row] = words[centre]
        measure = first % (MEASURE_BLOCK_EVERY * setup.block) == 0
        errors = Rows(block.error, block.order)
        loss += contrast_block(block, count, count, setup, rate, measure, errors)
        measured += count * measure
        for row in range(count):
            centre = first + row
            left, right = windows.left[centre], windows.right[centre]
            add_shares(vectors, words, left, right, centre, block.error, row)
    return loss, measured


@inline_jit
def add_shares(
    vectors: Reals, words: Ids, left: int, right: int, centre: int, error: Reals, row: int
) -> None:
    """Add to the vectors of all neighbours of a centre their share of its error."""
    share = vectors.dtype.type(1 / (right - left - 1))
    for place in range(left, right):
        if place != centre:
            add_scaled(vectors, words[place], share, error, row)
