"""CBOW: the neighbours together predict the word (Mikolov et al. 2013)."""

from __future__ import annotations

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
from w2v_nce.kernels.inputs import add_error, errors_of, hand_out, make_hidden, make_rows
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.outputs import begin_batch, contrast, weight_of
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.scores import pin
from w2v_nce.kernels.simd import broadcast, fma, load, store
from w2v_nce.kernels.state import LANES, Batch, RowSet, Scratch, Setup, Windows


@bare_jit
def train_cbow(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, scratch: Scratch
) -> tuple[float, int]:
    """Train example by example, in place.

    Returns the loss, summed over the examples that were measured, and their number.
    """
    words, loss, measured = windows.words, 0.0, 0
    for centre in range(len(words)):
        make_hidden(setup.input, windows, centre, scratch)
        measure = centre % MEASURE_EVERY == 0
        state = draw_all(setup.noise, state, scratch.noise)
        loss += contrast(setup.loss, words[centre], rate, scratch, measure)
        measured += measure
        add_error(setup.input, windows, centre, rate, scratch)
    return loss, measured


@bare_jit
def train_cbow_batches(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, batch: Batch
) -> tuple[float, int]:
    """Train in batches that share their noise, in place; returns the same."""
    vectors, output = setup.input.vectors, setup.loss.scores.output
    loss, measured, section = 0.0, 0, section_size(windows, setup)
    state = next_noise(batch, setup, state)
    for place in range(0, section, setup.strip):
        state = next_noise(batch, setup, state)
        size = take_strips(batch, windows, section, place, setup)
        prefetch_next(batch, size, windows.words, setup, output, vectors)
        make_rows(setup.input, batch, size, windows)
        begin_batch(setup.loss, batch, size)
        measure = place % (MEASURE_BATCH_EVERY * setup.strip) == 0
        errors = errors_of(setup.input, batch)
        for row in range(0, size, LANES):
            loss += learn_targets_of(batch, row, size, setup, rate, measure, errors)
        loss += contrast_noise(batch, size, setup, rate, measure, errors)
        measured += size * measure
        hand_out(setup.input, batch, size, windows)
    return loss, measured


@inline_jit
def learn_targets_of(
    batch: Batch, row: int, size: int, setup: Setup, rate: float, measure: bool, errors: RowSet
) -> float:
    """Take the steps of the words that eight vectors, or the last ones, should predict.

    Returns their loss, if asked to measure.
    """
    scores, pairs = setup.loss.scores, min(LANES, size - row)
    for i in range(pairs):
        batch.target[i] = batch.word[row + i]
    loss = target_steps(batch, row, 1, pairs, setup, rate, measure)
    for i in range(pairs):
        batch.weight[0, row + i] = weight_of(setup.loss, batch, i, 1)
        exchange(batch, row + i, i, scores.output, errors)
        pin(scores.normalizer, scores.output, batch.target[i])
    return loss


@inline_jit
def exchange(batch: Batch, row: int, i: int, output: Reals, errors: RowSet) -> None:
    """Make a true word's vector the error, and add the hidden one to it, each times its step."""
    word, step = batch.target[i], broadcast(batch.target_step, 0, i)
    error = errors.numbers[row]
    for column in range(0, output.shape[1], LANES):
        vector = load(output, word, column)
        store(errors.matrix, error, column, step * vector)
        store(output, word, column, fma(step, load(batch.hidden, row, column), vector))
