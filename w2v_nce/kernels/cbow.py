"""CBOW: the neighbours together predict the word (Mikolov et al. 2013).

The hidden vector is the sum of their n vectors, each times a share: 1 / n makes it their mean, as
in word2vec, 1 / √n gives it about the same length however many neighbours there are. The
derivative is shared alike: every neighbour moves by its share of the error (word2vec.c forgets to
divide).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.alias import draw_all
from w2v_nce.kernels.block import (
    MEASURE_BLOCK_EVERY,
    Block,
    Rows,
    contrast_noise,
    next_noise,
    prefetch_block,
    steps_of_pairs,
)
from w2v_nce.kernels.contrast import (
    MEASURE_EVERY,
    Scratch,
    Setup,
    contrast,
    mean_square,
    pin,
    rate_of,
)
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.ranking import find_rivals, rank
from w2v_nce.kernels.rows import add_scaled, add_scaled_rows, clear_row
from w2v_nce.kernels.simd import LANES, broadcast, fma, load, store
from w2v_nce.kernels.windows import Windows


class Span(NamedTuple):
    """The part of a text that a block is about."""

    words: Ids  # of the whole text
    first: int  # the first centre; a block has neighbouring words as centres
    size: int  # the number of centres, each of which has a hidden vector
    start: int  # where the first window starts
    end: int  # where the last window ends


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
    vectors, output, words = setup.parameters.input, setup.parameters.output, windows.words
    loss, measured, ahead = 0.0, 0, 0
    for neighbours in range(1, 2 * setup.window + 1):
        block.shares[0, neighbours] = share_of(neighbours, setup, rate)
    state = next_noise(block, setup, state)
    for first in range(0, len(words), setup.block):
        span = span_of(windows, first, setup.block)
        state = next_noise(block, setup, state)
        ahead = prefetch_block(words, first + setup.block, setup, ahead, output, vectors)
        set_hidden(block, windows, span, vectors)
        if setup.ranks:
            find_rivals(block, span.size, setup)
        measure = first % (MEASURE_BLOCK_EVERY * setup.block) == 0
        for row in range(0, span.size, LANES):
            loss += learn_true_words(block, span, row, setup, rate, measure)
        errors = Rows(block.error, block.order)
        loss += contrast_noise(block, span.size, setup, rate, measure, errors)
        measured += span.size * measure
        share_errors(block, vectors, windows, span)
    return loss, measured


@inline_jit
def learn_true_words(
    block: Block, span: Span, row: int, setup: Setup, rate: float, measure: bool
) -> float:
    """Take the steps for the words that eight vectors, or the last ones, should predict.

    Returns their loss, if asked to measure.
    """
    pairs = min(LANES, span.size - row)
    for i in range(pairs):
        block.true_word[i] = span.words[span.first + row + i]
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


@inline_jit
def span_of(windows: Windows, first: int, largest: int) -> Span:
    """Return the span of the block of at most ``largest`` centres that starts at one."""
    size = min(largest, len(windows.words) - first)
    start, end = windows.left[first], windows.right[first]
    for centre in range(first + 1, first + size):
        start = min(start, windows.left[centre])
        end = max(end, windows.right[centre])
    return Span(windows.words, first, size, start, end)


@inline_jit
def set_hidden(block: Block, windows: Windows, span: Span, vectors: Reals) -> None:
    """Write what the neighbours of each centre amount to to ``block.hidden``.

    The sum over a window is the difference of two sums from the start of the span, which are
    computed once: windows overlap so much that this halves the work.
    """
    sums = block.sums
    clear_row(sums, 0)
    for i in range(span.end - span.start):
        word = span.words[span.start + i]
        for column in range(0, sums.shape[1], LANES):
            vector = load(sums, i, column) + load(vectors, word, column)
            store(sums, i + 1, column, vector)
    for row in range(span.size):
        centre = span.first + row
        word = span.words[centre]
        left, right = windows.left[centre] - span.start, windows.right[centre] - span.start
        block.share[0, row] = block.shares[0, right - left - 1]
        share = broadcast(block.share, 0, row)
        for column in range(0, sums.shape[1], LANES):
            window = load(sums, right, column) - load(sums, left, column)
            store(block.hidden, row, column, share * (window - load(vectors, word, column)))


@inline_jit
def share_errors(block: Block, vectors: Reals, windows: Windows, span: Span) -> None:
    """Add to each neighbour's vector its share of the centres' errors.

    The same backwards: a share is added where its window starts, taken away where it ends, and
    what a word gets is the sum of all that up to its place, without its own.
    """
    sums, error, nobody = block.sums, block.error, len(block.error) - 1
    for i in range(span.end - span.start + 2):
        clear_row(sums, i)
    for row in range(span.size):
        centre = span.first + row
        left, right = windows.left[centre] - span.start, windows.right[centre] - span.start
        share = broadcast(block.share, 0, row)
        for column in range(0, sums.shape[1], LANES):
            vector = share * load(error, row, column)
            store(sums, left + 1, column, load(sums, left + 1, column) + vector)
            store(sums, right + 1, column, load(sums, right + 1, column) - vector)
    for i in range(span.end - span.start):
        word, row = span.words[span.start + i], span.start + i - span.first
        own = row if 0 <= row < span.size else nobody
        share = broadcast(block.share, 0, own)
        for column in range(0, sums.shape[1], LANES):
            vector = load(sums, i, column) + load(sums, i + 1, column)
            store(sums, i + 1, column, vector)
            change = vector - share * load(error, own, column)
            store(vectors, word, column, load(vectors, word, column) + change)
