"""Communication between the processes of a run, through MPI."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from w2v_nce.arrays import Longs, Reals
from w2v_nce.errors import ConfigError


class Mpi:
    """All processes that mpiexec or srun has started together, or a single one.

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
        """Begin an exchange of rows of numbers."""
        rows = np.empty((self.size, len(row)), np.int64)
        return MpiExchange(self.world.Iallgather(row, rows), row, rows)

    def add_up(self, array: Reals) -> None:
        """Replace an array by the sum over all ranks."""
        from mpi4py import MPI

        self.world.Allreduce(MPI.IN_PLACE, array)

    def copy_first(self, array: Reals) -> None:
        """Replace an array by that of rank 0."""
        self.world.Bcast(array)

    def of_first(self, value: Any) -> Any:
        """Return the value of rank 0."""
        return self.world.bcast(value)

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all, on rank 0."""
        return self.world.gather(value) or []

    def scatter(self, values: list[Any]) -> Any:
        """Return this rank's item of the values of rank 0."""
        return self.world.scatter(values if self.rank == 0 else None)

    def send(self, value: Any) -> None:
        """Send a value to rank 0."""
        self.world.send(value, 0)

    def receive(self, rank: int) -> Any:
        """Return the value that another rank sends to rank 0."""
        return self.world.recv(source=rank)

    def end_all(self, code: int) -> None:
        """Let all end with this process, which they would otherwise wait for."""
        from mpi4py.run import set_abort_status

        set_abort_status(code)


class MpiExchange:
    """An exchange of rows through MPI."""

    def __init__(self, request: Any, row: Longs, rows: Longs) -> None:
        self.request, self.row, self.rows = request, row, rows  # MPI uses the arrays meanwhile

    def result(self) -> Longs | None:
        """Return the rows of all ranks once they are there."""
        return self.rows if self.request.Test() else None


class Exchange(Protocol):
    """An exchange of rows of numbers."""

    def result(self) -> Longs | None:
        """Return the rows of all ranks, (ranks, n), or None until all have arrived."""


class Communicator(Protocol):
    """The ranks of a run. All of them call the same methods in the same order.

    All methods but :meth:`exchange` and :meth:`end_all` wait for the others. Only one thread may
    use it at a time.
    """

    rank: int  # 0 decides and writes
    size: int  # the number of ranks
    ranks_here: list[int]  # those on this machine, in order

    def exchange(self, row: Longs) -> Exchange:
        """Begin an exchange of rows of (n,) numbers."""

    def add_up(self, array: Reals) -> None:
        """Replace an array, contiguous in memory, by the sum over all ranks."""

    def copy_first(self, array: Reals) -> None:
        """Replace an array, contiguous in memory, by that of rank 0."""

    def of_first(self, value: Any) -> Any:
        """Return the value of rank 0."""

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all ranks, in order, on rank 0; an empty list on others."""

    def scatter(self, values: list[Any]) -> Any:
        """Return this rank's item of the values of rank 0; those of others are ignored."""

    def send(self, value: Any) -> None:
        """Send a value to rank 0, from another rank."""

    def receive(self, rank: int) -> Any:
        """Return the value that another rank sends to rank 0."""

    def end_all(self, code: int) -> None:
        """Let all end with this process, with this exit code."""
