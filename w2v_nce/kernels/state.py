"""TODO kernels.state."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Ids, Reals, aligned_zeros, padded, round_up


class Parameters(NamedTuple):
    """What is learned. Rows are padded with zeros, which stay zero.

    Behind the rows of the V words there may be others, copies that threads train; see
    :mod:`w2v_nce.kernels.replicas`. With a normaliser for each word, that is one more dimension of
    the input vectors, for which output vectors have -1.
    """

    input: Reals  # (V, padded dim)
    output: Reals  # (V, padded dim)
    bias: Reals  # (V,)
    log_z: Reals  # (1,): what is taken from every score


class Squares(NamedTuple):
    """For AdaGrad: the summed mean squares of the gradients that a row has had."""

    input: Reals  # (V,)
    output: Reals  # (V,)
    bias: Reals  # (V,)


class AliasTable(NamedTuple):
    """A word id for every 64 random bits; see :func:`draw`."""

    columns: npt.NDArray[np.uint64]  # (2^m,): units of the column's own word; below the other word
    shift: np.uint64  # 64 - m: the upper m bits choose the column


class Noise(NamedTuple):
    """The noise distribution as the kernels use it."""

    table: AliasTable
    offset: Reals  # (V,), and of copies: what is taken from the score; log(k Q) for NCE, else 0


class Setup(NamedTuple):
    """What a run trains and how: the same for all blocks and threads."""

    parameters: Parameters
    squares: Squares
    noise: Noise
    keep: npt.NDArray[np.uint32]  # (V,): chance of surviving the subsampling, in units of 2^-32
    window: int  # neighbours on each side, at most
    width: int  # of the rows, without their padding
    k: int  # noise words per example, in the objective
    draws: int  # noise words drawn at a time, each of which counts k / draws
    block: int  # hidden vectors in a block; 0 to train pair by pair
    strip: int  # how many of them stand side by side in the text
    copied: int  # of so many words, the first ones, each thread has copies
    redraw: bool  # pair by pair: whether each pair draws noise, or each window
    ranks: bool  # the true word against all its noise at once, rather than each word on its own
    adaptive: bool  # pair by pair: AdaGrad
    bias_rate: float  # a multiple; 0 for negative sampling, whose biases and offsets are all zero
    learn_log_z: bool  # the same for all contexts
    pinned: int  # the column in which output vectors have -1, or -1 if there is none
    root: bool  # CBOW: neighbours' vectors are divided by the root of their number, else by it
    keep_hits: bool  # pair by pair: whether noise that equals the true word counts, or is dropped


class Scratch(NamedTuple):
    """Room for one thread, so that kernels need not allocate."""

    hidden: Reals  # (1, padded dim): the vector that predicts
    error: Reals  # (1, padded dim): minus the gradient of the loss for it
    noise: Ids  # (draws,): the noise words
    logit: Reals  # (1, draws): theirs, for the losses that rank


def new_scratch(dim: int, draws: int, dtype: type[np.floating[Any]]) -> Scratch:
    """Return room for vectors of a size and a number of noise words."""
    width = padded(dim)
    return Scratch(
        hidden=aligned_zeros(1, width, dtype),
        error=aligned_zeros(1, width, dtype),
        noise=np.zeros(draws, np.int32),
        logit=aligned_zeros(1, draws, dtype),
    )


class Rows(NamedTuple):
    """Some rows of a matrix, perhaps repeated."""

    matrix: Reals
    numbers: Ids


class Copies(NamedTuple):
    """Where one thread has its copies."""

    words: int  # so many, the first ones of the vocabulary, are copied ...
    shift: int  # ... to rows that are so many further on


class Block(NamedTuple):
    """Room for one thread's block, and what is to be contrasted in it.

    Words are the numbers of their rows, those of copies where there are any.
    """

    hidden: Reals  # (B, padded dim): the vectors that predict
    centre: Ids  # (B,): the places in the text that they are about ...
    word: Ids  # (B,): ... and the words there
    error: Reals  # (B, padded dim): what will be added to them, in CBOW
    shares: Reals  # (1, 2 window + 1): of each of so many terms, in CBOW
    sums: Reals  # (B + 2 window + 1, padded dim): room for sums over windows, in CBOW
    true_word: Ids  # (P,): what some of them should predict ...
    true_step: Reals  # (1, P): ... their logits, then their steps
    rivals: Reals  # (1, B): what the logits of true words compete with, in losses that rank
    weight: Reals  # (1, B): of the noise: the number of true words; or their summed steps, there
    noise: Ids  # (K,)
    upcoming: Ids  # (K,): the noise of the next block
    samples: Reals  # (K, padded dim): output vectors of the noise, V above
    turned: Reals  # (padded dim, K): transposed
    start: Reals  # (1, K): biases less the offsets; at the end the steps of the biases
    step: Reals  # (B, K): Δ above, then G
    order: Ids  # (B,): 0, 1, 2 ...
    dim: int
    copies: Copies  # rows that are trained instead of those of the first words


def new_block(dim: int, window: int, size: int, noise: int, dtype: type[np.floating[Any]]) -> Block:
    """Return room for ``size`` vectors at least, and for ``noise`` words, a multiple of 8."""
    if noise % ROWS_MULTIPLE:
        raise ValueError(f"{noise} noise words; blocks need a multiple of {ROWS_MULTIPLE}")
    stride, size = padded(dim), round_up(size, LANES)
    pairs = round_up(max(2 * window, size), LANES)
    return Block(
        hidden=aligned_zeros(size, stride, dtype),
        centre=np.zeros(size, np.int32),
        word=np.zeros(size, np.int32),
        error=aligned_zeros(size, stride, dtype),
        shares=aligned_zeros(1, 2 * window + 1, dtype),
        sums=aligned_zeros(size + 2 * window + 1, stride, dtype),
        true_word=np.zeros(pairs, np.int32),
        true_step=aligned_zeros(1, pairs, dtype),
        rivals=aligned_zeros(1, size, dtype),
        weight=aligned_zeros(1, size, dtype),
        noise=np.zeros(noise, np.int32),
        upcoming=np.zeros(noise, np.int32),
        samples=aligned_zeros(noise, stride, dtype),
        turned=aligned_zeros(stride, noise, dtype),
        start=aligned_zeros(1, noise, dtype),
        step=aligned_zeros(size, noise, dtype),
        order=np.arange(size, dtype=np.int32),
        dim=dim,
        copies=NO_COPIES,
    )


NO_COPIES = Copies(0, 0)

COLUMN = 1 << 32  # units in a column


class Windows(NamedTuple):
    """The words of a text, and which of them are neighbours.

    The word at place i has those at the places left[i] : right[i], itself excepted, as its
    neighbours, and at least one.
    """

    words: Ids
    left: Ids
    right: Ids


def new_windows(size: int) -> Windows:
    """Return room for the windows of as many words."""
    return Windows(*(np.empty(size, np.int32) for _ in Windows._fields))


def in_use(windows: Windows, words: int) -> Windows:
    """Return the windows of the first words, for which they were drawn."""
    return Windows(windows.words[:words], windows.left[:words], windows.right[:words])


LANES = 8

ROWS_MULTIPLE = 8  # of a result
