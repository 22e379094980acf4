"""The likelihood of a text against an evaluation that is written out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests import naive
from tests.helpers import write_lines
from w2v_nce.corpus import examples as examples_module
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import Vocabulary, keep_probability, keep_thresholds
from w2v_nce.errors import CorpusError
from w2v_nce.evaluation.likelihood import LikelihoodReport, evaluate_likelihood
from w2v_nce.kernels.histogram import LEVELS, level_of, tally
from w2v_nce.kernels.random import stream
from w2v_nce.model.model import Model
from w2v_nce.settings.train_config import TrainConfig

WORDS = [b"the", b"of", b"cat", b"dog", b"saw", b"was"]
COUNTS = np.array([500, 300, 100, 60, 40, 20])


@pytest.fixture
def text(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    lines = [
        " ".join(random.choice(["the", "of", "cat", "dog", "saw", "was", "ox"], size))
        for size in random.integers(1, 12, 300)
    ]
    return write_lines(tmp_path / "text.txt", lines)


def model_of(**settings: object) -> Model:
    defaults = {"dim": 4, "window": 3, "sample": 0.0}
    config = TrainConfig(**(defaults | settings))
    model = Model.initial(config, Vocabulary(WORDS, COUNTS, 1020, 6))
    random = np.random.default_rng(0)
    for matrix in (model.input_vectors, model.output_vectors):
        matrix[:] = random.normal(size=matrix.shape)
    return model


def examples(model: Model, text: Path) -> list[tuple[int, list[int]]]:
    """(word, context) of all examples, by the twins of the kernels."""
    config = model.config
    random = naive.Random(int(stream(1, 0, 0)))
    ids = naive.encode(text.read_bytes(), WORDS)
    ids = naive.subsample(ids, keep_thresholds(COUNTS, config.sample), random)
    windows = naive.windows(ids, config.window, random)
    if config.architecture == "cbow":
        return windows
    return [(neighbour, [centre]) for centre, context in windows for neighbour in context]


def scores_of(model: Model, context: list[int]) -> np.ndarray:
    share = naive.share_of(context, model.config.root)
    hidden = share * model.input_vectors[context].astype(np.float64).sum(axis=0)
    scores = model.output_vectors @ hidden + model.bias
    if model.normalizer is not None:
        scores = scores - share * model.normalizer[context].sum()
    if model.config.loss == "ns":
        scores = scores + np.log(model.config.k * model.noise.probabilities)
    return scores


def log_z(scores: np.ndarray) -> float:
    return math.log(sum(map(math.exp, scores)))


def expected_loss(model: Model, scores: np.ndarray, word: int) -> float:
    """The NCE loss of an example, with the expectation over the noise."""
    q, k = model.noise.probabilities, model.config.k
    logits = scores - np.log(q if model.config.nce_offset == "q" else k * q)
    return np.log1p(np.exp(-logits[word])) + k * (q * np.log1p(np.exp(logits))).sum()


@pytest.mark.parametrize("sample", [0.0, 0.1])
@pytest.mark.parametrize("loss", ["nce", "ns"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_figures(
    text: Path, architecture: str, loss: str, sample: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples_module, "EXAMPLES_AT_ONCE", 100)
    model = model_of(architecture=architecture, loss=loss, sample=sample)
    report = evaluate_likelihood(model, Corpus.open([text]), limit=None)
    found = examples(model, text)
    scores = [scores_of(model, context) for _, context in found]
    true = np.array([s[word] for s, (word, _) in zip(scores, found, strict=True)])
    normalizers = np.array([log_z(s) for s in scores])
    assert report.examples == report.text_examples == len(found) > 300
    assert report.perplexity == pytest.approx(math.exp((normalizers - true).mean()), rel=1e-4)
    assert report.trusting_perplexity == pytest.approx(math.exp(-true.mean()), rel=1e-4)
    assert report.mean_log_z == pytest.approx(normalizers.mean(), rel=1e-4, abs=1e-5)
    assert report.sd_log_z == pytest.approx(normalizers.std(), rel=1e-4)
    frequencies = COUNTS * keep_probability(COUNTS, sample)
    unigram = np.log(frequencies / frequencies.sum())[[word for word, _ in found]]
    assert report.unigram_perplexity == pytest.approx(math.exp(-unigram.mean()), rel=1e-6)
    words = text.read_text().split()
    assert report.coverage == pytest.approx(1 - words.count("ox") / len(words))
    losses = [expected_loss(model, s, word) for s, (word, _) in zip(scores, found, strict=True)]
    assert report.nce_loss == pytest.approx(np.mean(losses), rel=0.05)


@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_full_text_has_all_words_and_full_windows(text: Path, architecture: str) -> None:
    model = model_of(architecture=architecture, sample=0.1)
    report = evaluate_likelihood(model, Corpus.open([text]), limit=None, full_text=True)
    assert report.sample == 0
    logs = []
    for line in text.read_text().splitlines():
        ids = [WORDS.index(word.encode()) for word in line.split() if word != "ox"]
        for place, word in enumerate(ids):
            context = ids[max(0, place - 3) : place] + ids[place + 1 : place + 4]
            pairs = [(word, context)] if context else []
            if architecture == "skipgram":
                pairs = [(neighbour, [word]) for neighbour in context]
            for target, given in pairs:
                scores = scores_of(model, given) - np.log(keep_probability(COUNTS, 0.1))
                logs.append(scores[target] - log_z(scores))
    assert report.examples == len(logs)
    assert report.perplexity == pytest.approx(math.exp(-np.mean(logs)), rel=1e-4)


@pytest.mark.parametrize(
    "settings", [{"nce_offset": "q"}, {"normalizer": "per-word"}, {"loss": "softmax"}], ids=str
)
def test_other_objectives(text: Path, settings: dict) -> None:
    model = model_of(**settings)
    if model.normalizer is not None:
        model.normalizer[:] = np.arange(6) / 4
    report = evaluate_likelihood(model, Corpus.open([text]), limit=None)
    found = examples(model, text)
    scores = [scores_of(model, context) for _, context in found]
    logs = [s[word] - log_z(s) for s, (word, _) in zip(scores, found, strict=True)]
    assert report.perplexity == pytest.approx(math.exp(-np.mean(logs)), rel=1e-4)
    assert report.mean_log_z == pytest.approx(np.mean([log_z(s) for s in scores]), rel=1e-4)
    losses = [expected_loss(model, s, word) for s, (word, _) in zip(scores, found, strict=True)]
    assert report.nce_loss == pytest.approx(np.mean(losses), rel=0.05)


def test_calibration_counts_every_word_in_every_context(text: Path) -> None:
    model = model_of()
    report = evaluate_likelihood(model, Corpus.open([text]), limit=None)
    found = examples(model, text)
    rows = []
    for word, context in found:
        scores = scores_of(model, context)
        rows += [(math.exp(s - log_z(scores)), i == word) for i, s in enumerate(scores)]
    assert sum(level.count for level in report.calibration) == len(rows)
    error = 0.0
    for level in report.calibration:
        upper = 2 * level.above if level.above else 2.0 ** -(LEVELS - 1)
        inside = [(p, hit) for p, hit in rows if level.above < p <= upper]
        assert abs(len(inside) - level.count) <= 2  # rounding at the borders
        if len(inside) == level.count:
            predicted, observed = np.mean(inside, axis=0)
            assert level.predicted == pytest.approx(predicted, rel=1e-4)
            assert level.observed == pytest.approx(observed, abs=1e-9)
        error += abs(sum(p - hit for p, hit in inside))
    assert report.misplaced == pytest.approx(error / len(found), abs=0.01)
    bins: dict[int, float] = {}
    for word, context in found:
        scores = scores_of(model, context)
        best = int(np.argmax(scores))
        confidence = math.exp(scores[best] - log_z(scores))
        place = min(int(confidence * 15), 14)
        bins[place] = bins.get(place, 0.0) + confidence - (best == word)
    expected = sum(map(abs, bins.values())) / len(found)
    assert report.calibration_error == pytest.approx(expected, rel=1e-3)


def test_a_limit_takes_a_sample_of_the_text(text: Path) -> None:
    model = model_of()
    corpus = Corpus.open([text, text])
    everything = evaluate_likelihood(model, corpus, limit=None)
    some = evaluate_likelihood(model, corpus, limit=400)
    assert 340 <= some.examples <= 460
    assert some.text_examples == everything.text_examples
    assert some.perplexity == pytest.approx(everything.perplexity, rel=0.2)
    assert evaluate_likelihood(model, corpus, limit=400) == some


def test_a_text_without_examples_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "text.txt", ["the", "ox of bird"])
    with pytest.raises(CorpusError, match=r"2 of its 4 words are in the vocabulary, and none"):
        evaluate_likelihood(model_of(), Corpus.open([path]))


def test_the_report_is_for_json_too(text: Path) -> None:
    report = evaluate_likelihood(model_of(), Corpus.open([text]), limit=100)
    assert isinstance(report, LikelihoodReport)
    document = report.to_dict()
    assert document["task"] == "likelihood"
    assert document["calibration"][0].keys() == {"above", "count", "predicted", "observed"}


def test_levels_are_powers_of_one_half() -> None:
    p = np.array([[1.0, 0.51, 0.5, 0.26, 0.2, 1e-30, 0.0]], np.float32)
    assert [level_of(x) for x in p[0]] == [0, 0, 1, 1, 2, LEVELS - 1, LEVELS - 1]
    counts, sums = np.zeros(LEVELS, np.int64), np.zeros(LEVELS)
    tally(p, counts, sums)
    assert counts[:4].tolist() == [2, 2, 1, 0]
    np.testing.assert_allclose(sums[:3], [1.51, 0.76, 0.2], rtol=1e-6)
