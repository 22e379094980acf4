"""A batch of examples that share their noise words: a few products of small matrices.

There are B hidden vectors h_b and K noise words. With H and V as the matrices that have the
hidden and the noise words' output vectors as rows, the noise takes

    logits   Δ = H Vᵀ + b − log(k Q)           (B, K)
    steps    G = −rate · (k / K) · n · σ(Δ)    with n_b the number of true words of h_b
    errors   E = G V                           (B, dim), to be added to the hidden vectors
    updates  V += Gᵀ H,  b += Gᵀ 1

All its steps use the parameters from before it. The true words, few as they are, come first and
are done pair by pair, from logits that are computed for several at once: in skip-gram for one
context after the other, in CBOW for eight hidden vectors. Noise that happens to be one of the true
words counts here like any other. The steps above are those of the pair loss; the mathematics of a
single example is in :mod:`w2v_nce.settings.losses`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.outputs import shift_targets, write_noise_steps
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.replicas import row_of
from w2v_nce.kernels.rows import (
    add_product,
    copy_row,
    eight_dots,
    prefetch_row,
    write_transposed,
)
from w2v_nce.kernels.scores import (
    correct_targets,
    learn_noise,
    learn_targets,
    log_loss,
    pin,
    write_corrections,
)
from w2v_nce.kernels.simd import exp, load, splat, store
from w2v_nce.kernels.state import LANES, ROWS_MULTIPLE, Batch, RowSet, Setup, Windows

# The loss is a sample, since the logarithms of all would cost too much: of every 16th centre, or
# of every 128th batch.
MEASURE_EVERY = 16
MEASURE_BATCH_EVERY = 128


# ---- the places of a text, in batches


@inline_jit
def section_size(windows: Windows, setup: Setup) -> int:
    """Return the number of words in a section of a text; the last sections may have fewer."""
    return -(-len(windows.words) // (setup.batch // setup.strip))


@inline_jit
def take_strips(batch: Batch, windows: Windows, section: int, place: int, setup: Setup) -> int:
    """Make words the centres of a batch, those from a place in each section on.

    Returns how many they are: strips end where their section does.
    """
    words, size = windows.words, 0
    for start in range(place, len(words), section):
        for centre in range(start, min(start + setup.strip, start - place + section, len(words))):
            batch.centre[size] = centre
            batch.word[size] = words[centre]
            size += 1
    return size


@inline_jit
def prefetch_next(
    batch: Batch, size: int, words: Ids, setup: Setup, of_centres: Reals, of_neighbours: Reals
) -> None:
    """Ask for the rows that the next batch needs and this one does not."""
    for row in range(size):
        centre = batch.centre[row] + setup.strip
        neighbour = centre + setup.window
        if centre < len(words):
            prefetch_row(of_centres, words[centre])
        if neighbour < len(words):
            prefetch_row(of_neighbours, words[neighbour])


@inline_jit
def next_noise(batch: Batch, setup: Setup, state: np.uint64) -> np.uint64:
    """Make the upcoming noise the present one and draw anew; return the next random state.

    Noise is drawn a batch ahead, so that its rows are near when they are needed.
    """
    for j in range(len(batch.noise)):
        batch.noise[j] = batch.upcoming[j]
    state = draw_all(setup.noise, state, batch.upcoming)
    for j in range(len(batch.upcoming)):
        batch.upcoming[j] = row_of(batch.upcoming[j], batch.replicas)
        prefetch_row(setup.loss.scores.output, batch.upcoming[j])
    return state


# ---- true words


@inline_jit
def target_steps(
    batch: Batch, row: int, stride: int, pairs: int, setup: Setup, rate: float, measure: bool
) -> float:
    """Write the steps of the first true words to ``target_step``, and add them to the biases.

    The hidden vector of the i-th pair stands in the row: row + i stride, with a stride of 0 or 1.
    Returns the loss of the pairs, if asked to measure.
    """
    step, scores, total = batch.target_step, setup.loss.scores, 0.0
    for i in range(0, pairs, LANES):
        dots = eight_dots(batch.hidden, row + i * stride, stride, scores.output, batch.target, i)
        store(step, 0, i, dots)
    correct_targets(scores, batch, pairs)
    shift_targets(setup.loss, batch, row, stride, pairs)
    if measure:
        for i in range(pairs):
            total += log_loss(step[0, i])
    one, full = splat(type(rate)(1)), splat(rate)
    for i in range(0, pairs, LANES):
        store(step, 0, i, full / (one + exp(load(step, 0, i))))
    learn_targets(scores, batch, pairs, setup.batch)
    return total


# ---- noise


@inline_jit
def contrast_noise(
    batch: Batch, size: int, setup: Setup, rate: float, measure: bool, errors: RowSet
) -> float:
    """Tell ``size`` hidden vectors apart from the noise.

    Updates output vectors and biases, and adds to the rows ``errors`` what is to be added to the
    hidden vectors. Returns the loss before the update, if asked to measure.
    """
    rows, scores = rows_of(size), setup.loss.scores
    for row in range(size, rows):
        batch.weight[0, row] = 0  # left over from an earlier batch
    total = write_noise_steps(setup.loss, batch, size, rate, measure)
    add_product(errors.matrix, errors.numbers[:rows], batch.step, batch.negative, len(batch.noise))
    add_product(scores.output, batch.noise, batch.step.T, batch.hidden, size)
    for j in range(len(batch.noise)):
        pin(scores.normalizer, scores.output, batch.noise[j])
    learn_noise(scores, batch, rows, setup.batch)
    return total


@inline_jit
def rows_of(size: int) -> int:
    """Return how many rows are computed for some hidden vectors."""
    return -(-size // ROWS_MULTIPLE) * ROWS_MULTIPLE


@inline_jit
def write_noise_logits(scores: Any, batch: Batch, size: int) -> None:
    """Write the logits of all noise words for all hidden vectors to ``step``."""
    rows = rows_of(size)
    for j in range(len(batch.noise)):
        copy_row(batch.negative, j, scores.output, batch.noise[j])
    write_corrections(scores, batch)
    write_transposed(batch.negative, batch.turned)
    for row in range(rows):
        copy_row(batch.step, row, batch.correction, 0)
    add_product(batch.step, batch.order[:rows], batch.hidden, batch.turned, batch.dim)
