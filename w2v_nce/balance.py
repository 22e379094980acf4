r"""How probable words are on average, put right after training.

Where the biases b_w make a text most probable, the model predicts every word as often as it is
there: the derivative of the log-likelihood for b_w is n_w − Σ_h P(w | h), the occurrences of the
word less what its probabilities in all contexts add up to. SGD comes near but remembers best what
it has read last: after novels with heroines it expects "she" twice too often.

One step of iterative scaling (Darroch & Ratcliff 1972) adds the logarithm of their quotient to
each bias. A sample of contexts says little of rare words; they keep what they have.
"""

from __future__ import annotations

import numpy as np

from w2v_nce.arrays import Ids, Longs, Reals
from w2v_nce.probability import Predictor, log_sum_exp, probabilities_of

RARE = 30.0  # occurrences that say as much as the model itself


def fit_balance(predictor: Predictor, hidden: Reals, words: Longs | Ids) -> Reals:
    """Return what to add to the scores of all words, (V,) float32.

    ``words`` (n,) are those that stand in the contexts ``hidden`` (n, dim).
    """
    expected = np.zeros(len(predictor.offset))
    for _, scores in predictor.scores(hidden):
        probabilities = probabilities_of(scores, log_sum_exp(scores))
        expected += probabilities.sum(axis=0, dtype=np.float64)
    observed = np.bincount(words, minlength=len(expected))
    return np.asarray(np.log((observed + RARE) / (expected + RARE)), np.float32)
