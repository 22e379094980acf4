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

LEAP = 1.5  # the a above
PIECE_SIZE = 1 << 22  # bytes that are summed up at a time: what MPI is fastest with


def moves(now: Reals, before: Reals) -> Reals:
    """Return how far rows have moved, (rows, columns), and behind that the squared lengths."""
    result = np.empty((now.shape[0], now.shape[1] + 1), now.dtype)
    np.subtract(now, before, out=result[:, :-1])
    result[:, -1] = squared_lengths(result[:, :-1])
    return result


def joint_moves(summed: Reals) -> Reals:
    """Return how far rows shall move, given the sums of what :func:`moves` has of all ranks."""
    total, goal = summed[:, :-1], LEAP * summed[:, -1]
    lengths = squared_lengths(total)
    share = np.divide(goal, lengths, out=np.ones_like(goal), where=lengths > goal)
    total *= share[:, None]
    return total


def squared_lengths(rows: Reals) -> Reals:
    """Return the squared length of each row."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


class Group:
    """Arrays with a row, or a number, for each word: what is learned of a word together.

    The moves of its rows are made as told above; those of ``additive`` ones, sums over what has
    been read, as AdaGrad has them, are added up.
    """

    def __init__(self, *arrays: Reals, additive: bool = False) -> None:
        self.arrays = [as_rows(each) for each in arrays]
        self.additive = additive
        self.before = self.rows(slice(None)).copy()  # when all ranks had the same

    def rows(self, some: slice) -> Reals:
        """Return some rows, those of all arrays side by side."""
        if len(self.arrays) == 1:
            return self.arrays[0][some]
        return np.hstack([each[some] for each in self.arrays])

    def take(self, some: slice, summed: Reals) -> None:
        """Let some rows go where the sums of what :func:`moves` has of all ranks leads them."""
        self.before[some] += summed[:, :-1] if self.additive else joint_moves(summed)
        start = 0
        for each in self.arrays:
            end = start + each.shape[1]
            each[some] = self.before[some, start:end]
            start = end


class Shared:
    """Parameters that all ranks have in common, rows of frequent words first."""

    def __init__(
        self, groups: Sequence[Group], communicator: Communicator, watchdog: Watchdog
    ) -> None:
        self.groups, self.communicator, self.watchdog = groups, communicator, watchdog

    def synchronise(self, rows: int | None = None) -> None:
        """Let all ranks take over what the others have learned, of the first rows or of all."""
        if self.communicator.size == 1:
            return
        for group in self.groups:
            for piece in pieces(group.before[:rows]):
                step = moves(group.rows(piece), group.before[piece])
                self.communicator.add_up(step)
                self.watchdog.feed()
                group.take(piece, step)


def copy_first(arrays: Iterable[Reals], communicator: Communicator, watchdog: Watchdog) -> None:
    """Give all ranks what rank 0 has."""
    for array in arrays:
        for piece in pieces(array):
            communicator.copy_first(array[piece])
            watchdog.feed()


def as_rows(array: Reals) -> Reals:
    """Return a matrix as it is, and numbers as rows of one each: a view."""
    return array if array.ndim == 2 else array[:, None]


def pieces(array: Reals) -> Iterator[slice]:
    """Cut the rows of an array into pieces of a size that travels well."""
    rows = max(PIECE_SIZE // max(array[:1].nbytes, 1), 1)
    for start in range(0, len(array), rows):
        yield slice(start, min(start + rows, len(array)))
