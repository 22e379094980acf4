r"""How far a model should trust its contexts, learned after training.

A hidden vector that is multiplied by β makes the scores s(w) = β h · v_w + b_w: with β above 1 the
predictions are sharper, with β = 0 the model says how frequent words are, whatever the context.
(Guo et al. 2017 divide all of the scores by one temperature.) NCE leaves Z(h) too large where
neighbours agree too well, and what it predicts there is too sharp. So β falls with log Z(h):

    log β = level + slope · log Z(h).

Both numbers are those that make the words of a text most probable. With d_w = β h · v_w and
x = (1, log Z(h)) the loss −log P(w | h) has the gradient (E d − d_w) x, where E is the mean over
P(· | h), and the Fisher information is Var(d) x xᵀ.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v_nce.arrays import Doubles, Ids, Longs, Reals
from w2v_nce.probability import Predictor, log_sum_exp, probabilities_of

STEPS = 4  # of Fisher scoring; the last one moves the third digit
MOST = 2.0  # of |log β|: what lies beyond was seen nowhere


class Sharpness(NamedTuple):
    """log β = level + slope · log Z."""

    level: float = 0.0
    slope: float = 0.0

    def factors(self, log_z: Doubles) -> Reals:
        """Return the β of contexts with these log Z, (n, 1) float32."""
        logs = np.clip(self.level + self.slope * log_z, -MOST, MOST)
        return np.asarray(np.exp(logs), np.float32)[:, None]


def fit_sharpness(
    predictor: Predictor, hidden: Reals, words: Longs | Ids, log_z: Doubles
) -> Sharpness:
    """Find what makes ``words`` most probable in their contexts, (n, dim), by Fisher scoring.

    ``log_z`` (n,) is what β will depend on: a prediction, if that is what there will be.
    """
    x = np.stack([np.ones(len(hidden)), log_z], axis=1)
    parameters = np.zeros(2)
    for _ in range(STEPS):
        scaled = hidden * Sharpness(*parameters).factors(log_z)
        excess, variance = products_with_context(predictor, scaled, words)
        information = (x * variance[:, None]).T @ x + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, x.T @ excess)
        parameters -= np.clip(step, -1, 1)
    return Sharpness(*parameters.tolist())


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
