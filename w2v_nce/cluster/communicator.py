"""What a rank needs to be able to tell the others, whatever carries it."""

from __future__ import annotations

from typing import Any, Protocol

from w2v_nce.arrays import Longs, Reals


class Exchange(Protocol):
    """An exchange of rows of numbers that is under way."""

    def result(self) -> Longs | None:
        """Return the rows of all ranks, (ranks, n), once all have given theirs; never waits."""


class Communicator(Protocol):
    """The ranks of a run. All of them call the same methods in the same order.

    But for :meth:`exchange` and :meth:`end_all`, each waits for the others. One thread at a time.
    """

    rank: int  # 0 decides and writes
    size: int  # how many there are
    ranks_here: list[int]  # those on this machine, in order

    def exchange(self, row: Longs) -> Exchange:
        """Begin to exchange rows of (n,) numbers."""

    def add_up(self, array: Reals) -> None:
        """Replace an array, contiguous in memory, by the sum of those of all ranks."""

    def copy_first(self, array: Reals) -> None:
        """Replace an array, contiguous in memory, by that of rank 0."""

    def of_first(self, value: Any) -> Any:
        """Return what rank 0 has given."""

    def gather(self, value: Any) -> list[Any]:
        """Return what all have given, in their order, on rank 0; nothing on others."""

    def scatter(self, values: list[Any]) -> Any:
        """Return this rank's item of the values of rank 0; those of others are not looked at."""

    def send(self, value: Any) -> None:
        """Send something to rank 0, from another rank."""

    def receive(self, rank: int) -> Any:
        """Return what another rank sends to rank 0."""

    def end_all(self, code: int) -> None:
        """Let the end of this process, with this exit code, be that of all."""
