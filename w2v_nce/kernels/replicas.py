"""Copies of the most frequent words' rows, for one thread to train.

They stand in the same arrays, behind the rows of all words. Kernels are given the numbers of rows
instead of ids, and turn the noise that they draw into such numbers.
"""

from __future__ import annotations

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import bare_jit, inline_jit
from w2v_nce.kernels.rows import copy_row
from w2v_nce.kernels.simd import fma, load, splat, store
from w2v_nce.kernels.state import LANES, Copies, Parameters


@inline_jit
def row_of(word: int, copies: Copies) -> int:
    """Return the row that a thread trains for a word."""
    return word + copies.shift * (word < copies.words)


@bare_jit
def to_rows(words: Ids, copies: Copies) -> None:
    """Turn words into the rows that a thread trains for them, in place."""
    for i in range(len(words)):
        words[i] = row_of(words[i], copies)


@bare_jit
def copy_out(parameters: Parameters, copies: Copies, before: Parameters) -> None:
    """Make the copies, and others to remember: ``before`` has ``copies.words`` rows."""
    copy_rows(parameters.input, copies, before.input)
    copy_rows(parameters.output, copies, before.output)
    for word in range(copies.words):
        before.bias[word] = parameters.bias[word]
        parameters.bias[word + copies.shift] = before.bias[word]


@bare_jit
def bring_back(parameters: Parameters, copies: Copies, before: Parameters, share: float) -> None:
    """Move rows by a share of what their copies have moved by since :func:`copy_out`."""
    move_rows(parameters.input, copies, before.input, share)
    move_rows(parameters.output, copies, before.output, share)
    for word in range(copies.words):
        moved = parameters.bias[word + copies.shift] - before.bias[word]
        parameters.bias[word] += share * moved


@inline_jit
def copy_rows(matrix: Reals, copies: Copies, before: Reals) -> None:
    """Do one matrix of :func:`copy_out`."""
    for row in range(copies.words):
        copy_row(before, row, matrix, row)
        copy_row(matrix, row + copies.shift, before, row)


@inline_jit
def move_rows(matrix: Reals, copies: Copies, before: Reals, share: float) -> None:
    """Do one matrix of :func:`bring_back`."""
    factor = splat(share)
    for row in range(copies.words):
        for column in range(0, matrix.shape[1], LANES):
            moved = load(matrix, row + copies.shift, column) - load(before, row, column)
            store(matrix, row, column, fma(factor, moved, load(matrix, row, column)))
