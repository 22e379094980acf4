"""Names for the array types that modules exchange, and the one allocator of parameters."""

from __future__ import annotations

from typing import Any

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

ALIGNMENT = 64  # bytes: a cache line, and the widest SIMD register
ROW_MULTIPLE = 8  # columns: what SIMD takes at once


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
