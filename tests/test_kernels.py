"""Kernels against their naive twins, number by number."""

from __future__ import annotations

import numpy as np
import pytest

from tests import naive
from tests.helpers import COUNTS, random_setup, scratch_for
from w2v_nce.kernels.cbow import train_cbow
from w2v_nce.kernels.contrast import log_loss, sigmoid
from w2v_nce.kernels.random import advance, below, mix, stream
from w2v_nce.kernels.sentences import draw_window, sentence_end, subsample
from w2v_nce.kernels.skipgram import train_skipgram

KERNELS = {"skipgram": train_skipgram, "cbow": train_cbow}


def random_ids(size: int, seed: int = 3) -> np.ndarray:
    """Words and sentence ends, among them empty and one-word sentences."""
    return np.random.default_rng(seed).integers(-1, len(COUNTS), size).astype(np.int32)


@pytest.mark.parametrize("dim", [1, 3, 16, 21])
@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", KERNELS)
def test_kernel_does_what_its_twin_does(architecture: str, loss: str, dim: int) -> None:
    setup, ids = random_setup(loss, dim), random_ids(100)
    twin = naive.Trainer(setup, 0.05, 42)
    getattr(twin, architecture)(ids.tolist())
    total, measured = KERNELS[architecture](ids, setup, 0.05, np.uint64(42), scratch_for(setup))
    np.testing.assert_allclose(setup.parameters.input, twin.input, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(setup.parameters.output, twin.output, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(setup.parameters.bias, twin.bias, rtol=1e-9, atol=1e-12)
    assert measured == len(twin.measured) > 4
    assert total == pytest.approx(sum(twin.measured), rel=1e-9)


@pytest.mark.parametrize("architecture", KERNELS)
def test_single_precision_stays_single_and_close(architecture: str) -> None:
    setup, ids = random_setup("nce", 10, dtype=np.float32), random_ids(300)
    twin = naive.Trainer(setup, 0.05, 7)
    getattr(twin, architecture)(ids.tolist())
    kernel = KERNELS[architecture]
    kernel(ids, setup, np.float32(0.05), np.uint64(7), scratch_for(setup))
    assert setup.parameters.input.dtype == np.float32
    np.testing.assert_allclose(setup.parameters.input, twin.input, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(setup.parameters.output, twin.output, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("architecture", KERNELS)
def test_padding_stays_zero(architecture: str) -> None:
    setup = random_setup("nce", 5)
    KERNELS[architecture](random_ids(200), setup, 0.05, np.uint64(1), scratch_for(setup))
    assert not setup.parameters.input[:, 5:].any()
    assert not setup.parameters.output[:, 5:].any()


@pytest.mark.parametrize("ids", [[], [-1], [3], [3, -1, 4], [-1, -1, 2, -1]])
@pytest.mark.parametrize("architecture", KERNELS)
def test_without_neighbours_nothing_is_learned(architecture: str, ids: list[int]) -> None:
    setup = random_setup("nce")
    before = [array.copy() for array in setup.parameters]
    kernel = KERNELS[architecture]
    result = kernel(np.array(ids, np.int32), setup, 0.1, np.uint64(1), scratch_for(setup))
    assert result == (0.0, 0)
    for array, old in zip(setup.parameters, before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_random_stream_is_splitmix64() -> None:
    # First outputs for the seed 1234567, published with the algorithm's test vectors.
    state, numbers = np.uint64(1234567), []
    for _ in range(3):
        state = np.uint64(advance(state))
        numbers.append(int(mix(state)))
    assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423]
    twin = naive.Random(1234567)
    assert [twin.bits() for _ in range(3)] == numbers


def test_every_block_has_a_stream_of_its_own() -> None:
    states = {int(stream(seed, e, b)) for seed in range(5) for e in range(5) for b in range(200)}
    assert len(states) == 5 * 5 * 200


def test_window_sizes_are_uniform() -> None:
    state, sizes = np.uint64(5), np.zeros(6)
    for _ in range(50_000):
        left, right, state = draw_window(100, 0, 200, 5, np.uint64(state))
        assert right - 101 == 100 - left
        sizes[right - 101] += 1
    assert sizes[0] == 0
    expected = 50_000 / 5
    chi_square = float(((sizes[1:] - expected) ** 2 / expected).sum())
    assert chi_square < 18.5  # 0.999 quantile, 4 degrees of freedom


def test_window_is_cut_at_the_sentence() -> None:
    left, right, _ = draw_window(3, 3, 5, 10, np.uint64(5))
    assert left == 3
    assert right <= 5


def test_below_reaches_both_ends() -> None:
    assert below(np.uint64(0), 7) == 0
    assert below(np.uint64(2**64 - 1), 7) == 6


def test_subsampling_follows_its_twin() -> None:
    setup, ids = random_setup("ns"), random_ids(500)
    expected = naive.subsample(ids.tolist(), setup.keep, naive.Random(9))
    count, _ = subsample(ids, len(ids), setup.keep, np.uint64(9))
    assert ids[:count].tolist() == expected
    assert 0 < count < 500


def test_sentence_end() -> None:
    ids = np.array([1, 2, -1, 3], np.int32)
    assert [sentence_end(ids, i) for i in range(5)] == [2, 2, 2, 4, 4]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_log_loss_at_the_extremes(dtype: type) -> None:
    assert sigmoid(dtype(0)) == 0.5
    assert sigmoid(dtype(2)) == pytest.approx(1 / (1 + np.exp(-2)), rel=1e-6)
    assert sigmoid(dtype(-1000)) == 0
    assert sigmoid(dtype(1000)) == 1
    assert log_loss(dtype(-1000)) == 1000
    assert log_loss(dtype(1000)) == 0
    assert log_loss(dtype(0.3)) == pytest.approx(np.log1p(np.exp(-0.3)), rel=1e-6)
    assert np.isnan(sigmoid(dtype(np.nan)))
    assert np.isnan(log_loss(dtype(np.nan)))
