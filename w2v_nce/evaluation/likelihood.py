"""The likelihood of a text under a model: perplexity, log Z, and the reliability of probabilities.

Words that are not in the vocabulary are left out. Beyond that the text is treated as in training:
frequent words are dropped by chance if the model was trained so, and every window has a size
drawn anew. The figures are then about the distribution that the model was trained on, and only
models of equal ``sample`` and vocabulary can be compared by them. Or they are about the text as it
is, with probabilities that are corrected for the subsampling.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Reals, log_sum_exp
from w2v_nce.corpus.examples import TextExamples
from w2v_nce.corpus.sources import Corpus
from w2v_nce.corpus.vocabulary import thinned_shares
from w2v_nce.kernels.examples import Examples
from w2v_nce.kernels.histogram import LEVELS, tally
from w2v_nce.model.model import Model
from w2v_nce.model.predictor import probabilities_of

CONFIDENCE_BINS = 15


@dataclass(frozen=True)
class Level:
    """One level of the reliability histogram: predicted and observed frequencies.

    It covers all words in all contexts whose probability was above ``above`` and at most twice
    that: their number, their mean probability, and the share that was the true word.
    """

    above: float
    count: int
    predicted: float
    observed: float


@dataclass(frozen=True)
class LikelihoodReport:
    """Measurements of a model on a text; logarithms are natural, losses and log Z in nats."""

    examples: int  # that were measured
    text_examples: int  # in the whole text
    coverage: float  # share of the text's words that are in the vocabulary
    sample: float  # the subsampling of the text, as in training
    perplexity: float  # with scores normalised over the whole vocabulary
    trusting_perplexity: float  # of exp(score), unnormalised: a perplexity only if log Z is 0
    unigram_perplexity: float  # of the words' frequencies alone
    mean_log_z: float
    sd_log_z: float  # over contexts
    calibrated_perplexity: float | None  # with log Z as predicted, of a calibrated model
    sd_calibrated_log_z: float | None  # of log Z minus its prediction
    nce_loss: float  # per example, with the noise and the k of training
    calibration: list[Level]
    calibration_error: float  # expected, of the most probable words (Guo et al. 2017)
    misplaced: float  # probability at the wrong level, per context

    def to_dict(self) -> dict[str, Any]:
        """Return all figures for JSON."""
        return {"task": "likelihood", **asdict(self)}


def evaluate_likelihood(
    model: Model,
    corpus: Corpus,
    limit: int | None = 20_000,
    full_text: bool = False,
    seed: int = 1,
) -> LikelihoodReport:
    """Measure a model on a text, on a sample of about ``limit`` examples, or on all.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """
    examples = TextExamples(model.config, model.vocabulary, corpus, limit, full_text, seed=seed)
    sums = Sums(model, full_text)
    for some in examples:
        sums.add(some)
    return sums.report(examples.count, examples.coverage)


class Sums:
    """The sums that a report is computed from."""

    def __init__(self, model: Model, full_text: bool) -> None:
        config, counts = model.config, model.vocabulary.counts
        self.sample = 0.0 if full_text else config.sample
        self.model = model
        self.predictor = model.new_predictor(full_text)
        self.log_unigram = np.log(thinned_shares(counts, self.sample))
        self.offset = model.noise.log_kq(config.k_of_offset)
        self.cumulated_noise = np.cumsum(model.noise.probabilities)
        self.random = np.random.Generator(np.random.PCG64(0))
        self.scores: list[Doubles] = []
        self.log_z: list[Doubles] = []
        self.predicted: list[Doubles] = []  # log Z, of a calibrated model
        self.unigram = self.loss = 0.0
        self.counts, self.sums = np.zeros(LEVELS, np.int64), np.zeros(LEVELS)
        self.hits = np.zeros(LEVELS, np.int64)
        self.confidence: list[Reals] = []  # the probability of the most probable word
        self.correct: list[npt.NDArray[np.bool_]] = []  # whether it was the true word

    def add(self, examples: Examples) -> None:
        """Add some examples."""
        hidden = self.predictor.combined(examples.contexts, examples.sizes)
        true_scores = self.predictor.score(hidden, examples.words)
        for which, scores in self.predictor.scores(hidden):
            log_z = log_sum_exp(scores)
            probabilities = probabilities_of(scores, log_z)
            tally(probabilities, self.counts, self.sums)
            true = probabilities[np.arange(len(log_z)), examples.words[which]]
            tally(true[None], self.hits, np.zeros(LEVELS))
            best = probabilities.argmax(axis=1)
            self.confidence.append(probabilities[np.arange(len(best)), best])
            self.correct.append(best == examples.words[which])
            self.log_z.append(log_z)
            if self.predictor.calibration is not None:
                self.predicted.append(self.predictor.predicted_log_normalizer(hidden[which]))
        self.scores.append(true_scores)
        self.unigram += float(self.log_unigram[examples.words].sum())
        self.loss += float(softplus(self.offset[examples.words] - true_scores).sum())
        self.loss += self.loss_of_noise(hidden)

    def loss_of_noise(self, hidden: Reals) -> float:
        """Return the summed loss of k noise words for each hidden vector."""
        shape = (len(hidden), self.model.config.k)
        draws = np.searchsorted(self.cumulated_noise, self.random.random(shape), side="right")
        noise = np.minimum(draws, len(self.offset) - 1)
        loss = 0.0
        for column in noise.T:
            loss += float(
                softplus(self.predictor.score(hidden, column) - self.offset[column]).sum()
            )
        return loss

    def report(self, text_examples: int, coverage: float) -> LikelihoodReport:
        """Return the report on all examples."""
        scores, log_z = np.concatenate(self.scores), np.concatenate(self.log_z)
        predicted = np.concatenate(self.predicted) if self.predicted else None
        count = len(scores)
        return LikelihoodReport(
            examples=count,
            text_examples=text_examples,
            coverage=coverage,
            sample=self.sample,
            perplexity=perplexity(log_z - scores),
            trusting_perplexity=perplexity(-scores),
            unigram_perplexity=float(np.exp(-self.unigram / count)),
            mean_log_z=float(np.mean(log_z)),
            sd_log_z=float(np.std(log_z)),
            calibrated_perplexity=None if predicted is None else perplexity(predicted - scores),
            sd_calibrated_log_z=None if predicted is None else float(np.std(log_z - predicted)),
            nce_loss=self.loss / count,
            calibration=[
                Level(
                    above=0.0 if level == LEVELS - 1 else 2.0 ** -(level + 1),
                    count=int(self.counts[level]),
                    predicted=float(self.sums[level] / self.counts[level]),
                    observed=float(self.hits[level] / self.counts[level]),
                )
                for level in np.flatnonzero(self.counts).tolist()
            ],
            calibration_error=calibration_error(
                np.concatenate(self.confidence), np.concatenate(self.correct)
            ),
            misplaced=float(np.abs(self.sums - self.hits).sum() / count),
        )


def calibration_error(confidence: Reals, correct: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error (Guo et al. 2017).

    That is the difference of the mean confidence and the share that is correct in each of 15
    bins of equal width, the mean over all predictions.
    """
    bins = np.minimum((confidence * CONFIDENCE_BINS).astype(np.int64), CONFIDENCE_BINS - 1)
    sums = np.bincount(bins, confidence - correct, CONFIDENCE_BINS)
    return float(np.abs(sums).sum() / len(confidence))


def perplexity(losses: Doubles) -> float:
    """Return exp of the mean of -log P."""
    return float(np.exp(np.mean(losses)))


def softplus(x: Doubles) -> Doubles:
    """Return -log(sigmoid(-x)), without overflow."""
    return np.asarray(np.logaddexp(0.0, x))
