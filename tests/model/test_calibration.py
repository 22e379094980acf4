"""What is learned after training: against closed forms, and on a trained model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers import write_lines
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary
from w2v_nce.errors import FormatError, InputError
from w2v_nce.evaluation.likelihood import evaluate_likelihood
from w2v_nce.files.model_folder import CalibrationFile
from w2v_nce.model import fitting as log_normalizer
from w2v_nce.model.calibration import (
    Calibration,
    Calibrations,
    LogNormalizer,
    Quadratic,
    Temperature,
)
from w2v_nce.model.fitting import (
    RARE,
    calibrate_model,
    fit_log_normalizer,
    fit_prior_correction,
    fit_temperature,
    from_moments,
    regressions,
    with_head,
)
from w2v_nce.model.model import Model
from w2v_nce.model.predictor import Predictor
from w2v_nce.model.sentences import score_sentences
from w2v_nce.settings.train_config import TrainConfig
from w2v_nce.training.run import train

DIM = 6


def gaussian_model(words: int = 20_000) -> Model:
    """Output vectors from a normal distribution, all words equally frequent."""
    vocabulary = Vocabulary([b"w%d" % i for i in range(words)], np.full(words, 7), 7 * words, words)
    model = Model.initial(TrainConfig(dim=DIM, sample=0.0), vocabulary)
    random = np.random.default_rng(0)
    model.output_vectors[:] = random.normal(0.2, 0.5, (words, DIM)) @ random.normal(size=(DIM, DIM))
    return model


def contexts(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, DIM)).astype(np.float32) / 4


def test_normally_distributed_vectors_have_a_quadratic_log_z() -> None:
    """log E exp(h · v) of a normal distribution is h · μ + ½ hᵀ Σ h."""
    predictor = gaussian_model().predictor
    hidden = contexts(200)
    exact = predictor.log_normalizer(hidden)
    assert exact.std() > 0.2
    predicted = with_head(predictor, from_moments(predictor)).predict(hidden)
    np.testing.assert_allclose(predicted, exact, atol=0.05)


@pytest.mark.parametrize("directions", [DIM, 2])
def test_a_regression_finds_a_quadratic_function(
    directions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_normalizer, "ROWS_AT_ONCE", 64)
    random = np.random.default_rng(2)
    hidden = contexts(500)
    hidden[:, 0] *= 5
    hidden[:, 1] *= 4
    square = random.normal(size=(DIM, DIM))
    square = square + square.T
    square[2:] = square[:, 2:] = 0  # only in the directions of the largest variance
    truth = Quadratic(-1.5, random.normal(size=DIM), square)
    log_z = truth.predict(hidden)
    found = regressions(hidden, log_z, directions)[0]
    np.testing.assert_allclose(found.predict(hidden), log_z, rtol=0.05, atol=0.1)


def test_what_a_few_frequent_words_add_is_not_guessed() -> None:
    """Log Z is nearly the score of the best of twenty words: far from quadratic."""
    model = gaussian_model(4000)
    model.output_vectors[:20] = 12 * np.random.default_rng(4).normal(size=(20, DIM))
    predictor, hidden = model.predictor, contexts(3000)
    assert log_normalizer.head_size(predictor) == 1024
    assert predictor.log_normalizer(hidden).std() > 3
    assert fit_log_normalizer(predictor, hidden).error < 0.01


def test_a_head_in_a_vocabulary_of_one_or_two() -> None:
    for words in (1, 2, 3):
        predictor = gaussian_model(words).predictor
        exact = predictor.log_normalizer(contexts(50))
        moments = with_head(predictor, from_moments(predictor))
        np.testing.assert_allclose(moments.predict(contexts(50)), exact, atol=0.5)
        fit = fit_log_normalizer(predictor, contexts(50))
        np.testing.assert_allclose(fit.function.predict(contexts(50)), exact, atol=0.1)


def test_few_contexts_are_left_to_the_moments() -> None:
    predictor = gaussian_model().predictor
    assert fit_log_normalizer(predictor, contexts(8)).method == "moments"
    many = fit_log_normalizer(predictor, contexts(3000))
    assert many.error < 0.05


def drawn_words(predictor: Predictor, hidden: np.ndarray) -> np.ndarray:
    """Draw a word for each context from what the model says of it."""
    [(_, scores)] = predictor.scores(hidden)
    gumbel = np.random.default_rng(3).gumbel(size=scores.shape)
    return np.asarray(np.argmax(scores + gumbel, axis=1))


def test_temperature_is_recovered() -> None:
    """Words are drawn with the hidden vectors h · β; the model is then shown the plain h."""
    predictor = gaussian_model(300).predictor
    hidden = contexts(4000) * 2
    log_z = predictor.log_normalizer(hidden)
    truth = Temperature(0.2, -0.4)
    words = drawn_words(predictor, hidden * truth.inverse(log_z))
    found = fit_temperature(predictor, hidden, words, log_z)
    np.testing.assert_allclose(found, truth, atol=0.05)
    other = fit_temperature(predictor, hidden, drawn_words(predictor, hidden), log_z)
    np.testing.assert_allclose(other, (0.0, 0.0), atol=0.05)


def test_temperature_is_where_the_loss_is_least() -> None:
    predictor = gaussian_model(50).predictor
    hidden = contexts(200) * 3
    log_z = predictor.log_normalizer(hidden)
    words = drawn_words(predictor, hidden / 2)  # predictions are twice as sharp as they should be

    def loss(temperature: Temperature) -> float:
        return -float(predictor.log_probability(hidden * temperature.inverse(log_z), words).sum())

    best = fit_temperature(predictor, hidden, words, log_z)
    assert best.level < -0.4
    least = loss(best)
    for level, slope in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)):
        assert loss(Temperature(best.level + level, best.slope + slope)) > least


def test_the_prior_correction_is_recovered() -> None:
    """Without context one step is exact; with it, words become about as probable as they are."""
    plain = gaussian_model(40).predictor
    bias = np.linspace(-1, 1, 40).astype(np.float32)
    hidden = contexts(40_000)
    words = drawn_words(plain.with_bias(bias), 0 * hidden)
    counts = np.bincount(words, minlength=40)
    found = fit_prior_correction(plain, 0 * hidden, words)
    np.testing.assert_allclose(found, np.log((counts + RARE) / (1000 + RARE)), rtol=1e-5)
    words = drawn_words(plain.with_bias(bias), hidden)
    found = fit_prior_correction(plain, hidden, words)
    np.testing.assert_allclose(found - found.mean(), bias, atol=0.2)
    off = [
        np.abs(fit_prior_correction(plain.with_bias(b), hidden, words)).max()
        for b in (0 * bias, found)
    ]
    assert off[1] < off[0] / 3


def test_what_is_too_rare_to_be_judged_keeps_its_bias() -> None:
    words = np.repeat([0, 1], [30_000, 3])
    predictor = gaussian_model(20_000).predictor
    found = fit_prior_correction(predictor, np.zeros((len(words), DIM), np.float32), words)
    assert found[0] > 6
    assert np.abs(found[1:]).max() < 0.1


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    topics = [[f"w{topic}.{i}" for i in range(30)] for topic in range(8)]
    lines = [" ".join(random.choice(topics[random.integers(8)], 8)) for _ in range(6000)]
    return write_lines(tmp_path_factory.mktemp("calibration") / "corpus.txt", lines)


@pytest.fixture(scope="module")
def calibrated(corpus: Path) -> Model:
    config = TrainConfig(dim=12, sample=0.0, epochs=4, threads=1, noise=10)
    model, fits = calibrate_model(train(corpus, config), Corpus.open([corpus]), 4000)
    assert set(fits) == {"full_text", "as_trained"}
    return model


def test_of_a_trained_model(calibrated: Model, corpus: Path) -> None:
    report = evaluate_likelihood(calibrated, Corpus.open([corpus]), 2000, full_text=True)
    assert report.sd_calibrated_log_z is not None
    assert report.calibrated_perplexity is not None
    assert report.sd_calibrated_log_z < report.sd_log_z / 2
    assert report.calibrated_perplexity == pytest.approx(report.perplexity, rel=0.03)
    plain_model = replace(calibrated, calibrations=None)
    plain = evaluate_likelihood(plain_model, Corpus.open([corpus]), 2000, full_text=True)
    assert plain.calibrated_perplexity is plain.sd_calibrated_log_z is None
    assert abs(report.mean_log_z) < 0.05
    assert report.perplexity < plain.perplexity  # of the text that it is calibrated on


def test_scores_with_the_prediction(calibrated: Model) -> None:
    sentence = ["w1.1", "w1.2", "w1.3", "w1.4"]
    [exact] = score_sentences(calibrated, [sentence], "exact")
    [fast] = score_sentences(calibrated, [sentence], "fast")
    assert fast == pytest.approx(exact, abs=0.5)
    assert fast != exact


def test_round_trip(calibrated: Model, tmp_path: Path) -> None:
    calibrated.save(tmp_path / "model")
    loaded = Model.load(tmp_path / "model").calibrations
    assert loaded is not None
    assert calibrated.calibrations is not None
    hidden = np.random.default_rng(0).normal(size=(10, 12)).astype(np.float32)
    for mine, theirs in zip(loaded, calibrated.calibrations, strict=True):
        np.testing.assert_array_equal(mine.log_normalizer(hidden), theirs.log_normalizer(hidden))
    tail = Quadratic(0.0, np.zeros(12), np.zeros((12, 12)))
    one = LogNormalizer(np.zeros((2, 12), np.float32), np.zeros(2, np.float32), tail)
    bias = np.arange(len(calibrated.vocabulary), dtype=np.float32)
    other = Calibration(one, Temperature(0.25, -0.5), bias, one)
    with CalibrationFile(tmp_path / "model") as file:
        file.save(Calibrations(other, other).arrays())
    reloaded = Model.load(tmp_path / "model").calibrations
    assert reloaded is not None
    assert reloaded.full_text.log_normalizer(hidden) == pytest.approx(np.log(3))
    np.testing.assert_array_equal(reloaded.full_text.prior_correction, bias)
    np.testing.assert_allclose(
        reloaded.as_trained.scale(hidden), hidden * np.exp(0.25 - np.log(3) / 2), 1e-6
    )


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_damage_is_named(calibrated: Model, tmp_path: Path, content: bytes) -> None:
    calibrated.save(tmp_path / "model")
    (tmp_path / "model" / "calibration.npz").write_bytes(content)
    with pytest.raises(FormatError, match=r"calibration\.npz is not a calibration of this model"):
        Model.load(tmp_path / "model")


def test_a_model_without_calibration_cannot_be_fast() -> None:
    with pytest.raises(InputError, match="the model is not calibrated"):
        score_sentences(gaussian_model(10), [["w1", "w2"]], "fast")
