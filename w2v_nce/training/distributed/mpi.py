"""Ranks that MPI connects, through mpi4py."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.errors import ConfigError


class Mpi:
    """All processes that mpiexec or srun has started together; a single one without them.

    Raises:
        ConfigError: if mpi4py or the library of MPI is missing.
    """

    def __init__(self) -> None:
        try:
            from mpi4py import MPI
        except (ImportError, RuntimeError) as error:
            raise ConfigError(
                f"`cluster=mpi` needs mpi4py and a library of MPI ({error}): pip install"
                " 'w2v-nce[mpich]', or 'w2v-nce[mpi]' where the machine has an MPI of its own"
            ) from None
        self.world: Any = MPI.COMM_WORLD
        self.rank: int = self.world.rank
        self.size: int = self.world.size
        neighbours = self.world.Split_type(MPI.COMM_TYPE_SHARED)
        self.ranks_here: list[int] = neighbours.allgather(self.rank)

    def exchange(self, row: Longs) -> MpiExchange:
        """Begin to exchange rows of numbers."""
        rows = np.empty((self.size, len(row)), np.int64)
        return MpiExchange(self.world.Iallgather(row, rows), row, rows)

    def add_up(self, array: Reals) -> None:
        """Replace an array by the sum of those of all ranks."""
        from mpi4py import MPI

        self.world.Allreduce(MPI.IN_PLACE, array)

    def copy_first(self, array: Reals) -> None:
        """Replace an array by that of rank 0."""
        self.world.Bcast(array)

    def of_first(self, value: Any) -> Any:
        """Return what rank 0 has given."""
        return self.world.bcast(value)

    def gather(self, value: Any) -> list[Any]:
        """Return what all have given, on rank 0."""
        return self.world.gather(value) or []

    def scatter(self, values: list[Any]) -> Any:
        """Return this rank's item of the values of rank 0."""
        return self.world.scatter(values if self.rank == 0 else None)

    def send(self, value: Any) -> None:
        """Send something to rank 0."""
        self.world.send(value, 0)

    def receive(self, rank: int) -> Any:
        """Return what another rank sends to rank 0."""
        return self.world.recv(source=rank)

    def end_all(self, code: int) -> None:
        """Let the end of this process be that of all: without this, others wait for ever."""
        from mpi4py.run import set_abort_status

        set_abort_status(code)


class MpiExchange:
    """An exchange of rows that MPI has under way."""

    def __init__(self, request: Any, row: Longs, rows: Longs) -> None:
        self.request, self.row, self.rows = request, row, rows  # MPI uses the arrays meanwhile

    def result(self) -> Longs | None:
        """Return the rows of all ranks once they are there."""
        return self.rows if self.request.Test() else None


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
