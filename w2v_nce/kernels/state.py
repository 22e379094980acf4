"""The plain data of kernels: NamedTuples of arrays and numbers, which need no Numba.

A kernel combines an *input*, which makes a hidden vector, with an *output*, which contrasts that
vector with words. Each is a type of its own, and Numba compiles a kernel for the types that it is
given; see :mod:`w2v_nce.kernels.inputs` and :mod:`w2v_nce.kernels.outputs`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids, Reals, aligned_zeros, padded, round_up

LANES = 8  # numbers that SIMD treats at once
WIDE = 4 * LANES  # numbers in several registers at once
ROWS_MULTIPLE = 8  # of the rows of a matrix product
COLUMN = 1 << 32  # units in a column of an alias table


class Parameters(NamedTuple):
    """The learned numbers. Rows are padded with zeros, which stay zero.

    Behind the rows of the V words there may be others, replicas that threads train; see
    :mod:`w2v_nce.kernels.replicas`. A normaliser for each word is one more dimension of the input
    vectors, for which output vectors have -1.
    """

    input: Reals  # (V, padded dim)
    output: Reals  # (V, padded dim)
    bias: Reals  # (V,)
    log_z: Reals  # (1,): subtracted from every score


class AliasTable(NamedTuple):
    """A word id for every 64 random bits; see :func:`w2v_nce.kernels.random.draw`."""

    columns: npt.NDArray[np.uint64]  # (2^m,): units of the column's own word; below the other word
    shift: np.uint64  # 64 - m: the upper m bits choose the column


class Windows(NamedTuple):
    """The words of a text, and which of them are neighbours.

    The neighbours of the word at place i are those at the places left[i] : right[i], itself
    excepted, and at least one.
    """

    words: Ids
    left: Ids
    right: Ids


def new_windows(size: int) -> Windows:
    """Return room for the windows of so many words."""
    return Windows(*(np.empty(size, np.int32) for _ in Windows._fields))


def in_use(windows: Windows, words: int) -> Windows:
    """Return the windows of the first words, for which they were drawn."""
    return Windows(windows.words[:words], windows.left[:words], windows.right[:words])


# ---- inputs


class RowInput(NamedTuple):
    """The input of skip-gram: the vector of one word."""

    vectors: Reals  # (V, padded dim)


class WindowInput(NamedTuple):
    """The input of CBOW: the sum of the neighbours' vectors, times a share."""

    vectors: Reals  # (V, padded dim)
    shares: Reals  # (1, 2 window + 1): by the number of neighbours


# ---- scores and losses, which make an output


class UnitNormalizer(NamedTuple):
    """Z is taken to be 1."""


class ConstantNormalizer(NamedTuple):
    """One learned log Z for all contexts."""

    log_z: Reals  # (1,)


class WordNormalizer(NamedTuple):
    """A learned log Z for each word, combined in a context like vectors."""

    column: int  # of input vectors, where output vectors have -1


class BareScores(NamedTuple):
    """The logit is the score h · v, as in negative sampling."""

    output: Reals  # (V, padded dim)
    normalizer: UnitNormalizer = UnitNormalizer()


class CorrectedScores(NamedTuple):
    """The logit is the score h · v + b, less log Z and the offset log(k Q)."""

    output: Reals  # (V, padded dim)
    normalizer: UnitNormalizer | ConstantNormalizer | WordNormalizer
    bias: Reals  # (V,)
    offset: Reals  # (V,), and that of replicas behind it
    bias_rate: float  # a multiple of the learning rate


class PairLoss(NamedTuple):
    """Every word is told apart on its own: NCE and negative sampling."""

    scores: BareScores | CorrectedScores
    negatives: int  # k, in the objective


class RankingLoss(NamedTuple):
    """The true word competes with all negatives at once: the sampled softmax."""

    scores: BareScores | CorrectedScores
    negatives: int


class SoftmaxLoss(NamedTuple):
    """The true word competes with the whole vocabulary."""

    output: Reals  # (V, padded dim)
    bias: Reals  # (V,)


class Setup(NamedTuple):
    """The task of a kernel: the same for all chunks of text and all threads."""

    input: Any  # RowInput or WindowInput
    loss: Any  # PairLoss, RankingLoss or SoftmaxLoss
    noise: AliasTable
    window: int  # neighbours on each side, at most
    draws: int  # noise words drawn at a time
    batch: int  # hidden vectors in a batch; 0 to train example by example
    strip: int  # how many of them are neighbours in the text
    redraw: bool  # example by example: whether each pair draws noise, or each window


# ---- room for one thread, so that kernels need not allocate


class Scratch(NamedTuple):
    """Room for training example by example."""

    hidden: Reals  # (1, padded dim): the vector that predicts
    error: Reals  # (1, padded dim): minus the gradient of the loss for it
    noise: Ids  # (draws,): the noise words
    logit: Reals  # (1, draws): their logits, for ranking losses


def new_scratch(dim: int, draws: int, dtype: type[np.floating[Any]]) -> Scratch:
    """Return room for vectors of a size and a number of noise words."""
    width = padded(dim)
    return Scratch(
        hidden=aligned_zeros(1, width, dtype),
        error=aligned_zeros(1, width, dtype),
        noise=np.zeros(draws, np.int32),
        logit=aligned_zeros(1, draws, dtype),
    )


class RowSet(NamedTuple):
    """Some rows of a matrix, possibly repeated."""

    matrix: Reals
    numbers: Ids


class Replicas(NamedTuple):
    """The place of one thread's replicas."""

    words: int  # so many words, the first of the vocabulary, have replicas ...
    shift: int  # ... in rows that are so many further on


NO_REPLICAS = Replicas(0, 0)


class Batch(NamedTuple):
    """Room for the hidden vectors of a batch and everything that they are contrasted with.

    Words are the numbers of their rows, those of replicas where there are any.
    """

    hidden: Reals  # (B, padded dim): the vectors that predict
    centre: Ids  # (B,): their places in the text ...
    word: Ids  # (B,): ... and the words there
    error: Reals  # (B, padded dim): to be added to them, where inputs do not take it at once
    sums: Reals  # (B + 2 window + 1, padded dim): running sums over windows
    target: Ids  # (P,): the true words of some of them ...
    target_step: Reals  # (1, P): ... their logits, then their steps
    rival: Reals  # (1, B): ranking losses: the log-sum-exp of the negatives' logits
    weight: Reals  # (1, B): of the noise: the number of true words, or their summed steps
    noise: Ids  # (K,): the noise words
    upcoming: Ids  # (K,): those of the next batch
    negative: Reals  # (K, padded dim): their output vectors, V
    turned: Reals  # (padded dim, K): transposed
    correction: Reals  # (1, K): biases less the offsets; at the end the steps of the biases
    step: Reals  # (B, K): logits, then steps
    order: Ids  # (B,): 0, 1, 2 ...
    dim: int
    replicas: Replicas


def new_batch(dim: int, window: int, size: int, noise: int, dtype: type[np.floating[Any]]) -> Batch:
    """Return room for ``size`` vectors at least, and for ``noise`` words, a multiple of 8."""
    if noise % ROWS_MULTIPLE:
        raise ValueError(f"{noise} noise words; batches need a multiple of {ROWS_MULTIPLE}")
    stride, size = padded(dim), round_up(size, LANES)
    pairs = round_up(max(2 * window, size), LANES)
    return Batch(
        hidden=aligned_zeros(size, stride, dtype),
        centre=np.zeros(size, np.int32),
        word=np.zeros(size, np.int32),
        error=aligned_zeros(size, stride, dtype),
        sums=aligned_zeros(size + 2 * window + 1, stride, dtype),
        target=np.zeros(pairs, np.int32),
        target_step=aligned_zeros(1, pairs, dtype),
        rival=aligned_zeros(1, size, dtype),
        weight=aligned_zeros(1, size, dtype),
        noise=np.zeros(noise, np.int32),
        upcoming=np.zeros(noise, np.int32),
        negative=aligned_zeros(noise, stride, dtype),
        turned=aligned_zeros(stride, noise, dtype),
        correction=aligned_zeros(1, noise, dtype),
        step=aligned_zeros(size, noise, dtype),
        order=np.arange(size, dtype=np.int32),
        dim=dim,
        replicas=NO_REPLICAS,
    )
