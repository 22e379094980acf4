"""Scores: the logit of a word given a hidden vector, and the steps of its terms.

:class:`~w2v_nce.kernels.state.BareScores`, the default here, have the product with the output
vector alone; :class:`~w2v_nce.kernels.state.CorrectedScores` add the bias and subtract the offset
and log Z. Of a normaliser the default is that Z is taken to be 1.
"""

from __future__ import annotations

import math
from typing import Any

from w2v_nce.arrays import Reals
from w2v_nce.kernels.jit import dispatched, implements, inline_jit
from w2v_nce.kernels.rows import add_row, clear_row, dot
from w2v_nce.kernels.simd import load, splat, total
from w2v_nce.kernels.state import (
    LANES,
    Batch,
    ConstantNormalizer,
    CorrectedScores,
    WordNormalizer,
)

# ---- one example


@inline_jit
def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)); where exp overflows, 1 / inf is the right answer."""
    one = type(x)(1)  # in the precision of x: a plain 1 would make float64 of float32
    return one / (one + math.exp(-x))


@inline_jit
def log_loss(logit: float) -> float:
    """Return -log(sigmoid(logit)) without overflow."""
    return math.log1p(math.exp(-abs(logit))) + max(-logit, 0.0)


@dispatched
def logit_of(scores: Any, word: int, hidden: Reals, row: int) -> float:
    """Return the logit of a word given the hidden vector in a row."""
    return dot(hidden, row, scores.output, word)


@implements(logit_of, CorrectedScores)
def corrected_logit(scores: CorrectedScores, word: int, hidden: Reals, row: int) -> float:
    """Return the product, corrected."""
    score = dot(hidden, row, scores.output, word) + scores.bias[word]
    return without_log_z(scores.normalizer, score) - scores.offset[word]


@dispatched
def learn_terms(scores: Any, word: int, slope: float, rate: float) -> None:
    """Take the steps of the bias and of log Z, given minus the derivative for the logit."""


@implements(learn_terms, CorrectedScores)
def learn_bias(scores: CorrectedScores, word: int, slope: float, rate: float) -> None:
    """Take both steps."""
    scores.bias[word] += type(rate)(scores.bias_rate) * slope * rate
    learn_log_z(scores.normalizer, rate * slope)


@dispatched
def is_accidental_hit(scores: Any, noise: int, target: int) -> bool:
    """Return whether a noise word is to be dropped because it equals the true word.

    Negative sampling drops it. In NCE it is noise like any other, or the optimum would be another.
    """
    return noise == target


@implements(is_accidental_hit, CorrectedScores)
def is_never_dropped(scores: CorrectedScores, noise: int, target: int) -> bool:
    """Return False."""
    return False


# ---- a batch


@dispatched
def correct_targets(scores: Any, batch: Batch, pairs: int) -> None:
    """Turn the products of the first true words, in ``target_step``, into logits."""


@implements(correct_targets, CorrectedScores)
def add_corrections(scores: CorrectedScores, batch: Batch, pairs: int) -> None:
    """Add their corrections."""
    for i in range(pairs):
        batch.target_step[0, i] += correction_of(scores, batch.target[i])


@dispatched
def learn_targets(scores: Any, batch: Batch, pairs: int, size: int) -> None:
    """Give the first true words' steps to their biases, and their mean over a batch to log Z."""


@implements(learn_targets, CorrectedScores)
def learn_target_biases(scores: CorrectedScores, batch: Batch, pairs: int, size: int) -> None:
    """Take all of these steps."""
    step, share = batch.target_step, batch.target_step.dtype.type(scores.bias_rate)
    for i in range(pairs):
        scores.bias[batch.target[i]] += share * step[0, i]
    steps = step[0, 0]
    for i in range(1, pairs):
        steps += step[0, i]
    learn_log_z(scores.normalizer, steps / size)  # the mean: the sum would overshoot


@dispatched
def write_corrections(scores: Any, batch: Batch) -> None:
    """Write to ``correction`` the numbers that make logits of the noise words' products."""
    clear_row(batch.correction, 0)


@implements(write_corrections, CorrectedScores)
def write_noise_corrections(scores: CorrectedScores, batch: Batch) -> None:
    """Write those of all noise words."""
    for j in range(len(batch.noise)):
        batch.correction[0, j] = correction_of(scores, batch.noise[j])


@dispatched
def learn_noise(scores: Any, batch: Batch, rows: int, size: int) -> None:
    """Give its summed steps to the bias of every noise word, and their mean to log Z."""


@implements(learn_noise, CorrectedScores)
def learn_noise_biases(scores: CorrectedScores, batch: Batch, rows: int, size: int) -> None:
    """Take all of these steps."""
    clear_row(batch.correction, 0)
    for row in range(rows):
        add_row(batch.correction, 0, batch.step, row)
    sums = splat(batch.step.dtype.type(0))
    for j in range(0, len(batch.noise), LANES):
        sums = sums + load(batch.correction, 0, j)
    share = batch.correction.dtype.type(scores.bias_rate)
    for j in range(len(batch.noise)):
        scores.bias[batch.noise[j]] += share * batch.correction[0, j]
    learn_log_z(scores.normalizer, total(sums) / size)


@inline_jit
def correction_of(scores: CorrectedScores, word: int) -> float:
    """Return the number that makes a logit of the product with a word's vector."""
    return without_log_z(scores.normalizer, scores.bias[word] - scores.offset[word])


# ---- normalisers


@dispatched
def without_log_z(normalizer: Any, score: float) -> float:
    """Return a score less the constant log Z, if one is learned."""
    return score


@implements(without_log_z, ConstantNormalizer)
def less_log_z(normalizer: ConstantNormalizer, score: float) -> float:
    """Return the difference."""
    return score - normalizer.log_z[0]


@dispatched
def learn_log_z(normalizer: Any, step: float) -> None:
    """Take a step of the constant log Z, if one is learned."""


@implements(learn_log_z, ConstantNormalizer)
def step_log_z(normalizer: ConstantNormalizer, step: float) -> None:
    """Take the step."""
    normalizer.log_z[0] -= step


@dispatched
def pin(normalizer: Any, output: Reals, word: int) -> None:
    """Restore the -1 by which an output vector takes the context's normaliser from its score."""


@implements(pin, WordNormalizer)
def pin_column(normalizer: WordNormalizer, output: Reals, word: int) -> None:
    """Restore it."""
    output[word, normalizer.column] = -1


@dispatched
def restore_normalizer(
    normalizer: Any, output: Reals, batch: Batch, row: int, pairs: int, errors: Reals, word: int
) -> None:
    """Correct what exchanging whole vectors has made of a context's normaliser and of the -1.

    ``errors[word]`` has taken the steps of the hidden vector in a row of the batch.
    """


@implements(restore_normalizer, WordNormalizer)
def restore_column(
    normalizer: WordNormalizer,
    output: Reals,
    batch: Batch,
    row: int,
    pairs: int,
    errors: Reals,
    word: int,
) -> None:
    """Correct both."""
    column, value = normalizer.column, batch.hidden[row, normalizer.column]
    for i in range(pairs):
        output[batch.target[i], column] = -1
        value -= batch.target_step[0, i]
    errors[word, column] = value
