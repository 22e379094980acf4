"""Linear algebra on rows of matrices, in explicit SIMD: what a block of examples is made of.

Rows are a multiple of 8 numbers long; see :func:`w2v_nce.arrays.padded`. Row numbers are not
checked.
"""

from __future__ import annotations

from typing import Any

from w2v_nce.arrays import Ids, Reals
from w2v_nce.kernels.jit import inline_jit
from w2v_nce.kernels.simd import (
    LANES,
    broadcast,
    fma,
    load,
    prefetch,
    splat,
    store,
    total,
    transpose,
)

CACHE_LINE = 16  # floats
ROWS_MULTIPLE = 8  # of a result


@inline_jit
def add_product(result: Reals, index: Ids, left: Reals, right: Reals, terms: int) -> None:
    """Add left @ right[:terms] to the rows result[index], which may repeat.

    The index has a multiple of 8 rows. Tiles of 4 x 16 numbers stay in registers, eight with
    AVX2: whatever is loaded of ``right`` is used four times. The last eight columns, if their
    number is odd in eights, are done in tiles of 8 x 8.
    """
    width = result.shape[1] // (2 * LANES) * (2 * LANES)
    for column in range(0, width, 2 * LANES):
        for row in range(0, len(index), 4):
            add_tile(result, index, left, right, terms, row, column)
    if width < result.shape[1]:
        for row in range(0, len(index), ROWS_MULTIPLE):
            add_narrow_tile(result, index, left, right, terms, row, width)


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
    return total(eight_sums(left, left_row, right, right_row))


@inline_jit
def eight_sums(left: Reals, left_row: int, right: Reals, right_row: int) -> Any:
    """Return eight sums of products that add up to the inner product of two rows."""
    a = b = splat(left.dtype.type(0))
    width = left.shape[1] // (2 * LANES) * (2 * LANES)
    for column in range(0, width, 2 * LANES):
        a = fma(load(left, left_row, column), load(right, right_row, column), a)
        b = fma(load(left, left_row, column + LANES), load(right, right_row, column + LANES), b)
    if width < left.shape[1]:
        a = fma(load(left, left_row, width), load(right, right_row, width), a)
    return a + b


@inline_jit
def eight_dots(left: Reals, left_index: Ids, right: Reals, right_index: Ids, i: int) -> Any:
    """Return the inner products of eight pairs of rows, from the i-th in the two indices on.

    Transposed, the eight sums of all can be added in SIMD.
    """
    c0, c1, c2, c3, c4, c5, c6, c7 = transpose(
        eight_sums(left, left_index[i], right, right_index[i]),
        eight_sums(left, left_index[i + 1], right, right_index[i + 1]),
        eight_sums(left, left_index[i + 2], right, right_index[i + 2]),
        eight_sums(left, left_index[i + 3], right, right_index[i + 3]),
        eight_sums(left, left_index[i + 4], right, right_index[i + 4]),
        eight_sums(left, left_index[i + 5], right, right_index[i + 5]),
        eight_sums(left, left_index[i + 6], right, right_index[i + 6]),
        eight_sums(left, left_index[i + 7], right, right_index[i + 7]),
    )
    return ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7))


@inline_jit
def add_scaled(matrix: Reals, row: int, factor: float, source: Reals, source_row: int) -> None:
    """Add a multiple of one row to another."""
    scale = splat(factor)
    for column in range(0, matrix.shape[1], LANES):
        vector = load(source, source_row, column)
        store(matrix, row, column, fma(scale, vector, load(matrix, row, column)))


@inline_jit
def add_row(matrix: Reals, row: int, source: Reals, source_row: int) -> None:
    """Add one row to another."""
    for column in range(0, matrix.shape[1], LANES):
        vector = load(matrix, row, column) + load(source, source_row, column)
        store(matrix, row, column, vector)


@inline_jit
def add_two_scaled(
    matrix: Reals, row: int, source: Reals, row1: int, factor1: float, row2: int, factor2: float
) -> None:
    """Add multiples of two rows to a third: half the stores of adding them one by one."""
    scale1, scale2 = splat(factor1), splat(factor2)
    for column in range(0, matrix.shape[1], LANES):
        vector = load(matrix, row, column)
        vector = fma(scale1, load(source, row1, column), vector)
        vector = fma(scale2, load(source, row2, column), vector)
        store(matrix, row, column, vector)


@inline_jit
def add_weighted(
    matrix: Reals, row: int, weights: Reals, source: Reals, index: Ids, start: int, end: int
) -> None:
    """Add the rows source[index[start:end]], each times its number in weights[0]."""
    if (end - start) % 2 == 1:
        add_scaled(matrix, row, weights[0, start], source, index[start])
        start += 1
    for i in range(start, end, 2):
        add_two_scaled(
            matrix, row, source, index[i], weights[0, i], index[i + 1], weights[0, i + 1]
        )


@inline_jit
def set_mean(
    matrix: Reals, row: int, source: Reals, words: Ids, left: int, right: int, centre: int
) -> None:
    """Write the mean of the rows source[words[left:right]], that of the centre excepted."""
    share = matrix.dtype.type(1 / (right - left - 1))
    both = min(centre - left, right - 1 - centre)
    clear_row(matrix, row)
    for i in range(1, both + 1):  # two by two, away from the centre
        before, after = words[centre - i], words[centre + i]
        add_two_scaled(matrix, row, source, before, share, after, share)
    for i in range(left, centre - both):
        add_scaled(matrix, row, share, source, words[i])
    for i in range(centre + both + 1, right):
        add_scaled(matrix, row, share, source, words[i])


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
