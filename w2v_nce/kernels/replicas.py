"""Replicas of the most frequent words' rows, for one thread to train.

They stand in the same arrays, behind the rows of all words. Kernels are given the numbers of rows
instead of ids, and turn the noise that they draw into such numbers.
"""

from __future__ import annotations

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.rows import copy_row
from w2v_nce.kernels.simd import fma, load, splat, store
from w2v_nce.kernels.state import LANES, Parameters, Replicas


@inline_jit
def row_of(word: int, replicas: Replicas) -> int:
    """Return the row that a thread trains for a word."""
    return word + replicas.shift * (word < replicas.words)


@bare_jit
def to_rows(words: Ids, replicas: Replicas) -> None:
    """Turn words into the numbers of the rows that a thread trains for them, in place."""
    for i in range(len(words)):
        words[i] = row_of(words[i], replicas)


@bare_jit
def copy_out(parameters: Parameters, replicas: Replicas, before: Parameters) -> None:
    """Fill the replicas, and ``before``, of ``replicas.words`` rows, which remembers them."""
    copy_rows(parameters.input, replicas, before.input)
    copy_rows(parameters.output, replicas, before.output)
    for word in range(replicas.words):
        before.bias[word] = parameters.bias[word]
        parameters.bias[word + replicas.shift] = before.bias[word]


@bare_jit
def bring_back(
    parameters: Parameters, replicas: Replicas, before: Parameters, share: float
) -> None:
    """Move rows by a share of their replicas' deltas since :func:`copy_out`."""
    move_rows(parameters.input, replicas, before.input, share)
    move_rows(parameters.output, replicas, before.output, share)
    for word in range(replicas.words):
        moved = parameters.bias[word + replicas.shift] - before.bias[word]
        parameters.bias[word] += share * moved


@inline_jit
def copy_rows(matrix: Reals, replicas: Replicas, before: Reals) -> None:
    """Do one matrix of :func:`copy_out`."""
    for row in range(replicas.words):
        copy_row(before, row, matrix, row)
        copy_row(matrix, row + replicas.shift, before, row)


@inline_jit
def move_rows(matrix: Reals, replicas: Replicas, before: Reals, share: float) -> None:
    """Do one matrix of :func:`bring_back`."""
    factor = splat(share)
    for row in range(replicas.words):
        for column in range(0, matrix.shape[1], LANES):
            moved = load(matrix, row + replicas.shift, column) - load(before, row, column)
            store(matrix, row, column, fma(factor, moved, load(matrix, row, column)))
