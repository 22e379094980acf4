"""Kernels against their naive twins, number by number."""

from __future__ import annotations

import numpy as np
import pytest

from tests import naive
from tests.helpers import COUNTS, KERNELS, Case, Problem, windows_of
from w2v_nce.kernels.jit import bare_jit
from w2v_nce.kernels.random import advance, below, mix, stream
from w2v_nce.kernels.scores import log_loss, sigmoid

every_kernel = pytest.mark.parametrize("case", KERNELS, ids=lambda case: case.twin)


def random_ids(size: int, seed: int = 3) -> list[int]:
    """Words and sentence ends, among them empty and one-word sentences."""
    return np.random.default_rng(seed).integers(-1, len(COUNTS), size).tolist()


def trained_twin(case: Case, problem, ids: list[int], rate: float) -> naive.Trainer:
    twin = naive.Trainer(problem, rate, 42)
    getattr(twin, case.twin)(naive.windows(ids, problem.window, naive.Random(1)))
    return twin


@pytest.mark.parametrize("normalizer", ["constant", "per-word"])
@pytest.mark.parametrize("dim", [7, 8])  # with and without room in the padding
@every_kernel
def test_kernel_learns_normalizers(case: Case, dim: int, normalizer: str) -> None:
    problem, ids = Problem("nce", dim, normalizer=normalizer), random_ids(150)
    twin = trained_twin(case, problem, ids, 0.02)
    before = [array.copy() for array in problem.parameters]
    width = dim + (normalizer == "per-word")
    total, _ = case.run(problem, windows_of(ids, problem.window), 0.02, 42, width)
    np.testing.assert_allclose(problem.parameters.input, twin.input, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(problem.parameters.output, twin.output, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(problem.parameters.log_z[0], twin.log_z, rtol=1e-6)
    assert total == pytest.approx(twin.measured_loss, rel=1e-6)
    if normalizer == "constant":
        assert problem.parameters.log_z[0] != before[3][0]
    else:
        assert (problem.parameters.output[:, dim] == -1).all()
        assert (problem.parameters.input[:4, dim] != before[0][:4, dim]).all()


@pytest.mark.parametrize("redraw", [True, False])
@pytest.mark.parametrize("dim", [1, 3, 16, 21, 100, 300])  # CBOW has code for the last two
@pytest.mark.parametrize("loss", ["nce", "ns", "sampled-softmax"])
@every_kernel
def test_kernel_does_what_its_twin_does(case: Case, loss: str, dim: int, redraw: bool) -> None:
    problem, ids = Problem(loss, dim, redraw=redraw), random_ids(150)
    twin = trained_twin(case, problem, ids, 0.02)
    total, measured = case.run(problem, windows_of(ids, problem.window), 0.02, 42, dim)
    # The exponential function of the batches is one for float32.
    close = {"rtol": 1e-6, "atol": 1e-6} if case.in_batches else {"rtol": 1e-9, "atol": 1e-12}
    np.testing.assert_allclose(problem.parameters.input, twin.input, **close)
    np.testing.assert_allclose(problem.parameters.output, twin.output, **close)
    np.testing.assert_allclose(problem.parameters.bias, twin.bias, **close)
    assert measured == twin.measured > 4
    assert total == pytest.approx(twin.measured_loss, rel=1e-6)


@pytest.mark.parametrize("loss", ["nce", "sampled-softmax"])
@pytest.mark.parametrize("case", KERNELS[2:], ids=lambda case: case.twin)
def test_cbow_with_the_mean_of_the_neighbours(case: Case, loss: str) -> None:
    problem, ids = Problem(loss, 5, combiner="mean"), random_ids(150)
    twin = trained_twin(case, problem, ids, 0.02)
    case.run(problem, windows_of(ids, problem.window), 0.02, 42, 5)
    np.testing.assert_allclose(problem.parameters.input, twin.input, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(problem.parameters.output, twin.output, rtol=1e-6, atol=1e-6)


@every_kernel
def test_single_precision_stays_single_and_close(case: Case) -> None:
    problem, ids = Problem("nce", 10, dtype=np.float32), random_ids(300)
    twin = trained_twin(case, problem, ids, 0.02)
    case.run(problem, windows_of(ids, problem.window), 0.02, 42)
    assert problem.parameters.input.dtype == np.float32
    np.testing.assert_allclose(problem.parameters.input, twin.input, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(problem.parameters.output, twin.output, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("batch", [1, 7, 32])
@pytest.mark.parametrize(("window", "draws"), [(1, 8), (40, 8), (2, 40)])
@every_kernel
def test_any_window_and_batch(case: Case, window: int, draws: int, batch: int) -> None:
    problem = Problem("nce", 5, window=window, draws=draws, batch=batch)
    ids = [1, 2, 3, 0] * 30
    twin = trained_twin(case, problem, ids, 0.001)
    case.run(problem, windows_of(ids, window), 0.001, 42, 5)
    np.testing.assert_allclose(problem.parameters.input, twin.input, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(problem.parameters.output, twin.output, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(problem.parameters.bias, twin.bias, rtol=1e-4, atol=1e-5)


@every_kernel
def test_padding_stays_zero(case: Case) -> None:
    problem = Problem("nce", 5)
    case.run(problem, windows_of(random_ids(200), problem.window), 0.05, 1)
    assert not problem.parameters.input[:, 5:].any()
    assert not problem.parameters.output[:, 5:].any()


@pytest.mark.parametrize("ids", [[], [-1], [3], [3, -1, 4], [-1, -1, 2, -1]])
@every_kernel
def test_without_neighbours_nothing_is_learned(case: Case, ids: list[int]) -> None:
    problem = Problem("nce")
    before = [array.copy() for array in problem.parameters]
    assert case.run(problem, windows_of(ids, problem.window), 0.1, 1) == (0.0, 0)
    for array, old in zip(problem.parameters, before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize("twin", ["skipgram_batches", "cbow_batches"])
def test_a_diverged_batch_shows(twin: str) -> None:
    """The exponential function hides NaN, so it must come through on other ways."""
    case = next(case for case in KERNELS if case.twin == twin)
    problem = Problem("ns", 5)
    problem.parameters.input[:] = np.nan
    loss, _ = case.run(problem, windows_of([1, 2, 3], problem.window), 0.1, 1)
    assert np.isnan(loss)
    assert np.isnan(problem.parameters.output[1:4]).any()


def test_random_stream_is_splitmix64() -> None:
    # First outputs for the seed 1234567, published with the algorithm's test vectors.
    state, numbers = np.uint64(1234567), []
    for _ in range(3):
        state = np.uint64(advance(state))
        numbers.append(int(mix(state)))
    assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    twin = naive.Random(1234567)
    assert [twin.bits() for _ in range(3)] == numbers


def test_every_chunk_has_a_stream_of_its_own() -> None:
    states = {int(stream(seed, e, b)) for seed in range(5) for e in range(5) for b in range(200)}
    assert len(states) == 5 * 5 * 200


def test_below_reaches_both_ends() -> None:
    assert below(np.uint64(0), 7) == 0
    assert below(np.uint64(2**64 - 1), 7) == 6


@bare_jit
def sigmoid_and_log_loss(x: float) -> tuple[float, float]:
    return sigmoid(x), log_loss(x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_log_loss_at_the_extremes(dtype: type) -> None:
    assert sigmoid_and_log_loss(dtype(0)) == (0.5, pytest.approx(np.log(2), rel=1e-6))
    assert sigmoid_and_log_loss(dtype(-1000)) == (0, 1000)
    assert sigmoid_and_log_loss(dtype(1000)) == (1, 0)
    for x in (2, 0.3, -0.3):
        expected = 1 / (1 + np.exp(-x)), np.log1p(np.exp(-x))
        assert sigmoid_and_log_loss(dtype(x)) == pytest.approx(expected, rel=1e-6)
    assert np.isnan(sigmoid_and_log_loss(dtype(np.nan))).all()
