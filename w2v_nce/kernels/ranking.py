r"""The true word against all its noise words at once: the sampled softmax, or ranking NCE.

Ma & Collins (2018) let the true word w₀ and K noise words compete. With the logits
Δ(w) = s(w, h) − log(k Q(w)), in which log k cancels, the loss of an example is

    L = −log [ exp Δ(w₀) / (exp Δ(w₀) + Σ_j exp Δ(w_j)) ] = −log σ(Δ(w₀) − R),
    R = log Σ_j exp Δ(w_j),

so R takes the place that 0 has in NCE: the true word is told apart from its rivals as a whole.
With g = σ(R − Δ(w₀)) the derivatives are

    −∂L/∂Δ(w₀) = g,    −∂L/∂Δ(w_j) = −g exp(Δ(w_j) − R):

what the true word gains, the rivals lose in proportion to their weights. At the optimum
s(w, h) = log P(w | h) + c(h) with any c: Z need not be 1, and nothing makes it so.
"""

from __future__ import annotations

import math

from w2v_nce.arrays import Reals
from w2v_nce.kernels.batch import noise_logits
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.pair import descend, log_loss, logit_of, mean_square, sigmoid
from w2v_nce.kernels.rows import clear_row
from w2v_nce.kernels.state import Block, Scratch, Setup


@inline_jit
def rank(target: int, setup: Setup, rate: float, scratch: Scratch, measure: bool) -> float:
    """Do for the losses that rank what :func:`w2v_nce.kernels.pair.contrast` does for NCE."""
    clear_row(scratch.error, 0)
    square = mean_square(scratch.hidden, setup)
    for j in range(setup.draws):
        scratch.logit[0, j] = logit_of(scratch.noise[j], setup, scratch)
    rivals = log_sum_exp(scratch.logit, 0, setup.draws)
    logit = logit_of(target, setup, scratch) - rivals
    slope = sigmoid(-logit)
    descend(target, slope, square, setup, rate, scratch)
    for j in range(setup.draws):
        share = type(rate)(math.exp(scratch.logit[0, j] - rivals))
        descend(scratch.noise[j], -slope * share, square, setup, rate, scratch)
    return log_loss(logit) if measure else 0.0


@inline_jit
def find_rivals(block: Block, size: int, setup: Setup) -> None:
    """Compute the logits of a block's noise words, and R of each hidden vector."""
    noise_logits(block, size, setup)
    for row in range(size):
        block.rivals[0, row] = log_sum_exp(block.step, row, len(block.noise))


@inline_jit
def log_sum_exp(logits: Reals, row: int, count: int) -> float:
    """Return the logarithm of the sum of exponentials, without overflow, in their precision."""
    largest = logits[row, 0]
    for j in range(1, count):
        largest = max(largest, logits[row, j])
    total = 0.0
    for j in range(count):
        total += math.exp(logits[row, j] - largest)
    return logits.dtype.type(largest + math.log(total))
