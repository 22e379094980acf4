"""The noise distribution: what is drawn is what is subtracted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import ConfigError, FormatError
from w2v_nce.kernels.jit import jit
from w2v_nce.kernels.random import advance, draw, mix
from w2v_nce.kernels.state import COLUMN, BareScores, CorrectedScores
from w2v_nce.model.model import initial_parameters
from w2v_nce.model.noise import NoiseDistribution, check_noise, noise_distribution
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.setup import alias_table, loss_of

COUNTS = np.array([80, 15, 5])
VOCABULARY = Vocabulary([b"the", b"of", b"\xff!"], COUNTS, 100, 3)


@jit
def draws(table, state, histogram, times):
    for _ in range(times):
        state = advance(state)
        histogram[draw(table, mix(state))] += 1


def units_in_table(columns: np.ndarray, words: int) -> np.ndarray:
    """Add up what every word owns of every column, by the definition of the table."""
    owned = np.zeros(len(columns), np.int64)
    for column, both in enumerate(columns.tolist()):
        units, other = divmod(both, COLUMN)
        owned[column] += units
        owned[other] += COLUMN - units
    assert not owned[words:].any()
    return owned[:words]


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=70))
def test_the_table_gives_each_word_exactly_its_units(weights: list[float]) -> None:
    noise = NoiseDistribution.of_weights(np.array(weights))
    assert noise.units.min() >= 1
    assert noise.units.sum() == COLUMN << noise.bits
    np.testing.assert_array_equal(
        units_in_table(alias_table(noise).columns, len(weights)), noise.units
    )
    shares = np.array(weights) / sum(weights)
    np.testing.assert_allclose(noise.probabilities, shares, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize("power", [0.0, 0.75, 1.0])
@pytest.mark.parametrize("size", [2, 3, 64, 1000])
def test_draws_follow_the_distribution(size: int, power: float) -> None:
    counts = np.random.default_rng(size).integers(1, 10_000, size)
    noise = NoiseDistribution.of_weights(counts**power)
    histogram = np.zeros(size, np.int64)
    draws(alias_table(noise), np.uint64(17), histogram, 400_000)
    assert chisquare(histogram, noise.probabilities * 400_000).pvalue > 1e-4


def test_no_word_is_without_noise() -> None:
    noise = NoiseDistribution.of_weights(np.array([1e45, 1, 1]))
    assert noise.units.tolist()[1:] == [1, 1]
    assert np.isfinite(noise.log_probabilities).all()


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({}, COUNTS**0.75),
        ({"noise_power": 1.0}, COUNTS),
        ({"noise_dist": "uniform"}, [1, 1, 1]),
        ({"noise_dist": "log-uniform"}, np.log([2 / 1, 3 / 2, 4 / 3])),
        ({"noise_dist": "log-uniform", "noise_power": 2.0}, np.log([2 / 1, 3 / 2, 4 / 3]) ** 2),
    ],
)
def test_distributions(settings: dict, weights: list[float]) -> None:
    noise = noise_distribution(TrainConfig(**settings), VOCABULARY)
    expected = np.array(weights) / np.sum(weights)
    np.testing.assert_allclose(noise.probabilities, expected, rtol=1e-7)


def noise_from(path: Path, text: bytes, **settings: float) -> NoiseDistribution:
    path.write_bytes(text)
    return noise_distribution(TrainConfig(noise_dist=str(path), **settings), VOCABULARY)


def test_noise_from_a_file(tmp_path: Path) -> None:
    """Words that it leaves out, or that weigh nothing, have the least weight in it."""
    text = b"of 3.5\n\n\xff!\t7e-1\r\nelsewhere 0.2\nthe 0\n"
    noise = noise_from(tmp_path / "q", text)
    np.testing.assert_allclose(noise.probabilities, np.array([0.2, 3.5, 0.7]) / 4.4, rtol=1e-7)
    squared = noise_from(tmp_path / "q", text, noise_power=2.0).probabilities
    np.testing.assert_allclose(squared, np.array([0.04, 12.25, 0.49]) / 12.78, rtol=1e-7)


@pytest.mark.parametrize(("weight", "power"), [("1e200", 2.0), ("1e-60", 8.0), ("1e308", 1.0)])
def test_any_weights_and_power(tmp_path: Path, weight: str, power: float) -> None:
    text = f"the {weight}\nof {weight}\n".encode()
    noise = noise_from(tmp_path / "q", text, noise_power=power)
    np.testing.assert_allclose(noise.probabilities, 1 / 3, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"the 1\nof\n", "line 2: 'of' is not a word and a weight of zero or more"),
        (b"the one\n", "line 1: 'the one' is not a word and a weight"),
        (b"the 1 2\n", "line 1: 'the 1 2' is not a word and a weight"),
        (b"the -1\n", "line 1: 'the -1' is not"),
        (b"the inf\n", "line 1: 'the inf' is not"),
        (b"the nan\n", "line 1: 'the nan' is not"),
        (b"the 1\n\nthe 2\n", "line 3: 'the' has a weight already"),
        (b"", "has no weight for any of the 3 words"),
        (b"house 1\nthe 0\n", "has no weight for any of the 3 words"),
    ],
)
def test_a_bad_file_of_weights_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        noise_from(tmp_path / "q", text)
    assert str(tmp_path / "q") in str(caught.value)


def test_neither_a_distribution_nor_a_file() -> None:
    with pytest.raises(ConfigError, match="`noise_dist` is 'unigam'; choose one of unigram, uni"):
        check_noise("unigam")


def test_offsets_are_log_k_q_for_nce_and_none_for_negative_sampling() -> None:
    noise = noise_distribution(TrainConfig(), VOCABULARY)
    log_q = np.log(COUNTS**0.75 / (COUNTS**0.75).sum())
    parameters = initial_parameters(TrainConfig(dim=1), noise, 0)

    def scores(**settings: Any) -> BareScores | CorrectedScores:
        return loss_of(TrainConfig(**settings), noise, parameters).scores

    np.testing.assert_allclose(scores(noise=7).offset, np.log(7) + log_q, rtol=1e-6)
    np.testing.assert_allclose(scores(noise=7, nce_offset="q").offset, log_q, rtol=1e-6)
    assert isinstance(scores(loss="ns"), BareScores)
