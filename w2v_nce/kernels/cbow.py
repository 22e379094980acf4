"""CBOW: the neighbours together predict the word (Mikolov et al. 2013).

The hidden vector is the sum of their n vectors, each times a share: 1 / n makes it their mean, as
in word2vec, 1 / √n gives it about the same length however many neighbours there are. The
derivative is shared alike: every neighbour moves by its share of the error (word2vec.c forgets to
divide).
"""

from __future__ import annotations

import math

import numpy as np

from w2v_nce.arrays import Reals, padded
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
from w2v_nce.kernels.pair import MEASURE_EVERY, contrast, mean_square, pin, rate_of
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.ranking import find_rivals, rank
from w2v_nce.kernels.rows import (
    add_scaled,
    add_scaled_columns,
    add_scaled_rows,
    clear_row,
    write_running_sums,
)
from w2v_nce.kernels.simd import broadcast, fma, load, store
from w2v_nce.kernels.state import LANES, Block, Rows, Scratch, Setup, Windows

WIDTH_OF_100, WIDTH_OF_300 = padded(100), padded(300)  # dimensions that many people train


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
        share = share_of(right - left - 1, setup, rate)
        clear_row(scratch.hidden, 0)
        add_scaled_rows(scratch.hidden, 0, share, vectors, words[left:centre])
        add_scaled_rows(scratch.hidden, 0, share, vectors, words[centre + 1 : right])
        measure = centre % MEASURE_EVERY == 0
        state = draw_all(setup.noise.table, state, scratch.noise)
        if setup.ranks:
            loss += rank(words[centre], setup, rate, scratch, measure)
        else:
            loss += contrast(words[centre], setup, rate, scratch, measure)
        measured += measure
        add_shares(windows, centre, setup, rate, scratch)
    return loss, measured


@inline_jit
def share_of(neighbours: int, setup: Setup, like: float) -> float:
    """Return what each of some neighbours' vectors is multiplied by, in the precision of ``like``.

    A mean of few vectors is longer than a mean of many: it would make strong predictions where
    least is known.
    """
    return type(like)(1 / math.sqrt(neighbours) if setup.root else 1 / neighbours)


@inline_jit
def add_shares(windows: Windows, centre: int, setup: Setup, rate: float, scratch: Scratch) -> None:
    """Add to the vectors of all neighbours of a centre their share of its error, times the rate."""
    vectors, left, right = setup.parameters.input, windows.left[centre], windows.right[centre]
    share = share_of(right - left - 1, setup, rate)
    square = share * share * mean_square(scratch.error, setup)
    for place in range(left, right):
        if place != centre:
            word = windows.words[place]
            step = share * rate_of(setup.squares.input, word, square, setup, rate)
            add_scaled(vectors, word, step, scratch.error, 0)


@bare_jit
def train_cbow_blocks(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, block: Block
) -> tuple[float, int]:
    """Train in blocks that share their noise, in place; returns the same."""
    vectors, output = setup.parameters.input, setup.parameters.output
    loss, measured, section = 0.0, 0, section_size(windows, setup)
    for neighbours in range(1, 2 * setup.window + 1):
        block.shares[0, neighbours] = share_of(neighbours, setup, rate)
    state = next_noise(block, setup, state)
    for place in range(0, section, setup.strip):
        state = next_noise(block, setup, state)
        size = take_strips(block, windows, section, place, setup)
        prefetch_next(block, size, windows.words, setup, output, vectors)
        row = 0
        while row < size:
            row = add_up(block, row, size, windows, vectors)
        if setup.ranks:
            find_rivals(block, size, setup)
        measure = place % (MEASURE_BLOCK_EVERY * setup.strip) == 0
        for row in range(0, size, LANES):
            loss += learn_true_words(block, row, size, setup, rate, measure)
        loss += contrast_noise(block, size, setup, rate, measure, Rows(block.error, block.order))
        measured += size * measure
        hand_out_errors(block, size, windows, vectors)
    return loss, measured


@inline_jit
def add_up(block: Block, row: int, size: int, windows: Windows, vectors: Reals) -> int:
    """Make hidden vectors for a row and those behind it whose centres follow in the text.

    The sum over a window is the difference of two sums from where the first window starts, which
    are computed once, because windows overlap. Returns the row behind the last.
    """
    words, sums, hidden = windows.words, block.sums, block.hidden
    centre = block.centre[row]
    start, end, stop = windows.left[centre], windows.right[centre], row + 1
    while stop < size and block.centre[stop] == centre + stop - row:
        start = min(start, windows.left[block.centre[stop]])
        end = max(end, windows.right[block.centre[stop]])
        stop += 1
    write_running_sums(sums, vectors, words[start:end])
    for r in range(row, stop):
        centre = block.centre[r]
        left, right = windows.left[centre] - start, windows.right[centre] - start
        share = broadcast(block.shares, 0, right - left - 1)
        for column in range(0, sums.shape[1], LANES):
            window = load(sums, right, column) - load(sums, left, column)
            store(hidden, r, column, share * (window - load(vectors, words[centre], column)))
    return stop


@inline_jit
def hand_out_errors(block: Block, size: int, windows: Windows, vectors: Reals) -> None:
    """Add their shares of all errors to the neighbours.

    That is a fifth of all work. Where the width of a vector is a constant, all of it takes 2 to 6 %
    less time; so there is code for the usual widths, and code for any.
    """
    if vectors.shape[1] == WIDTH_OF_100:
        hand_out(block, size, windows, vectors, WIDTH_OF_100)
    elif vectors.shape[1] == WIDTH_OF_300:
        hand_out(block, size, windows, vectors, WIDTH_OF_300)
    else:
        hand_out(block, size, windows, vectors, vectors.shape[1])


@inline_jit
def hand_out(block: Block, size: int, windows: Windows, vectors: Reals, width: int) -> None:
    """Add to the neighbours of each centre their share of its hidden vector's error."""
    words = windows.words
    for row in range(size):
        centre = block.centre[row]
        left, right = windows.left[centre], windows.right[centre]
        share = block.shares[0, right - left - 1]
        for place in range(left, centre):
            add_scaled_columns(vectors, words[place], share, block.error, row, width)
        for place in range(centre + 1, right):
            add_scaled_columns(vectors, words[place], share, block.error, row, width)


@inline_jit
def learn_true_words(
    block: Block, row: int, size: int, setup: Setup, rate: float, measure: bool
) -> float:
    """Take the steps for the words that eight vectors, or the last ones, should predict.

    Returns their loss, if asked to measure.
    """
    pairs = min(LANES, size - row)
    for i in range(pairs):
        block.true_word[i] = block.word[row + i]
    loss = steps_of_pairs(block, row, 1, pairs, setup, rate, measure)
    for i in range(pairs):
        block.weight[0, row + i] = block.true_step[0, i] if setup.ranks else 1
        exchange(block, row + i, i, setup.parameters.output)
        pin(setup.parameters.output, block.true_word[i], setup.pinned)
    return loss


@inline_jit
def exchange(block: Block, row: int, i: int, output: Reals) -> None:
    """Make a true word's vector the error, and add the hidden one to it, each times its step."""
    word, step = block.true_word[i], broadcast(block.true_step, 0, i)
    for column in range(0, output.shape[1], LANES):
        vector = load(output, word, column)
        store(block.error, row, column, step * vector)
        store(output, word, column, fma(step, load(block.hidden, row, column), vector))
