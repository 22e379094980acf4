"""The vectors of eight against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from w2v_nce.arrays import aligned_zeros
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.rows import (
    add_product,
    add_row,
    add_scaled,
    add_scaled_rows,
    clear_row,
    copy_row,
    dot,
    eight_dots,
    prefetch_row,
    write_running_sums,
    write_transposed,
)
from w2v_nce.kernels.simd import (
    broadcast,
    eight_bytes,
    exp,
    fma,
    load,
    lowest_bit,
    spaces,
    splat,
    store,
    total,
)

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
WIDTHS = pytest.mark.parametrize("width", [8, 16, 104, 304])


def matrix(rows: int, columns: int, dtype: type, seed: int = 0) -> np.ndarray:
    result = aligned_zeros(rows, columns, dtype)
    result[:] = np.random.default_rng(seed).normal(size=(rows, columns))
    return result


@bare_jit
def arithmetic(a, results):
    x, y = load(a, 0, 1), load(a, 1, 3)  # neither is aligned
    store(results, 0, 0, x + y)
    store(results, 1, 0, x - y)
    store(results, 2, 0, x * y)
    store(results, 3, 0, x / y)
    store(results, 4, 0, fma(x, y, x))
    store(results, 5, 0, broadcast(a, 1, 4))
    store(results, 6, 0, splat(a[0, 0]))
    store(results, 7, 0, splat(total(x)))


@DTYPES
def test_arithmetic(dtype: type) -> None:
    a, results = matrix(2, 16, dtype), np.zeros((8, 8), dtype)
    arithmetic(a, results)
    x, y = a[0, 1:9], a[1, 3:11]
    expected = [x + y, x - y, x * y, x / y, x * y + x, a[1, 4], a[0, 0], x.sum()]
    for got, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(got, np.broadcast_to(wanted, 8), rtol=2e-6)


@bare_jit
def exponential(values):
    for column in range(0, values.shape[1], 8):
        store(values, 0, column, exp(load(values, 0, column)))


@DTYPES
def test_exp(dtype: type) -> None:
    x = np.linspace(-87, 87, 80_000).astype(dtype)[None]
    result = x.copy()
    exponential(result)
    np.testing.assert_allclose(result, np.exp(x.astype(np.float64)), rtol=1e-5)


@DTYPES
def test_exp_at_the_extremes(dtype: type) -> None:
    x = np.array([[0, 1, -1, 87.1, 1e30, np.inf, -1e30, -np.inf]], dtype)
    exponential(x)
    assert x[0, 0] == 1
    assert x[0, 1] == pytest.approx(np.e, rel=1e-5)
    assert (x[0, 3:6] > 5e37).all()
    assert np.isfinite(x).all()
    assert ((x[0, 6:] > 0) & (x[0, 6:] < 2e-38)).all()


@bare_jit
def products(result, index, left, left_turned, right, terms):
    add_product(result, index, left, right, terms)
    add_product(result, index, left_turned.T, right, terms)


@WIDTHS
@DTYPES
@pytest.mark.parametrize("terms", [0, 1, 5, 32])
def test_product_of_matrices(terms: int, dtype: type, width: int) -> None:
    result, right = matrix(9, width, dtype, 1), matrix(32, width, dtype, 2)
    left = matrix(8, 32, dtype, 3)
    index = np.array([3, 0, 8, 3, 3, 1, 7, 0], np.int32)  # some rows more than once
    expected = result.astype(np.float64)
    np.add.at(expected, index, 2 * (left[:, :terms].astype(np.float64) @ right[:terms]))
    products(result, index, left, np.ascontiguousarray(left.T), right, terms)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@bare_jit
def row_operations(a, b, index, weights):
    add_scaled(a, 0, weights[0, 0], b, 2)
    add_row(a, 1, b, 1)
    copy_row(a, 2, b, 3)
    clear_row(a, 3)
    add_scaled_rows(a, 7, weights[0, 0], b, index[:1])
    add_scaled_rows(a, 8, weights[0, 0], b, index[2:6])
    prefetch_row(a, 0)
    return dot(a, 9, b, 4)


@WIDTHS
@DTYPES
def test_operations_on_rows(dtype: type, width: int) -> None:
    a, b = matrix(10, width, dtype, 1), matrix(5, width, dtype, 2)
    weights = matrix(1, 8, dtype, 3)
    index = np.array([4, 0, 2, 2, 1, 3], np.int32)
    expected = a.astype(np.float64)
    expected[0] += weights[0, 0] * b[2]
    expected[1] += b[1]
    expected[2] = b[3]
    expected[3] = 0
    expected[7] += weights[0, 0] * b[4]
    expected[8] += weights[0, 0] * b[[2, 2, 1, 3]].sum(axis=0)
    result = row_operations(a, b, index, weights)
    np.testing.assert_allclose(a, expected, rtol=1e-5, atol=1e-5)
    assert result == pytest.approx(a[9].astype(np.float64) @ b[4], rel=1e-4, abs=1e-4)


@bare_jit
def running_sums(sums, rows, index):
    write_running_sums(sums, rows, index)


@WIDTHS
@DTYPES
@pytest.mark.parametrize("count", [0, 1, 6])
def test_running_sums(count: int, dtype: type, width: int) -> None:
    rows, sums = matrix(5, width, dtype, 1), matrix(9, width, dtype, 2)
    index = np.array([4, 0, 2, 2, 1, 3], np.int32)[:count]
    expected = sums.astype(np.float64)
    expected[0] = 0
    expected[1 : count + 1] = np.cumsum(rows[index].astype(np.float64), axis=0)
    running_sums(sums, rows, index)
    np.testing.assert_allclose(sums, expected, rtol=1e-5, atol=1e-5)


@bare_jit
def dots(left, row, stride, right, index, result):
    store(result, 0, 0, eight_dots(left, row, stride, right, index, 1))


@WIDTHS
@DTYPES
@pytest.mark.parametrize("stride", [0, 1])
def test_eight_dots(stride: int, dtype: type, width: int) -> None:
    left, right, result = (
        matrix(9, width, dtype, 1),
        matrix(5, width, dtype, 2),
        matrix(1, 8, dtype),
    )
    index = np.array([0, 4, 4, 0, 1, 2, 3, 0, 2], np.int32)
    dots(left, 1, stride, right, index, result)
    rows = left[1:9] if stride else left[[1] * 8]
    expected = np.sum(rows.astype(np.float64) * right[index[1:]], axis=1)
    np.testing.assert_allclose(result[0], expected, rtol=1e-4, atol=1e-4)


@bare_jit
def transposed(a, result):
    write_transposed(a, result)


@DTYPES
def test_transpose(dtype: type) -> None:
    a, result = matrix(32, 48, dtype), np.zeros((48, 32), dtype)
    transposed(a, result)
    np.testing.assert_array_equal(result, a.T)


@bare_jit
def look_at(text, position):
    return spaces(text, position), eight_bytes(text, position)


@bare_jit
def lowest(bits):
    return lowest_bit(bits)


def test_bytes_at_once() -> None:
    text = np.arange(256, dtype=np.uint8)
    for position in (0, 1, 7, 64, 192):
        bits, number = look_at(text, position)
        expected = [bytes([byte]).isspace() for byte in range(position, position + 64)]
        assert [bool(int(bits) >> i & 1) for i in range(64)] == expected
        assert int(number) == int.from_bytes(bytes(range(position, position + 8)), "little")
    assert [lowest(np.uint64(1 << i | 1 << 63)) for i in range(64)] == list(range(64))
