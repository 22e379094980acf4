"""Inputs: how a hidden vector is made, and how its error goes back to what it was made of.

:class:`~w2v_nce.kernels.state.RowInput` is a word's own vector,
:class:`~w2v_nce.kernels.state.WindowInput` the sum of its neighbours' vectors, each times a share:
1 / n makes it their mean, as in word2vec, 1 / √n gives it about the same length however many
neighbours there are. The derivative is shared alike: every neighbour moves by its share of the
error (word2vec.c forgets to divide). Another input is another file that implements these functions.
"""

from __future__ import annotations

from typing import Any

from w2v_nce.arrays import padded
from w2v_nce.kernels.jit import dispatched, implements, inline_jit
from w2v_nce.kernels.rows import (
    add_scaled,
    add_scaled_columns,
    add_scaled_rows,
    clear_row,
    copy_row,
    write_running_sums,
)
from w2v_nce.kernels.simd import broadcast, load, store
from w2v_nce.kernels.state import LANES, Batch, RowInput, RowSet, Scratch, WindowInput, Windows

WIDTH_OF_100, WIDTH_OF_300 = padded(100), padded(300)  # dimensions that many people train


# ---- the interface


@dispatched
def make_hidden(input: Any, windows: Windows, centre: int, scratch: Scratch) -> None:
    """Write the hidden vector of one centre."""
    raise NotImplementedError


@dispatched
def add_error(input: Any, windows: Windows, centre: int, rate: float, scratch: Scratch) -> None:
    """Add the error of one centre's hidden vector, times the rate, to the input vectors."""
    raise NotImplementedError


@dispatched
def make_row(input: Any, batch: Batch, row: int) -> None:
    """Write the hidden vector of one row of a batch, made of its word alone."""
    raise NotImplementedError


@dispatched
def make_rows(input: Any, batch: Batch, size: int, windows: Windows) -> None:
    """Write the hidden vectors of a batch, made of its windows."""
    raise NotImplementedError


@dispatched
def errors_of(input: Any, batch: Batch) -> RowSet:
    """Return the rows that take the errors of a batch, one for each hidden vector."""
    return RowSet(batch.error, batch.order)


@dispatched
def hand_out(input: Any, batch: Batch, size: int, windows: Windows) -> None:
    """Add the errors of a batch to the input vectors, unless they have gone there already."""


# ---- a row


@implements(make_hidden, RowInput)
def copy_word(input: RowInput, windows: Windows, centre: int, scratch: Scratch) -> None:
    """Copy the centre's vector."""
    copy_row(scratch.hidden, 0, input.vectors, windows.words[centre])


@implements(add_error, RowInput)
def move_word(
    input: RowInput, windows: Windows, centre: int, rate: float, scratch: Scratch
) -> None:
    """Add the error to the centre's vector."""
    add_scaled(input.vectors, windows.words[centre], rate, scratch.error, 0)


@implements(make_row, RowInput)
def copy_batch_word(input: RowInput, batch: Batch, row: int) -> None:
    """Copy the word's vector."""
    copy_row(batch.hidden, row, input.vectors, batch.word[row])


@implements(errors_of, RowInput)
def own_rows(input: RowInput, batch: Batch) -> RowSet:
    """Return the vectors of the words themselves."""
    return RowSet(input.vectors, batch.word)


# ---- a window


@implements(make_hidden, WindowInput)
def add_neighbours(input: WindowInput, windows: Windows, centre: int, scratch: Scratch) -> None:
    """Add up the neighbours' vectors."""
    words, left, right = windows.words, windows.left[centre], windows.right[centre]
    share = input.shares[0, right - left - 1]
    clear_row(scratch.hidden, 0)
    add_scaled_rows(scratch.hidden, 0, share, input.vectors, words[left:centre])
    add_scaled_rows(scratch.hidden, 0, share, input.vectors, words[centre + 1 : right])


@implements(add_error, WindowInput)
def move_neighbours(
    input: WindowInput, windows: Windows, centre: int, rate: float, scratch: Scratch
) -> None:
    """Add its share of the error to every neighbour's vector."""
    left, right = windows.left[centre], windows.right[centre]
    step = input.shares[0, right - left - 1] * rate
    for place in range(left, right):
        if place != centre:
            add_scaled(input.vectors, windows.words[place], step, scratch.error, 0)


@implements(make_rows, WindowInput)
def add_windows(input: WindowInput, batch: Batch, size: int, windows: Windows) -> None:
    """Add up the windows of all centres."""
    row = 0
    while row < size:
        row = add_overlapping(input, batch, row, size, windows)


@inline_jit
def add_overlapping(input: WindowInput, batch: Batch, row: int, size: int, windows: Windows) -> int:
    """Make hidden vectors for a row and those after it whose centres follow in the text.

    The sum over a window is the difference of two sums from where the first window starts, which
    are computed once, because windows overlap. Returns the row after the last.
    """
    words, vectors, sums, hidden = windows.words, input.vectors, batch.sums, batch.hidden
    centre = batch.centre[row]
    start, end, stop = windows.left[centre], windows.right[centre], row + 1
    while stop < size and batch.centre[stop] == centre + stop - row:
        start = min(start, windows.left[batch.centre[stop]])
        end = max(end, windows.right[batch.centre[stop]])
        stop += 1
    write_running_sums(sums, vectors, words[start:end])
    for r in range(row, stop):
        centre = batch.centre[r]
        left, right = windows.left[centre] - start, windows.right[centre] - start
        share = broadcast(input.shares, 0, right - left - 1)
        for column in range(0, sums.shape[1], LANES):
            window = load(sums, right, column) - load(sums, left, column)
            store(hidden, r, column, share * (window - load(vectors, words[centre], column)))
    return stop


@implements(hand_out, WindowInput)
def hand_out_shares(input: WindowInput, batch: Batch, size: int, windows: Windows) -> None:
    """Add their shares of all errors to the neighbours.

    That is a fifth of all work. Where the width of a vector is a constant, all of it takes 2 to 6 %
    less time; so there is code for the usual widths, and code for any.
    """
    width = input.vectors.shape[1]
    if width == WIDTH_OF_100:
        hand_out_columns(input, batch, size, windows, WIDTH_OF_100)
    elif width == WIDTH_OF_300:
        hand_out_columns(input, batch, size, windows, WIDTH_OF_300)
    else:
        hand_out_columns(input, batch, size, windows, width)


@inline_jit
def hand_out_columns(
    input: WindowInput, batch: Batch, size: int, windows: Windows, width: int
) -> None:
    """Do so for the first columns of the vectors, which are all of them."""
    words, vectors, error = windows.words, input.vectors, batch.error
    for row in range(size):
        centre = batch.centre[row]
        left, right = windows.left[centre], windows.right[centre]
        share = input.shares[0, right - left - 1]
        for place in range(left, centre):
            add_scaled_columns(vectors, words[place], share, error, row, width)
        for place in range(centre + 1, right):
            add_scaled_columns(vectors, words[place], share, error, row, width)
