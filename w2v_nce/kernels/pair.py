"""The pair loss: every word is told apart on its own, as in NCE and negative sampling.

The mathematics and its names are in :mod:`w2v_nce.settings.losses`.
"""

from __future__ import annotations

from w2v_nce.kernels.batch import rows_of, write_noise_logits
from w2v_nce.kernels.jit import implements, inline_jit
from w2v_nce.kernels.outputs import contrast, write_noise_steps
from w2v_nce.kernels.rows import add_scaled, clear_row
from w2v_nce.kernels.scores import (
    is_accidental_hit,
    learn_terms,
    log_loss,
    logit_of,
    pin,
    sigmoid,
)
from w2v_nce.kernels.simd import exp, load, splat, store
from w2v_nce.kernels.state import (
    LANES,
    BareScores,
    Batch,
    CorrectedScores,
    PairLoss,
    Scratch,
)


@inline_jit
def descend(
    scores: BareScores | CorrectedScores, word: int, slope: float, rate: float, scratch: Scratch
) -> None:
    """Take the step of a word, given minus the derivative of the loss for its logit."""
    add_scaled(scratch.error, 0, slope, scores.output, word)
    add_scaled(scores.output, word, slope * rate, scratch.hidden, 0)
    pin(scores.normalizer, scores.output, word)
    learn_terms(scores, word, slope, rate)


@implements(contrast, PairLoss)
def contrast_pairs(
    loss: PairLoss, target: int, rate: float, scratch: Scratch, measure: bool
) -> float:
    """Contrast the true word, then one noise word after the other."""
    draws = len(scratch.noise)
    total, weight = 0.0, type(rate)(loss.negatives / draws)
    clear_row(scratch.error, 0)
    for j in range(draws + 1):
        word = target if j == 0 else scratch.noise[j - 1]
        if j > 0 and is_accidental_hit(loss.scores, word, target):
            continue
        logit = logit_of(loss.scores, word, scratch.hidden, 0)
        if measure:
            total += log_loss(logit) if j == 0 else weight * log_loss(-logit)
        slope = sigmoid(-logit) if j == 0 else -weight * sigmoid(logit)
        descend(loss.scores, word, slope, rate, scratch)
    return total


@implements(write_noise_steps, PairLoss)
def write_pair_steps(loss: PairLoss, batch: Batch, size: int, rate: float, measure: bool) -> float:
    """Write -rate (k / K) n σ(Δ), with n the number of a vector's true words."""
    write_noise_logits(loss.scores, batch, size)
    total = noise_loss(loss, batch, size) if measure else 0.0
    zero, one = splat(type(rate)(0)), splat(type(rate)(1))
    share = type(rate)(-rate * loss.negatives / len(batch.noise))
    for row in range(rows_of(size)):
        scale = splat(share * batch.weight[0, row])
        for j in range(0, len(batch.noise), LANES):
            logit = load(batch.step, row, j)
            store(batch.step, row, j, scale / (one + exp(zero - logit)))
    return total


@inline_jit
def noise_loss(loss: PairLoss, batch: Batch, size: int) -> float:
    """Return the loss of all pairs of a hidden vector and a noise word, from their logits."""
    total = 0.0
    for row in range(size):
        for j in range(len(batch.noise)):
            total += batch.weight[0, row] * log_loss(-batch.step[row, j])
    return total * loss.negatives / len(batch.noise)
