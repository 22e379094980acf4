"""What the losses learn, on a language of fifty words whose probabilities are known.

A line is a pair of words from a joint distribution J. With a window of 1 each predicts the other,
so that the pairs of the text have the distribution S = (J + Jᵀ) / 2, and a skip-gram of enough
dimensions can learn P(w | c) = S(c, w) / S(c) for every pair.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v_nce.kernels.jit import implements
from w2v_nce.kernels.scores import corrected_logit, learn_bias, learn_terms, logit_of
from w2v_nce.kernels.skipgram import train_skipgram
from w2v_nce.kernels.state import CorrectedScores, Parameters, Setup, Windows, new_scratch
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import train
from w2v_nce.training.setup import make_task

SIZE = 50
LINES = 200_000
#: Of the expected KL of frequencies in as many pairs: (cells - contexts) / (2 pairs).
SAMPLING_ERROR = (SIZE * SIZE / 2 - SIZE) / (2 * LINES)


@cache
def joint_distribution() -> np.ndarray:
    joint = np.random.default_rng(0).dirichlet(np.full(SIZE * SIZE, 0.5)).reshape(SIZE, SIZE)
    frequency = 1 / (np.arange(SIZE) + 20)  # the first is three times as frequent as the last
    joint = (joint + 1e-5) * np.outer(frequency, frequency)
    return (joint + joint.T) / (2 * joint.sum())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pairs = np.random.default_rng(1).choice(SIZE * SIZE, LINES, p=joint_distribution().ravel())
    path = tmp_path_factory.mktemp("truth") / "pairs.txt"
    path.write_text("".join(f"w{pair // SIZE} w{pair % SIZE}\n" for pair in pairs.tolist()))
    return path


def trained(corpus: Path, **settings) -> Model:
    defaults = {
        "architecture": "skipgram", "window": 1, "sample": 0.0, "min_count": 1, "noise": 50,
        "dim": 56, "epochs": 10, "learning_rate": 0.04, "threads": 1,
    }  # fmt: skip
    return train(corpus, TrainConfig(**(defaults | settings)))


def raw_scores(model: Model) -> np.ndarray:
    """h · v + b for all pairs, rows being contexts, in the order of the joint distribution."""
    order = model.vocabulary.ids([f"w{i}" for i in range(SIZE)])
    scores = model.input_vectors.astype(np.float64) @ model.output_vectors.T + model.bias
    if model.normalizer is not None:
        scores -= model.normalizer[:, None]
    return scores[np.ix_(order, order)]


def log_z(scores: np.ndarray) -> np.ndarray:
    return np.log(np.exp(scores).sum(axis=1))


def divergence(scores: np.ndarray) -> float:
    """KL(P || model) in nats, the mean over contexts."""
    joint = joint_distribution()
    truth = joint / joint.sum(axis=1, keepdims=True)
    learned = scores - log_z(scores)[:, None]
    return float((joint * (np.log(truth) - learned)).sum())


def slow(settings: dict) -> Any:
    return pytest.param(settings, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        slow({"noise": 100}),
        slow({"noise_power": 0.3}),
        slow({"noise_dist": "uniform"}),
        slow({"architecture": "cbow"}),
        slow({"noise_sharing": "none"}),
        slow({"loss": "softmax", "learning_rate": 0.1}),
        slow({"loss": "sampled-softmax"}),
        slow({"normalizer": "constant"}),
        slow({"normalizer": "per-word"}),
    ],
    ids=str,
)
def test_nce_recovers_the_truth_whatever_the_noise(corpus: Path, settings: dict) -> None:
    scores = raw_scores(trained(corpus, **settings))
    assert divergence(scores) < min(0.01, 3 * SAMPLING_ERROR)
    if "softmax" not in settings.get("loss", "nce"):  # for which any Z will do
        assert np.abs(log_z(scores)).max() < 0.02


@pytest.mark.slow
def test_without_log_k_everything_shifts_by_log_k(corpus: Path) -> None:
    scores = raw_scores(trained(corpus, nce_offset="q"))
    assert divergence(scores) < 0.01
    np.testing.assert_allclose(log_z(scores), -np.log(50), atol=0.02)


@pytest.mark.slow
def test_negative_sampling_learns_pmi_less_log_k(corpus: Path) -> None:
    """Noise in proportion to count^1: then it is the PMI that is learned, no probabilities."""
    model = trained(corpus, loss="ns", noise=5, noise_power=1.0)
    scores, joint = raw_scores(model), joint_distribution()
    assert not model.bias.any()
    assert divergence(scores) > 0.02
    assert np.abs(log_z(scores)).min() > 1
    marginal = joint.sum(axis=1)
    pmi = np.log(joint / np.outer(marginal, marginal))
    error = scores - (pmi - np.log(5))
    assert np.sqrt((joint * error**2).sum()) < 0.1


class DroppingScores(CorrectedScores):
    """Those of NCE, but noise that equals the true word is dropped, as by default."""


implements(logit_of, DroppingScores)(corrected_logit)
implements(learn_terms, DroppingScores)(learn_bias)


@pytest.mark.slow
def test_dropping_noise_that_hits_makes_log_odds(corpus: Path) -> None:
    """Why NCE keeps it: the optimum would be log(P / (1 - P))."""
    model = trained(corpus, epochs=1)
    setup = make_task(model).setup
    scores = DroppingScores(*setup.loss.scores)
    setup = setup._replace(loss=setup.loss._replace(scores=scores), redraw=True, draws=50)
    scores = raw_scores(refitted(model, setup))
    joint = joint_distribution()
    truth = joint / joint.sum(axis=1, keepdims=True)
    likely = truth > 0.1  # where it makes a difference, of 0.1 and more
    error = (scores - np.log(truth / (1 - truth)))[likely]
    shift = (scores - np.log(truth))[likely]
    assert len(shift) > 20
    assert shift.mean() > 0.08
    assert abs(error.mean()) < shift.mean() / 3


def refitted(model: Model, setup: Setup) -> Model:
    """Train on with another setup, on pairs drawn anew."""
    random = np.random.default_rng(2)
    order = np.array(model.vocabulary.ids([f"w{i}" for i in range(SIZE)]))
    scratch = new_scratch(model.config.dim, setup.draws, np.float32)
    for step in range(20):
        pairs = random.choice(SIZE * SIZE, 100_000, p=joint_distribution().ravel())
        words = order[np.stack([pairs // SIZE, pairs % SIZE], axis=1)].ravel().astype(np.int32)
        left = np.arange(len(words), dtype=np.int32) // 2 * 2
        rate = np.float32(0.05 * (1 - step / 20))
        train_skipgram(Windows(words, left, left + 2), setup, rate, np.uint64(step), scratch)
    return model


def test_setups_share_their_parameters_with_the_model(corpus: Path) -> None:
    model = trained(corpus, epochs=1)
    assert isinstance(model.parameters, Parameters)
    for array, own in zip(make_task(model).parameters, model.parameters, strict=True):
        assert np.shares_memory(array, own)
