r"""The ranking loss: the true word against all its negatives at once, the sampled softmax.

Ma & Collins (2018) let the true word w₀ and K noise words compete. With the logits
Δ(w) = s(w, h) − log(k Q(w)), in which log k cancels, the loss of an example is

    L = −log [ exp Δ(w₀) / (exp Δ(w₀) + Σ_j exp Δ(w_j)) ] = −log σ(Δ(w₀) − R),
    R = log Σ_j exp Δ(w_j),

so R, the log-sum-exp of the negatives' logits, takes the place that 0 has in NCE. With
g = σ(R − Δ(w₀)) the derivatives are

    −∂L/∂Δ(w₀) = g,    −∂L/∂Δ(w_j) = −g exp(Δ(w_j) − R):

the negatives lose what the true word gains, in proportion to their weights. At the optimum
s(w, h) = log P(w | h) + c(h) with any c: Z need not be 1, and nothing makes it so.
"""

from __future__ import annotations

import math

from w2v_nce.arrays import Reals
from w2v_nce.kernels.batch import rows_of, write_noise_logits
from w2v_nce.kernels.jit import implements, inline_jit
from w2v_nce.kernels.outputs import (
    begin_batch,
    contrast,
    shift_targets,
    weight_of,
    write_noise_steps,
)
from w2v_nce.kernels.pair import descend
from w2v_nce.kernels.rows import clear_row
from w2v_nce.kernels.scores import log_loss, logit_of, sigmoid
from w2v_nce.kernels.simd import broadcast, exp, load, splat, store
from w2v_nce.kernels.state import LANES, Batch, RankingLoss, Scratch


@implements(contrast, RankingLoss)
def contrast_ranked(
    loss: RankingLoss, target: int, rate: float, scratch: Scratch, measure: bool
) -> float:
    """Contrast the true word with all noise words together."""
    clear_row(scratch.error, 0)
    for j in range(len(scratch.noise)):
        scratch.logit[0, j] = logit_of(loss.scores, scratch.noise[j], scratch.hidden, 0)
    rival = log_sum_exp(scratch.logit, 0, len(scratch.noise))
    logit = logit_of(loss.scores, target, scratch.hidden, 0) - rival
    slope = sigmoid(-logit)
    descend(loss.scores, target, slope, rate, scratch)
    for j in range(len(scratch.noise)):
        share = type(rate)(math.exp(scratch.logit[0, j] - rival))
        descend(loss.scores, scratch.noise[j], -slope * share, rate, scratch)
    return log_loss(logit) if measure else 0.0


@implements(begin_batch, RankingLoss)
def write_rivals(loss: RankingLoss, batch: Batch, size: int) -> None:
    """Write the logits of a batch's noise words, and R of each hidden vector."""
    write_noise_logits(loss.scores, batch, size)
    for row in range(size):
        batch.rival[0, row] = log_sum_exp(batch.step, row, len(batch.noise))


@implements(shift_targets, RankingLoss)
def subtract_rivals(loss: RankingLoss, batch: Batch, row: int, stride: int, pairs: int) -> None:
    """Subtract R."""
    for i in range(pairs):
        batch.target_step[0, i] -= batch.rival[0, row + i * stride]


@implements(weight_of, RankingLoss)
def summed_steps(loss: RankingLoss, batch: Batch, first: int, pairs: int) -> float:
    """Return the sum of the true words' steps."""
    return batch.target_step[0, first : first + pairs].sum()


@implements(write_noise_steps, RankingLoss)
def write_shares(loss: RankingLoss, batch: Batch, size: int, rate: float, measure: bool) -> float:
    """Divide the true words' summed step among the negatives; the loss has been measured."""
    zero = splat(batch.step.dtype.type(0))
    for row in range(rows_of(size)):
        weight, rival = broadcast(batch.weight, 0, row), broadcast(batch.rival, 0, row)
        for j in range(0, len(batch.noise), LANES):
            share = exp(load(batch.step, row, j) - rival)
            store(batch.step, row, j, zero - weight * share)
    return 0.0


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
