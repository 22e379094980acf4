"""How ranks that have trained apart come to the same parameters.

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
from w2v_nce.training.distributed.mpi import Communicator
from w2v_nce.training.distributed.process_group import Watchdog

BOOST = 4  # times the mean: with more, eight ranks overshoot

WAY = 0.5  # of what is left to go that an example takes a row, at a learning rate of 1

PIECE_SIZE = 1 << 22  # bytes that are summed up at a time: what MPI is fastest with


class Group:
    """Arrays with a row, or a number, for each word: what is learned of a word together.

    The moves of its rows are made as told above; those of ``additive`` ones, sums over what has
    been read, as AdaGrad has them, are added up.
    """

    def __init__(self, *arrays: Reals, additive: bool = False) -> None:
        self.arrays = [as_rows(each) for each in arrays]
        self.before = [each.copy() for each in self.arrays]  # when all ranks had the same
        widths = [each.shape[1] for each in self.arrays]
        self.firsts = [sum(widths[:i]) for i in range(len(widths))]  # columns, side by side
        self.columns = sum(widths) + 1
        self.room = np.empty((rows_of_piece(self.columns), self.columns), np.float32)
        self.additive = additive

    def moves(self, some: slice) -> Reals:
        """Return how far the rows of a piece have moved, and behind that the squared lengths.

        They are there until the next call.
        """
        moved = self.room[: some.stop - some.start]
        moved[:, -1] = 0
        for now, before, first in zip(self.arrays, self.before, self.firsts, strict=True):
            measure(now[some], before[some], moved, first)
        return moved

    def follow(self, some: slice, moved: Reals, least: Reals) -> None:
        """Take some rows where the sums of all ranks' :meth:`moves` lead them.

        ``least`` is what these are worth at least, for each row.
        """
        if self.additive:
            moved[:, -1] = 1
        else:
            weigh(moved, least)
        for now, before, first in zip(self.arrays, self.before, self.firsts, strict=True):
            follow(now[some], before[some], moved, first)


class Shared:
    """Parameters that all ranks have in common, rows of frequent words first.

    ``updates`` are those of a word's rows for each word of the text that is read, (V,).
    """

    def __init__(
        self,
        groups: Sequence[Group],
        updates: Doubles,
        communicator: Communicator,
        watchdog: Watchdog,
    ) -> None:
        self.groups, self.communicator, self.watchdog = groups, communicator, watchdog
        self.updates = updates
        self.read = np.zeros(len(updates))  # words that a rank has read since a row was exchanged

    def compile(self) -> None:
        """Compile, or load, the kernels, by moving no rows."""
        nothing = np.empty(0, np.float32)
        for group in self.groups:
            group.follow(slice(0, 0), group.moves(slice(0, 0)), nothing)

    def synchronise(self, words: int, rate: float, rows: int | None = None) -> None:
        """Let all ranks take over what the others have learned, of the first rows or of all.

        Args:
            words: that all ranks have trained since the last time.
            rate: the learning rate.
            rows: how many; None for all.
        """
        ranks = self.communicator.size
        if ranks == 1:
            return
        self.read += words / ranks
        least = worth(self.updates[:rows] * self.read[:rows] * rate * WAY, ranks)
        self.read[:rows] = 0
        for group in self.groups:
            for piece in pieces(len(group.before[0][:rows]), group.columns):
                moved = group.moves(piece)
                self.communicator.add_up(moved)
                self.watchdog.feed()
                group.follow(piece, moved, least[piece])


def worth(ways: Doubles, ranks: int) -> Reals:
    """Return what sums of moves are worth at least, by the way that one rank has gone (z above)."""
    ways = np.maximum(ways, 1e-9)
    times = np.expm1(-ranks * ways) / np.expm1(-ways)  # the way of one rank
    worths: Doubles = np.minimum(times, BOOST) / ranks
    return worths.astype(np.float32)


def copy_first(arrays: Iterable[Reals], communicator: Communicator, watchdog: Watchdog) -> None:
    """Give all ranks what rank 0 has."""
    for array in map(as_rows, arrays):
        for piece in pieces(*array.shape):
            communicator.copy_first(array[piece])
            watchdog.feed()


def as_rows(array: Reals) -> Reals:
    """Return a matrix as it is, and numbers as rows of one each: a view."""
    return array if array.ndim == 2 else array[:, None]


def pieces(rows: int, columns: int) -> Iterator[slice]:
    """Cut rows of float32 into pieces of a size that travels well."""
    size = rows_of_piece(columns)
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def rows_of_piece(columns: int) -> int:
    """Return how many rows a piece has at most."""
    return max(PIECE_SIZE // (4 * columns), 1)
