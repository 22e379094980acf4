"""The exact softmax: the yardstick for NCE where a vocabulary is small enough to afford it.

    L = −log P(w | h),    P(w | h) = exp(h · v_w + b_w) / Σ_w' exp(h · v_w' + b_w')

Its gradient is that of logistic regression with as many classes as words: with y = 1 for the true
word and 0 for the others, −∂L/∂s(w, h) = y − P(w | h). A batch takes three products of large
matrices, for which NumPy has the best of code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Reals
from w2v_nce.kernels.examples import Examples, context_shares, example_count, examples_at
from w2v_nce.kernels.state import Setup, Windows

BATCH = 64  # examples: more would overshoot


class SoftmaxRoom(NamedTuple):
    """What the kernels of the other losses know from their scratch space."""

    architecture: str
    dim: int


def train_softmax(
    windows: Windows, setup: Setup, rate: float, state: np.uint64, room: SoftmaxRoom
) -> tuple[float, int]:
    """Train in place, like a kernel; returns the summed loss and the number of examples.

    Not for several threads at once: each batch rewrites all output vectors.
    """
    count, loss = example_count(room.architecture, windows), 0.0
    with np.errstate(all="ignore"):  # a run that diverges is noticed by its loss
        for start in range(0, count, BATCH):
            places = np.arange(start, min(start + BATCH, count))
            examples = examples_at(room.architecture, windows, places)
            loss += train_batch(examples, setup, rate, room.dim)
    return loss, count


def train_batch(examples: Examples, setup: Setup, rate: float, dim: int) -> float:
    """Take one step for some examples; return their summed loss before it."""
    parameters = setup.parameters
    output, bias = parameters.output[:, :dim], parameters.bias
    rows, sizes = np.arange(len(examples.words)), examples.sizes
    share = context_shares(sizes, setup.root).astype(output.dtype)[:, None]
    sums = np.add.reduceat(parameters.input[examples.contexts, :dim], np.cumsum(sizes) - sizes)
    hidden = sums * share
    steps = hidden @ output.T + bias
    loss = to_steps(steps, rows, examples, rate)
    error = steps @ output
    output += steps.T @ hidden
    bias += steps.sum(axis=0)
    errors = np.repeat(error * share, sizes, axis=0)
    np.add.at(parameters.input[:, :dim], examples.contexts, errors)
    return loss


def to_steps(scores: Reals, rows: np.ndarray, examples: Examples, rate: float) -> float:
    """Turn the scores of all words into steps, in place; return the summed loss."""
    scores -= scores.max(axis=1, keepdims=True)
    true = scores[rows, examples.words]
    np.exp(scores, out=scores)
    sums = scores.sum(axis=1, keepdims=True)
    scores *= -rate / sums
    scores[rows, examples.words] += rate
    return float((np.log(sums[:, 0]) - true).sum())
