"""Names for array types, the allocator of parameter matrices, and arithmetic on rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

#: Real matrices and vectors: float32 when training, float64 in gradient checks.
Reals = npt.NDArray[np.floating[Any]]

#: Word ids; -1 ends a sentence.
Ids = npt.NDArray[np.int32]

#: Counts and offsets.
Longs = npt.NDArray[np.int64]

#: Probabilities and their logarithms.
Doubles = npt.NDArray[np.float64]

#: Text.
Bytes = npt.NDArray[np.uint8]
Matrix: TypeAlias = npt.NDArray[np.float32]

#: Row numbers, which index a matrix.
Indices: TypeAlias = npt.NDArray[np.intp]


class Vectors(Protocol):
    """A (V, d) matrix of float32, in memory or in a file, whose rows are read on access."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(V, d)."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | Indices | Sequence[int], /) -> Matrix: ...


ALIGNMENT = 64  # bytes: a cache line, and the widest SIMD register
ROW_MULTIPLE = 8  # columns that SIMD processes at once


def padded(dim: int) -> int:
    """Return the stored length of a row of ``dim`` numbers: the next multiple of 8."""
    return round_up(dim, ROW_MULTIPLE)


def round_up(number: int, multiple: int) -> int:
    """Return the next multiple that is not below the number."""
    return -(-number // multiple) * multiple


def aligned_zeros(rows: int, columns: int, dtype: type[np.floating[Any]] = np.float32) -> Reals:
    """Return a (rows, columns) matrix of zeros whose first element is 64-byte aligned.

    The operating system hands out its pages on first touch, so untouched rows cost nothing.
    """
    itemsize = np.dtype(dtype).itemsize
    spare = ALIGNMENT // itemsize
    flat = np.zeros(rows * columns + spare, dtype)
    start = -flat.ctypes.data % ALIGNMENT // itemsize
    return flat[start : start + rows * columns].reshape(rows, columns)


LENGTHS_AT_ONCE = 1 << 18  # numbers, which as float64 fit into a cache


def row_lengths(vectors: Vectors) -> Doubles:
    """Return the (V,) lengths of vectors."""
    lengths = np.empty(len(vectors))
    size = max(LENGTHS_AT_ONCE // max(vectors.shape[1], 1), 1)
    for start in range(0, len(vectors), size):
        # In float64, where squares of float32 neither overflow nor vanish.
        part = vectors[start : start + size].astype(np.float64)
        lengths[start : start + size] = np.sqrt(np.einsum("ij,ij->i", part, part))
    return lengths


def unit_rows(vectors: Matrix) -> Matrix:
    """Return the (V, d) rows scaled to length 1, as float32; rows of zeros stay zeros."""
    lengths = row_lengths(vectors)
    lengths[lengths == 0] = 1
    unit = np.empty(vectors.shape, np.float32)
    # Into a float32 matrix, so that there is no float64 copy of it.
    np.divide(vectors, lengths[:, None], out=unit, casting="same_kind")
    return unit


def log_sum_exp(scores: Reals) -> Doubles:
    """Return log Σ exp of every row, without overflow."""
    largest = scores.max(axis=1, keepdims=True)
    powers = scores - largest
    sums = np.exp(powers, out=powers).sum(axis=1, dtype=np.float64)
    return np.asarray(np.log(sums) + largest[:, 0])
