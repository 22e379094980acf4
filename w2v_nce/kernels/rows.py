"""Linear algebra on rows of matrices, in explicit SIMD: what a block of examples is made of.

Rows are a multiple of 8 numbers long; see :func:`w2v_nce.arrays.padded`. Row numbers are not
checked.
"""

from __future__ import annotations

from typing import Any

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.simd import broadcast, fma, load, prefetch, splat, store, total, transpose
from w2v_nce.kernels.state import LANES, ROWS_MULTIPLE

CACHE_LINE = 16  # floats


@inline_jit
def add_product(result: Reals, index: Ids, left: Reals, right: Reals, terms: int) -> None:
    """Add left @ right[:terms] to the rows result[index], which may repeat.

    The index has a multiple of 8 rows. Tiles of 4 x 24 numbers stay in registers, twelve with
    AVX2: whatever is loaded of ``right`` is used four times. What is left of the columns is done
    in tiles of 4 x 16 and 8 x 8; 32 columns are twice 16 rather than 24 and 8.
    """
    column, width = 0, result.shape[1]
    while width - column >= 3 * LANES and width - column != 4 * LANES:
        for row in range(0, len(index), 4):
            add_wide_tile(result, index, left, right, terms, row, column)
        column += 3 * LANES
    while width - column >= 2 * LANES:
        for row in range(0, len(index), 4):
            add_tile(result, index, left, right, terms, row, column)
        column += 2 * LANES
    if column < width:
        for row in range(0, len(index), ROWS_MULTIPLE):
            add_narrow_tile(result, index, left, right, terms, row, column)


@inline_jit
def add_wide_tile(
    result: Reals, index: Ids, left: Reals, right: Reals, terms: int, row: int, column: int
) -> None:
    """Compute a tile of 4 x 24 numbers of :func:`add_product`."""
    a0 = a1 = a2 = a3 = splat(result.dtype.type(0))  # the first eight columns of each row
    b0 = b1 = b2 = b3 = splat(result.dtype.type(0))  # the next
    c0 = c1 = c2 = c3 = splat(result.dtype.type(0))  # the last
    for term in range(terms):
        a = load(right, term, column)
        b = load(right, term, column + LANES)
        c = load(right, term, column + 2 * LANES)
        factor = broadcast(left, row, term)
        a0, b0, c0 = fma(factor, a, a0), fma(factor, b, b0), fma(factor, c, c0)
        factor = broadcast(left, row + 1, term)
        a1, b1, c1 = fma(factor, a, a1), fma(factor, b, b1), fma(factor, c, c1)
        factor = broadcast(left, row + 2, term)
        a2, b2, c2 = fma(factor, a, a2), fma(factor, b, b2), fma(factor, c, c2)
        factor = broadcast(left, row + 3, term)
        a3, b3, c3 = fma(factor, a, a3), fma(factor, b, b3), fma(factor, c, c3)
    # One row after the other: two of them may be the same.
    add_three_at(result, index[row], column, a0, b0, c0)
    add_three_at(result, index[row + 1], column, a1, b1, c1)
    add_three_at(result, index[row + 2], column, a2, b2, c2)
    add_three_at(result, index[row + 3], column, a3, b3, c3)


@inline_jit
def add_three_at(matrix: Reals, row: int, column: int, a: Any, b: Any, c: Any) -> None:
    """Add three vectors to neighbouring numbers of a row."""
    add_at(matrix, row, column, a)
    add_at(matrix, row, column + LANES, b)
    add_at(matrix, row, column + 2 * LANES, c)


@inline_jit
def add_tile(
    result: Reals, index: Ids, left: Reals, right: Reals, terms: int, row: int, column: int
) -> None:
    """Compute a tile of 4 x 16 numbers of :func:`add_product`."""
    a0 = a1 = a2 = a3 = splat(result.dtype.type(0))  # the first eight columns of each row
    b0 = b1 = b2 = b3 = splat(result.dtype.type(0))  # the others
    for term in range(terms):
        a = load(right, term, column)
        b = load(right, term, column + LANES)
        factor = broadcast(left, row, term)
        a0, b0 = fma(factor, a, a0), fma(factor, b, b0)
        factor = broadcast(left, row + 1, term)
        a1, b1 = fma(factor, a, a1), fma(factor, b, b1)
        factor = broadcast(left, row + 2, term)
        a2, b2 = fma(factor, a, a2), fma(factor, b, b2)
        factor = broadcast(left, row + 3, term)
        a3, b3 = fma(factor, a, a3), fma(factor, b, b3)
    # One row after the other: two of them may be the same.
    add_at(result, index[row], column, a0)
    add_at(result, index[row], column + LANES, b0)
    add_at(result, index[row + 1], column, a1)
    add_at(result, index[row + 1], column + LANES, b1)
    add_at(result, index[row + 2], column, a2)
    add_at(result, index[row + 2], column + LANES, b2)
    add_at(result, index[row + 3], column, a3)
    add_at(result, index[row + 3], column + LANES, b3)


@inline_jit
def add_narrow_tile(
    result: Reals, index: Ids, left: Reals, right: Reals, terms: int, row: int, column: int
) -> None:
    """Compute a tile of 8 x 8 numbers of :func:`add_product`."""
    sum0 = sum1 = sum2 = sum3 = sum4 = sum5 = sum6 = sum7 = splat(result.dtype.type(0))
    for term in range(terms):
        vector = load(right, term, column)
        sum0 = fma(broadcast(left, row, term), vector, sum0)
        sum1 = fma(broadcast(left, row + 1, term), vector, sum1)
        sum2 = fma(broadcast(left, row + 2, term), vector, sum2)
        sum3 = fma(broadcast(left, row + 3, term), vector, sum3)
        sum4 = fma(broadcast(left, row + 4, term), vector, sum4)
        sum5 = fma(broadcast(left, row + 5, term), vector, sum5)
        sum6 = fma(broadcast(left, row + 6, term), vector, sum6)
        sum7 = fma(broadcast(left, row + 7, term), vector, sum7)
    add_at(result, index[row], column, sum0)
    add_at(result, index[row + 1], column, sum1)
    add_at(result, index[row + 2], column, sum2)
    add_at(result, index[row + 3], column, sum3)
    add_at(result, index[row + 4], column, sum4)
    add_at(result, index[row + 5], column, sum5)
    add_at(result, index[row + 6], column, sum6)
    add_at(result, index[row + 7], column, sum7)


@inline_jit
def add_at(matrix: Reals, row: int, column: int, vector: Any) -> None:
    """Add a vector to eight numbers of a row."""
    store(matrix, row, column, load(matrix, row, column) + vector)


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
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = splat(left.dtype.type(0))
    for column in range(0, left.shape[1], LANES):
        s0 = fma(load(left, row, column), load(right, index[i], column), s0)
        s1 = fma(load(left, row + stride, column), load(right, index[i + 1], column), s1)
        s2 = fma(load(left, row + 2 * stride, column), load(right, index[i + 2], column), s2)
        s3 = fma(load(left, row + 3 * stride, column), load(right, index[i + 3], column), s3)
        s4 = fma(load(left, row + 4 * stride, column), load(right, index[i + 4], column), s4)
        s5 = fma(load(left, row + 5 * stride, column), load(right, index[i + 5], column), s5)
        s6 = fma(load(left, row + 6 * stride, column), load(right, index[i + 6], column), s6)
        s7 = fma(load(left, row + 7 * stride, column), load(right, index[i + 7], column), s7)
    s0, s1, s2, s3, s4, s5, s6, s7 = transpose(s0, s1, s2, s3, s4, s5, s6, s7)
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


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

    The sums of four vectors stay in registers from row to row, or of one at the end of the rows.
    """
    column, width = 0, matrix.shape[1]
    while width - column >= 4 * LANES:
        sum_four_columns(sums, matrix, index, column)
        column += 4 * LANES
    while column < width:
        running = splat(matrix.dtype.type(0))
        for i in range(len(index)):
            store(sums, i, column, running)
            running = running + load(matrix, index[i], column)
        store(sums, len(index), column, running)
        column += LANES


@inline_jit
def sum_four_columns(sums: Reals, matrix: Reals, index: Ids, column: int) -> None:
    """Do 32 columns of :func:`write_running_sums`, those from one on."""
    a = b = c = d = splat(matrix.dtype.type(0))
    second, third, fourth = column + LANES, column + 2 * LANES, column + 3 * LANES
    for i in range(len(index) + 1):
        store(sums, i, column, a)
        store(sums, i, second, b)
        store(sums, i, third, c)
        store(sums, i, fourth, d)
        if i < len(index):
            row = index[i]
            a, b = a + load(matrix, row, column), b + load(matrix, row, second)
            c, d = c + load(matrix, row, third), d + load(matrix, row, fourth)


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
            columns = transpose(
                load(matrix, row, column),
                load(matrix, row + 1, column),
                load(matrix, row + 2, column),
                load(matrix, row + 3, column),
                load(matrix, row + 4, column),
                load(matrix, row + 5, column),
                load(matrix, row + 6, column),
                load(matrix, row + 7, column),
            )
            store(result, column, row, columns[0])
            store(result, column + 1, row, columns[1])
            store(result, column + 2, row, columns[2])
            store(result, column + 3, row, columns[3])
            store(result, column + 4, row, columns[4])
            store(result, column + 5, row, columns[5])
            store(result, column + 6, row, columns[6])
            store(result, column + 7, row, columns[7])


@inline_jit
def prefetch_row(matrix: Reals, row: int) -> None:
    """Ask for all cache lines of a row of float32."""
    for column in range(0, matrix.shape[1], CACHE_LINE):
        prefetch(matrix, row, column)
