"""A block of examples that share their noise words: a few products of small matrices.

There are B hidden vectors h_b, each with one true word or several, and K noise words. With H
and V as the matrices that have the hidden and the noise words' output vectors as rows, the
noise alone takes

    logits   Δ = V Hᵀ + b − log(k Q)           (K, B)
    steps    G = −rate · (k / K) · n · σ(Δ)    with n_b the number of true words of h_b
    errors   E = Gᵀ V                          (B, dim), to be added to the hidden vectors
    updates  V += G H,  b += G 1

and the true words, few as they are, are done pair by pair. All steps of a block use the
parameters from before it. The mathematics of a single example is in :mod:`w2v_nce.objective`;
noise that happens to be one of the true words counts here like any other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from w2v_nce.arrays import Ids, Reals, aligned_zeros, padded, round_up
from w2v_nce.kernels.alias import draw_all
from w2v_nce.kernels.contrast import Setup, log_loss
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.rows import (
    ROWS_MULTIPLE,
    add_product,
    add_scaled,
    add_weighted,
    copy_row,
    eight_dots,
    prefetch_row,
    write_transposed,
)
from w2v_nce.kernels.simd import LANES, exp, load, splat, store, total
from w2v_nce.kernels.windows import Windows

MEASURE_BLOCK_EVERY = 128  # as a sample of the loss: the logarithms of all would cost too much


class Rows(NamedTuple):
    """Some rows of a matrix, perhaps repeated."""

    matrix: Reals
    numbers: Ids


class Span(NamedTuple):
    """The part of a text that a block is about."""

    words: Ids  # of the whole text
    first: int  # the first centre; a block has neighbouring words as centres
    size: int  # the number of centres, each of which has a hidden vector
    start: int  # where the first window starts
    end: int  # where the last window ends


class Block(NamedTuple):
    """Room for one thread's block, and what is to be contrasted in it."""

    hidden: Reals  # (B, padded dim): the vectors that predict
    word: Ids  # (B,): the words that they stand for, in skip-gram
    error: Reals  # (B + 1, padded dim): in CBOW what will be added to their terms; last a zero
    sums: Reals  # (B + 2 window + 2, padded dim): room for sums over windows, in CBOW
    pair_count: Reals  # (1, B): true words of each
    pair_hidden: Ids  # (P,): of each pair of a hidden vector and a true word, in order, the row ...
    pair_word: Ids  # (P,): ... and the word
    pair_step: Reals  # (1, P): its logit, then its step
    noise: Ids  # (K,)
    upcoming: Ids  # (K,): the noise of the next block
    samples: Reals  # (K, padded dim): output vectors of the noise, V above
    step: Reals  # (K, B): Δ above, then G
    turned: Reals  # (padded dim, B): the hidden vectors, transposed
    order: Ids  # 0, 1, 2 ..., one for each noise word or hidden vector
    dim: int


def new_block(dim: int, window: int, size: int, noise: int, dtype: type[np.floating[Any]]) -> Block:
    """Return room for ``size`` vectors at least, and for ``noise`` words, a multiple of 8."""
    if noise % ROWS_MULTIPLE:
        raise ValueError(f"{noise} noise words; blocks need a multiple of {ROWS_MULTIPLE}")
    stride, size = padded(dim), round_up(size, 2 * LANES)
    pairs = 2 * window * size
    return Block(
        hidden=aligned_zeros(size, stride, dtype),
        word=np.zeros(size, np.int32),
        error=aligned_zeros(size + 1, stride, dtype),
        sums=aligned_zeros(size + 2 * window + 2, stride, dtype),
        pair_count=aligned_zeros(1, size, dtype),
        pair_hidden=np.zeros(pairs, np.int32),
        pair_word=np.zeros(pairs, np.int32),
        pair_step=aligned_zeros(1, pairs, dtype),
        noise=np.zeros(noise, np.int32),
        upcoming=np.zeros(noise, np.int32),
        samples=aligned_zeros(noise, stride, dtype),
        step=aligned_zeros(noise, size, dtype),
        turned=aligned_zeros(stride, size, dtype),
        order=np.arange(max(noise, size), dtype=np.int32),
        dim=dim,
    )


@inline_jit
def next_noise(block: Block, setup: Setup, state: np.uint64) -> np.uint64:
    """Make the upcoming noise the present one and draw anew; return the next random state.

    Noise is drawn a block ahead, so that its rows are near when they are needed.
    """
    for j in range(len(block.noise)):
        block.noise[j] = block.upcoming[j]
    state = draw_all(setup.noise.table, state, block.upcoming)
    for j in range(len(block.upcoming)):
        prefetch_row(setup.parameters.output, block.upcoming[j])
    return state


@inline_jit
def contrast_block(
    block: Block, span: Span, pairs: int, setup: Setup, rate: float, measure: bool, errors: Rows
) -> float:
    """Tell the true words of a span's hidden vectors apart from the noise.

    Updates output vectors and biases, and adds to the rows ``errors`` what is to be added to the
    hidden vectors. Returns the loss of all pairs before the update, if asked to measure.
    """
    for row in range(span.size, len(block.hidden)):
        block.pair_count[0, row] = 0  # left over from an earlier block
    compute_logits(block, pairs, setup)
    loss = block_loss(block, pairs, setup) if measure else 0.0
    logits_to_steps(block, pairs, setup, rate)
    add_errors(block, span, pairs, setup, errors)
    update_output(block, pairs, setup)
    return loss


@inline_jit
def compute_logits(block: Block, pairs: int, setup: Setup) -> None:
    """Write the logits to ``step`` and ``pair_step``."""
    output, bias, offset = setup.parameters.output, setup.parameters.bias, setup.noise.offset
    write_transposed(block.hidden, block.turned)
    for j in range(len(block.noise)):
        word = block.noise[j]
        copy_row(block.samples, j, output, word)
        start = splat(bias[word] - offset[word])
        for row in range(0, block.step.shape[1], LANES):
            store(block.step, j, row, start)
    noise = block.order[: len(block.noise)]
    add_product(block.step, noise, block.samples, block.turned, block.dim)
    for i in range(0, pairs, LANES):
        scores = eight_dots(block.hidden, block.pair_hidden, output, block.pair_word, i)
        store(block.pair_step, 0, i, scores)
    if setup.learn_bias:
        for i in range(pairs):
            word = block.pair_word[i]
            block.pair_step[0, i] += bias[word] - offset[word]


@inline_jit
def block_loss(block: Block, pairs: int, setup: Setup) -> float:
    """Return the loss of all pairs, from their logits."""
    loss, noise_loss = 0.0, 0.0
    for i in range(pairs):
        loss += log_loss(block.pair_step[0, i])
    for j in range(len(block.noise)):
        for row in range(len(block.hidden)):
            noise_loss += block.pair_count[0, row] * log_loss(-block.step[j, row])
    return loss + noise_loss * setup.k / len(block.noise)


@inline_jit
def logits_to_steps(block: Block, pairs: int, setup: Setup, rate: float) -> None:
    """Turn logits into steps, in place: minus the derivative of the loss, times the rate."""
    zero, one, full = splat(type(rate)(0)), splat(type(rate)(1)), splat(rate)
    for i in range(0, pairs, LANES):
        logit = load(block.pair_step, 0, i)
        store(block.pair_step, 0, i, full / (one + exp(logit)))
    share = splat(type(rate)(-rate * setup.k / len(block.noise)))
    for row in range(0, block.step.shape[1], LANES):
        scale = share * load(block.pair_count, 0, row)
        for j in range(len(block.noise)):
            logit = load(block.step, j, row)
            store(block.step, j, row, scale / (one + exp(zero - logit)))


@inline_jit
def add_errors(block: Block, span: Span, pairs: int, setup: Setup, errors: Rows) -> None:
    """Add to a row for every hidden vector the output vectors of its true words and the noise."""
    output, step = setup.parameters.output, block.pair_step
    start = 0
    while start < pairs:
        row, end = block.pair_hidden[start], start + 1
        while end < pairs and block.pair_hidden[end] == row:
            end += 1
        add_weighted(errors.matrix, errors.numbers[row], step, output, block.pair_word, start, end)
        start = end
    index = errors.numbers[: -(-span.size // ROWS_MULTIPLE) * ROWS_MULTIPLE]
    add_product(errors.matrix, index, block.step.T, block.samples, len(block.noise))


@inline_jit
def update_output(block: Block, pairs: int, setup: Setup) -> None:
    """Add to every output vector the hidden vectors that it was contrasted with."""
    output, bias = setup.parameters.output, setup.parameters.bias
    add_product(output, block.noise, block.step, block.hidden, len(block.hidden))
    for i in range(pairs):
        word = block.pair_word[i]
        add_scaled(output, word, block.pair_step[0, i], block.hidden, block.pair_hidden[i])
    if setup.learn_bias:
        for i in range(pairs):
            bias[block.pair_word[i]] += block.pair_step[0, i]
        for j in range(len(block.noise)):
            steps = load(block.step, j, 0)
            for row in range(LANES, block.step.shape[1], LANES):
                steps = steps + load(block.step, j, row)
            bias[block.noise[j]] += total(steps)


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
def prefetch_block(
    words: Ids, first: int, setup: Setup, ahead: int, of_centres: Reals, of_neighbours: Reals
) -> int:
    """Ask for the rows of the words in the block that starts at the place ``first``.

    ``ahead`` is the first place that was not asked for as a neighbour yet; returns which it is
    now.
    """
    last = min(first + setup.block, len(words))
    for place in range(first, last):
        prefetch_row(of_centres, words[place])
    end = min(last + setup.window, len(words))
    for place in range(ahead, end):
        prefetch_row(of_neighbours, words[place])
    return end
