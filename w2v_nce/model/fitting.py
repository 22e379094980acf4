r"""log Z of a context, predicted from its hidden vector without a sum over the vocabulary.

Z(h) = Σ_w exp(h · v_w + b_w) is often a few frequent words for the most part, and unsteady; what
thousands of others add is steady. So the most frequent words, the head, are added up, and only the
sum over the tail is predicted. With π_w = exp(b_w) / Σ exp(b) for words of the tail it is

    log Σ_tail exp(h · v_w + b_w) = log Σ_tail exp(b_w) + log E_π exp(h · v_w),

a cumulant generating function of h · v. If the output vectors under π were normally distributed
with the mean μ and the covariance Σ, it would be quadratic in h:

    log Σ_tail exp(b_w) + μ · h + ½ hᵀ Σ h.

They are not, but it is close to quadratic all the same, and a regression on contexts for which the
sum was computed exactly finds better coefficients, if there are enough of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Ids, Longs, Reals, log_sum_exp
from w2v_nce.corpus.examples import TextExamples
from w2v_nce.corpus.sources import Corpus
from w2v_nce.files.model_folder import CalibrationFile
from w2v_nce.model.calibration import (
    Calibration,
    Calibrations,
    LogNormalizer,
    Quadratic,
    Temperature,
)
from w2v_nce.model.model import Model
from w2v_nce.model.predictor import Predictor, probabilities_of

ROWS_AT_ONCE = 2048
HEAD = 1024  # words in the head, at most; half of a small vocabulary
DIRECTIONS = 32  # of h whose products are features, at most
HELD_BACK = 5  # every fifth context is kept for measuring the error
RIDGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # tried as multiples of the features' mean square


class Fit(NamedTuple):
    """A function for log Z, the method that found it, and its error."""

    function: LogNormalizer
    method: str  # "moments" or "regression"
    error: float  # root mean square, on contexts held back


def fit_log_normalizer(predictor: Predictor, hidden: Reals) -> Fit:
    """Find the function that predicts log Z best for contexts like these, (n, dim).

    There are fewer directions where there would be too few contexts for their products.
    """
    directions = min(DIRECTIONS, math.isqrt(len(hidden) // 2))
    of_head, of_tail = exact_logs(predictor, hidden)
    log_z = np.logaddexp(of_head, of_tail)
    held_back = np.arange(len(hidden)) % HELD_BACK == 0
    tails = [("moments", from_moments(predictor))]
    if np.count_nonzero(~held_back):
        found = regressions(hidden[~held_back], of_tail[~held_back], directions)
        tails += [("regression", each) for each in found]
    errors = []
    for _, tail in tails:
        predicted = np.logaddexp(of_head[held_back], tail.predict(hidden[held_back]))
        errors.append(float(np.sqrt(np.mean((predicted - log_z[held_back]) ** 2))))
    best = int(np.argmin(errors))
    method, tail = tails[best]
    return Fit(with_head(predictor, tail), method, errors[best])


def head_size(predictor: Predictor) -> int:
    """Return the number of words in the head."""
    return min(HEAD, len(predictor.offset) // 2)


def exact_logs(predictor: Predictor, hidden: Reals) -> tuple[Doubles, Doubles]:
    """Return the logarithms of the sums over the head and over the tail, (n,) each."""
    size = head_size(predictor)
    of_head, of_tail = np.full(len(hidden), -np.inf), np.empty(len(hidden))
    for which, scores in predictor.scores(hidden):
        if size:
            of_head[which] = log_sum_exp(scores[:, :size])
        of_tail[which] = log_sum_exp(scores[:, size:])
    return of_head, of_tail


def with_head(predictor: Predictor, tail: Quadratic) -> LogNormalizer:
    """Return the function for log Z that adds the head to a tail."""
    size = head_size(predictor)
    head = np.array(predictor.output[:size])
    if predictor.normalizer is not None:  # whose weight is always -1
        head = np.pad(head, ((0, 0), (0, 1)), constant_values=-1)
    return LogNormalizer(head, predictor.offset[:size], tail)


def from_moments(predictor: Predictor) -> Quadratic:
    """Return the tail as it would be if its output vectors were normally distributed."""
    size = head_size(predictor)
    offset, output = predictor.offset[size:].astype(np.float64), predictor.output[size:]
    weights = np.exp(offset - offset.max())
    total = weights.sum()
    share = (weights / total).astype(np.float32)
    mean = (share @ output).astype(np.float64)
    square = ((output * share[:, None]).T @ output).astype(np.float64)
    covariance = square - np.outer(mean, mean)
    if predictor.normalizer is not None:
        mean, covariance = np.append(mean, -1.0), np.pad(covariance, (0, 1))
    return Quadratic(float(np.log(total) + offset.max()), mean, covariance / 2)


def regressions(hidden: Reals, of_tail: Doubles, count: int) -> list[Quadratic]:
    """Fit quadratic functions to ``of_tail`` by least squares, one for each ridge.

    The quadratic part is confined to the ``count`` directions in which contexts differ most.
    """
    directions = principal_directions(hidden, count)
    products = np.triu_indices(directions.shape[1])
    moments = np.zeros((1, 1))
    goal = np.zeros(1)
    for start in range(0, len(hidden), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        some = features(hidden[rows], directions, products)
        moments = moments + some.T @ some
        goal = goal + some.T @ of_tail[rows]
    scale = np.sqrt(np.maximum(np.diag(moments), 1e-300))
    moments, goal = moments / np.outer(scale, scale), goal / scale
    result = []
    for ridge in RIDGES:
        solution = np.linalg.solve(moments + ridge * np.eye(len(goal)), goal) / scale
        result.append(from_coefficients(solution, directions, products))
    return result


def principal_directions(hidden: Reals, count: int) -> Doubles:
    """Return the (dim, m) directions of the largest variance, no more than ``count``."""
    centred = hidden.astype(np.float64) - hidden.mean(axis=0, dtype=np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.asarray(vectors[:, ::-1][:, :count])


def features(
    hidden: Reals, directions: Doubles, products: tuple[npt.NDArray[np.intp], ...]
) -> Doubles:
    """Return 1, h and the products of its components in the directions, side by side."""
    h = hidden.astype(np.float64)
    components = h @ directions
    return np.hstack(
        [np.ones((len(h), 1)), h, components[:, products[0]] * components[:, products[1]]]
    )


def from_coefficients(
    solution: Doubles, directions: Doubles, products: tuple[npt.NDArray[np.intp], ...]
) -> Quadratic:
    """Turn the coefficients of the features into a function."""
    dim, count = directions.shape
    upper = np.zeros((count, count))
    upper[products] = solution[1 + dim :]
    quadratic = directions @ ((upper + upper.T) / 2) @ directions.T
    return Quadratic(float(solution[0]), solution[1 : 1 + dim], quadratic)


STEPS = 4  # of Fisher scoring; the last changes the third digit


def fit_temperature(
    predictor: Predictor, hidden: Reals, words: Longs | Ids, log_z: Doubles
) -> Temperature:
    """Find the temperature that makes ``words`` most probable, by Fisher scoring.

    ``hidden`` (n, dim) are their contexts. T will depend on ``log_z`` (n,): pass predictions, if no
    more will be available.
    """
    x = np.stack([np.ones(len(hidden)), log_z], axis=1)
    parameters = np.zeros(2)
    for _ in range(STEPS):
        scaled = hidden * Temperature(*parameters).inverse(log_z)
        excess, variance = products_with_context(predictor, scaled, words)
        information = (x * variance[:, None]).T @ x + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, x.T @ excess)
        parameters -= np.clip(step, -1, 1)
    return Temperature(*parameters.tolist())


def products_with_context(
    predictor: Predictor, hidden: Reals, words: Longs | Ids
) -> tuple[Doubles, Doubles]:
    """Return, of d_w = h · v_w, its mean over P(· | h) less that of the true word; its variance."""
    excess, variance = np.empty(len(hidden)), np.empty(len(hidden))
    for which, scores in predictor.scores(hidden):
        products = scores - predictor.offset
        probabilities = probabilities_of(scores, log_sum_exp(scores))
        mean = np.einsum("ij,ij->i", probabilities, products)
        true = products[np.arange(len(products)), words[which]]
        excess[which] = mean - true
        variance[which] = np.einsum("ij,ij,ij->i", probabilities, products, products) - mean**2
    return excess, np.maximum(variance, 0.0)


RARE = 30.0  # occurrences that weigh as much as the model's own predictions


def fit_prior_correction(predictor: Predictor, hidden: Reals, words: Longs | Ids) -> Reals:
    """Return the correction to add to the scores of all words, (V,) float32.

    ``words`` (n,) are those that stand in the contexts ``hidden`` (n, dim).
    """
    expected = np.zeros(len(predictor.offset))
    for _, scores in predictor.scores(hidden):
        probabilities = probabilities_of(scores, log_sum_exp(scores))
        expected += probabilities.sum(axis=0, dtype=np.float64)
    observed = np.bincount(words, minlength=len(expected))
    return np.asarray(np.log((observed + RARE) / (expected + RARE)), np.float32)


def calibrate_model(
    model: Model, corpus: Corpus, limit: int, on_half: Callable[[int], None] = lambda half: None
) -> tuple[Model, dict[str, Fit]]:
    """Calibrate a model on ``limit`` contexts of a text, for full text and for thinned text.

    Those of full text are all neighbours of a word, whatever the architecture, since sentences
    are scored so; those of thinned text are what the model was trained on.

    ``on_half`` is called after each of the two, with 1.

    Returns the model with its calibrations, and the fits of log Z.

    Raises:
        CorpusError: if the text cannot be read or has no word with a neighbour.
    """
    plain = replace(model, calibrations=None)
    calibrations, fits = {}, {}
    for name, full_text in (("full_text", True), ("as_trained", False)):
        predictor = plain.new_predictor(full_text)
        architecture = "cbow" if full_text else model.config.architecture
        examples = list(
            TextExamples(plain.config, plain.vocabulary, corpus, limit, full_text, architecture)
        )
        hidden = [predictor.combined(some.contexts, some.sizes) for some in examples]
        words = np.concatenate([some.words for some in examples])
        calibrations[name], fits[name] = calibrate(predictor, np.concatenate(hidden), words)
        on_half(1)
    return replace(model, calibrations=Calibrations(**calibrations)), fits


MOST_EXAMPLES = 8_000  # for the temperature, which has only two parameters


def calibrate(predictor: Predictor, hidden: Reals, words: Longs | Ids) -> tuple[Calibration, Fit]:
    """Calibrate for contexts like these, (n, dim), and the words in them, (n,).

    Returns the calibration, and the fit of its last prediction of log Z.
    """
    some = slice(None, None, max(len(hidden) // MOST_EXAMPLES, 1))
    untouched = fit_log_normalizer(predictor, hidden[some]).function
    log_z = untouched.predict(hidden)
    temperature = fit_temperature(predictor, hidden[some], words[some], log_z[some])
    scaled = hidden * temperature.inverse(log_z)
    correction = fit_prior_correction(predictor, scaled, words)
    fit = fit_log_normalizer(predictor.with_bias(correction), scaled)
    shift = float(fit.function.predict(scaled).mean())  # so that log Z is 0 on average
    correction -= np.float32(shift)
    return Calibration(untouched, temperature, correction, fit.function.shifted(-shift)), fit


def calibrate_folder(
    folder: str,
    corpus: Corpus,
    contexts: int,
    on_half: Callable[[int], None] = lambda half: None,
) -> dict[str, Fit]:
    """Calibrate the model in a folder on a corpus; return the fits of log Z by kind of text."""
    model = Model.load(folder)
    with CalibrationFile(folder) as file:
        model, fits = calibrate_model(model, corpus, contexts, on_half)
        assert model.calibrations is not None
        file.save(model.calibrations.arrays())
    return fits
