"""Skip-gram: a word predicts each of its neighbours (Mikolov et al. 2013)."""

from __future__ import annotations

import numpy as np

from w2v_nce.kernels.batch import (
    MEASURE_BLOCK_EVERY,
    contrast_noise,
    next_noise,
    prefetch_next,
    section_size,
    steps_of_pairs,
    take_strips,
)
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.pair import MEASURE_EVERY, contrast, mean_square, rate_of
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.ranking import find_rivals, rank
from w2v_nce.kernels.rows import add_scaled, copy_row
from w2v_nce.kernels.simd import broadcast, fma, load, store
from w2v_nce.kernels.state import LANES, Block, Parameters, Rows, Scratch, Setup, Windows


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
            if setup.ranks:
                loss += rank(words[place], setup, rate, scratch, measure)
            else:
                loss += contrast(words[place], setup, rate, scratch, measure)
            square = mean_square(scratch.error, setup)
            step = rate_of(setup.squares.input, words[centre], square, setup, rate)
            add_scaled(vectors, words[centre], step, scratch.error, 0)
            measured += measure
    return loss, measured


@bare_jit
def train_skipgram_blocks(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, block: Block
) -> tuple[float, int]:
    """Train in blocks that share their noise, in place; returns the same."""
    vectors, output, words = setup.parameters.input, setup.parameters.output, windows.words
    loss, measured, section = 0.0, 0, section_size(windows, setup)
    state = next_noise(block, setup, state)
    for place in range(0, section, setup.strip):
        state = next_noise(block, setup, state)
        size = take_strips(block, windows, section, place, setup)
        prefetch_next(block, size, words, setup, vectors, output)
        measure = place % (MEASURE_BLOCK_EVERY * setup.strip) == 0
        if setup.ranks:
            for row in range(size):
                copy_row(block.hidden, row, vectors, block.word[row])
            find_rivals(block, size, setup)
        for row in range(size):
            pairs = neighbours(block, windows, block.centre[row])
            block.weight[0, row] = pairs
            if not setup.ranks:
                copy_row(block.hidden, row, vectors, block.word[row])
            loss += steps_of_pairs(block, row, 0, pairs, setup, rate, measure)
            if setup.ranks:
                block.weight[0, row] = block.true_step[0, :pairs].sum()
            exchange(block, row, pairs, setup.parameters)
            if setup.pinned >= 0:
                keep_normalizer(block, row, pairs, setup)
            measured += pairs * measure
        loss += contrast_noise(block, size, setup, rate, measure, Rows(vectors, block.word))
    return loss, measured


@inline_jit
def neighbours(block: Block, windows: Windows, centre: int) -> int:
    """Make the neighbours of a centre the true words; return their number."""
    pairs = 0
    for place in range(windows.left[centre], windows.right[centre]):
        block.true_word[pairs] = windows.words[place]
        pairs += place != centre  # the centre itself is overwritten by the next
    return pairs


@inline_jit
def keep_normalizer(block: Block, row: int, pairs: int, setup: Setup) -> None:
    """Put right what exchanging vectors has made of the normaliser and its weight, which is -1."""
    column, normalizer = setup.pinned, block.hidden[row, setup.pinned]
    for i in range(pairs):
        setup.parameters.output[block.true_word[i], column] = -1
        normalizer -= block.true_step[0, i]
    setup.parameters.input[block.word[row], column] = normalizer


@inline_jit
def exchange(block: Block, row: int, pairs: int, parameters: Parameters) -> None:
    """Add the true words' vectors to a centre's, and its vector to theirs, each times its step."""
    vectors, output, centre = parameters.input, parameters.output, block.word[row]
    width = vectors.shape[1] // (4 * LANES) * (4 * LANES)
    for column in range(0, width, 4 * LANES):
        column1, column2, column3 = column + LANES, column + 2 * LANES, column + 3 * LANES
        h0, h1 = load(block.hidden, row, column), load(block.hidden, row, column1)
        h2, h3 = load(block.hidden, row, column2), load(block.hidden, row, column3)
        e0, e1 = load(vectors, centre, column), load(vectors, centre, column1)
        e2, e3 = load(vectors, centre, column2), load(vectors, centre, column3)
        for i in range(pairs):
            step, word = broadcast(block.true_step, 0, i), block.true_word[i]
            v0, v1 = load(output, word, column), load(output, word, column1)
            v2, v3 = load(output, word, column2), load(output, word, column3)
            e0, e1 = fma(step, v0, e0), fma(step, v1, e1)
            e2, e3 = fma(step, v2, e2), fma(step, v3, e3)
            store(output, word, column, fma(step, h0, v0))
            store(output, word, column1, fma(step, h1, v1))
            store(output, word, column2, fma(step, h2, v2))
            store(output, word, column3, fma(step, h3, v3))
        store(vectors, centre, column, e0)
        store(vectors, centre, column1, e1)
        store(vectors, centre, column2, e2)
        store(vectors, centre, column3, e3)
    for column in range(width, vectors.shape[1], LANES):
        h0, e0 = load(block.hidden, row, column), load(vectors, centre, column)
        for i in range(pairs):
            step, word = broadcast(block.true_step, 0, i), block.true_word[i]
            v0 = load(output, word, column)
            e0 = fma(step, v0, e0)
            store(output, word, column, fma(step, h0, v0))
        store(vectors, centre, column, e0)
