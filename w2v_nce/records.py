"""Vectors that stay where they are, in a buffer, until they are asked for."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[np.float32]
Rows: TypeAlias = npt.NDArray[np.intp]


class Records:
    """A (V, d) matrix whose rows begin at any bytes of a buffer, as little-endian float32.

    The buffer may be a file that is mapped into memory. ``rows[a:b]`` and ``rows[array]`` copy
    what they name.

    Args:
        data: the buffer.
        starts: (V,) bytes at which the vectors start.
        dim: how many numbers a vector has.
    """

    def __init__(self, data: bytes | mmap.mmap, starts: Sequence[int] | Rows, dim: int) -> None:
        size = 4 * dim
        # An array whose i-th element is all bytes of a vector from byte i on: indexing it gathers.
        self._everywhere = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
        self._starts = np.asarray(starts, np.intp)
        self.shape = (len(starts), dim)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | Rows | Sequence[int]) -> Matrix:
        """Return the (n, d) vectors of some rows."""
        found = self._everywhere[self._starts[rows]]
        vectors: Matrix = found.view("<f4").reshape(-1, self.shape[1])
        return vectors

    def selected(self, rows: Sequence[int]) -> Records:
        """Return some rows, which are not copied."""
        chosen = object.__new__(Records)
        chosen._everywhere, chosen._starts = self._everywhere, self._starts[rows]
        chosen.shape = (len(rows), self.shape[1])
        return chosen

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Be copied and pickled as the matrix, since no other process has the buffer."""
        return np.asarray, (self[:],)


#: What is searched: a matrix in memory, a mapped one, or records.
Vectors: TypeAlias = Matrix | Records
