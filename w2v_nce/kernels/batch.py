"""A block of examples that share their noise words: a few products of small matrices.

There are B hidden vectors h_b and K noise words. With H and V as the matrices that have the
hidden and the noise words' output vectors as rows, the noise takes

    logits   Δ = H Vᵀ + b − log(k Q)           (B, K)
    steps    G = −rate · (k / K) · n · σ(Δ)    with n_b the number of true words of h_b
    errors   E = G V                           (B, dim), to be added to the hidden vectors
    updates  V += Gᵀ H,  b += Gᵀ 1

All its steps use the parameters from before it. The true words, few as they are, come first and
are done pair by pair, from logits that are computed for several at once: in skip-gram for one
context after the other, in CBOW for eight hidden vectors. The mathematics of a single example is
in :mod:`w2v_nce.settings.losses`; noise that happens to be one of the true words counts here
like any other.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.pair import log_loss, pin
from w2v_nce.kernels.random import draw_all
from w2v_nce.kernels.replicas import row_of
from w2v_nce.kernels.rows import (
    add_product,
    add_row,
    clear_row,
    copy_row,
    eight_dots,
    prefetch_row,
    write_transposed,
)
from w2v_nce.kernels.simd import broadcast, exp, load, splat, store, total
from w2v_nce.kernels.state import LANES, ROWS_MULTIPLE, Block, Rows, Setup, Windows

MEASURE_BLOCK_EVERY = 128  # as a sample of the loss: the logarithms of all would cost too much


@inline_jit
def next_noise(block: Block, setup: Setup, state: np.uint64) -> np.uint64:
    """Make the upcoming noise the present one and draw anew; return the next random state.

    Noise is drawn a block ahead, so that its rows are near when they are needed.
    """
    for j in range(len(block.noise)):
        block.noise[j] = block.upcoming[j]
    state = draw_all(setup.noise.table, state, block.upcoming)
    for j in range(len(block.upcoming)):
        block.upcoming[j] = row_of(block.upcoming[j], block.copies)
        prefetch_row(setup.parameters.output, block.upcoming[j])
    return state


@inline_jit
def steps_of_pairs(
    block: Block, row: int, stride: int, pairs: int, setup: Setup, rate: float, measure: bool
) -> float:
    """Write the steps for the first true words to ``true_step``, and add them to the biases.

    The hidden vector of the i-th pair stands in the row: row + i stride, with a stride of 0 or 1.
    Returns the loss of the pairs, if asked to measure.
    """
    output, bias, log_z = setup.parameters.output, setup.parameters.bias, setup.parameters.log_z
    step, word, loss = block.true_step, block.true_word, 0.0
    for i in range(0, pairs, LANES):
        store(step, 0, i, eight_dots(block.hidden, row + i * stride, stride, output, word, i))
    if setup.bias_rate:
        for i in range(pairs):
            step[0, i] += bias[word[i]] - setup.noise.offset[word[i]] - log_z[0]
    if setup.ranks:
        for i in range(pairs):
            step[0, i] -= block.rivals[0, row + i * stride]
    if measure:
        for i in range(pairs):
            loss += log_loss(step[0, i])
    one, full = splat(type(rate)(1)), splat(rate)
    for i in range(0, pairs, LANES):
        store(step, 0, i, full / (one + exp(load(step, 0, i))))
    if setup.bias_rate:
        share = type(rate)(setup.bias_rate)
        for i in range(pairs):
            bias[word[i]] += share * step[0, i]
    if setup.learn_log_z:
        steps = step[0, 0]
        for i in range(1, pairs):
            steps += step[0, i]
        log_z[0] -= steps / setup.block  # the mean of the block: the sum would overshoot
    return loss


@inline_jit
def contrast_noise(
    block: Block, size: int, setup: Setup, rate: float, measure: bool, errors: Rows
) -> float:
    """Tell ``size`` hidden vectors apart from the noise.

    Updates output vectors and biases, and adds to the rows ``errors`` what is to be added to the
    hidden vectors. Returns the loss before the update, if asked to measure.
    """
    rows, loss = rows_of(size), 0.0
    for row in range(size, rows):
        block.weight[0, row] = 0  # left over from an earlier block
    if setup.ranks:
        logits_to_shares(block, rows)
    else:
        noise_logits(block, size, setup)
        if measure:
            loss = noise_loss(block, size, setup)
        logits_to_steps(block, rows, setup, rate)
    add_product(errors.matrix, errors.numbers[:rows], block.step, block.samples, len(block.noise))
    add_product(setup.parameters.output, block.noise, block.step.T, block.hidden, size)
    for j in range(len(block.noise)):
        pin(setup.parameters.output, block.noise[j], setup.pinned)
    if setup.bias_rate:
        add_bias_steps(block, rows, setup)
    return loss


@inline_jit
def rows_of(size: int) -> int:
    """Return how many rows are computed for some hidden vectors."""
    return -(-size // ROWS_MULTIPLE) * ROWS_MULTIPLE


@inline_jit
def noise_logits(block: Block, size: int, setup: Setup) -> None:
    """Write the logits to ``step``."""
    rows = rows_of(size)
    output, bias, offset = setup.parameters.output, setup.parameters.bias, setup.noise.offset
    for j in range(len(block.noise)):
        copy_row(block.samples, j, output, block.noise[j])
    if setup.bias_rate:
        for j in range(len(block.noise)):
            word = block.noise[j]
            block.start[0, j] = bias[word] - offset[word] - setup.parameters.log_z[0]
    write_transposed(block.samples, block.turned)
    for row in range(rows):
        copy_row(block.step, row, block.start, 0)
    add_product(block.step, block.order[:rows], block.hidden, block.turned, block.dim)


@inline_jit
def noise_loss(block: Block, size: int, setup: Setup) -> float:
    """Return the loss of all pairs of a hidden vector and a noise word, from their logits."""
    loss = 0.0
    for row in range(size):
        for j in range(len(block.noise)):
            loss += block.weight[0, row] * log_loss(-block.step[row, j])
    return loss * setup.k / len(block.noise)


@inline_jit
def logits_to_steps(block: Block, rows: int, setup: Setup, rate: float) -> None:
    """Turn logits into steps, in place: minus the derivative of the loss, times the rate."""
    zero, one = splat(type(rate)(0)), splat(type(rate)(1))
    share = type(rate)(-rate * setup.k / len(block.noise))
    for row in range(rows):
        scale = splat(share * block.weight[0, row])
        for j in range(0, len(block.noise), LANES):
            logit = load(block.step, row, j)
            store(block.step, row, j, scale / (one + exp(zero - logit)))


@inline_jit
def logits_to_shares(block: Block, rows: int) -> None:
    """Turn logits into steps, in place: the true words' summed step, divided among the rivals."""
    zero = splat(block.step.dtype.type(0))
    for row in range(rows):
        weight, rivals = broadcast(block.weight, 0, row), broadcast(block.rivals, 0, row)
        for j in range(0, len(block.noise), LANES):
            share = exp(load(block.step, row, j) - rivals)
            store(block.step, row, j, zero - weight * share)


@inline_jit
def add_bias_steps(block: Block, rows: int, setup: Setup) -> None:
    """Add its steps to the bias of every noise word, and take their mean from log Z."""
    clear_row(block.start, 0)
    for row in range(rows):
        add_row(block.start, 0, block.step, row)
    sums = splat(block.step.dtype.type(0))
    for j in range(0, len(block.noise), LANES):
        sums = sums + load(block.start, 0, j)
    share = block.start.dtype.type(setup.bias_rate)
    for j in range(len(block.noise)):
        setup.parameters.bias[block.noise[j]] += share * block.start[0, j]
    if setup.learn_log_z:
        setup.parameters.log_z[0] -= total(sums) / setup.block


@inline_jit
def section_size(windows: Windows, setup: Setup) -> int:
    """Return how many words of a text a section has; the last ones may have fewer."""
    return -(-len(windows.words) // (setup.block // setup.strip))


@inline_jit
def take_strips(block: Block, windows: Windows, section: int, place: int, setup: Setup) -> int:
    """Make words the centres of a block, those from a place in each section on.

    Returns how many they are: strips end where their section does.
    """
    words, size = windows.words, 0
    for start in range(place, len(words), section):
        for centre in range(start, min(start + setup.strip, start - place + section, len(words))):
            block.centre[size] = centre
            block.word[size] = words[centre]
            size += 1
    return size


@inline_jit
def prefetch_next(
    block: Block, size: int, words: Ids, setup: Setup, of_centres: Reals, of_neighbours: Reals
) -> None:
    """Ask for the rows that the next block needs and this one does not."""
    for row in range(size):
        centre = block.centre[row] + setup.strip
        neighbour = centre + setup.window
        if centre < len(words):
            prefetch_row(of_centres, words[centre])
        if neighbour < len(words):
            prefetch_row(of_neighbours, words[neighbour])
