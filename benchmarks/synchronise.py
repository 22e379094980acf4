"""What one synchronisation costs: mpiexec -n 2 python -m benchmarks.synchronise WORDS DIM [...].

Prints, for each size, the bytes of the parameters, and seconds for moving and adding up all rows:
the median and the least of several rounds, of which the least is what a quiet machine takes.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from w2v_nce.arrays import aligned_zeros, padded
from w2v_nce.training.distributed.averaging import SharedParameters, WordRows
from w2v_nce.training.distributed.mpi import Mpi
from w2v_nce.training.distributed.process_group import ProcessGroup, Watchdog

ROUNDS = 15


def seconds_of(communicator: Mpi, words: int, dim: int) -> list[float]:
    generator = np.random.default_rng(communicator.rank)
    matrices = [aligned_zeros(words, padded(dim)) for _ in range(2)]
    bias = np.zeros(words, np.float32)
    group = ProcessGroup(communicator, Watchdog(600.0, lambda: None))
    rows = [WordRows(matrices[0]), WordRows(matrices[1], bias)]
    shared = SharedParameters(rows, np.full(words, 1 / words), group)
    times = []
    for _ in range(ROUNDS):
        for matrix in matrices:
            matrix += generator.random(matrix.shape, np.float32)
        communicator.gather(None)
        started = time.perf_counter()
        shared.synchronise(words, rate=0.1)
        times.append(time.perf_counter() - started)
    return times


def main() -> None:
    communicator = Mpi()
    sizes = list(map(int, sys.argv[1:]))
    for words, dim in zip(sizes[::2], sizes[1::2], strict=True):
        times = seconds_of(communicator, words, dim)
        if communicator.rank == 0:
            size = 4 * words * (2 * padded(dim) + 1)
            print(
                f"{communicator.size} ranks, {words:,} x {dim}, {size / 1e6:,.1f} MB:"
                f" median {statistics.median(times):.4f} s, least {min(times):.4f} s"
            )


if __name__ == "__main__":
    main()
