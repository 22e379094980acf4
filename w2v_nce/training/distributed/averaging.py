"""The combination of parameters that ranks have trained apart.

Each rank r has moved a row by Δ_r since all had the same. The row then moves by

    c · Σ_r Δ_r,    c = max(Σ_r |Δ_r|² / |Σ_r Δ_r|², (1 − e^{−Nz}) / (N (1 − e^{−z}))), at most 1

Where the ranks have moved it in directions that have nothing in common, the first quotient is 1:
all that was learned counts, as if one had read it all. Where all have moved it alike, it is 1 / N,
which makes the mean of it.

The mean is right for a row that each rank has brought to where it was heading: the sum would go N
times too far. A row that was trained a few times only is still on its way, and all have moved it
alike because the way is long: N times the text would bring it N times as far. The second quotient
knows that. If every example takes a row some share of the way that is left, one rank covers
1 − e^{−z} of it, and N after each other 1 − e^{−Nz}; z is the number of examples that a rank has
had of the word, times the learning rate, times a constant. As that is an estimate, it makes four
times the mean at most.

The mean of parameters, which others take, is c = 1 / N for all rows: what one rank alone has
learned of a rare word is then divided by N, and quality falls; docs/scaling.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from w2v_nce.arrays import Doubles, Reals
from w2v_nce.kernels.deltas import follow, measure, weigh
from w2v_nce.training.distributed.process_group import ProcessGroup

BOOST = 4  # times the mean: with more, eight ranks overshoot
WAY = 0.5  # of what is left to go that an example takes a row, at a learning rate of 1
PIECE_SIZE = 1 << 22  # bytes that are summed up at a time: what MPI is fastest with


class WordRows:
    """Arrays with a row, or a number, for each word, whose deltas are weighed together."""

    def __init__(self, *arrays: Reals) -> None:
        self.arrays = [as_rows(each) for each in arrays]
        self.before = [each.copy() for each in self.arrays]  # when all ranks had the same
        widths = [each.shape[1] for each in self.arrays]
        self.firsts = [sum(widths[:i]) for i in range(len(widths))]  # columns, side by side
        self.columns = sum(widths) + 1
        self.room = np.empty((rows_of_piece(self.columns), self.columns), np.float32)

    def deltas(self, some: slice) -> Reals:
        """Return the deltas of the rows of a piece, and in the last column their squared lengths.

        The next call overwrites them.
        """
        deltas = self.room[: some.stop - some.start]
        deltas[:, -1] = 0
        for now, before, first in zip(self.arrays, self.before, self.firsts, strict=True):
            measure(now[some], before[some], deltas, first)
        return deltas

    def follow(self, some: slice, deltas: Reals, least: Reals) -> None:
        """Move rows by the weighed sums of all ranks' :meth:`deltas`.

        ``least`` is the least weight of each row.
        """
        weigh(deltas, least)
        for now, before, first in zip(self.arrays, self.before, self.firsts, strict=True):
            follow(now[some], before[some], deltas, first)


class SharedParameters:
    """Parameters that all ranks have in common, rows of frequent words first.

    ``updates`` are those of a word's rows for each word of the text that is read, (V,).
    """

    def __init__(self, rows: Sequence[WordRows], updates: Doubles, group: ProcessGroup) -> None:
        self.rows, self.updates, self.group = rows, updates, group
        self.words = len(updates)
        self.read = np.zeros(self.words)  # words that a rank has read since a row was exchanged

    def compile(self) -> None:
        """Compile, or load, the kernels, by moving no rows."""
        nothing = np.empty(0, np.float32)
        for rows in self.rows:
            rows.follow(slice(0, 0), rows.deltas(slice(0, 0)), nothing)

    def synchronise(self, words: int, rate: float, first: int | None = None) -> None:
        """Exchange what the ranks have learned, so that all have the same parameters.

        Args:
            words: that all ranks have trained since the last time.
            rate: the learning rate.
            first: the number of rows that are exchanged, from the first on; None for all.
        """
        ranks = self.group.size
        if ranks == 1:
            return
        self.read += words / ranks
        least = least_weights(self.updates[:first] * self.read[:first] * rate * WAY, ranks)
        self.read[:first] = 0
        for rows in self.rows:
            for piece in pieces(len(rows.before[0][:first]), rows.columns):
                deltas = rows.deltas(piece)
                self.group.communicator.add_up(deltas)
                self.group.watchdog.feed()
                rows.follow(piece, deltas, least[piece])


def least_weights(ways: Doubles, ranks: int) -> Reals:
    """Return the least weights of summed deltas, by the way that one rank has gone (z above)."""
    ways = np.maximum(ways, 1e-9)
    times = np.expm1(-ranks * ways) / np.expm1(-ways)  # the way of one rank
    weights: Doubles = np.minimum(times, BOOST) / ranks
    return weights.astype(np.float32)


def copy_first(arrays: Iterable[Reals], group: ProcessGroup) -> None:
    """Give all ranks the arrays of rank 0."""
    for array in map(as_rows, arrays):
        for piece in pieces(*array.shape):
            group.communicator.copy_first(array[piece])
            group.watchdog.feed()


def as_rows(array: Reals) -> Reals:
    """Return a matrix as it is, and a vector as a column: a view."""
    return array if array.ndim == 2 else array[:, None]


def pieces(rows: int, columns: int) -> Iterator[slice]:
    """Cut rows of float32 into pieces of a size that MPI sends fast."""
    size = rows_of_piece(columns)
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def rows_of_piece(columns: int) -> int:
    """Return the largest number of rows of a piece."""
    return max(PIECE_SIZE // (4 * columns), 1)
