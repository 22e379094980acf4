"""Learning rate and subsampling against their formulas."""

from __future__ import annotations

import numpy as np
import pytest

from w2v_nce.corpus.vocabulary import keep_probability, keep_thresholds
from w2v_nce.kernels.windows import subsample
from w2v_nce.training.schedule import LinearDecay


def test_learning_rate_falls_linearly_to_a_floor() -> None:
    decay = LinearDecay(0.1, 1000)
    assert decay.rate(0) == 0.1
    assert decay.rate(250) == pytest.approx(0.075)
    assert decay.rate(1000) == pytest.approx(1e-5)
    assert decay.rate(2000) == pytest.approx(1e-5)


def test_keep_probability_is_the_formula_of_word2vec() -> None:
    counts = np.array([900_000, 90_000, 9_990, 10])
    kept = keep_probability(counts, 1e-3)
    frequency = counts / counts.sum()
    formula = (np.sqrt(frequency / 1e-3) + 1) * 1e-3 / frequency
    np.testing.assert_allclose(kept, np.minimum(formula, 1))
    assert kept[0] < kept[1] < 1
    assert kept[3] == 1
    assert (keep_probability(counts, 0.0) == 1).all()


def test_thresholds_keep_everything_or_almost_nothing() -> None:
    assert keep_thresholds(np.array([10, 10]), 0.0).tolist() == [2**32 - 1] * 2
    assert keep_thresholds(np.array([10**18, 1]), 1e-12)[0] < 2**32 * 1.1e-6


def test_words_survive_as_often_as_they_should() -> None:
    counts = np.array([900_000, 90_000, 9_990, 10])
    keep, expected = keep_thresholds(counts, 1e-3), keep_probability(counts, 1e-3)
    trials = 200_000
    for word in range(len(counts)):
        ids = np.full(trials, word, np.int32)
        count, _ = subsample(ids, trials, keep, np.uint64(word))
        spread = np.sqrt(trials * expected[word] * (1 - expected[word]))
        assert abs(count - trials * expected[word]) <= 4 * spread
