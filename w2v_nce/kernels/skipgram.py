"""Skip-gram: a word predicts each of its neighbours (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np

from w2v_nce.kernels.alias import draw_all
from w2v_nce.kernels.block import (
    MEASURE_BLOCK_EVERY,
    Block,
    Rows,
    contrast_block,
    next_noise,
    prefetch_block,
    span_of,
)
from w2v_nce.kernels.contrast import MEASURE_EVERY, Scratch, Setup, contrast
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.rows import add_row, copy_row
from w2v_nce.kernels.windows import Windows


@bare_jit
def train_skipgram(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train pair by pair, in place.

    Returns the loss, summed over the pairs that were measured, and their number.
    """
    vectors, words = setup.parameters.input, windows.words
    loss, measured = 0.0, 0
    for centre in range(len(words)):
        measure = centre % MEASURE_EVERY == 0
        fresh = True
        for place in range(windows.left[centre], windows.right[centre]):
            if place == centre:
                continue
            if fresh:
                state = draw_all(setup.noise.table, state, scratch.noise)
                fresh = setup.redraw
            copy_row(scratch.hidden, 0, vectors, words[centre])
            loss += contrast(words[place], setup, rate, scratch, measure)
            add_row(vectors, words[centre], scratch.error, 0)
            measured += measure
    return loss, measured


@bare_jit
def train_skipgram_blocks(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, block: Block
) -> tuple[float, int]:
    """Train in blocks that share their noise, in place; returns the same."""
    vectors, output, words = setup.parameters.input, setup.parameters.output, windows.words
    loss, measured, ahead = 0.0, 0, 0
    state = next_noise(block, setup, state)
    for first in range(0, len(words), setup.block):
        span = span_of(windows, first, setup.block)
        state = next_noise(block, setup, state)
        ahead = prefetch_block(words, first + setup.block, setup, ahead, vectors, output)
        pairs = 0
        for row in range(span.size):
            centre = first + row
            left, right = windows.left[centre], windows.right[centre]
            block.word[row] = words[centre]
            copy_row(block.hidden, row, vectors, words[centre])
            block.pair_count[0, row] = right - left - 1
            for place in range(left, right):
                block.pair_hidden[pairs] = row
                block.pair_word[pairs] = words[place]
                pairs += place != centre  # the centre itself is overwritten by the next
        measure = first % (MEASURE_BLOCK_EVERY * setup.block) == 0
        errors = Rows(vectors, block.word)
        loss += contrast_block(block, span, pairs, setup, rate, measure, errors)
        measured += pairs * measure
    return loss, measured
