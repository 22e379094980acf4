"""One example: the true word against k noise words. Shared by all architectures and losses.

The mathematics and its names are in :mod:`w2v_nce.settings.losses`.
"""

from __future__ import annotations

import math

from w2v_nce.arrays import Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.rows import add_scaled, clear_row, dot
from w2v_nce.kernels.state import Scratch, Setup

MEASURE_EVERY = 16  # centres: the loss of each is a sample, its logarithms would cost too much


@inline_jit
def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)); where exp overflows, 1 / inf is the right answer."""
    one = type(x)(1)  # in the precision of x: a plain 1 would make float64 of float32
    return one / (one + math.exp(-x))


@inline_jit
def log_loss(logit: float) -> float:
    """Return -log(sigmoid(logit)) without overflow."""
    return math.log1p(math.exp(-abs(logit))) + max(-logit, 0.0)


@inline_jit
def contrast(target: int, setup: Setup, rate: float, scratch: Scratch, measure: bool) -> float:
    """Tell ``target`` apart from the noise words, given ``scratch.hidden``.

    Updates the output rows and biases at once and leaves in ``scratch.error`` minus the gradient
    for the hidden vector.

    Returns the loss before the update, if asked to measure.
    """
    loss, weight = 0.0, type(rate)(setup.k / setup.draws)
    square = mean_square(scratch.hidden, setup)
    clear_row(scratch.error, 0)
    for j in range(setup.draws + 1):
        word = target if j == 0 else scratch.noise[j - 1]
        if j > 0 and word == target and not setup.keep_hits:
            continue
        logit = logit_of(word, setup, scratch)
        if measure:
            loss += log_loss(logit) if j == 0 else weight * log_loss(-logit)
        slope = sigmoid(-logit) if j == 0 else -weight * sigmoid(logit)
        descend(word, slope, square, setup, rate, scratch)
    return loss


@inline_jit
def logit_of(word: int, setup: Setup, scratch: Scratch) -> float:
    """Return the score of a word given the hidden vector, less its offset."""
    output, bias, log_z = setup.parameters.output, setup.parameters.bias, setup.parameters.log_z
    score = dot(scratch.hidden, 0, output, word) + bias[word] - log_z[0]
    return score - setup.noise.offset[word]


@inline_jit
def descend(
    word: int, slope: float, square: float, setup: Setup, rate: float, scratch: Scratch
) -> None:
    """Take the step for a word, given minus the derivative of the loss for its logit.

    ``square`` is the mean square of the hidden vector.
    """
    output, bias, log_z = setup.parameters.output, setup.parameters.bias, setup.parameters.log_z
    add_scaled(scratch.error, 0, slope, output, word)
    step = slope * rate_of(setup.squares.output, word, slope * slope * square, setup, rate)
    add_scaled(output, word, step, scratch.hidden, 0)
    pin(output, word, setup.pinned)
    if setup.bias_rate:
        share = type(rate)(setup.bias_rate)
        bias[word] += share * slope * rate_of(setup.squares.bias, word, slope * slope, setup, rate)
    if setup.learn_log_z:
        log_z[0] -= rate * slope


@inline_jit
def rate_of(squares: Reals, row: int, square: float, setup: Setup, rate: float) -> float:
    """Return the learning rate of a row for a gradient with this mean square.

    AdaGrad (Duchi et al. 2011) divides it by the root of the sum of all squares so far; here a
    row has one sum for all its numbers, as in Mnih & Kavukcuoglu (2013).
    """
    if not setup.adaptive:
        return rate
    squares[row] += square
    return type(rate)(rate / math.sqrt(squares[row]))


@inline_jit
def mean_square(matrix: Reals, setup: Setup) -> float:
    """Return the mean of the squares of a vector, the only row of a matrix."""
    return dot(matrix, 0, matrix, 0) / type(matrix.dtype.type(0))(setup.width)


@inline_jit
def pin(output: Reals, word: int, column: int) -> None:
    """Undo the change of the number in an output vector that stands for the normaliser."""
    if column >= 0:
        output[word, column] = -1
