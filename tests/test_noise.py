"""The noise distribution: what is drawn is what is subtracted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from w2v_nce.kernels.alias import COLUMN, draw
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import advance, mix
from w2v_nce.noise import (
    alias_table,
    log_noise,
    make_noise,
    probabilities,
    unigram_weights,
    units_of,
)


@jit
def draws(table, state, histogram, times):
    for _ in range(times):
        state = advance(state)
        histogram[draw(table, mix(state))] += 1


def units_in_table(columns: np.ndarray, words: int) -> np.ndarray:
    """Add up what every word owns of every column, by the definition of the table."""
    owned = np.zeros(len(columns), np.int64)
    for column, (units, other) in enumerate(columns.tolist()):
        owned[column] += units
        owned[other] += COLUMN - units
    assert not owned[words:].any()
    return owned[:words]


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=70))
@settings(deadline=None)
def test_the_table_gives_each_word_exactly_its_units(weights: list[float]) -> None:
    units, bits = units_of(np.array(weights))
    assert units.min() >= 1
    assert units.sum() == COLUMN << bits
    table = alias_table(units, bits)
    np.testing.assert_array_equal(units_in_table(table.columns, len(weights)), units)
    shares = np.array(weights) / sum(weights)
    np.testing.assert_allclose(probabilities(units), shares, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize("power", [0.0, 0.75, 1.0])
@pytest.mark.parametrize("size", [2, 3, 64, 1000])
def test_draws_follow_the_distribution(size: int, power: float) -> None:
    counts = np.random.default_rng(size).integers(1, 10_000, size)
    units, bits = units_of(unigram_weights(counts, power))
    histogram = np.zeros(size, np.int64)
    draws(alias_table(units, bits), np.uint64(17), histogram, 400_000)
    assert chisquare(histogram, probabilities(units) * 400_000).pvalue > 1e-4


def test_no_word_is_without_noise() -> None:
    counts = np.array([10**15, 1, 1])
    units, _ = units_of(unigram_weights(counts, 3.0))
    assert units.tolist()[1:] == [1, 1]
    assert np.isfinite(log_noise(units)).all()


def test_offsets_are_log_k_q_for_nce_and_zero_for_negative_sampling() -> None:
    counts = np.array([80, 15, 5])
    nce = make_noise(counts, 0.75, 7, "nce")
    expected = np.log(7 * counts**0.75 / (counts**0.75).sum())
    np.testing.assert_allclose(nce.offset, expected, rtol=1e-6)
    assert not make_noise(counts, 0.75, 7, "ns").offset.any()
