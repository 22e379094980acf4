r"""log Z of a context, predicted from its hidden vector without a sum over the vocabulary.

With the offsets b_w of all words and π_w = exp(b_w) / Σ exp(b), the normaliser is

    log Z(h) = log Σ_w exp(b_w) + log E_π exp(h · v_w),

a cumulant generating function of h · v. If the output vectors under π were normally distributed
with the mean μ and the covariance Σ, it would be quadratic in h:

    log Z(h) = log Σ_w exp(b_w) + μ · h + ½ hᵀ Σ h.

They are not, but log Z is close to quadratic all the same, and a regression on contexts whose
log Z was computed exactly finds better coefficients, if there are enough of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2v_nce.arrays import Doubles, Reals
from w2v_nce.probability import Predictor

ROWS_AT_ONCE = 2048
DIRECTIONS = 64  # of h, at most, whose products take part in the regression
HELD_BACK = 5  # one context in so many judges what the others found
RIDGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # tried as multiples of the features' mean square


class LogNormalizer(NamedTuple):
    """log Z(h) = constant + linear · h + hᵀ quadratic h."""

    constant: float
    linear: Doubles  # (dim,)
    quadratic: Doubles  # (dim, dim)

    def predict(self, hidden: Reals) -> Doubles:
        """Return the predicted log Z of each hidden vector."""
        h = hidden.astype(np.float64)
        return np.asarray(
            self.constant + h @ self.linear + np.einsum("ij,ij->i", h @ self.quadratic, h)
        )


class Fit(NamedTuple):
    """A function for log Z, how it came about, and how far it is off."""

    function: LogNormalizer
    method: str  # "moments" or "regression"
    error: float  # root of the mean square, on contexts that were held back


def fit_log_normalizer(predictor: Predictor, hidden: Reals, directions: int = DIRECTIONS) -> Fit:
    """Find the function that predicts log Z best for contexts like these, (n, dim).

    The time it takes grows with the fourth power of ``directions``, of which there are fewer where
    there would be too few contexts for their products.
    """
    directions = min(directions, math.isqrt(len(hidden) // 2))
    log_z = predictor.log_normalizer(hidden)
    judge = np.arange(len(hidden)) % HELD_BACK == 0
    fits = [("moments", from_moments(predictor))]
    if np.count_nonzero(~judge):
        fits += [
            ("regression", each) for each in regressions(hidden[~judge], log_z[~judge], directions)
        ]
    errors = [
        float(np.sqrt(np.mean((function.predict(hidden[judge]) - log_z[judge]) ** 2)))
        for _, function in fits
    ]
    best = int(np.argmin(errors))
    method, function = fits[best]
    return Fit(function, method, errors[best])


def from_moments(predictor: Predictor) -> LogNormalizer:
    """Return what log Z would be if output vectors were normally distributed."""
    offset = predictor.offset.astype(np.float64)
    weights = np.exp(offset - offset.max())
    total = weights.sum()
    share = (weights / total).astype(np.float32)
    mean = (share @ predictor.output).astype(np.float64)
    square = ((predictor.output * share[:, None]).T @ predictor.output).astype(np.float64)
    covariance = square - np.outer(mean, mean)
    if predictor.normalizer is not None:  # its weight is -1, always
        mean, covariance = np.append(mean, -1.0), np.pad(covariance, (0, 1))
    return LogNormalizer(float(np.log(total) + offset.max()), mean, covariance / 2)


def regressions(hidden: Reals, log_z: Doubles, count: int) -> list[LogNormalizer]:
    """Fit quadratic functions by least squares, one for each ridge.

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
        goal = goal + some.T @ log_z[rows]
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
) -> LogNormalizer:
    """Turn the coefficients of the features into a function."""
    dim, count = directions.shape
    upper = np.zeros((count, count))
    upper[products] = solution[1 + dim :]
    quadratic = directions @ ((upper + upper.T) / 2) @ directions.T
    return LogNormalizer(float(solution[0]), solution[1 : 1 + dim], quadratic)
