"""Skip-gram: a word predicts each of its neighbours (Mikolov et al. 2013)."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v_nce.arrays import Reals
from w2v_nce.kernels import pair, ranking  # noqa: F401 - they implement the outputs
from w2v_nce.kernels.batch import (
    MEASURE_BATCH_EVERY,
    MEASURE_EVERY,
    contrast_noise,
    next_noise,
    prefetch_next,
    section_size,
    take_strips,
    target_steps,
)
from w2v_nce.kernels.inputs import add_error, errors_of, hand_out, make_hidden, make_row
from w2v_nce.kernels.jit import bare_jit, dispatched, implements, inline_jit
from w2v_nce.kernels.outputs import begin_batch, contrast, weight_of
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.scores import restore_normalizer
from w2v_nce.kernels.simd import broadcast_like, fma, load_like, splat, store, wide_splat
from w2v_nce.kernels.state import (
    LANES,
    WIDE,
    Batch,
    RankingLoss,
    RowSet,
    Scratch,
    Setup,
    Windows,
)


@bare_jit
def train_skipgram(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train pair by pair, in place.

    Returns the loss, summed over the pairs that were measured, and their number.
    """
    words, loss, measured = windows.words, 0.0, 0
    for centre in range(len(words)):
        measure = centre % MEASURE_EVERY == 0
        fresh = True
        for place in range(windows.left[centre], windows.right[centre]):
            if place == centre:
                continue
            if fresh:
                state = draw_all(setup.noise, state, scratch.noise)
                fresh = setup.redraw
            make_hidden(setup.input, windows, centre, scratch)
            loss += contrast(setup.loss, words[place], rate, scratch, measure)
            add_error(setup.input, windows, centre, rate, scratch)
            measured += measure
    return loss, measured


@bare_jit
def train_skipgram_batches(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, batch: Batch
) -> tuple[float, int]:
    """Train in batches that share their noise, in place; returns the same."""
    vectors, scores = setup.input.vectors, setup.loss.scores
    loss, measured, section = 0.0, 0, section_size(windows, setup)
    state = next_noise(batch, setup, state)
    for place in range(0, section, setup.strip):
        state = next_noise(batch, setup, state)
        size = take_strips(batch, windows, section, place, setup)
        prefetch_next(batch, size, windows.words, setup, vectors, scores.output)
        measure = place % (MEASURE_BATCH_EVERY * setup.strip) == 0
        errors = errors_of(setup.input, batch)
        make_all(setup.loss, setup.input, batch, size)
        begin_batch(setup.loss, batch, size)
        for row in range(size):
            pairs = take_neighbours(batch, windows, batch.centre[row])
            make_next(setup.loss, setup.input, batch, row)
            loss += target_steps(batch, row, 0, pairs, setup, rate, measure)
            batch.weight[0, row] = weight_of(setup.loss, batch, 0, pairs)
            exchange(batch, row, pairs, scores.output, errors)
            word = errors.numbers[row]
            restore_normalizer(
                scores.normalizer, scores.output, batch, row, pairs, errors.matrix, word
            )
            measured += pairs * measure
        loss += contrast_noise(batch, size, setup, rate, measure, errors)
        hand_out(setup.input, batch, size, windows)
    return loss, measured


@dispatched
def make_all(loss: Any, input: Any, batch: Batch, size: int) -> None:
    """Write all hidden vectors of a batch, where the loss needs them before the true words."""


@implements(make_all, RankingLoss)
def make_all_first(loss: RankingLoss, input: Any, batch: Batch, size: int) -> None:
    """Write them, for the logits of the negatives."""
    for row in range(size):
        make_row(input, batch, row)


@dispatched
def make_next(loss: Any, input: Any, batch: Batch, row: int) -> None:
    """Write the hidden vector of a row, as earlier rows of the batch have left its word."""
    make_row(input, batch, row)


@implements(make_next, RankingLoss)
def keep_first(loss: RankingLoss, input: Any, batch: Batch, row: int) -> None:
    """Leave the one for which the logits of the negatives were computed."""


@inline_jit
def take_neighbours(batch: Batch, windows: Windows, centre: int) -> int:
    """Make the neighbours of a centre the true words; return their number."""
    pairs = 0
    for place in range(windows.left[centre], windows.right[centre]):
        batch.target[pairs] = windows.words[place]
        pairs += place != centre  # the centre itself is overwritten by the next
    return pairs


@inline_jit
def exchange(batch: Batch, row: int, pairs: int, output: Reals, errors: RowSet) -> None:
    """Add the true words' vectors to a row's error, and its vector to theirs, times their steps."""
    column, width = 0, output.shape[1]
    zero = output.dtype.type(0)
    while width - column >= WIDE:
        exchange_columns(batch, row, pairs, output, errors, column, wide_splat(zero))
        column += WIDE
    while column < width:
        exchange_columns(batch, row, pairs, output, errors, column, splat(zero))
        column += LANES


@inline_jit
def exchange_columns(
    batch: Batch, row: int, pairs: int, output: Reals, errors: RowSet, column: int, like: Any
) -> None:
    """Do so for as many columns as a vector ``like`` this has."""
    matrix, number = errors.matrix, errors.numbers[row]
    hidden = load_like(like, batch.hidden, row, column)
    error = load_like(like, matrix, number, column)
    for i in range(pairs):
        step, word = broadcast_like(like, batch.target_step, 0, i), batch.target[i]
        vector = load_like(like, output, word, column)
        error = fma(step, vector, error)
        store(output, word, column, fma(step, hidden, vector))
    store(matrix, number, column, error)
