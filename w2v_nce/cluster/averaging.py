"""How ranks that have trained apart come to the same parameters.

Each rank r has moved a row by Δ_r since all had the same. The row then moves by

    c · Σ_r Δ_r,    c = min(1, a · Σ_r |Δ_r|² / |Σ_r Δ_r|²)

Where the ranks have moved it in directions that have nothing in common, as with words that are
rare in what they have read, c is 1: all that was learned counts, as if one had read it all. Where
all have moved it alike, as with frequent words that every rank has driven towards the same place,
their sum would go N times too far, and c is a / N: a times the mean. The mean itself (a = 1) falls
short, as what is still on its way would be further on after N times the text; beyond a = 2 rows
that have come to rest would be thrown ever further to and fro.

The mean of parameters, which others take, is c = 1 / N for all rows: what one rank alone has
learned of a rare word is then divided by N, and quality falls; docs/scaling.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from w2v_nce.arrays import Reals
from w2v_nce.cluster.communicator import Communicator
from w2v_nce.cluster.watchdog import Watchdog
from w2v_nce.kernels.moves import follow, measure, weigh

LEAP = np.float32(1.5)  # the a above
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

    def follow(self, some: slice, moved: Reals) -> None:
        """Take some rows where the sums of all ranks' :meth:`moves` lead them."""
        if self.additive:
            moved[:, -1] = 1
        else:
            weigh(moved, LEAP)
        for now, before, first in zip(self.arrays, self.before, self.firsts, strict=True):
            follow(now[some], before[some], moved, first)


class Shared:
    """Parameters that all ranks have in common, rows of frequent words first."""

    def __init__(
        self, groups: Sequence[Group], communicator: Communicator, watchdog: Watchdog
    ) -> None:
        self.groups, self.communicator, self.watchdog = groups, communicator, watchdog

    def compile(self) -> None:
        """Compile, or load, the kernels, by moving no rows."""
        for group in self.groups:
            group.follow(slice(0, 0), group.moves(slice(0, 0)))

    def synchronise(self, rows: int | None = None) -> None:
        """Let all ranks take over what the others have learned, of the first rows or of all."""
        if self.communicator.size == 1:
            return
        for group in self.groups:
            for piece in pieces(len(group.before[0][:rows]), group.columns):
                moved = group.moves(piece)
                self.communicator.add_up(moved)
                self.watchdog.feed()
                group.follow(piece, moved)


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
