"""Linear algebra on rows of matrices, in explicit SIMD: the parts of a batch.

Rows are a multiple of 8 numbers long; see :func:`w2v_nce.arrays.padded`. Row numbers are not
checked.
"""

from __future__ import annotations

from typing import Any

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.simd import (
    add_tile,
    fma,
    load,
    load_like,
    load_rows,
    prefetch,
    products_of_rows,
    splat,
    store,
    store_rows,
    total,
    transpose,
    wide_splat,
)
from w2v_nce.kernels.state import LANES, ROWS_MULTIPLE, WIDE

CACHE_LINE = 16  # floats


@inline_jit
def add_product(result: Reals, index: Ids, left: Reals, right: Reals, terms: int) -> None:
    """Add left @ right[:terms] to the rows result[index], which may repeat.

    The index has a multiple of 8 rows. Tiles of 4 x 24 numbers stay in registers, twelve with
    AVX2: whatever is loaded of ``right`` is used four times. The remaining columns are done in
    tiles of 4 x 16 and 8 x 8; 32 columns are twice 16 rather than 24 and 8.
    """
    column, width = 0, result.shape[1]
    while width - column >= 3 * LANES and width - column != 4 * LANES:
        for row in range(0, len(index), 4):
            add_tile(result, index, left, right, terms, row, column, 4, 3)
        column += 3 * LANES
    while width - column >= 2 * LANES:
        for row in range(0, len(index), 4):
            add_tile(result, index, left, right, terms, row, column, 4, 2)
        column += 2 * LANES
    if column < width:
        for row in range(0, len(index), ROWS_MULTIPLE):
            add_tile(result, index, left, right, terms, row, column, ROWS_MULTIPLE, 1)


@inline_jit
def dot(left: Reals, left_row: int, right: Reals, right_row: int) -> float:
    """Return the inner product of two rows."""
    a = b = splat(left.dtype.type(0))
    width = left.shape[1] // (2 * LANES) * (2 * LANES)
    for column in range(0, width, 2 * LANES):
        a = fma(load(left, left_row, column), load(right, right_row, column), a)
        b = fma(load(left, left_row, column + LANES), load(right, right_row, column + LANES), b)
    if width < left.shape[1]:
        a = fma(load(left, left_row, width), load(right, right_row, width), a)
    return total(a + b)


@inline_jit
def eight_dots(left: Reals, row: int, stride: int, right: Reals, index: Ids, i: int) -> Any:
    """Return the inner products of the rows right[index[i : i + 8]] with rows of ``left``.

    Those are row, row + stride, row + 2 stride ... Transposed, the eight sums of all products
    can be added in SIMD.
    """
    a, b, c, d, e, f, g, h = transpose(products_of_rows(left, row, stride, right, index, i))
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@inline_jit
def add_scaled(matrix: Reals, row: int, factor: float, source: Reals, source_row: int) -> None:
    """Add a multiple of one row to another."""
    add_scaled_columns(matrix, row, factor, source, source_row, matrix.shape[1])


@inline_jit
def add_scaled_columns(
    matrix: Reals, row: int, factor: float, source: Reals, source_row: int, columns: int
) -> None:
    """Add a multiple of the first columns of one row to another, in a multiple of 8 columns.

    If their number is a constant, the compiler unrolls the loop.
    """
    scale = splat(factor)
    for column in range(0, columns, LANES):
        vector = load(source, source_row, column)
        store(matrix, row, column, fma(scale, vector, load(matrix, row, column)))


@inline_jit
def add_row(matrix: Reals, row: int, source: Reals, source_row: int) -> None:
    """Add one row to another."""
    for column in range(0, matrix.shape[1], LANES):
        vector = load(matrix, row, column) + load(source, source_row, column)
        store(matrix, row, column, vector)


@inline_jit
def add_scaled_rows(matrix: Reals, row: int, factor: float, source: Reals, index: Ids) -> None:
    """Add a multiple of the rows source[index] to one row."""
    for i in range(len(index)):
        add_scaled(matrix, row, factor, source, index[i])


@inline_jit
def write_running_sums(sums: Reals, matrix: Reals, index: Ids) -> None:
    """Write the sum of the first i rows matrix[index] to the i-th row, from none to all of them.

    The sums of four registers stay there from row to row, or of one at the end of the rows.
    """
    column, width = 0, matrix.shape[1]
    zero = matrix.dtype.type(0)
    while width - column >= WIDE:
        sum_columns(sums, matrix, index, column, wide_splat(zero))
        column += WIDE
    while column < width:
        sum_columns(sums, matrix, index, column, splat(zero))
        column += LANES


@inline_jit
def sum_columns(sums: Reals, matrix: Reals, index: Ids, column: int, running: Any) -> None:
    """Do as many columns of :func:`write_running_sums` as a vector of zeros has."""
    for i in range(len(index)):
        store(sums, i, column, running)
        running = running + load_like(running, matrix, index[i], column)
    store(sums, len(index), column, running)


@inline_jit
def clear_row(matrix: Reals, row: int) -> None:
    """Fill a row with zeros."""
    for column in range(0, matrix.shape[1], LANES):
        store(matrix, row, column, splat(matrix.dtype.type(0)))


@inline_jit
def copy_row(matrix: Reals, row: int, source: Reals, source_row: int) -> None:
    """Copy a row."""
    for column in range(0, matrix.shape[1], LANES):
        store(matrix, row, column, load(source, source_row, column))


@inline_jit
def write_transposed(matrix: Reals, result: Reals) -> None:
    """Write the transpose of a matrix whose rows are a multiple of eight."""
    for row in range(0, matrix.shape[0], LANES):
        for column in range(0, matrix.shape[1], LANES):
            store_rows(result, column, row, transpose(load_rows(matrix, row, column)))


@inline_jit
def prefetch_row(matrix: Reals, row: int) -> None:
    """Ask for all cache lines of a row of float32."""
    for column in range(0, matrix.shape[1], CACHE_LINE):
        prefetch(matrix, row, column)
