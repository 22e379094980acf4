"""One example: the true word against k noise words. Shared by all architectures and losses.

The mathematics and its names are in :mod:`w2v_nce.objective`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Reals
from w2v_nce.kernels.alias import Noise, draw
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import advance, mix


class Parameters(NamedTuple):
    """What is learned. Rows are padded with zeros, which stay zero."""

    input: Reals  # (V, padded dim)
    output: Reals  # (V, padded dim)
    bias: Reals  # (V,)


class Setup(NamedTuple):
    """What a run trains and how: the same for all blocks and threads."""

    parameters: Parameters
    noise: Noise
    keep: npt.NDArray[np.uint32]  # (V,): chance of surviving the subsampling, in units of 2^-32
    window: int  # neighbours on each side, at most
    k: int  # noise words per example, in the objective
    draws: int  # noise words drawn per example; each counts k / draws
    learn_bias: bool
    keep_hits: bool  # whether noise that equals the true word counts (NCE) or is dropped (NS)


class Scratch(NamedTuple):
    """Room for one thread, so that kernels need not allocate."""

    hidden: Reals  # (padded dim,): the vector that predicts
    error: Reals  # (padded dim,): what will be added to it


@jit
def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)); where exp overflows, 1 / inf is the right answer."""
    one = type(x)(1)  # in the precision of x: a plain 1 would make float64 of float32
    return one / (one + math.exp(-x))


@jit
def log_loss(logit: float) -> float:
    """Return -log(sigmoid(logit)) without overflow."""
    return math.log1p(math.exp(-abs(logit))) + max(-logit, 0.0)


@jit
def contrast(
    target: int, setup: Setup, rate: float, state: np.uint64, scratch: Scratch, measure: bool
) -> tuple[np.uint64, float]:
    """Tell ``target`` apart from noise words, given ``scratch.hidden``.

    Updates the output rows and biases at once and leaves in ``scratch.error`` what is to be
    added to the hidden vector, both already times ``rate``.

    Returns the next random state and, if asked to measure, the loss before the update.
    """
    hidden, error = scratch.hidden, scratch.error
    output, bias = setup.parameters.output, setup.parameters.bias
    width, loss = len(hidden), 0.0
    noise_weight = setup.k / setup.draws
    noise_rate = type(rate)(rate * noise_weight)
    for i in range(width):
        error[i] = 0
    for j in range(setup.draws + 1):
        word = target
        if j > 0:
            state = advance(state)
            word = draw(setup.noise.table, mix(state))
            if word == target and not setup.keep_hits:
                continue
        row = output[word]
        logit = bias[word] - setup.noise.offset[word]
        for i in range(width):
            logit += hidden[i] * row[i]
        step = rate * sigmoid(-logit) if j == 0 else -noise_rate * sigmoid(logit)
        for i in range(width):
            error[i] += step * row[i]
            row[i] += step * hidden[i]
        if setup.learn_bias:
            bias[word] += step
        if measure:
            loss += log_loss(logit) if j == 0 else noise_weight * log_loss(-logit)
    return state, loss
